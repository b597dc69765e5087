"""Settings that others have made: `extend = ["acme_kpy:kpy.toml", "../shared/kpy.toml"]`.

What a file extends comes first and what it says itself is added: lists grow, tables merge, and of single values the
nearer file wins. Paths are relative to the file that says them; those to leave out in a package are relative to the
project, since nothing of it is below the package. A resource of a package is found without importing the package, so
that settings run no code.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from time import time_ns
from typing import Any

from kpy.errors import LoadError

__all__ = ["extended_table", "located", "states_of"]

EXTEND = "extend"
#: Lists of files and folders, which become absolute where another file than pyproject.toml says them.
_PATHS = ("admission", "crds")
_DEEPEST = 20
#: What a file system may take for one moment, in nanoseconds.
_COARSE = 2_000_000_000

Table = dict[str, Any]
#: Refuses what a table of a file says wrongly.
Check = Callable[[str, Mapping[str, Any]], None]


def extended_table(path: str, table: Table, check: Check) -> tuple[Table, tuple[str, ...]]:
    """Return a table `[tool.kpy]` with what it extends, merged, and the files that this is in.

    `check` refuses what a file may not say, so that it is told with that file.

    Raises `LoadError` for a file that is not there, that cannot be read, or that extends itself.
    """
    files: dict[str, None] = {}
    found = _extended(path, table, (os.path.realpath(path),), files, check)
    return found, tuple(files)


def states_of(files: Sequence[str]) -> tuple[object, ...]:
    """Return what changes when one of the files changes."""
    states: list[object] = []
    for file in files:
        try:
            state = os.stat(file)
            # the clock of a file system is coarse: of what has just been written the content counts
            is_new = time_ns() - state.st_mtime_ns < _COARSE
            with open(file if is_new else os.devnull, "rb") as opened:
                states.append((state.st_mtime_ns, state.st_size, state.st_ino, opened.read()))
        except OSError as error:
            states.append(error.errno)
    return tuple(states)


def located(path: str, table: Table) -> Table:
    """Return a table whose resources of packages, `crds = ["acme_kpy:crds/"]`, are paths.

    Raises `LoadError` for a package or a resource that is not there.
    """
    found = dict(table)
    for key in _PATHS:
        if isinstance(found.get(key), list):
            found[key] = [_located(path, key, each) if isinstance(each, str) else each for each in found[key]]
    return found


def _located(path: str, key: str, word: str) -> str:
    resource = _resource(word)
    return word if resource is None else _in_package(path, key, word, *resource)


def _extended(path: str, table: Table, chain: tuple[str, ...], files: dict[str, None], check: Check) -> Table:
    words = table.get(EXTEND, [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise LoadError(
            f'{path}: `{EXTEND}` is a list of files and of resources of packages: {EXTEND} = ["acme:kpy.toml"]'
        )
    merged: Table = {}
    for word in words:
        file = _find(path, word)
        real = os.path.realpath(file)
        if real in chain:
            circle = " extends ".join([*chain[chain.index(real) :], real])
            raise LoadError(f"{path}: `{EXTEND}` goes in a circle: {circle}")
        if len(chain) > _DEEPEST:
            raise LoadError(f"{path}: `{EXTEND}` goes through more than {_DEEPEST} files")
        files[file] = None
        said = _read(file)
        check(file, said)
        said = _absolute(file, said, is_of_package=_resource(word) is not None)
        inner = _extended(file, said, (*chain, real), files, check)
        merged = _merged(merged, inner)
    own = {key: value for key, value in table.items() if key != EXTEND}
    return _merged(merged, own)


def _merged(first: Table, second: Mapping[str, Any]) -> Table:
    """Return two tables as one: lists of both, tables merged, single values of the second."""
    found = dict(first)
    for key, value in second.items():
        before = found.get(key)
        if isinstance(before, list) and isinstance(value, list):
            found[key] = [*before, *(each for each in value if each not in before)]
        elif isinstance(before, dict) and isinstance(value, dict):
            found[key] = _merged(before, value)
        else:
            found[key] = value
    return found


def _find(path: str, word: str) -> str:
    """Return the file that a word means: `package:file` is a resource of a package, all else a path."""
    resource = _resource(word)
    if resource is not None:
        return _in_package(path, EXTEND, word, *resource)
    file = os.path.join(os.path.dirname(path), word)
    if os.path.isfile(file):
        return file
    known = _resource(word.replace("-", "_"))
    hint = f'; the package is written as it is imported: "{word.replace("-", "_")}"' if known is not None else ""
    hint = hint or '; a resource of a package is written "package:kpy.toml"'
    raise LoadError(f"{path}: `{EXTEND}` names {word}, and there is no such file{hint}")


def _resource(word: str) -> tuple[list[str], str] | None:
    """Return the package and the path in it that a word names; nothing for a path in the file system."""
    package, colon, resource = word.partition(":")
    names = package.split(".")
    is_drive = len(package) == 1 and resource.startswith(("/", "\\"))
    return (names, resource) if colon and not is_drive and all(name.isidentifier() for name in names) else None


def _in_package(path: str, key: str, word: str, names: Sequence[str], resource: str) -> str:
    from importlib.util import find_spec

    try:
        spec = find_spec(names[0])  # of the outermost package: that imports nothing
    except (ImportError, ValueError):
        spec = None
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not folders:
        raise LoadError(f"{path}: `{key}` names {word}, and no package {names[0]} is installed here; install it first")
    for folder in folders:
        file = os.path.join(folder, *names[1:], *resource.split("/"))
        if os.path.isfile(file) or (key != EXTEND and os.path.isdir(file)):
            return file
    what = "file" if key == EXTEND else "file or folder"
    raise LoadError(f"{path}: `{key}` names {word}, and the package {names[0]} has no {what} {resource}")


def _read(file: str) -> Table:
    """Return the settings of a file: its table `[tool.kpy]` if it has one, else the whole of it."""
    import tomllib

    try:
        with open(file, "rb") as opened:
            data = tomllib.load(opened)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise LoadError(f"{file}: the settings cannot be read: {reason}") from None
    tool = data.get("tool")
    table = tool.get("kpy") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else {key: value for key, value in data.items() if key != "tool"}


def _absolute(file: str, table: Table, *, is_of_package: bool) -> Table:
    """Return the settings of a file with its paths as whoever reads them elsewhere needs them."""
    folder = os.path.dirname(os.path.abspath(file))
    found = located(file, table)
    for key, path_of in (*((key, _joined) for key in _PATHS), ("policies", _module_or_file)):
        if isinstance(found.get(key), list):
            found[key] = [path_of(folder, each) if isinstance(each, str) else each for each in found[key]]
    if isinstance(environments := found.get("environments"), dict):
        found["environments"] = {name: _with_values(folder, each) for name, each in environments.items()}
    if isinstance(app := found.get("app"), str):
        found["app"] = _module_or_file(folder, app)
    if not is_of_package and isinstance(excluded := found.get("exclude"), list):
        found["exclude"] = [_excluded(folder, each) for each in excluded]
    return found


def _with_values(folder: str, environment: object) -> object:
    """Return an environment with its file of values as others need it; where output goes is from the project."""
    if isinstance(environment, dict) and isinstance(environment.get("values"), str):
        return {**environment, "values": os.path.join(folder, environment["values"])}
    return environment


def _joined(folder: str, path: str) -> str:
    return os.path.join(folder, path)


def _module_or_file(folder: str, word: str) -> str:
    """Return a file of Python from where it is, `shop.py` or `shop.py:app`; a module keeps its name."""
    return os.path.join(folder, word) if word.endswith(".py") or ".py:" in word else word


def _excluded(folder: str, pattern: object) -> object:
    """Return a pattern of what is left out with the folder that it is written from; a name is one anywhere."""
    is_path = isinstance(pattern, str) and "/" in pattern.rstrip("/")
    return f"{folder}//{str(pattern).strip('/').removeprefix('./')}" if is_path else pattern
