"""Values for charts as people give them: mappings, files, several of them, with objects for their names."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kpy.errors import ArgumentError, LoadError, UsageError
from kpy.inputs.chart_values import laid_over
from kpy.model.model import Model
from kpy.model.plain import free_to_plain
from kpy.model.referable import Ref, Referable
from kpy.model.scalars import plain_text
from kpy.tree.part import describe

__all__ = ["read_values", "to_values"]

_FORM = '`{"replicaCount": 2}`, the path of a file, or a list of them'


def to_values(said: Any) -> list[Any]:
    """Return values as a list of mappings and files."""
    if said is None:
        return []
    given = list(said) if isinstance(said, Sequence) and not isinstance(said, str) else [said]
    for each in given:
        if not isinstance(each, Mapping | str | Path):
            raise ArgumentError(f"`values` are a mapping, {_FORM}, not a value of the type {type(each).__name__}")
    return given


def read_values(given: Sequence[Any], folder: str) -> dict[str, Any]:
    """Return all values as one mapping of plain JSON, later ones over earlier ones; files are named from a folder."""
    values: dict[str, Any] = {}
    for each in given:
        values = laid_over(values, _plain(each, ()) if isinstance(each, Mapping) else _file(str(each), folder))
    return values


def _file(said: str, folder: str) -> dict[str, Any]:
    from kpy.documents import read_file

    path = os.path.relpath(os.path.join(folder, said))
    documents, errors = read_file(path)
    for error in errors:
        if error.severity == "error":
            raise LoadError(f"{error.where or path}: {error.message}")
    trees = [document.tree for document in documents if document.tree is not None]
    if len(trees) > 1 or (trees and not isinstance(trees[0], dict)):
        raise LoadError(f"{path}: expected one mapping of values")
    found: dict[str, Any] = trees[0] if trees else {}
    return found


def _plain(value: Any, path: tuple[str, ...]) -> Any:
    if isinstance(value, Referable):
        return _name(value, path)
    if isinstance(value, Ref):
        raise UsageError(f"`values`: `.ref()` cannot stand at `{'.'.join(path)}`: write the keys that the chart takes")
    if isinstance(value, Mapping):
        return {str(key): _plain(inner, (*path, str(key))) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, path) for inner in value]
    return free_to_plain({"": value})[""] if isinstance(value, Model) else plain_text(value)


def _name(value: Referable, path: tuple[str, ...]) -> str:
    where = f"`values`: {describe(value)} cannot stand at `{'.'.join(path)}`"
    if getattr(value, "content_hash", None):
        raise UsageError(
            f"{where}: its name follows from its content, which is not settled yet: leave content_hash out"
        )
    if not value.name:
        raise UsageError(f"{where}: it has no name, as a server makes one")
    return value.name
