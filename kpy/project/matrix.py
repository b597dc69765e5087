"""What settings say of a matrix of apps, environments and clusters, looked at before there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpy.errors import LoadError
from kpy.project.environments import PLACEHOLDER, Cluster, Environment, expand

__all__ = ["check_patterns", "parse_skips", "pattern_of"]


def parse_skips(path: str, said: object) -> tuple[Mapping[str, str], ...]:
    """Return the exceptions of a matrix. Raises `LoadError` for what says none."""
    if isinstance(said, list) and all(
        isinstance(each, dict) and each and all(isinstance(word, str) for word in each.values()) for each in said
    ):
        return tuple(said)
    raise LoadError(f'{path}: `skip` of [tool.kpy] is a list of tables: write skip = [{{ app = "shop", env = "dev" }}]')


def pattern_of(environments: Mapping[str, Environment], name: str, output: str | None) -> str:
    """Return the pattern of the folders of outputs in an environment; empty where neither says one.

    `output` is what holds for all environments.
    """
    chosen = environments.get(name)
    return (chosen.output if chosen is not None else None) or output or ""


def check_patterns(
    path: str,
    environments: Mapping[str, Environment],
    clusters: Mapping[str, Cluster],
    apps: Sequence[str],
    output: str | None,
) -> None:
    """Refuse paths whose placeholders mean nothing, and environments that would write over each other.

    Raises `LoadError`.
    """
    names = ["app", "env", "cluster", *(name for pattern in apps for name in PLACEHOLDER.findall(pattern))]
    words = dict.fromkeys(names, "")
    for table, parts in (("environments", environments), ("clusters", clusters)):
        for name, part in parts.items():
            for key in ("values", "output"):
                expand(getattr(part, key, None) or "", words, f"{path}: [tool.kpy.{table}.{name}]: `{key}`")
    expand(output or "", words, f"{path}: `output` of [tool.kpy]")
    outputs: dict[str, str] = {}
    for name in environments:
        pattern = pattern_of(environments, name, output)
        if pattern and "{env}" not in pattern and (other := outputs.setdefault(pattern, name)) != name:
            raise LoadError(
                f"{path}: the environments {other} and {name} both write to {pattern}: write {{env}} where they differ"
            )
