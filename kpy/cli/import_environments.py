"""`kpy import` of several environments, such as overlays, as one app."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from kpy.cli.import_documents import FORM_WORDS, PIPE, Reading, name_of_path, of_chart, of_overlay, read, rendered
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import say
from kpy.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kpy.documents import Document
    from kpy.importing import ImportedEnvironments
    from kpy.importing.custom import Types
    from kpy.importing.texts import TextFiles
    from kpy.project import Project

__all__ = ["environments_of", "import_environments", "is_overlay", "refuse_the_same_twice", "say_environments"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
#: How many objects are told that are not written once in short form.
_NAMED = 20


def environments_of(given: Given) -> dict[str, list[str]]:
    """Return the environments that are meant, by name, each with what it is made of; none where one app is meant.

    These are what `--env` names, or several kustomizations, which are environments by the part of their paths in which
    they differ. Raises `MisuseError` for what is not clear.
    """
    if said := given.texts("env"):
        return _named(said)
    paths, folders = given.texts("paths"), given.texts("kustomize")
    if len(folders) > 1:
        return _by_path(folders)
    overlays = [path for path in paths if is_overlay(path)]
    if len(paths) < 2 or not overlays:
        return {}
    if given.has("live"):
        raise MisuseError("--live is for what a cluster says, not for overlays")
    others = [path for path in paths if path not in overlays]
    for path in others:
        if path != PIPE and "://" not in path and not os.path.exists(path):
            raise LoadError(f"{path}: there is no such file or folder")
    if others:
        raise MisuseError(
            f"{overlays[0]} has a kustomization, and {others[0]} has none: for environments of one app, name them all, "
            f"{_proposal(overlays[0], others[0])}; else import them apart"
        )
    return _by_path(paths)


def refuse_the_same_twice(documents: Iterable[Document], paths: Sequence[str]) -> None:
    """Raise when two of the paths declare the same object, which one app cannot have twice."""
    from kpy.objects import key_of, title

    known: dict[object, str] = {}
    for document in documents:
        home = next((path for path in paths if _is_below(document.file, path)), "")
        for item in document.items():
            if not isinstance(item.tree, dict) or not (key := key_of(item.tree)).name:
                continue
            other = known.setdefault(key, home)
            if other != home:
                raise MisuseError(
                    f"{other} and {home} both declare {title(item.tree)}, which one app cannot have twice: for "
                    f"environments of one app, name them, {_proposal(other, home)}; else import them apart"
                )


def _is_below(file: str, path: str) -> bool:
    return file == path or os.path.normpath(file).startswith(os.path.normpath(path).rstrip(os.sep) + os.sep)


def import_environments(
    given: Given,
    environments: Mapping[str, Sequence[str]],
    project: Project,
    file: str,
    width: int,
    types: Types,
    texts: TextFiles | None,
) -> ImportedEnvironments:
    """Return the source of an app that is in several environments."""
    from kpy.importing import environments_to_source

    found = {name: _read(name, paths, given, project) for name, paths in environments.items()}
    documents = {name: reading[0] for name, reading in found.items()}
    return environments_to_source(
        documents,
        name=_app_name(given, documents, environments),
        file=file,
        line_length=width,
        sources={name: reading[1] for name, reading in found.items()},
        roots={name: paths[0] for name, paths in environments.items() if os.path.isdir(paths[0])},
        types=types,
        texts=texts,
    )


def say_environments(made: ImportedEnvironments, output: str | None) -> None:
    """Say what is written once, what only some environments have, and what is written apart."""
    names = [*made.environments]
    parts = [f"{number} {FORM_WORDS[form]}" for form, number in made.counts.items()]
    say(f"{_counted(len(made.objects), 'object')} in {len(names)} environments: {', '.join(parts)}")
    lines = [*_lines(made)]
    for line in lines[:_NAMED]:
        say(f"  {line}")
    if len(lines) > _NAMED:
        say(f"  and {len(lines) - _NAMED} more")
    if made.values:
        say(f"table: {_counted(made.values, 'value')} for each environment")
    told = ", ".join(f"{number} in {name}" for name, number in made.environments.items())
    say(f"proof: the app was synthesised in each environment, and makes the same objects: {told}")
    if output is not None:
        folders = sorted({path.rpartition("/")[0] for path in made.files})
        more = f", its long texts to {', '.join(folders)}" if folders else ""
        say(f"written to {output}{more}; next: kpy synth {output} --set env={names[0]}")
        tables = ", ".join(f"[tool.kpy.environments.{name}]" for name in names)
        say(f"with {tables} in pyproject.toml (make that file if there is none): kpy synth {output} --env {names[0]}")


def _lines(made: ImportedEnvironments) -> Iterator[str]:
    for each in made.objects:
        where = f" ({', '.join(each.environments)})" if len(each.environments) < len(made.environments) else ""
        if each.is_apart:
            yield f"{each.title}{where}, written apart for its environments: {each.reason}"
        elif each.form != "short":
            yield f"{each.title}{where}, {_SINGLE[each.form]}: {each.reason}"


_SINGLE = {
    "construct": "a construct with models or mappings",
    "model": "a model",
    "raw": "as Raw",
    "file": "left in its file",
    "existing": "left out",
}


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _named(said: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text in said:
        name, equals, path = text.partition("=")
        if not (equals and path) or not _NAME.fullmatch(name):
            raise MisuseError(f"--env: expected NAME=PATH, such as prod=overlays/prod, and not `{text}`")
        if path == PIPE:
            raise MisuseError(f"--env {text}: an environment is read from a folder or a file, not from standard input")
        found.setdefault(name, []).append(path)
    if len(found) < 2:
        name, path = next((name, paths[0]) for name, paths in found.items())
        raise MisuseError(f"--env: give at least two environments, such as `--env {name}={path} --env OTHER=PATH`")
    return found


def _by_path(paths: Sequence[str]) -> dict[str, list[str]]:
    """Return environments by the innermost part of their paths in which all differ."""
    ways = [[*reversed(os.path.abspath(path).split(os.sep))] for path in paths]
    for names in zip(*ways, strict=False):
        if len({*names}) == len(names) and all(map(_NAME.fullmatch, names)):
            return {name: [path] for name, path in zip(names, paths, strict=True)}
    raise MisuseError(
        f"what the environments {', '.join(paths)} are called is not clear: name them, as `--env NAME={paths[0]}`"
    )


def _proposal(*paths: str) -> str:
    """Return how to name paths as environments."""
    try:
        names = [*_by_path(paths)]
    except MisuseError:
        names = ["NAME"] * len(paths)
    return f"as `{' '.join(f'--env {name}={path}' for name, path in zip(names, paths, strict=True))}`"


def is_overlay(path: str) -> bool:
    """Return whether a path is a folder with a kustomization."""
    return any(os.path.isfile(os.path.join(path, name)) for name in _KUSTOMIZATIONS)


def _read(name: str, paths: Sequence[str], given: Given, project: Project) -> Reading:
    if chart := given.text("chart"):
        values = [*given.texts("values"), *paths]
        return rendered(of_chart(chart, values, project), f"{chart} in {name}")
    if len(paths) == 1 and is_overlay(paths[0]):
        return rendered(of_overlay(paths[0]), paths[0])
    return read(paths, given, project)


def _app_name(
    given: Given, documents: Mapping[str, Sequence[Document]], environments: Mapping[str, Sequence[str]]
) -> str:
    """Return the name of the app: the only namespace without the environments, else that of a folder around them."""
    from kpy.cli.import_documents import release_of
    from kpy.objects import metadata_of

    if chart := given.text("chart"):
        return release_of(chart)
    names: set[str] = set()
    for name, found in documents.items():
        trees = [item.tree for document in found for item in document.items()]
        spaces = {str(metadata_of(tree).get("namespace") or "") for tree in trees if isinstance(tree, dict)} - {""}
        names |= {"-".join(word for word in space.split("-") if word != name) for space in spaces}
    if len(names) == 1 and (only := next(iter(names))):
        return only
    folders = [os.path.abspath(path) for paths in environments.values() for path in paths]
    return name_of_path(os.path.commonpath(folders))
