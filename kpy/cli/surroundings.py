"""What is in a folder before `kpy init` writes to it, and how to fit in without changing or hiding any of it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, NamedTuple

from kpy.cli.options import MisuseError
from kpy.errors import LoadError, WriteError
from kpy.project.settings import PYPROJECT

__all__ = ["Surroundings", "append", "look_around", "with_table"]

#: What the app is called: the first of these that means nothing yet.
_NAMES = ("app", "infra", "manifests", "kubernetes_app")
#: What tells that there are tests already, which the settings of a new project could hide.
_OF_TESTS = ("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "tox.ini", "setup.cfg", "conftest.py",
             "tests", "test")  # fmt: skip


class Surroundings(NamedTuple):
    """What `kpy init` goes by."""

    folder: str
    #: What the file of the app is called, without its suffix.
    name: str
    #: The text of pyproject.toml; nothing when there is none.
    pyproject: str | None
    #: Whether pyproject.toml says what is installed.
    has_dependencies: bool
    #: Whether there are tests, or settings for them.
    has_tests: bool
    #: How a tool that manages the environment adds what tests need, and runs a command in it.
    adds: str
    runs: str
    #: The root of the repository, when the folder is somewhere in it.
    repository: str | None

    def has(self, path: str) -> bool:
        """Return whether a file or folder is there."""
        return os.path.lexists(os.path.join(self.folder, path))


def look_around(folder: str) -> Surroundings:
    """Return what is in a folder. Raises `MisuseError` when kpy is at home there already."""
    path = os.path.normpath(os.path.join(folder, PYPROJECT))
    pyproject = _read(path)
    tables = {} if pyproject is None else _parse(path, pyproject)
    tool = tables.get("tool")
    if isinstance(tool, dict) and "kpy" in tool:
        raise MisuseError(
            f"{path} has [tool.kpy] already, so there is nothing to start; "
            f"`kpy synth` writes what the app makes, `kpy --help` lists the commands"
        )
    adds, runs = _manager(folder)
    return Surroundings(
        folder=folder,
        name=_free_name(folder),
        pyproject=pyproject,
        has_dependencies="project" in tables or (isinstance(tool, dict) and "poetry" in tool),
        has_tests=pyproject is not None or any(_exists(folder, [name]) for name in _OF_TESTS),
        adds=adds,
        runs=runs,
        repository=_repository_above(folder),
    )


def with_table(path: str, text: str, table: str) -> str:
    """Return what to append to a pyproject.toml so that it has a table more, and is else as it was.

    Raises `MisuseError` when that cannot be.
    """
    import json

    newline = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text.strip() else "\n" if text.endswith("\n") else "\n\n"
    addition = (gap + table).replace("\n", newline)
    before = _parse(path, text)
    try:
        after: object = _loads(text + addition)
    except ValueError:
        after = None
    wanted = _loads(table)["tool"]
    tool = before.get("tool", {})
    if not isinstance(tool, dict) or after != {**before, "tool": {**tool, **wanted}}:
        here = ", ".join(f"{key} = {json.dumps(value)}" for key, value in wanted["kpy"].items())
        raise MisuseError(
            f"{path}: [tool.kpy] cannot be added at the end, since `tool` is not written as tables; "
            f"add to it: kpy = {{ {here} }}"
        )
    return addition


def append(path: str, text: str) -> None:
    """Write a text to the end of a file; what is before it is not touched."""
    with open(path, "a", encoding="utf-8", newline="") as file:
        file.write(text)


def _free_name(folder: str) -> str:
    """Return the first name that no module, package or test has, at the root or in `src`."""
    for name in _NAMES:
        modules = [place + name + suffix for place in ("", "src/") for suffix in ("", ".py")]
        if not _exists(folder, [*modules, f"tests/test_{name}.py"]):
            return name
    taken = ", ".join(f"{name}.py" for name in _NAMES)
    raise MisuseError(f"{folder}: no name is left for the app: each of {taken}, or its test, is there already")


def _exists(folder: str, paths: Iterable[str]) -> bool:
    return any(os.path.lexists(os.path.join(folder, path)) for path in paths)


def _manager(folder: str) -> tuple[str, str]:
    if _exists(folder, ["uv.lock"]):
        return "uv add --dev ", "uv run "
    if _exists(folder, ["poetry.lock"]):
        return "poetry add --group dev ", "poetry run "
    return "pip install ", ""


def _repository_above(folder: str) -> str | None:
    """Return the root of the Git repository that a folder is in, unless it is the root itself."""
    start = place = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(place, ".git")):
        above = os.path.dirname(place)
        if above == place:
            return None
        place = above
    return None if place == start else os.path.relpath(place, start)


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        raise LoadError(f"{path} cannot be read: it is not UTF-8") from None
    except OSError as error:
        raise WriteError(f"{path} cannot be read: {error.strerror}") from None


def _parse(path: str, text: str) -> dict[str, Any]:
    try:
        return _loads(text)
    except ValueError as error:
        raise LoadError(f"{path} cannot be read: {error}") from None


def _loads(text: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(text)
