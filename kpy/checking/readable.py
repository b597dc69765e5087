"""What can be read of an object that has errors, so that it counts for all other objects all the same.

A scalar of a wrong type is read as it was surely meant: `5` as the text "5" where the API wants text, "8080" as the
number. What cannot be read is left out, and its place is remembered: nobody may say of it what it lacks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from kpy.checking.check import Check
from kpy.checking.decode import number_text, quantity_fault
from kpy.checking.fault_places import Faults, Steps
from kpy.checking.faults import FIELD_NOT_IN_RELEASE, NESTED_TOO_DEEPLY, UNKNOWN_FIELD
from kpy.checking.kinds import meant_kind
from kpy.checking.walk import check_document
from kpy.objects import Tree
from kpy.redaction.encrypted import SOPS, is_cipher, is_signed
from kpy.schema import Api, Field, Kind

__all__ = ["read_object", "readable"]

_OBJECT_META: Final = "meta/v1 ObjectMeta"
_ZERO: Final[Tree] = {"integer": 0, "number": 0, "boolean": False, "quantity": "0", "int-or-string": 0}
_INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]{0,18})")
_UNREADABLE: Final = object()


def read_object(check: Check, kind: Kind | None) -> tuple[Tree, Kind | None, Faults]:
    """Return a checked object that has errors as far as it can be read, with its kind and the places of the errors."""
    if any(diagnostic.rule == NESTED_TOO_DEEPLY.name for diagnostic in check.diagnostics):
        return _named(check.root), kind, Faults(((),))
    if kind is None and not check.is_custom:
        kind = meant_kind(check)
        if kind is None:
            return check.root, None, Faults(((),))
        meant = {**check.root, "apiVersion": kind.api_version, "kind": kind.kind}
        check = check_document(meant, check.api, check.at, registry=check.registry)
    faults = _faults(check)
    if not (faults.unread or faults.unknown):
        return check.root, kind, faults
    return _read(check.root, kind, check.api), kind, faults


def _faults(check: Check) -> Faults:
    """Return the places, within the object, of its errors."""
    depth = len(check.at.steps)
    signed = is_signed(check.root)
    unread: list[Steps] = []
    unknown: list[Steps] = []
    refused: list[Steps] = []
    for diagnostic, at in zip(check.diagnostics, check.paths, strict=True):
        if diagnostic.severity != "error" or (signed and _is_of_ciphers(check.root, at.steps[depth:])):
            continue
        if diagnostic.family != "schema":
            places = refused
        else:
            places = unknown if diagnostic.rule in (UNKNOWN_FIELD.name, FIELD_NOT_IN_RELEASE.name) else unread
        places.append(at.steps[depth:])
    return Faults(tuple(unread), tuple(unknown), tuple(refused))


def _is_of_ciphers(tree: Tree, steps: Steps) -> bool:
    """Return whether a place is of SOPS itself, or has an encrypted value: it is what it should be."""
    node: Any = tree
    for step in steps:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return False
    return steps[:1] == (SOPS,) or is_cipher(node)


def _read(tree: Tree, kind: Kind | None, api: Api) -> Tree:
    try:
        if kind is not None:
            return readable(tree, kind.type, api)
        return {**tree, "metadata": readable(tree.get("metadata"), _OBJECT_META, api)}
    except RecursionError:
        return _named(tree)


def _named(tree: Tree) -> Tree:
    """Return no more of an object than what names it."""
    metadata = tree.get("metadata")
    given = metadata if isinstance(metadata, Mapping) else {}
    names = {key: given[key] for key in ("name", "namespace") if isinstance(given.get(key), str)}
    kept = {key: tree[key] for key in ("apiVersion", "kind") if isinstance(tree.get(key), str)}
    return {**kept, "metadata": names}


def readable(value: Any, type_name: str, api: Api) -> dict[str, Any]:
    """Return what can be read of a value of a type: a copy in which everything is of its right type."""
    struct = api.type(type_name)
    if struct is None or not isinstance(value, Mapping):
        return {}
    copy: dict[str, Any] = {}
    for key, item in value.items():
        field = struct.fields.get(key) if isinstance(key, str) else None
        if field is not None and item is not None:
            read = _field(item, field, api)
            if read is not _UNREADABLE:
                copy[key] = read
    return copy


def _field(value: Any, field: Field, api: Api) -> Any:
    match field.container:
        case "list":
            is_list = isinstance(value, list | tuple)
            return [_kept(item, field, api) for item in value] if is_list else _UNREADABLE
        case "map" if isinstance(value, Mapping):
            return {str(key): _kept(item, field, api) for key, item in value.items()}
        case "map-list" if isinstance(value, Mapping):
            lists = {str(key): items for key, items in value.items() if isinstance(items, list | tuple)}
            return {key: [_kept(item, field, api) for item in items] for key, items in lists.items()}
        case "":
            return _element(value, field, api)
    return _UNREADABLE


def _kept(value: Any, field: Field, api: Api) -> Any:
    """Return an element of a list or map, whose place stays even where it cannot be read."""
    read = _element(value, field, api)
    if read is not _UNREADABLE:
        return read
    return {} if field.type is not None else _ZERO.get(field.shape, "")


def _element(value: Any, field: Field, api: Api) -> Any:
    if field.type is not None:
        return readable(value, field.type, api) if isinstance(value, Mapping) else _UNREADABLE
    match field.shape:
        case "string" | "bytes" | "time" | "micro-time":
            return _text(value)
        case "integer" | "number" | "int-or-string":
            return _number(value, field.shape)
        case "boolean":
            meant = {"true": True, "false": False}.get(value, _UNREADABLE) if isinstance(value, str) else _UNREADABLE
            return value if isinstance(value, bool) else meant
        case "quantity":
            is_scalar = isinstance(value, str | int | float) and not isinstance(value, bool)
            return value if is_scalar and quantity_fault(value) is None else _UNREADABLE
    return value


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, int | float) else _UNREADABLE


def _number(value: Any, shape: str) -> Any:
    if isinstance(value, str):
        if shape == "int-or-string":
            return str(value)
        return int(value) if _INTEGER.fullmatch(value) else _UNREADABLE
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _UNREADABLE
    if shape == "number":
        return value
    is_whole = isinstance(value, int) or value.is_integer()
    return int(value) if is_whole and abs(value) < 2**63 else _UNREADABLE
