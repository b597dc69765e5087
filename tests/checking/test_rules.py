"""Every rule by its cases in `tests/rules`; `tools.codegen.cases` says how they are written."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from kpy.checking.choice import Choice
from kpy.checking.faults import KEY_NOT_TEXT
from kpy.checking.internal import INTERNAL_ERROR, POLICY_FAILED
from kpy.checking.registry import BUILT_IN, Registry, modules_with_rules
from kpy.checking.rule import Rule, declared_in, marks_in
from kpy.checking.texts import TEXT_RULES
from kpy.checking.waivers import EXPIRED, IN_FORCE, NOT_WAIVABLE
from kpy.custom.resources import DEFINITION_REFUSED
from kpy.rules.programs import APP_RULES
from kpy.schema import api
from kpy.schema.constraints import all_field_rules
from kpy.validation import find_faults
from tools.codegen.cases import Case, read_cases
from tools.codegen.pages import PAGES, pages
from tools.codegen.rules_table import NAMES, TABLE, rule_names, rules_table

RULES = {rule.name: rule for rule in BUILT_IN.rules()}
#: What no document can break; `tests/cli/test_crds.py` has what is not added.
FAILURES = (INTERNAL_ERROR, POLICY_FAILED, DEFINITION_REFUSED)
#: What depends on the day, on settings or on an option: see test_ending_waivers.py and its like.
OF_WAIVERS = (EXPIRED, IN_FORCE, NOT_WAIVABLE)
CASES = [pytest.param(case, id=f"{case.topic}-{case.rule}-{n}") for n, case in enumerate(read_cases())]


def _found(document: Any, case: Case, registry: Registry = BUILT_IN) -> set[tuple[str, str]]:
    """Return rules and places; references count only in the cases of their own rules, and policies are selected."""
    rule = RULES[case.rule]
    choice = Choice(select=[case.rule] if rule.family == "policy" else [], registry=registry)
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
    known = {case.rule for case in read_cases()} | {
        rule.name for rule in (*TEXT_RULES, *APP_RULES, KEY_NOT_TEXT, *FAILURES, *OF_WAIVERS)
    }

    assert sorted(RULES.keys() - known) == []
    assert sorted(known - RULES.keys()) == []


def test_a_name_is_of_one_rule() -> None:
    rules: dict[str, set[Rule]] = {}
    for module in modules_with_rules():
        marked = (found.rule for found in marks_in(module) if found.rule is not None)
        for rule in (*declared_in(module), *marked):
            rules.setdefault(rule.name, set()).add(rule)

    assert sorted(name for name, found in rules.items() if len({rule.description for rule in found}) > 1) == []


def test_every_rule_has_a_description_and_a_source() -> None:
    for rule in RULES.values():
        assert rule.description.endswith("."), rule.name
        assert rule.source.startswith("https://"), rule.name


@pytest.mark.slow
def test_case_fails_when_its_rule_is_removed() -> None:
    cases = read_cases()
    marks = (found for module in modules_with_rules() for found in marks_in(module))
    names = {found.rule.name for found in marks if found.rule is not None} | {row.name for row in all_field_rules()}
    for name in sorted(names):
        without = BUILT_IN.without(name)
        assert any(_found(case.bad, case, without) != _expected(case) for case in cases if case.rule == name), name


def test_table_of_modules_is_what_the_rules_say() -> None:
    assert TABLE.read_text() == rules_table()
    assert NAMES.read_text() == rule_names()


def test_registry_knows_all_names_without_loading_a_rule() -> None:
    assert BUILT_IN.names() == {rule.name: rule.family for rule in BUILT_IN.rules()}
    code = (
        "import sys, kpy\nkpy.validate([], select=['image-tag-missing'], ignore=['unknown-field', 'images'])\n"
        "print([name for name in sys.modules if name.startswith('kpy.rules.') and '.policies' not in name])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "kpy.rules.storage" not in found
    assert "kpy.rules.pods.volumes" not in found


def test_pages_are_what_the_rules_say() -> None:
    assert {path.name: path.read_text() for path in PAGES.glob("*.md")} == pages()
