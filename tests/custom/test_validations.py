"""Rules in CEL of definitions, run on custom resources: the verdicts of a real API server, 1.36."""

from __future__ import annotations

from typing import Any

import pytest

import kpy
from tests.custom.test_resources import definition, shop


def _schema(properties: dict[str, Any], *rules: dict[str, Any]) -> dict[str, Any]:
    spec = {"type": "object", "properties": properties, "x-kubernetes-validations": list(rules)}
    return {"type": "object", "properties": {"spec": spec}}


def broken(
    schema: dict[str, Any], tree: dict[str, Any], before: dict[str, Any] | None = None, **more: Any
) -> list[tuple[str, str]]:
    """Return the places and messages of the rules that do not hold."""
    report = kpy.validate([definition(schema, **more), tree], before=[before] if before else ())
    assert not [found for found in report.errors if found.resource.startswith("CustomResourceDefinition")]
    return [(found.field, found.message) for found in report.errors if found.rule == "custom-rule-broken"]


SIZES = {"size": {"type": "integer"}, "most": {"type": "integer"}, "name": {"type": "string"}}


def test_broken_rule_says_its_message_at_its_place() -> None:
    rule = {"rule": "self.size <= self.most", "message": "too many"}

    assert broken(_schema(SIZES, rule), shop(spec={"size": 2, "most": 1})) == [("spec", "too many")]
    assert broken(_schema(SIZES, rule), shop(spec={"size": 1, "most": 1})) == []


def test_rule_without_message_is_said_itself() -> None:
    rule = {"rule": " self.size > 0 "}

    assert broken(_schema(SIZES, rule), shop(spec={"size": 0})) == [("spec", "failed rule: self.size > 0")]


def test_finding_tells_the_rule_as_its_fix() -> None:
    schema = _schema(SIZES, {"rule": "self.size >\n  0", "message": "too small"})

    (found,) = kpy.validate([definition(schema), shop(spec={"size": 0})]).errors

    assert (found.rule, found.family, found.fix) == ("custom-rule-broken", "api", "meet the rule `self.size > 0`")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("'size %d'.format([self.size])", "size 0"),
        ("' '", "too small"),
        ("'a\\nb'", "too small"),
        ("self.name", "too small"),
    ],
)
def test_message_may_be_an_expression(expression: str, message: str) -> None:
    rule = {"rule": "self.size > 0", "message": "too small", "messageExpression": expression}

    assert broken(_schema(SIZES, rule), shop(spec={"size": 0})) == [("spec", message)]


@pytest.mark.parametrize(
    ("path", "place"),
    [(".size", "spec.size"), (".labels['a-b']", "spec.labels[a-b]"), (".labels.ab", "spec.labels.ab")],
)
def test_rule_may_name_its_field(path: str, place: str) -> None:
    properties = {**SIZES, "labels": {"type": "object", "additionalProperties": {"type": "string"}}}
    rule = {"rule": "self.size > 0", "message": "too small", "fieldPath": path}

    assert broken(_schema(properties, rule), shop(spec={"size": 0})) == [(place, "too small")]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("self.most > 0", "no such key: most evaluating rule: self.most > 0"),
        ("1 / self.size > 0", "division by zero evaluating rule: 1 / self.size > 0"),
        ("int(self.name) > 0", "type conversion error from 'string' to 'int' evaluating rule: int(self.name) > 0"),
        (
            "self.port > 0",
            "'no such overload': call arguments did not match a supported operator, function or macro signature "
            "for rule: self.port > 0",
        ),
    ],
)
def test_error_of_a_rule_is_a_refusal(rule: str, message: str) -> None:
    properties = {**SIZES, "port": {"x-kubernetes-int-or-string": True}}
    tree = shop(spec={"size": 0, "name": "x", "port": "http"})

    assert broken(_schema(properties, {"rule": rule}), tree) == [("spec", message)]


