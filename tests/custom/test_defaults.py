"""Defaults in definitions, judged by their schemas and rules: the verdicts of a real API server, 1.36."""

from __future__ import annotations

from typing import Any

import pytest

import kpy
from tests.custom.test_resources import definition

Tree = dict[str, Any]
INTEGER: Tree = {"type": "integer"}


def faults(field: Tree) -> list[str]:
    """Return what is wrong with a definition that has the field."""
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"a": field}}}}
    report = kpy.validate([definition(schema)], kubernetes="1.36")
    return [found.message for found in report.errors if found.rule == "crd-default"]


def ruled(schema: Tree, rule: str, **more: Any) -> Tree:
    return {**schema, "x-kubernetes-validations": [{"rule": rule, **more}]}


REFUSED = {
    "own rule": (ruled({**INTEGER, "default": 1}, "self > 5", message="too small"), "too small"),
    "rule without message": (ruled({**INTEGER, "default": 1}, "self > 5"), "failed rule: self > 5"),
    "message expression": (
        ruled({"type": "string", "default": "ab"}, "self.size() > 3", messageExpression="'bad ' + self"),
        "bad ab",
    ),
    "old value is the default itself": (
        ruled({**INTEGER, "default": 9}, "self > oldSelf", message="must grow"),
        "must grow",
    ),
    "rule of a field": (
        {"type": "object", "default": {"b": 1}, "properties": {"b": ruled(INTEGER, "self > 5", message="small")}},
        "small",
    ),
    "rule of an item": (
        {"type": "array", "maxItems": 3, "default": [1], "items": ruled(INTEGER, "self > 5", message="small")},
        "small",
    ),
    "defaults within it are not filled in": (
        ruled(
            {"type": "object", "default": {}, "properties": {"b": {**INTEGER, "default": 9}}},
            "has(self.b)", message="b is missing",
        ),
        "b is missing",
    ),
    "bound of an integer or a text": (
        {"x-kubernetes-int-or-string": True, "default": 1, "minimum": 5},
        "1 must be at least 5",
    ),
}  # fmt: skip

TAKEN: dict[str, Tree] = {
    "rule that holds": ruled({**INTEGER, "default": 9}, "self > 5"),
    "rule about the old value that holds": ruled({**INTEGER, "default": 1}, "self == oldSelf"),
    "rule of an object that has the default": ruled(
        {"type": "object", "properties": {"b": {**INTEGER, "default": 1}}}, "self.b > 5"
    ),
    "any value for an integer or a text": {"x-kubernetes-int-or-string": True, "default": 1.5},
    "what is below free keys": {
        "type": "object",
        "additionalProperties": {"type": "object", "properties": {"b": {**INTEGER, "default": "x"}}},
    },
}


@pytest.mark.parametrize(("field", "message"), REFUSED.values(), ids=REFUSED)
def test_default_that_a_server_refuses_is_refused(field: Tree, message: str) -> None:
    assert faults(field) == [f"the default: {message}"]


@pytest.mark.parametrize("field", TAKEN.values(), ids=TAKEN)
def test_default_that_a_server_takes_is_taken(field: Tree) -> None:
    assert faults(field) == []
