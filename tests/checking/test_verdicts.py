"""The verdict of kpy beside that of a real API server, on documents of every kind and with every sort of fault."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from verdicts import Agreement, Case, agreement, read_verdicts

from kpy.checking import registry
from kpy.checking.check import Check
from kpy.checking.load import load_all
from kpy.checking.structure import plan_of
from kpy.checking.walk import validate_document
from kpy.paths import Path

#: Of the documents that both refuse, how many at least name every place that the server names; that or its parent or
#: child; and no other place. Figures to be raised, never lowered.
EXACT, NEAR, EQUAL = 976, 977, 967


@cache
def reports() -> list[tuple[Case, list[str]]]:
    """Return the cases, each with the fields of the errors that kpy reports when all rules are loaded."""
    load_all()
    return [(case, fields_of(case)) for case in read_verdicts()]


def fields_of(case: Case) -> list[str]:
    return [found.field for found in validate_document(copy.deepcopy(case.document))]


def test_verdict_is_that_of_the_server() -> None:
    wrong = [(case, fields) for case, fields in reports() if bool(fields) != case.is_rejected]

    assert wrong == []


def test_places_are_those_of_the_server() -> None:
    found = [agreement(case.causes, fields) for case, fields in reports() if case.is_rejected]
    figures = Agreement(*(sum(each) for each in zip(*filter(None, found), strict=True)))

    assert figures.exact >= EXACT, figures
    assert figures.near >= NEAR, figures
    assert figures.equal >= EQUAL, figures


def test_rules_are_loaded_when_a_document_needs_them() -> None:
    """A process that loads rules as documents ask for them says the same."""
    program = (
        "import json, checking.test_verdicts as t; print(json.dumps([t.fields_of(case) for case in t.read_verdicts()]))"
    )
    here = os.path.dirname(os.path.dirname(__file__))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([here, os.path.dirname(here)])}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)

    assert json.loads(done.stdout) == [fields for _, fields in reports()]


def test_cases_are_of_all_sorts() -> None:
    cases = read_verdicts()

    assert len({case.document.get("kind") for case in cases if not case.is_rejected}) >= 58
    assert len({case.operator for case in cases}) >= 180
    assert {case.code for case in cases} == {201, 400, 404, 422}


@pytest.fixture
def needless(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Call rules also for values without what they need; yield the names of those that report there."""
    load_all()
    wrong: set[str] = set()
    known = {on: [_everywhere(rule, wrong) for rule in rules] for on, rules in registry._RULES.items()}
    monkeypatch.setattr(registry, "_RULES", known)
    plan_of.cache_clear()
    yield wrong
    plan_of.cache_clear()


def _everywhere(rule: registry.Rule, wrong: set[str]) -> registry.Rule:
    def called(value: Mapping[str, Any], at: Path, check: Check) -> None:
        if any(_has(value, field) for field in rule.needs):
            rule.check(value, at, check)
            return
        before = len(check.diagnostics)
        with suppress(KeyError):  # it relies on the field
            rule.check(value, at, check)
        if len(check.diagnostics) > before:
            wrong.add(rule.name)

    return rule._replace(check=called, needs=()) if rule.needs else rule


def _has(value: Mapping[str, Any], field: str) -> bool:
    name, _, inner = field.partition(".")
    return name in value and (not inner or inner in value[name])


def test_rule_has_nothing_to_say_of_a_value_without_what_it_needs(needless: set[str]) -> None:
    for case in read_verdicts():
        validate_document(copy.deepcopy(case.document))

    assert needless == set()