def test_rules_of_items_and_values_stand_at_them() -> None:
    rule = [{"rule": "self.startsWith('a')", "message": "no a"}]
    text = {"type": "string", "maxLength": 9, "x-kubernetes-validations": rule}
    properties = {
        "list": {"type": "array", "maxItems": 9, "items": text},
        "map": {"type": "object", "maxProperties": 9, "additionalProperties": text},
    }
    tree = shop(spec={"list": ["a", "b"], "map": {"x": "a", "y.z": "b"}})

    assert broken(_schema(properties), tree) == [("spec.list[1]", "no a"), ("spec.map[y.z]", "no a")]


@pytest.mark.parametrize(
    ("schema", "value", "rule"),
    [
        ({"type": "string", "format": "date-time"}, "2024-01-01T00:00:00Z", "self.getFullYear() == 2024"),
        ({"type": "string", "format": "date"}, "2024-03-01", "self.getMonth() == 2"),
        ({"type": "string", "format": "duration"}, "1h30m", "self.getMinutes() == 90"),
        ({"type": "string", "format": "byte"}, "aGk=", "self == b'hi'"),
        ({"type": "number"}, 3, "self / 2.0 == 1.5 && type(self) == double"),
        ({"x-kubernetes-int-or-string": True}, "50%", "type(self) == string && self.endsWith('%')"),
        ({"x-kubernetes-int-or-string": True}, 50, "type(self) == int && self < 51"),
    ],
)
def test_rule_sees_values_of_their_types(schema: dict[str, Any], value: object, rule: str) -> None:
    field = {**schema, "x-kubernetes-validations": [{"rule": rule}]}

    assert broken(_schema({"field": field}), shop(spec={"field": value})) == []


@pytest.mark.parametrize("rule", ["self.list == ['b', 'a']", "self.list + ['b', 'c'] == ['a', 'b', 'c']"])
def test_list_of_type_set_is_a_set(rule: str) -> None:
    items = {"type": "string", "maxLength": 9}
    properties = {"list": {"type": "array", "maxItems": 9, "x-kubernetes-list-type": "set", "items": items}}

    assert broken(_schema(properties, {"rule": rule}), shop(spec={"list": ["a", "b"]})) == []


def test_list_of_type_map_is_known_by_its_keys() -> None:
    item = {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string", "maxLength": 9}, "n": {"type": "integer"}},
    }
    parts = {
        "type": "array",
        "maxItems": 9,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
        "items": item,
    }
    rules = [
        {"rule": "self.parts == [self.parts[1], self.parts[0]]"},
        {"rule": "(self.parts + [self.parts[0]]).size() == 2"},
    ]
    tree = shop(spec={"parts": [{"name": "a", "n": 1}, {"name": "b"}]})

    assert broken(_schema({"parts": parts}, *rules), tree) == []


def test_names_that_are_none_are_escaped() -> None:
    properties = {"a-b": {"type": "integer"}, "if": {"type": "integer"}, "x.y/z": {"type": "integer"}}
    rule = {"rule": "self.a__dash__b + self.if + self.__if__ + self.x__dot__y__slash__z == 8"}

    assert broken(_schema(properties, rule), shop(spec={"a-b": 1, "if": 2, "x.y/z": 3})) == []


def test_null_and_defaults_count_as_a_server_has_them() -> None:
    properties = {"a": {"type": "integer", "nullable": True}, "b": {"type": "integer", "default": 5}}
    rules = [{"rule": "!has(self.a)"}, {"rule": "self.b == 5"}]

    assert broken(_schema(properties, *rules), shop(spec={"a": None, "b": None})) == []


def test_rules_do_not_run_after_a_fault_of_a_type() -> None:
    rule = {"rule": "self.size > 5", "message": "too small"}
    schema = _schema({**SIZES, "even": {"type": "integer", "multipleOf": 2}}, rule)

    assert broken(schema, shop(spec={"size": 1, "most": "x"})) == []
    assert broken(schema, shop(spec={"size": 1, "even": 3})) == [("spec", "too small")]


def test_rules_do_not_run_on_a_value_with_unknown_fields() -> None:
    schema = _schema(SIZES, {"rule": "has(self.most)", "message": "most is missing"})

    assert broken(schema, shop(spec={"size": 1, "mots": 1})) == []


