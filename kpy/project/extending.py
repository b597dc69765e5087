"""Settings that others have made: `extend = ["acme_kpy:kpy.toml", "../shared/kpy.toml"]`.

What a file extends comes first and what it says itself is added: lists grow, tables merge, and of single values the
nearer file wins. Paths are relative to the file that says them. A resource of a package is found without importing the
package, so that settings run no code.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from kpy.errors import LoadError

__all__ = ["extended_table"]

EXTEND = "extend"
#: Lists of files and folders, which become absolute where another file than pyproject.toml says them.
_PATHS = ("admission", "crds")
_DEEPEST = 20

Table = dict[str, Any]


def extended_table(path: str, table: Table) -> Table:
    """Return a table `[tool.kpy]` with what it extends, merged; without `extend` it is returned as it is.

    Raises `LoadError` for a file that is not there, that cannot be read, or that extends itself.
    """
    return _extended(path, table, (os.path.realpath(path),)) if EXTEND in table else table


def _extended(path: str, table: Table, chain: tuple[str, ...]) -> Table:
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
        inner = _extended(file, _absolute(file, _read(file)), (*chain, real))
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
    package, colon, resource = word.partition(":")
    if colon and all(part.isidentifier() for part in package.split(".")):
        return _in_package(path, word, package.split("."), resource)
    file = os.path.join(os.path.dirname(path), word)
    if not os.path.isfile(file):
        raise LoadError(
            f"{path}: `{EXTEND}` names {word}, and there is no such file; a resource of a package is written "
            f'"package:kpy.toml"'
        )
    return file


def _in_package(path: str, word: str, names: Sequence[str], resource: str) -> str:
    from importlib.util import find_spec

    try:
        spec = find_spec(names[0])  # of the outermost package: that imports nothing
    except (ImportError, ValueError):
        spec = None
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not folders:
        raise LoadError(
            f"{path}: `{EXTEND}` names {word}, and no package {names[0]} is installed here; install it first"
        )
    for folder in folders:
        file = os.path.join(folder, *names[1:], *resource.split("/"))
        if os.path.isfile(file):
            return file
    raise LoadError(f"{path}: `{EXTEND}` names {word}, and the package {names[0]} has no file {resource}")


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


def _absolute(file: str, table: Table) -> Table:
    """Return the settings of a file with its paths as whoever reads them elsewhere needs them."""
    folder = os.path.dirname(os.path.abspath(file))
    found = dict(table)
    for key in _PATHS:
        if isinstance(found.get(key), list):
            found[key] = [os.path.join(folder, each) if isinstance(each, str) else each for each in found[key]]
    if isinstance(policies := found.get("policies"), list):
        found["policies"] = [_policy(folder, each) for each in policies]
    return found


def _policy(folder: str, word: object) -> object:
    """Return a file of policies from where it is; a module keeps its name."""
    return os.path.join(folder, word) if isinstance(word, str) and word.endswith(".py") else word
