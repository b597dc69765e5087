"""The verdict of kpy beside that of a real API server, on documents of every kind and with every sort of fault."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from verdicts import Agreement, Case, agreement, read_verdicts

from kpy.checking.check import Check
from kpy.checking.registry import Registry
from kpy.checking.rule import Mark
from kpy.checking.table import MODULES
from kpy.checking.type_rules import TypeRule
from kpy.checking.walk import check_document
from kpy.paths import Path
from kpy.schema import api

#: Of the documents that both refuse, how many at least name every place that the server names; that or its parent or
#: child; and no other place. Figures to be raised, never lowered.
EXACT, NEAR, EQUAL = 976, 977, 967


#: Every rule is there before the first document.
EAGER = Registry({key: re.sub(r":\S+", "", modules) for key, modules in MODULES.items()})


@cache
def reports() -> list[tuple[Case, list[str]]]:
    """Return the cases, each with the fields of the errors that kpy reports when all rules are loaded."""
    return [(case, fields_of(case, EAGER)) for case in read_verdicts()]


def fields_of(case: Case, registry: Registry) -> list[str]:
    found = check_document(copy.deepcopy(case.document), api("1.36"), registry=registry).diagnostics
    return [each.field for each in found if each.severity == "error"]


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
    """A registry that loads rules as documents ask for them says the same."""
    lazy = Registry()

    assert [fields_of(case, lazy) for case in read_verdicts()] == [fields for _, fields in reports()]


def test_cases_are_of_all_sorts() -> None:
    cases = read_verdicts()

    assert len({case.document.get("kind") for case in cases if not case.is_rejected}) >= 58
    assert len({case.operator for case in cases}) >= 180
    assert {case.code for case in cases} == {201, 400, 404, 422}


class Needless(Registry):
    """Calls rules also for values without what they need; `wrong` has the names of those that report there."""

    def __init__(self) -> None:
        super().__init__(EAGER._table)
        self.wrong: set[str] = set()

    def marks(self, key: str) -> tuple[Mark, ...]:
        return tuple(_everywhere(found, self.wrong) for found in super().marks(key))


def _everywhere(found: Mark, wrong: set[str]) -> Mark:
    if not isinstance(found, TypeRule) or not found.needs:
        return found

    def called(value: Mapping[str, Any], at: Path, check: Check) -> None:
        if any(_has(value, field) for field in found.needs):
            found.check(value, at, check)
            return
        before = len(check.diagnostics)
        with suppress(KeyError):  # it relies on the field
            found.check(value, at, check)
        if len(check.diagnostics) > before:
            wrong.add(found.rule.name)

    return found._replace(check=called, needs=())


def _has(value: Mapping[str, Any], field: str) -> bool:
    name, _, inner = field.partition(".")
    return name in value and (not inner or inner in value[name])


def test_rule_has_nothing_to_say_of_a_value_without_what_it_needs() -> None:
    needless = Needless()
    for case in read_verdicts():
        fields_of(case, needless)

    assert needless.wrong == set()
