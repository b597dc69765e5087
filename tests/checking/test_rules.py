"""Every rule by its cases in `tests/rules`; `tools.codegen.cases` says how they are written."""

from __future__ import annotations

from typing import Any

import pytest

from kpy.checking import registry
from kpy.checking.choice import Choice
from kpy.checking.faults import KEY_NOT_TEXT
from kpy.checking.load import load_all
from kpy.checking.registry import own_rules
from kpy.checking.structure import plan_of
from kpy.checking.texts import TEXT_RULES
from kpy.rules.programs import APP_RULES
from kpy.schema import api
from kpy.validation import find_faults
from tools.codegen.cases import Case, read_cases
from tools.codegen.pages import PAGES, pages
from tools.codegen.rules_table import TABLE, rules_table

load_all()
RULES = {rule.name: rule for rule in own_rules()}
CASES = [pytest.param(case, id=f"{case.topic}-{case.rule}-{n}") for n, case in enumerate(read_cases())]


def _found(document: Any, case: Case) -> set[tuple[str, str]]:
    """Return rules and places; references count only in the cases of their own rules, and policies are selected."""
    rule = RULES[case.rule]
    choice = Choice(select=[case.rule]) if rule.family == "policy" else Choice()
    families = (rule.family,) if rule.family in ("reference", "policy") else ("schema", "api")
    found = (finding.diagnostic for finding in find_faults([document], api(case.release), choice))
    wanted = (each for each in found if each.family in families or each.rule == case.rule)
    return {(each.rule, each.field) for each in wanted if each.rule not in case.also}


def _expected(case: Case) -> set[tuple[str, str]]:
    return {(case.rule, field) for field in case.fields}


@pytest.mark.parametrize("case", CASES)
def test_rule_reports_the_bad_field_and_nothing_in_the_good_document(case: Case) -> None:
    assert _found(case.good, case) == set()
    assert _found(case.bad, case) == _expected(case)


def test_every_rule_has_a_case() -> None:
    known = {case.rule for case in read_cases()} | {rule.name for rule in (*TEXT_RULES, *APP_RULES, KEY_NOT_TEXT)}

    assert sorted({rule.name for rule in own_rules()} - known) == []
    assert sorted(known - {rule.name for rule in own_rules()}) == []


def test_every_rule_has_a_description_and_a_source() -> None:
    for rule in own_rules():
        assert rule.description.endswith("."), rule.name
        assert rule.source.startswith("https://"), rule.name


@pytest.mark.slow
def test_case_fails_when_its_rule_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = read_cases()
    known = dict(registry._RULES)
    for name in sorted({rule.name for rule in own_rules() if rule.on and rule.family != "policy"}):
        others = {on: [rule for rule in rules if rule.name != name] for on, rules in known.items()}
        monkeypatch.setattr(registry, "_RULES", others)
        plan_of.cache_clear()
        assert any(_found(case.bad, case) != _expected(case) for case in cases if case.rule == name), name
    monkeypatch.undo()
    plan_of.cache_clear()


def test_table_of_modules_is_what_the_rules_say() -> None:
    assert TABLE.read_text() == rules_table()


def test_pages_are_what_the_rules_say() -> None:
    assert {path.name: path.read_text() for path in PAGES.glob("*.md")} == pages()