def test_status_that_a_server_drops_is_not_judged() -> None:
    schema = _schema(SIZES, {"rule": "true"})
    rules = [{"rule": "self.n > 0", "message": "no"}]
    schema["properties"]["status"] = {
        "type": "object",
        "properties": {"n": {"type": "integer"}},
        "x-kubernetes-validations": rules,
    }

    assert broken(schema, shop(status={"n": 0})) == [("status", "no")]
    assert broken(schema, shop(status={"n": 0}), subresources={"status": {}}) == []


def test_rules_see_the_name_of_a_resource() -> None:
    schema = {**_schema(SIZES), "x-kubernetes-validations": [{"rule": "self.metadata.name.startsWith('web')"}]}

    assert broken(schema, shop()) == []
    assert broken(schema, {**shop(), "metadata": {"generateName": "web-"}}) == []
    assert len(broken(schema, {**shop(), "metadata": {"name": "shop"}})) == 1


def test_expensive_rule_ends_all() -> None:
    deep = "self.list.all(a, self.list.all(b, self.list.all(c, a + b + c != 'x')))"
    properties = {
        "list": {"type": "array", "maxItems": 80, "items": {"type": "string", "maxLength": 1}},
        "size": {"type": "integer", "x-kubernetes-validations": [{"rule": "self > 0", "message": "too small"}]},
    }
    schema = _schema(properties, {"rule": deep, "message": "no x"})
    tree = shop(spec={"list": [chr(65 + n % 26) for n in range(80)], "size": 0})

    report = kpy.validate([definition(schema), tree])

    assert [found.message for found in report.errors if found.rule == "custom-rule-broken"] == [
        "'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost "
        "exceeds limit for rule: no x"
    ]


def test_transition_rule_is_for_updates() -> None:
    schema = _schema(SIZES, {"rule": "self.size >= oldSelf.size", "message": "never smaller"})
    before = shop(spec={"size": 2})

    assert broken(schema, shop(spec={"size": 1})) == []
    assert broken(schema, shop(spec={"size": 1}), before) == [("spec", "never smaller")]
    assert broken(schema, shop(spec={"size": 3}), before) == []
    assert broken(schema, shop(spec={"size": 1}), {**before, "metadata": {"name": "other"}}) == []


def test_old_value_may_be_optional() -> None:
    rule = {
        "rule": "self.size >= oldSelf.?size.orValue(5)",
        "message": "smaller than before, or than 5",
        "optionalOldSelf": True,
    }
    schema = _schema(SIZES, rule)

    assert broken(schema, shop(spec={"size": 1})) == [("spec", "smaller than before, or than 5")]
    assert broken(schema, shop(spec={"size": 1}), shop(spec={"size": 1})) == []


def test_old_items_are_found_by_their_keys() -> None:
    item = {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string"}, "n": {"type": "integer"}},
        "x-kubernetes-validations": [{"rule": "self.n >= oldSelf.n", "message": "less"}],
    }
    parts = {
        "type": "array",
        "maxItems": 9,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
        "items": item,
    }
    before = shop(spec={"parts": [{"name": "a", "n": 5}, {"name": "b", "n": 1}]})
    tree = shop(spec={"parts": [{"name": "b", "n": 1}, {"name": "c", "n": 0}, {"name": "a", "n": 4}]})

    assert broken(_schema({"parts": parts}), tree, before) == [("spec.parts[2]", "less")]


def test_what_has_not_changed_is_not_judged_again() -> None:
    named = {"type": "object", "properties": {"size": {"type": "integer", "minimum": 5}}}
    named["x-kubernetes-validations"] = [{"rule": "self.size % 2 == 0", "message": "odd"}]
    schema = _schema({"one": named, "other": named})
    before = shop(spec={"one": {"size": 1}, "other": {"size": 6}})
    tree = shop(spec={"one": {"size": 1}, "other": {"size": 3}})

    report = kpy.validate([definition(schema), tree], before=[before])

    assert {found.field for found in report.errors} == {"spec.other", "spec.other.size"}
    assert {found.field for found in kpy.validate([definition(schema), tree]).errors} == {
        "spec.one",
        "spec.one.size",
        "spec.other",
        "spec.other.size",
    }
