"""What rules of definitions cost by the estimate: the numbers of an API server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kpy.syntax.cel.estimates import estimate
from kpy.syntax.cel.rules import compile_rule, often
from kpy.syntax.cel.schemas import Declaration, declared

TEXT = {"type": "string"}
PART = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 63},
        "v": {"type": "array", "maxItems": 3, "items": {"type": "integer"}},
    },
}
FIELDS: dict[str, Any] = {
    "n": {"type": "integer"},
    "s": TEXT,
    "d": {"type": "number"},
    "q": {"type": "string", "nullable": True},
    "m": {"type": "object", "additionalProperties": TEXT},
    "l": {"type": "array", "items": TEXT},
    "pattern": {"type": "string", "maxLength": 30},
    "b": {"type": "boolean"},
    "t": {"type": "string", "format": "date-time"},
    "du": {"type": "string", "format": "duration"},
    "by": {"type": "string", "format": "byte"},
    "ios": {"x-kubernetes-int-or-string": True},
    "o": {
        "type": "array",
        "maxItems": 7,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
        "items": PART,
    },
    "set": {
        "type": "array",
        "x-kubernetes-list-type": "set",
        "maxItems": 10,
        "items": {"type": "string", "maxLength": 20},
    },
    "e": {"type": "string", "enum": ["aa", "b"]},
    "mm": {
        "type": "object",
        "maxProperties": 4,
        "additionalProperties": {"type": "object", "properties": {"x": {"type": "string", "maxLength": 9}}},
    },
}


def _declared() -> Declaration:
    found = declared({"type": "object", "properties": FIELDS}, is_resource=True)
    assert found is not None
    return found


DECLARATION = _declared()


def _rows() -> Iterator[tuple[str, str]]:
    for line in Path(__file__).with_name("costs.txt").read_text().splitlines():
        if line and not line.startswith("# "):
            text, _, cost = line.rpartition("  =>  ")
            yield text, cost


@pytest.mark.parametrize(("text", "cost"), list(_rows()))
def test_cost(text: str, cost: str) -> None:
    rule = compile_rule({"rule": text}, DECLARATION, 36)

    assert (str(estimate(rule.program.tree, DECLARATION)) if rule.program else "fault") == cost


def test_rule_counts_as_often_as_there_are_values() -> None:
    assert often(10, DECLARATION, 7) == 70
    assert often(10, DECLARATION, None) > 1_000_000
