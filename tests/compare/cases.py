"""The updates of `immutable.yaml`, each as an old and a new document."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import yaml


class Update(NamedTuple):
    """An update and what an API server says to it."""

    old: dict[str, Any]
    new: dict[str, Any]
    is_refused: bool
    status: dict[str, Any] | None
    name: str


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
    return Update(old, new, case["verdict"] == "refused", case.get("status"), name)


def _set(tree: Any, path: str, value: object) -> None:
    *steps, last = (int(step) if step.isdecimal() else step for step in path.split("."))
    for step in steps:
        tree = tree[step] if isinstance(tree, list) else tree.setdefault(step, {})
    if value is None:
        tree.pop(last, None)
    else:
        tree[last] = value
