"""Environments: named sets of parameters with release, contexts, output: the tables `[tool.kpy.environments.NAME]`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kpy.errors import LoadError, UsageError

if TYPE_CHECKING:
    from kpy.loading.values import Layer

__all__ = [
    "Environment",
    "choose_environment",
    "expand",
    "layers_of",
    "parse_environments",
    "shown_path",
    "word_of_app",
]

_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_TEXTS = ("values", "kubernetes", "output")
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


def parse_environments(path: str, table: object) -> dict[str, Environment]:
    """Return the environments of a table of settings. Raises `LoadError` for what kpy does not know."""
    if not isinstance(table, dict) or not all(isinstance(each, dict) for each in table.values()):
        raise LoadError(
            f"{path}: `environments` of [tool.kpy] is a table of tables: "
            'write [tool.kpy.environments.prod] and values = "values/prod.yaml"'
        )
    found = {name: _parse(path, name, each) for name, each in table.items()}
    outputs: dict[str, str] = {}
    for name, environment in found.items():
        output = environment.output
        if output is not None and "{env}" not in output and (other := outputs.setdefault(output, name)) != name:
            raise LoadError(
                f"{path}: the environments {other} and {name} both write to {output}: write {{env}} where they differ"
            )
    return found


def _parse(path: str, name: str, table: Mapping[str, Any]) -> Environment:
    here = f"{path}: [tool.kpy.environments.{name}]"
    if not _NAME.fullmatch(name):
        raise LoadError(f"{here}: the name of an environment is letters, digits, `-`, `_` and `.`")
    known = Environment._fields[1:]
    for key, value in table.items():
        if key not in known:
            raise LoadError(f"{here} has no setting `{key}`{_near(key, known)}")
        if key in _TEXTS and not isinstance(value, str):
            raise LoadError(f'{here}: `{key}` is text, not {value!r}: write {key} = "{value}"')
        if key == "set" and not isinstance(value, dict):
            raise LoadError(f"{here}: `set` is a table of parameters: write set = {{ replicas = 6 }}")
        if key == "contexts" and not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
            raise LoadError(f'{here}: `contexts` is a list of texts: write contexts = ["..."]')
    for key in ("values", "output"):
        if key in table:
            expand(table[key], {"app": "", "env": ""}, f"{here}: `{key}`")
    settled = dict(table)
    if "contexts" in settled:
        settled["contexts"] = tuple(settled["contexts"])
    return Environment(name, **settled)


def choose_environment(environments: Mapping[str, Environment], name: str, file: str) -> Environment:
    """Return the environment of a name. Raises `UsageError` where there is none."""
    if not isinstance(name, str):
        raise UsageError(f"{name!r} is not the name of an environment")
    if found := environments.get(name):
        return found
    if not environments:
        raise UsageError(
            f'there is no environment "{name}": {file} names none; add [tool.kpy.environments.{name}] '
            f'with values = "values/{name}.yaml"'
        )
    raise UsageError(f'there is no environment "{name}"{_near(name, environments)}')


def layers_of(environment: Environment, app: str, file: str) -> list[Layer]:
    """Return what an environment says for the parameters of an app, of which `{app}` is `app`, the later ones above.

    `file` is the pyproject.toml. Raises `LoadError` where the file of values cannot be read.
    """
    from kpy.loading.values import Layer
    from kpy.loading.values_files import read_values

    layers, folder = [], os.path.dirname(file)
    if environment.values is not None:
        where = f"{file}: [tool.kpy.environments.{environment.name}]: `values`"
        path = os.path.join(folder, expand(environment.values, {"app": app, "env": environment.name}, where))
        layers.append(read_values(path, shown_path(path)))

    def place(keys: tuple[str, ...]) -> str:
        from kpy.loading.toml_places import place_in_toml

        above = ("tool", "kpy", "environments", environment.name, "set")
        with open(file, encoding="utf-8") as opened:
            found = place_in_toml(opened.read(), (*above, *keys), least=len(above))
        # settings of others, which `extend` names, are in no line of this file
        return f"{shown_path(file)}:{found[0]}:{found[1]}" if found else f"{shown_path(file)}: {'.'.join(above)}"

    if environment.set:
        layers.append(Layer(environment.set, place, folder))
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
            raise LoadError(f"{where} has {match[0]}, which means nothing{_near(match[1], names)}")
        return names[match[1]]

    return _PLACEHOLDER.sub(name_of, pattern)


def _near(word: str, words: Iterable[str]) -> str:
    from difflib import get_close_matches

    known = list(words)
    near = get_close_matches(word, known, n=1)
    return f"; did you mean `{near[0]}`?" if near else f"; there is {', '.join(known)}"
