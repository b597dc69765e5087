"""One engine judges by schemas: defaults as objects are, and as jsonschema does where the words mean the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, validators

import kpy
from custom.test_resources import definition, is_taken
from kpy.custom.values import compile_schema
from kpy.paths import ROOT


def is_taken_as_default(field: dict[str, Any], value: Any) -> bool:
    spec = {"type": "object", "properties": {"a": {**field, "default": value}}}
    return not kpy.validate([definition({"type": "object", "properties": {"spec": spec}})]).errors


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        pytest.param({"type": "string", "pattern": "^[0-9]+$"}, "12", "12\n", id="pattern does not end before a line"),
        pytest.param({"type": "string", "pattern": r"^\d+$"}, "12", "٣٤", id="digits are those of ASCII"),
        pytest.param({"type": "string", "format": "date-time"}, "2026-01-02T03:04:05Z", "yesterday", id="format"),
        pytest.param({"type": "number", "multipleOf": 0.1}, 0.3, 0.25, id="multiple of a fraction"),
        pytest.param({"type": "integer"}, 1.0, 1.5, id="whole number with a point"),
        pytest.param({"type": "integer"}, 1, True, id="true is not a number"),
        pytest.param({"x-kubernetes-int-or-string": True, "minimum": 2}, "80", 1, id="integer or text"),
        pytest.param({"type": "string", "enum": ["a", "b"]}, "a", "c", id="closed values"),
        pytest.param({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, 2, 1, id="more than"),
        pytest.param({"type": "integer", "maximum": 3}, 3, 4, id="at most"),
        pytest.param({"type": "string", "maxLength": 2}, "äö", "abc", id="length in characters"),
        pytest.param({"type": "array", "items": {"type": "string"}, "minItems": 1}, ["a"], [], id="items"),
        pytest.param({"type": "object", "additionalProperties": {"type": "string"}}, {"b": "c"}, {"b": 1}, id="map"),
        pytest.param(
            {"type": "object", "properties": {"b": {"type": "string"}}, "required": ["b"]},
            {"b": "c"},
            {},
            id="required",
        ),
        pytest.param({"type": "object", "properties": {"b": {"type": "string"}}}, {"b": "c"}, {"d": "e"}, id="unknown"),
        pytest.param({"type": "string", "not": {"enum": ["a"]}}, "b", "a", id="not"),
        pytest.param({"type": "string", "oneOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}, "a", "b", id="one of"),
        pytest.param({"type": "string", "allOf": [{"minLength": 2}, {"pattern": "^a"}]}, "ab", "ba", id="all of"),
    ],
)
def test_default_is_judged_as_the_same_value_of_an_object(field: dict[str, Any], good: Any, bad: Any) -> None:
    assert (is_taken(field, good), is_taken_as_default(field, good)) == (True, True)
    assert (is_taken(field, bad), is_taken_as_default(field, bad)) == (False, False)


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"type": "integer"}, "3", 'must be an integer, not the text "3"'),
        ({"type": "integer", "minimum": 1}, 0, "0 must be at least 1"),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, 1, "1 must be more than 1"),
        ({"type": "integer", "maximum": 9}, 10, "10 must be at most 9"),
        ({"type": "integer", "maximum": 9, "exclusiveMaximum": True}, 9, "9 must be less than 9"),
        ({"type": "integer", "multipleOf": 5}, 7, "7 must be a multiple of 5"),
        ({"type": "string", "maxLength": 2}, "abc", "'abc' may have at most 2 characters, and has 3"),
        ({"type": "array", "minItems": 1}, [], "[] needs at least 1 item, and has 0"),
        ({"type": "object", "maxProperties": 0}, {"a": 1}, "{'a': 1} may have at most 0 fields, and has 1"),
        ({"type": "string", "pattern": "^a"}, "b", "'b' does not match the pattern ^a"),
        ({"type": "string", "format": "date"}, "now", "'now' is not of the format date"),
        ({"type": "string", "enum": ["small", "large"]}, "smal", "'smal' is not one of small, large"),
        ({"anyOf": [{"type": "string"}]}, 1, "the value fits no way that the schema allows (`anyOf`)"),
    ],
)
def test_message_says_what_would_be_right(schema: dict[str, Any], value: Any, message: str) -> None:
    assert [fault.message for fault in compile_schema(schema)(value, ROOT)] == [message]


SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from([0.5, 1.0, 2.5]) | st.text("ab", max_size=4)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
PLAIN = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "number", "boolean", "array", "object"]),
        "enum": st.lists(SCALARS.filter(lambda value: value is not None), min_size=1, max_size=3),
        "minimum": st.integers(-3, 3),
        "exclusiveMinimum": st.booleans(),
        "maximum": st.integers(-3, 3),
        "exclusiveMaximum": st.booleans(),
        "minLength": st.integers(0, 3),
        "maxLength": st.integers(0, 3),
        "minItems": st.integers(0, 3),
        "maxItems": st.integers(0, 3),
        "minProperties": st.integers(0, 3),
        "maxProperties": st.integers(0, 3),
        "required": st.lists(st.sampled_from("abc"), min_size=1, max_size=2, unique=True),
    },
).map(lambda schema: {key: item for key, item in schema.items() if _is_bound(key, schema)})


def _is_bound(key: str, schema: dict[str, Any]) -> bool:
    """Return whether a word has what draft 4 wants beside it."""
    other = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}.get(key)
    return other is None or other in schema


SCHEMAS = st.recursive(
    PLAIN,
    lambda inner: st.tuples(
        PLAIN,
        st.fixed_dictionaries(
            {},
            optional={
                "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
                "additionalProperties": inner,
                "items": inner,
                "anyOf": st.lists(inner, min_size=1, max_size=2),
                "oneOf": st.lists(inner, min_size=1, max_size=2),
                "allOf": st.lists(inner, min_size=1, max_size=2),
                "not": inner,
            },
        ),
    ).map(lambda pair: {**pair[0], **pair[1]}),
    max_leaves=6,
)


def _is_integer(_: object, value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and value == int(value)


TYPES = Draft4Validator.TYPE_CHECKER.redefine("integer", _is_integer)
ORACLE: Any = validators.extend(Draft4Validator, type_checker=TYPES)  # type: ignore[no-untyped-call]


@given(SCHEMAS, VALUES)
def test_verdict_is_that_of_jsonschema(schema: dict[str, Any], value: Any) -> None:
    is_sound = next(compile_schema(schema)(value, ROOT), None) is None

    assert is_sound == bool(ORACLE(schema).is_valid(value))


NUMBER_VERDICTS = [
    ({"type": "number", "minimum": 0.5}, 0, True),
    ({"type": "number", "minimum": 0.5}, 0.0, False),
    ({"type": "number", "maximum": -1.5}, -1, True),
    ({"type": "number", "maximum": -1.5}, -1.0, False),
    ({"type": "integer", "minimum": -1.5}, 3, False),
    ({"type": "number", "enum": [1.0, 2.5]}, 1.5, True),
    ({"type": "number", "enum": [1.0, 2.5]}, 2, False),
    ({"type": "number", "multipleOf": 2}, 1e39, False),
    ({"type": "number", "multipleOf": 0.1}, 1e10, True),
    ({"type": "string", "nullable": True, "enum": ["a", None]}, None, False),
    ({"type": "string", "nullable": True, "enum": ["a"]}, "a", True),
]


@pytest.mark.parametrize(("schema", "value", "is_taken"), NUMBER_VERDICTS)
def test_odd_values_are_judged_as_a_server_does(schema: dict[str, Any], value: Any, is_taken: bool) -> None:
    """A server makes whole numbers of bounds and values where one of the two is one, and takes no null of a set."""
    assert (next(compile_schema(schema)(value, ROOT), None) is None) == is_taken
