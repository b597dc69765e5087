"""The documents of `immutable.yaml`, and their updates, each as an old and a new document."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from kpy.schema import Type, api

_ZEROS = {"boolean": False, "int-or-string": 0, "integer": 0, "number": 0, "string": ""}


class Update(NamedTuple):
    """An update and what an API server says to it."""

    old: dict[str, Any]
    new: dict[str, Any]
    is_refused: bool
    status: dict[str, Any] | None
    name: str
    #: The release from which an API server accepts it; empty for any.
    since: str = ""


def documents() -> list[dict[str, Any]]:
    return list(_said()["documents"].values())


def updates() -> list[Update]:
    said = _said()
    return [_update(said["documents"][case["of"]], case) for case in said["cases"]]


def _said() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "immutable.yaml").read_text())  # type: ignore[no-any-return]


def _update(document: dict[str, Any], case: dict[str, Any]) -> Update:
    old, new = deepcopy(document), deepcopy(document)
    for path, value in case["change"].items():
        _set(new, path, value)
    name = f"{case['of']}-{'-'.join(case['change'])}-{case['verdict']}"
    return Update(old, new, case["verdict"] == "refused", case.get("status"), name, str(case.get("since", "")))


def _set(tree: Any, path: str, value: object) -> None:
    *steps, last = (int(step) if step.isdecimal() else step for step in path.split("."))
    for step in steps:
        tree = tree[step] if isinstance(tree, list) else tree.setdefault(step, {})
    if value is None:
        tree.pop(last, None)
    else:
        tree[last] = value


def with_zeros(document: dict[str, Any], is_left: Callable[[Type, str], bool]) -> dict[str, Any]:
    """Return a document with the zero of every scalar that it does not say, but for those that are left out."""
    kind = api().kind(document["apiVersion"], document["kind"])
    assert kind is not None
    said = _zeros(document, api().type(kind.type), is_left)
    head = {name: document[name] for name in ("apiVersion", "kind")}
    return {**said, **head, "metadata": {**document["metadata"], "generateName": ""}}


def _zeros(tree: dict[str, Any], type_: Type | None, is_left: Callable[[Type, str], bool]) -> dict[str, Any]:
    filled = deepcopy(tree)
    for name, field in type_.fields.items() if type_ else ():
        if name in tree and field.type:
            filled[name] = _inside(tree[name], api().type(field.type), is_left)
        elif name not in tree and not field.container and field.shape in _ZEROS and not is_left(type_, name):
            filled[name] = _ZEROS[field.shape]
    return filled


def _inside(value: Any, type_: Type | None, is_left: Callable[[Type, str], bool]) -> Any:
    match value:
        case list():
            return [_inside(item, type_, is_left) for item in value]
        case dict():
            return _zeros(value, type_, is_left)
        case _:
            return value
