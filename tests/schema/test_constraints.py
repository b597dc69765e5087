"""The tables of what is true of single fields: they speak of fields that there are, and what they say is checked."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest

from kpy.checking.check import Check
from kpy.checking.field_rules import rules_on
from kpy.checking.registry import BUILT_IN, Registry
from kpy.checking.walk import check_document
from kpy.schema import RELEASES, api
from kpy.schema.constraints import (
    MODULES,
    Bounds,
    Count,
    Fact,
    FieldRule,
    Format,
    NotEmpty,
    OneOf,
    Required,
    Size,
    Unique,
    all_field_rules,
    facts_of,
    facts_on,
)
from kpy.schema.pool import pool

ROWS = [(row, fact, on) for row in all_field_rules() for fact in row.facts for on in fact.on or row.on]


def _fields(type_name: str) -> set[str]:
    return {field for _, text in pool().definitions[type_name] for field in json.loads(text)["fields"]}


@pytest.mark.parametrize(("row", "fact", "on"), [pytest.param(*row, id=f"{row[0].name}-{row[2]}") for row in ROWS])
def test_row_is_about_a_field_that_there_is(row: FieldRule, fact: Fact, on: str) -> None:
    assert fact.field in _fields(on)
    assert not fact.since or fact.since in RELEASES
    assert (row, fact) in facts_on(on), "the index has another module for the group"


def test_modules_are_those_that_have_rows() -> None:
    having: dict[str, set[str]] = {}
    for module in {module for modules in MODULES.values() for module in modules}:
        for row in import_module(f"kpy.schema.constraints.{module}").RULES:
            for on in row.on:
                having.setdefault(on.partition("/")[0], set()).add(module)

    assert {group: tuple(sorted(modules)) for group, modules in having.items()} == MODULES


def test_each_fact_says_in_words_what_the_field_must_be() -> None:
    said = {
        Required("a").text: "required",
        Bounds("a", 0).text: "0 or more",
        Bounds("a", most=3).text: "3 or less",
        Bounds("a", 1, 3).text: "from 1 to 3",
        Format("a", "IP address").text: "an IP address",
        Format("a", "DNS label").text: "a DNS label",
        OneOf("a", ("A", "B")).text: '"A" or "B"',
        OneOf("a", ("A", "B", "C")).text: '"A", "B" or "C"',
        NotEmpty("a").text: "not empty",
        Count("a", most=3).text: "at most 3 items",
        Count("a", 1, 3).text: "1 to 3 items",
        Count("a", 1).text: "1 item or more",
        Size("a", most=63).text: "at most 63 bytes",
        Size("a", 1, 63).text: "1 to 63 bytes",
        Unique("a").text: "unique items",
        Unique("a", "name").text: "unique by `name`",
    }

    assert [text for text, expected in said.items() if text != expected] == []


def test_what_is_true_of_a_field_can_be_asked() -> None:
    ((row, fact),) = facts_of("core/v1 ServicePort", "port")

    assert (row.name, fact) == ("service-port-number", Bounds("port", 1, 65535, required=True))


def test_rule_of_a_table_can_be_left_out() -> None:
    def names(registry: Registry) -> set[str]:
        return {found.rule.name for found in rules_on(registry, "core/v1 ServicePort")}

    assert names(BUILT_IN) - names(BUILT_IN.without("service-port-number")) == {"service-port-number"}
    assert "service-port-number" in {rule.name for rule in BUILT_IN.rules()}


def _job(**spec: Any) -> list[tuple[str, str, str]]:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "b"}]}}
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "a"},
        "spec": {"template": template, **spec},
    }
    check: Check = check_document(job, api("1.36"))
    return [(found.field, found.message, found.fix) for found in check.diagnostics]


def _failure(**rule: Any) -> dict[str, Any]:
    written = {key: value for key, value in {"action": "FailJob", **rule}.items() if value is not None}
    return {"podFailurePolicy": {"rules": [written]}}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"parallelism": -1}, ("spec.parallelism", "`parallelism` is -1; it must be 0 or more", "")),
        (
            {"completionMode": "indexed"},
            (
                "spec.completionMode",
                '`completionMode` is "indexed"; it must be "NonIndexed" or "Indexed"',
                'write "Indexed"',
            ),
        ),
        (
            {"managedBy": f"example.com/{'a' * 80}"},
            ("spec.managedBy", "`managedBy` has 92 bytes; 63 are allowed", ""),
        ),
        (
            _failure(action=None, onExitCodes={"operator": "In", "values": [1]}),
            (
                "spec.podFailurePolicy.rules[0].action",
                "the rule has no `action`",
                "use Ignore, Count, FailIndex or FailJob",
            ),
        ),
        (
            _failure(onExitCodes={"operator": "In"}),
            (
                "spec.podFailurePolicy.rules[0].onExitCodes.values",
                "there are no exit codes; there must be 1 to 255",
                "",
            ),
        ),
        (
            _failure(onExitCodes={"operator": "In", "values": [1, 1]}),
            ("spec.podFailurePolicy.rules[0].onExitCodes.values[1]", "1 is listed twice", "remove one of them"),
        ),
        (
            _failure(onPodConditions=[{"type": "a b", "status": "True"}]),
            (
                "spec.podFailurePolicy.rules[0].onPodConditions[0].type",
                '`type` "a b" must be letters, digits, "-", "_" or ".", with a letter or digit at both ends',
                "",
            ),
        ),
    ],
)
def test_message_says_the_value_and_what_it_must_be(spec: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert _job(**spec) == [expected]


def test_long_value_is_not_shown_in_full() -> None:
    ((_, message, _),) = _job(completionMode="x" * 5000)

    assert message == f'`completionMode` is "{"x" * 97}..."; it must be "NonIndexed" or "Indexed"'
