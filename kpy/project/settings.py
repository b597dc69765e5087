"""The settings of a project: the table `[tool.kpy]` of the nearest pyproject.toml."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from time import time_ns
from typing import TYPE_CHECKING, Any, NamedTuple

from kpy.errors import LoadError

if TYPE_CHECKING:
    from kpy.project.environments import Cluster, Environment
    from kpy.project.gitops import Gitops

__all__ = [
    "PYPROJECT",
    "Settings",
    "find_settings",
    "parse_settings",
    "project_name",
    "project_version",
    "read_settings",
]

PYPROJECT = "pyproject.toml"
#: Names settings of others that this file adds to, see `kpy.project.extending`.
EXTEND = "extend"
_TEXTS = {"app", "charts-package", "crds-package", "kubernetes", "output", "project"}
_LISTS = {"select", "ignore", "external", "crds", "policies", "admission", "exclude", "contexts", "apps"}

_MATRIX = {"environments", "clusters", "skip", "gitops"}

#: Path to signature and content of the files that were read.
_CONTENTS: dict[str, tuple[tuple[int, ...], bytes]] = {}
#: What a file system may take for one moment, in nanoseconds.
_COARSE = 2_000_000_000


class Settings(NamedTuple):
    """What a project says about kpy; all of it is optional."""

    #: The folder of pyproject.toml; empty when there is none, or none that speaks of kpy.
    folder: str = ""
    #: The app that `kpy synth` takes when none is named: `FILE[:NAME]` or `package.module[:NAME]`, from that folder.
    app: str | None = None
    #: The Kubernetes minor release to check against.
    kubernetes: str | None = None
    #: The policies that are checked, by name, group (`pod-security-restricted`) or pattern (`image-*`).
    select: tuple[str, ...] = ()
    #: The rules that are not reported.
    ignore: tuple[str, ...] = ()
    #: Rules to `error`, `warning`, `note` or `off`.
    severities: Mapping[str, str] = {}
    #: What lives outside, and is not missing: `Secret/db-*`, `Service/shop/api`.
    external: tuple[str, ...] = ()
    #: Files and folders with the definitions of custom resources, from the folder of pyproject.toml.
    crds: tuple[str, ...] = ()
    #: The folder of the package with the types of custom resources, from the folder of pyproject.toml.
    crds_package: str = "infra/crds"
    #: The folder of the package with the types of the values of charts, from the folder of pyproject.toml.
    charts_package: str = "infra/charts"
    #: Files and modules with policies of one's own: `policies.py`, `shop.policies`.
    policies: tuple[str, ...] = ()
    #: Files and folders with admission policies, by which all objects are judged, from the folder of pyproject.toml.
    admission: tuple[str, ...] = ()
    #: Files and folders that are left out: names, or paths from the folder of pyproject.toml, with `*` for anything.
    exclude: tuple[str, ...] = ()
    #: Who owns what is applied; if it is not given, the name of `[project]`.
    project: str | None = None
    #: The contexts of kubectl that the commands for clusters may use; all of them if none is given.
    contexts: tuple[str, ...] = ()
    #: The rules that are always checked, and whose findings are errors that nothing in the project can lift.
    mandatory: tuple[str, ...] = ()
    #: Named sets of parameters, each with release, contexts and output.
    environments: Mapping[str, Environment] = {}
    #: Patterns of the files of all apps, `apps/{team}/*/app.py`, in the place of `app`.
    apps: tuple[str, ...] = ()
    #: The clusters that the apps run in, each with parameters, release and contexts.
    clusters: Mapping[str, Cluster] = {}
    #: Which outputs there are not: `[{ app = "shop", env = "dev" }]`.
    skip: tuple[Mapping[str, str], ...] = ()
    #: The folder that `kpy synth` writes an output to: `rendered/{env}/{app}`.
    output: str | None = None
    #: Where Argo CD and Flux find what is written.
    gitops: Gitops | None = None
    #: The files that were extended.
    extended: tuple[str, ...] = ()


def read_settings(start: str = ".") -> Settings:
    """Return the settings that hold in a folder: those of the nearest pyproject.toml, upwards, with a `[tool.kpy]`.

    Raises `LoadError` when that cannot be read or says what kpy does not know.
    """
    found = find_settings(start)
    return Settings() if found is None else parse_settings(*found)


def find_settings(start: str = ".") -> tuple[str, bytes] | None:
    """Return the path and the content of the pyproject.toml that holds in a folder; nothing when there is none.

    Raises `LoadError` when one cannot be read.
    """
    for path in _candidates(os.path.abspath(start)):
        try:
            state = os.stat(path)
            content = _content(path, state)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise LoadError(f"{path}: the file cannot be read: {error.strerror}") from None
        # Reading TOML costs as much as bare Python takes to start, so look first whether there is a word for kpy.
        if (b"tool.kpy" in content or b"[tool]" in content) and _table(path, content) is not None:
            return path, content
    return None


def project_name(start: str = ".") -> str:
    """Return the name in `[project]` of the nearest pyproject.toml that has one; empty when there is none."""
    return _of_project("name", start)


def project_version(start: str = ".") -> str:
    """Return the version in `[project]` of the nearest pyproject.toml that has one; empty when there is none."""
    return _of_project("version", start)


def _of_project(key: str, start: str) -> str:
    import tomllib

    for path in _candidates(os.path.abspath(start)):
        try:
            with open(path, "rb") as file:
                project = tomllib.load(file).get("project")
        except (OSError, ValueError):
            continue
        said = project.get(key) if isinstance(project, dict) else None
        if isinstance(said, str) and said:
            return said
    return ""


@lru_cache(maxsize=64)
def _candidates(folder: str) -> tuple[str, ...]:
    """Return where the file may be: in the folder and in each above it."""
    above = os.path.dirname(folder)
    path = os.path.join(folder, PYPROJECT)
    return (path,) if above == folder else (path, *_candidates(above))


def _content(path: str, state: os.stat_result) -> bytes:
    """Return the content of a file, read anew when the file has changed: apps are made by the thousand."""
    signature = state.st_mtime_ns, state.st_size, state.st_ino, state.st_dev
    kept = _CONTENTS.get(path)
    # the clock of a file system is coarse: who writes twice at once would not be noticed
    if kept is not None and kept[0] == signature and time_ns() - state.st_mtime_ns > _COARSE:
        return kept[1]
    with open(path, "rb") as file:
        content = file.read()
    _CONTENTS[path] = signature, content
    return content


def parse_settings(path: str, content: bytes) -> Settings:
    """Return what a pyproject.toml with this content says. Raises `LoadError` for what kpy does not know."""
    table = _table(path, content) or {}
    extended: tuple[str, ...] = ()
    if EXTEND in table:
        from kpy.project.extending import extended_table

        table, extended = extended_table(path, table, _check)
    if any(":" in str(table.get(key, "")) for key in ("admission", "crds")):
        from kpy.project.extending import located

        table = located(path, table)
    return _settings(os.path.dirname(path), path, table)._replace(extended=extended)


@lru_cache(maxsize=8)
def _table(path: str, content: bytes) -> dict[str, Any] | None:
    """Return the table `[tool.kpy]`; nothing when there is none."""
    import tomllib

    try:
        data = tomllib.loads(content.decode())
    except ValueError as error:
        raise LoadError(f"{path}: {error}") from None
    tool = data.get("tool")
    table = tool.get("kpy") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise LoadError(f"{path}: [tool.kpy] is a table, not {table!r}")
    return table


def _settings(folder: str, path: str, table: dict[str, Any]) -> Settings:
    _check(path, table)
    if isinstance(table.get("apps"), str):
        table = {**table, "apps": [table["apps"]]}
    settled: dict[str, Any] = {
        key.replace("-", "_"): tuple(value) if key in _LISTS else value for key, value in table.items()
    }
    if "mandatory" in settled:
        settled["mandatory"] = tuple(settled["mandatory"].get("rules", ()))
    if not settled.keys().isdisjoint(_MATRIX):
        settled |= _parse_matrix(path, settled)
    found = Settings(folder, **settled)
    if found.environments or found.clusters or found.output:
        from kpy.project.matrix import check_patterns

        check_patterns(path, found.environments, found.clusters, found.apps, found.output)
    return found


def _check(path: str, table: Mapping[str, Any]) -> None:
    """Raise `LoadError` for what a file says that kpy does not know, or that is of a wrong kind."""
    known = (EXTEND, *(name.replace("_", "-") for name in Settings._fields[1:-1]))
    for key, value in table.items():
        if key not in known:
            from kpy.loading.near import near_or_known

            raise LoadError(f"{path}: [tool.kpy] has no setting `{key}`{near_or_known(key, known)}")
        if key in _TEXTS and not isinstance(value, str):
            raise LoadError(f'{path}: `{key}` of [tool.kpy] is text, not {value!r}: write {key} = "{value}"')
        if key == "severities" and not _holds_texts(value, dict):
            raise LoadError(f'{path}: `{key}` of [tool.kpy] is a table: write {key} = {{ "rule-name" = "warning" }}')
        if key in _LISTS and not _holds_texts(value, list) and not (key == "apps" and isinstance(value, str)):
            raise LoadError(f'{path}: `{key}` of [tool.kpy] is a list of texts: write {key} = ["..."]')
        if key == "mandatory" and not (isinstance(value, dict) and set(value) <= {"rules"} and _rules_of(value)):
            raise LoadError(
                f'{path}: `{key}` of [tool.kpy] is a table of rules: write [tool.kpy.mandatory] and rules = ["..."]'
            )


def _parse_matrix(path: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return environments, clusters, exceptions and delivery as values."""
    from kpy.project.environments import parse_clusters, parse_environments
    from kpy.project.gitops import parse_gitops
    from kpy.project.matrix import parse_skips

    parsers = {
        "environments": parse_environments,
        "clusters": parse_clusters,
        "skip": parse_skips,
        "gitops": parse_gitops,
    }
    return {key: parse(path, said[key]) for key, parse in parsers.items() if key in said}


def _rules_of(table: dict[str, Any]) -> bool:
    """Return whether a table `mandatory` has a list of texts, or nothing."""
    return _holds_texts(table.get("rules", []), list)


def _holds_texts(value: object, kind: type) -> bool:
    """Return whether a value is a list, or a table, of texts."""
    held = value.values() if isinstance(value, dict) else value
    return isinstance(value, kind) and isinstance(held, Iterable) and all(isinstance(each, str) for each in held)
