"""The pages of rules: the smallest example that shows a rule, why it matters, and since when it is one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kpy.checking.choice import Choice
from kpy.checking.registry import BUILT_IN
from kpy.schema import api
from kpy.validation import find_faults
from tools.codegen import smallest
from tools.codegen.cases import Case, read_cases
from tools.codegen.pages import PAGES
from tools.codegen.smallest import STORE, Example, smallest_examples, store_of
from tools.codegen.yaml_text import yaml_text

POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {
        "hostname": "web",
        "containers": [
            {"name": "side", "image": "side:1"},
            {"name": "web", "image": "web:1", "ports": [{"name": "a", "containerPort": 1}, {"containerPort": 80}]},
        ],
    },
}
CASE = Case("pods", "container-port-required", POD, ("spec.containers[1].ports[1].containerPort", None), (), (), "1.36")


def _rules(document: Any, case: Case) -> set[str]:
    choice = Choice(select=[case.rule])
    return {found.diagnostic.rule for found in find_faults([document], api(case.release), choice)}


def _cases() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for case in read_cases():
        cases.setdefault(case.rule, case)
    return cases


def test_everything_goes_that_the_rule_does_not_need() -> None:
    (example,) = smallest_examples({CASE.rule: CASE}).values()

    bad = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"containers": [{"name": "web", "image": "web:1", "ports": [{}]}]},
    }
    assert example.bad == bad
    assert example.good["spec"]["containers"][0]["ports"] == [{"containerPort": 80}]


def test_example_that_was_found_before_is_not_searched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    text = store_of(smallest_examples({CASE.rule: CASE}))
    (before,) = smallest_examples({CASE.rule: CASE}).values()
    monkeypatch.setattr(smallest, "_reduced", lambda example: pytest.fail("it is searched again"))

    (example,) = smallest_examples({CASE.rule: CASE}, text).values()

    assert (example.good, example.bad) == (before.good, before.bad)


def test_example_of_a_changed_case_is_searched_anew() -> None:
    text = store_of(smallest_examples({CASE.rule: CASE}))
    changed = CASE._replace(good={**POD, "metadata": {"name": "shop"}})

    (example,) = smallest_examples({CASE.rule: changed}, text).values()

    assert example.bad["metadata"] == {"name": "shop"}


def test_every_stored_example_passes_and_fails() -> None:
    examples: dict[str, Example] = smallest_examples(_cases(), STORE.read_text())
    wrong = {
        name
        for name, each in examples.items()
        if name in _rules(each.good, each.case) or name not in _rules(each.bad, each.case)
    }

    assert wrong == set()


def test_every_page_says_why_and_since_when_and_is_short() -> None:
    for rule in BUILT_IN.rules():
        page = (PAGES / f"{rule.name}.md").read_text()
        assert "## Why it matters" in page
        assert re.search(r"A rule of kpy since \d+\.\d+\.\d+\.", page)
        assert len(page.splitlines()) <= 110, rule.name


def test_long_and_deep_values_are_cut() -> None:
    assert yaml_text({"a": [1] * 20}) == "a:\n- 1\n- 1\n- 1\n# and 17 more\n"
    assert yaml_text({"a": "x" * 1000}) == f"a: {'x' * 60}... (1,000 characters)\n"
    assert yaml_text({"a": {str(number): 1 for number in range(20)}}).endswith("  '2': 1\n  # and 17 more\n")
    deep: Any = 1
    for _ in range(100):
        deep = {"a": deep}
    assert "and so on" in yaml_text(deep)
