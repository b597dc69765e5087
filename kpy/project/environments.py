"""Environments and clusters: named sets of parameters with release and contexts, `[tool.kpy.environments.NAME]`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from kpy.errors import LoadError, UsageError
from kpy.loading.near import near_or_known

if TYPE_CHECKING:
    from kpy.loading.values import Layer

__all__ = [
    "PLACEHOLDER",
    "Cluster",
    "Environment",
    "choose",
    "expand",
    "layers_of",
    "parse_clusters",
    "parse_environments",
    "shown_path",
    "values_file_of",
    "word_of_app",
]

_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
#: Files whose folder says what the app is called.
_PLAIN_FILES = ("app", "main", "__init__", "__main__")


class Environment(NamedTuple):
    """An environment, as the settings have it; all but the name is optional."""

    name: str
    #: The file of values, from the folder of pyproject.toml; `{app}` and `{env}` stand for names.
    values: str | None = None
    #: Parameters, which win over those of the file of values.
    set: Mapping[str, Any] = {}
    #: The Kubernetes release, in the place of that of the project.
    kubernetes: str | None = None
    #: The contexts of kubectl, in the place of those of the project; nothing where it says none.
    contexts: tuple[str, ...] | None = None
    #: The folder that `kpy synth` writes to, with the same placeholders.
    output: str | None = None


class Cluster(NamedTuple):
    """A cluster, as the settings have it; what it says wins over the environment."""

    name: str
    #: The file of values, from the folder of pyproject.toml, with placeholders.
    values: str | None = None
    #: Parameters, which win over those of the file of values.
    set: Mapping[str, Any] = {}
    #: The Kubernetes release of the cluster.
    kubernetes: str | None = None
    #: The contexts of kubectl by which it is reached; nothing where it says none.
    contexts: tuple[str, ...] | None = None
    #: The environments that run there; nothing for all.
    environments: tuple[str, ...] | None = None


Part = Environment | Cluster
P = TypeVar("P", Environment, Cluster)

_TEXTS = ("values", "kubernetes", "output")
_LISTS = ("contexts", "environments")
_EXAMPLES = {
    "environments": '[tool.kpy.environments.prod] and values = "values/prod.yaml"',
    "clusters": '[tool.kpy.clusters.eu] and contexts = ["eu"]',
}


def parse_environments(path: str, table: object) -> dict[str, Environment]:
    """Return the environments of a table of settings. Raises `LoadError` for what kpy does not know."""
    return _parse_all(path, table, "environments", Environment)


def parse_clusters(path: str, table: object) -> dict[str, Cluster]:
    """Return the clusters of a table of settings. Raises `LoadError` for what kpy does not know."""
    return _parse_all(path, table, "clusters", Cluster)


def _parse_all(path: str, table: object, what: str, cls: type[P]) -> dict[str, P]:
    if not isinstance(table, dict) or not all(isinstance(each, dict) for each in table.values()):
        raise LoadError(f"{path}: `{what}` of [tool.kpy] is a table of tables: write {_EXAMPLES[what]}")
    return {name: _parse(f"{path}: [tool.kpy.{what}.{name}]", name, each, cls) for name, each in table.items()}


def _parse(here: str, name: str, table: Mapping[str, Any], cls: type[P]) -> P:
    if not _NAME.fullmatch(name):
        raise LoadError(f"{here}: a name is letters, digits, `-`, `_` and `.`")
    known = cls._fields[1:]
    for key, value in table.items():
        if key not in known:
            raise LoadError(f"{here} has no setting `{key}`{near_or_known(key, known)}")
        if key in _TEXTS and not isinstance(value, str):
            raise LoadError(f'{here}: `{key}` is text, not {value!r}: write {key} = "{value}"')
        if key == "set" and not isinstance(value, dict):
            raise LoadError(f"{here}: `set` is a table of parameters: write set = {{ replicas = 6 }}")
        if key in _LISTS and not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
            raise LoadError(f'{here}: `{key}` is a list of texts: write {key} = ["..."]')
    settled: dict[str, Any] = {key: tuple(value) if key in _LISTS else value for key, value in table.items()}
    return cls(name, **settled)


def choose(parts: Mapping[str, P], name: str, file: str, what: str = "environment") -> P:
    """Return the environment, or the cluster, of a name. Raises `UsageError` where there is none."""
    if not isinstance(name, str):
        raise UsageError(f"{name!r} is not the name of {'an' if what[0] in 'aeiou' else 'a'} {what}")
    if found := parts.get(name):
        return found
    if not parts:
        example = _EXAMPLES[f"{what}s"].partition(" and ")[2].replace("prod", name).replace("eu", name)
        raise UsageError(
            f'there is no {what} "{name}": {file} names none; add [tool.kpy.{what}s.{name}] with {example}'
        )
    raise UsageError(f'there is no {what} "{name}"{near_or_known(name, parts)}')


def values_file_of(part: Part, names: Mapping[str, str], file: str) -> str | None:
    """Return the file of values of an environment or a cluster, whether it is there or not; nothing without one."""
    if part.values is None:
        return None
    return os.path.join(
        os.path.dirname(file), expand(part.values, names, f"{file}: [{'.'.join(_table(part))}]: `values`")
    )


def _table(part: Part) -> tuple[str, ...]:
    """Return the table of the settings that an environment or a cluster is."""
    return ("tool", "kpy", "environments" if isinstance(part, Environment) else "clusters", part.name)


def layers_of(
    part: Part, names: Mapping[str, str], file: str, contents: Mapping[str, bytes] | None = None
) -> list[Layer]:
    """Return what an environment or a cluster says for the parameters of an app, the later ones above.

    `names` are what stands for placeholders, `file` is the pyproject.toml, and `contents` has what files of values are
    taken to have in them, by their real paths. Raises `LoadError` where the file of values cannot be read.
    """
    from kpy.loading.values import Layer
    from kpy.loading.values_files import read_values

    layers, folder, above = [], os.path.dirname(file), _table(part)
    if (path := values_file_of(part, names, file)) is not None:
        layers.append(read_values(path, shown_path(path), contents.get(os.path.realpath(path)) if contents else None))

    def place(keys: tuple[str, ...]) -> str:
        from kpy.loading.toml_places import place_in_toml

        table = (*above, "set")
        with open(file, encoding="utf-8") as opened:
            found = place_in_toml(opened.read(), (*table, *keys), least=len(table))
        # settings of others, which `extend` names, are in no line of this file
        return f"{shown_path(file)}:{found[0]}:{found[1]}" if found else f"{shown_path(file)}: {'.'.join(table)}"

    if part.set:
        layers.append(Layer(part.set, place, folder))
    return layers


def word_of_app(target: str) -> str:
    """Return what stands for `{app}`: the name of the file or module; that of its folder for `app` and `main`."""
    place = target.rpartition(":")[0] or target
    if place.endswith(".py"):
        folder, name = os.path.split(os.path.abspath(place))
        stem = name.removesuffix(".py")
        return os.path.basename(folder) if stem in _PLAIN_FILES else stem
    package, _, name = place.rpartition(".")
    return package.rpartition(".")[2] if package and name in _PLAIN_FILES else name


def shown_path(path: str) -> str:
    """Return a path as people in this folder would write it."""
    near = os.path.relpath(path)
    return path if near.startswith(os.pardir) else near


def expand(pattern: str, names: Mapping[str, str], where: str) -> str:
    """Return a path with its placeholders, `{env}`, filled in. Raises `LoadError` for one that has no meaning."""

    def name_of(match: re.Match[str]) -> str:
        if match[1] not in names:
            raise LoadError(f"{where} has {match[0]}, which means nothing{near_or_known(match[1], names)}")
        return names[match[1]]

    return PLACEHOLDER.sub(name_of, pattern)
