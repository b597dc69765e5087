"""Compose files, read and merged: what all of them say together.

https://github.com/compose-spec/compose-spec/blob/main/13-merge.md
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from kpy.documents import Document, read_documents
from kpy.importing.compose.fields import ComposeError, Notes, Where, shape_of
from kpy.importing.compose.interpolation import Interpolation, read_env
from kpy.source import Location

__all__ = ["Project", "is_compose", "read_project"]

Tree = dict[str, Any]
#: Lists that are one command, and not several things.
_WHOLE: Final = frozenset({"command", "entrypoint", "test"})
#: What may be a mapping, or a list of `NAME=value`.
_PAIRS: Final = frozenset({"environment", "labels", "annotations", "sysctls", "args"})
_TAG: Final = re.compile(r"(?<=[\s:-])!(?:override|reset)\b")
_SECTIONS: Final = ("services", "volumes", "networks", "configs", "secrets")
#: A file that extends itself, or includes itself, has more levels than any other.
_DEEPEST: Final = 20
_OVERRIDES: Final = ("compose.override.yaml", "compose.override.yml", "docker-compose.override.yml")
_DEFAULTS: Final = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


class Project:
    """What some compose files say together."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tree: Tree = {}
        self.notes = Notes()
        self.places = Where()
        #: The folder from which the paths of a section's entry start.
        self._folders: dict[tuple[str, str], Path] = {}
        self.folder = Path()
        #: The documents that were read, with the text of their file.
        self.texts: list[tuple[Any, str]] = []

    def section(self, name: str) -> Mapping[str, Any]:
        """Return a part of the project: its services, its volumes."""
        found = self.tree.get(name) or {}
        if not isinstance(found, Mapping):
            raise ComposeError.at(self.places.of((name,)), f"{name}: expected a mapping, not {shape_of(found)}")
        return found

    def path(self, section: str, entry: str, path: str) -> Path:
        """Return a path that an entry names, from the folder of the file that has the entry."""
        return self._folders.get((section, entry), self.folder) / os.path.expanduser(path)

    def take(self, tree: Tree, folder: Path) -> None:
        """Merge the tree of one more file, which stands in a folder."""
        for section in _SECTIONS:
            entries = tree.get(section)
            for entry in entries if isinstance(entries, Mapping) else ():
                self._folders[section, str(entry)] = folder
        self.tree = _merged(self.tree, tree)


def is_compose(tree: object) -> bool:
    """Return whether a document is a compose file, and no object of a cluster."""
    return isinstance(tree, Mapping) and isinstance(tree.get("services"), Mapping) and "apiVersion" not in tree


def read_project(files: Sequence[str | Path], name: str | None = None) -> Project:
    """Return what compose files say together, later ones over earlier ones, with variables replaced.

    Raises `ComposeError` for what is no compose file, at its line.
    """
    first = Path(files[0])
    folder = first.resolve().parent
    project = Project("")
    project.folder = folder
    interpolation = Interpolation(_variables(folder))
    for file in files:
        _read(project, Path(file), interpolation, 0)
    said = project.tree.get("name")
    project.name = name or (str(said) if isinstance(said, str) and said else folder.name)
    for variable in interpolation.unset:
        text = f"nobody says what `{variable}` is: neither a default in the file nor `.env` beside it"
        project.notes.add("${" + variable + "}", text)
    _note_overrides(project, first, files)
    _extend_all(project, interpolation)
    return project


def _variables(folder: Path) -> dict[str, str]:
    try:
        text = (folder / ".env").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    return {name: value for name, value in read_env(text).items() if value is not None}


def _note_overrides(project: Project, first: Path, files: Iterable[str | Path]) -> None:
    if first.name not in _DEFAULTS:
        return
    named = {Path(file).name for file in files}
    for name in _OVERRIDES:
        if name not in named and (first.parent / name).exists():
            text = f"`docker compose` would read it, too: name it behind {first.name} if the cluster wants what it says"
            project.notes.add(name, text)


def _read(project: Project, file: Path, interpolation: Interpolation, depth: int) -> None:
    if depth > _DEEPEST:
        raise ComposeError(f"{file}: it includes itself")
    folder = file.resolve().parent
    documents, text = _documents(file)
    for document in documents:
        project.places.learn(document)
        project.texts.append((document, text))
        tree = interpolation.tree(_as_meant(document))
        for each in tree.pop("include", None) or ():
            for path in _included(each):
                if not (folder / path).exists():
                    project.notes.add("include", f"{path} is not there, so that nothing of it is read")
                else:
                    _read(project, folder / path, interpolation, depth + 1)
        project.take(tree, folder)


