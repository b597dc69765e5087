"""Every rule by its cases in `tests/rules`; `kpy.codegen.cases` says how they are written."""

from __future__ import annotations

from typing import Any

import pytest

from kpy.codegen.cases import Case, read_cases
from kpy.rules.documents import find_faults
from kpy.rules.load import load_all
from kpy.rules.registry import all_rules
from kpy.rules.texts import TEXT_RULES
from kpy.schema import api

load_all()
CASES = [pytest.param(case, id=f"{case.topic}-{case.rule}-{n}") for n, case in enumerate(read_cases())]


def _found(document: Any, case: Case) -> set[tuple[str, str]]:
    findings = find_faults([document], api(case.release))
    return {(found.diagnostic.rule, found.diagnostic.field) for found in findings}


@pytest.mark.parametrize("case", CASES)
def test_rule_reports_the_bad_field_and_nothing_in_the_good_document(case: Case) -> None:
    bad = _found(case.bad, case)

    assert _found(case.good, case) == set()
    assert {(rule, field) for rule, field in bad if rule not in case.also} == {
        (case.rule, field) for field in case.fields
    }


def test_every_rule_has_a_case() -> None:
    known = {case.rule for case in read_cases()} | {rule.name for rule in TEXT_RULES}

    assert sorted({rule.name for rule in all_rules()} - known) == []
    assert sorted(known - {rule.name for rule in all_rules()}) == []


def test_every_rule_has_a_description_and_a_source() -> None:
    for rule in all_rules():
        assert rule.description.endswith("."), rule.name
        assert rule.source.startswith("https://"), rule.name