def _as_meant(document: Document) -> Tree:
    """Return a document as compose reads it: `yes`, `no`, `on` and `off` are texts there, and no truth values."""

    def meant(value: Any, steps: tuple[str | int, ...]) -> Any:
        if isinstance(value, dict):
            return {key: meant(inner, (*steps, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [meant(inner, (*steps, index)) for index, inner in enumerate(value)]
        if isinstance(value, bool):
            written = document.written(steps, value)
            return value if written.lower() in ("", "true", "false") else written
        return value

    tree: Tree = meant(document.tree, ())
    return tree


def _included(entry: Any) -> list[str]:
    if isinstance(entry, Mapping):
        entry = entry.get("path") or ()
    return [entry] if isinstance(entry, str) else [str(each) for each in entry]


def _documents(file: Path) -> tuple[list[Any], str]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ComposeError(f"{file}: the file cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ComposeError(f"{file}: the file is not text in UTF-8") from None
    reading = read_documents(_TAG.sub(lambda tag: " " * len(tag[0]), text), str(file))
    for found in reading.errors:
        if found.severity == "error":
            raise ComposeError.at(found.where, f"{found.message}{f'; {found.fix}' if found.fix else ''}")
    documents = [document for document in reading.documents if document.tree]
    if not documents:
        _refuse(Location(str(file), 1), "the file has no services")
    for document in documents:
        if not isinstance(document.tree, dict):
            _refuse(document.where(), f"a compose file is a mapping with `services`, not {shape_of(document.tree)}")
        if "apiVersion" in document.tree:
            _refuse(document.where(), "this is an object of Kubernetes, not a compose file")
    return documents, text


def _refuse(where: Location | None, text: str) -> NoReturn:
    raise ComposeError.at(where, text)


def _extend_all(project: Project, interpolation: Interpolation) -> None:
    """Write into each service what it extends."""
    services = project.section("services")
    done = {str(name): _extended(project, str(name), services, interpolation, 0) for name in services}
    project.tree = {**project.tree, "services": done}


def _extended(
    project: Project, name: str, services: Mapping[str, Any], interpolation: Interpolation, depth: int
) -> Any:
    service = services.get(name)
    if not isinstance(service, Mapping) or not service.get("extends"):
        return service
    where = project.places.of(("services", name, "extends"))
    if depth > _DEEPEST:
        _refuse(where, f"services.{name}.extends: it extends itself")
    said = service["extends"]
    base, file = (said, None) if isinstance(said, str) else (said.get("service"), said.get("file"))
    others = services
    if file is not None:
        path = project.path("services", name, str(file))
        if not path.exists():
            project.notes.add(f"services.{name}.extends", f"{file} is not there, so that nothing of it is read", where)
            return _without_extends(service)
        others = {}
        for document in _documents(path)[0]:
            others = _merged(others, interpolation.tree(_as_meant(document)).get("services") or {})
    if base not in others:
        _refuse(where, f"services.{name}.extends: there is no service {base!r}")
    return _merged(_extended(project, base, others, interpolation, depth + 1), _without_extends(service))


def _without_extends(service: Mapping[str, Any]) -> Tree:
    return {key: value for key, value in service.items() if key != "extends"}


def _merged(base: Any, over: Any, key: str = "") -> Any:
    """Return what two say together, the second over the first."""
    if over is None:
        return base
    if key in _PAIRS:
        base, over = _as_pairs(base), _as_pairs(over)
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        return {
            **base,
            **{name: _merged(base.get(name), value, str(name)) for name, value in over.items()},
        }
    if isinstance(base, list) and isinstance(over, list) and key not in _WHOLE:
        targets = {_target(each) for each in over}
        return [*(each for each in base if _target(each) not in targets), *over]
    return over


def _as_pairs(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    parts = [str(each).partition("=") for each in value]
    return {name: text if equals else None for name, equals, text in parts}


def _target(entry: Any) -> str:
    """Return what an entry of a list is about: of two volumes at one place the later counts."""
    if isinstance(entry, Mapping):
        return str(entry.get("target") or entry.get("source") or entry)
    parts = str(entry).split(":")
    return parts[1] if len(parts) > 1 and parts[1].startswith("/") else str(entry)
