"""What is said when a check fails instead of judging: a finding, and all others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import kpy
from kpy.checking.check import Check
from kpy.checking.choice import Choice
from kpy.checking.object_set import Objects, SetCheck, rule_on_all
from kpy.checking.registry import BUILT_IN
from kpy.checking.type_rules import rule
from kpy.diagnostics import Diagnostic, Report
from kpy.paths import ROOT, Path
from kpy.schema import api
from kpy.validation import find_faults, validate

SECRET = "s3cr3t"
SOURCE = "https://kubernetes.io/docs/"
FIX = (
    "please report it with this text, and the object if you may show it: https://pypi.org/project/kpy-k8s/"
)  # fmt: skip


@rule("always-broken", on="core/v1 Container", source=SOURCE)
def broken(container: Mapping[str, Any], at: Path, check: Check) -> None:
    """Break."""
    check.report(at, "half a finding")
    raise KeyError(container["image"])


@rule("wide-awake", on="core/v1 Container", source=SOURCE)
def awake(container: Mapping[str, Any], at: Path, check: Check) -> None:
    """Say so."""
    check.report(at + "name", "awake")


@rule_on_all("broken-together", source=SOURCE)
def broken_together(objects: Objects, check: SetCheck) -> None:
    """Break."""
    for member in objects:
        at = ROOT + "spec"
        check.report(member, at, "before")
        raise ValueError(SECRET)


def _pod(name: str, *images: str) -> dict[str, Any]:
    containers = [{"name": f"c{number}", "image": image} for number, image in enumerate(images)]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": containers}}


def _found(documents: list[Any], *functions: object, **chosen: Any) -> list[Diagnostic]:
    choice = Choice(registry=BUILT_IN.plus(*functions), **chosen)
    return [found.diagnostic for found in find_faults(documents, api(), choice)]


def test_rule_that_fails_is_a_finding_and_takes_no_other_with_it() -> None:
    first, second, failed = _found([_pod("a", SECRET, SECRET)], broken, awake)

    assert [first.rule, second.rule] == ["wide-awake", "wide-awake"]
    assert (failed.rule, failed.family, failed.severity) == ("internal-error", "internal", "error")
    assert (failed.resource, failed.field, failed.fix) == ('Pod "a"', "spec.containers[0]", FIX)
    line = broken.__code__.co_firstlineno + 4
    assert failed.message == (
        "this is a fault of kpy itself: the rule always-broken failed with KeyError "
        f"(tests/checking/test_internal.py:{line}), so it has judged nothing here"
    )


def test_rule_that_fails_everywhere_is_said_once() -> None:
    found = _found([_pod("a", "x"), _pod("b", "x"), _pod("c", "x")], broken)

    assert [each.message.rpartition(", ")[2] for each in found] == ["nor in 2 more places"]


def test_failure_names_no_value() -> None:
    for each in _found([_pod("a", SECRET)], broken, broken_together):
        assert SECRET not in each.to_text()


def test_failure_can_neither_be_ignored_nor_waived() -> None:
    pod = _pod("a", "x")
    pod["metadata"]["annotations"] = {"kpy.dev/waive.internal-error": "no"}
    found = _found([pod], broken, ignore=["internal-error", "internal"], severities={"internal-error": "note"})

    assert [each.severity for each in found if each.rule == "internal-error"] == ["error"]


def test_rule_on_all_objects_that_fails_says_what_it_was_looking_at() -> None:
    before, failed = _found([_pod("a", "x"), _pod("b", "x")], broken_together)

    assert (before.rule, failed.rule) == ("broken-together", "internal-error")
    assert (failed.resource, failed.field) == ('Pod "a"', "spec")
    assert "the rule broken-together failed with ValueError" in failed.message


def test_rule_that_stumbles_over_a_wrong_type_elsewhere_is_not_a_failure() -> None:
    pod = _pod("a", "x")
    pod["spec"]["nodeName"] = 3

    assert [each.rule for each in _found([pod], broken)] == ["wrong-type"]


def test_walk_that_fails_is_a_finding_and_other_documents_are_judged() -> None:
    class Odd(dict[str, Any]):
        def items(self) -> Any:
            raise RuntimeError(SECRET)

    odd = _pod("a", "x")
    odd["spec"] = Odd()
    found = _found([odd, {**_pod("b", "x"), "colour": "red"}])

    assert [each.rule for each in found] == ["unknown-field", "internal-error"]
    assert "this is a fault of kpy itself: a check failed with RuntimeError" in found[1].message


def test_policy_of_ones_own_that_fails_is_the_fault_of_the_policy() -> None:
    @kpy.policy("team-missing", on="Pod")
    def team(pod: Mapping[str, Any], at: Path, check: Check) -> None:
        """Everything says its team."""
        pod["metadata"]["labels"]["team"]

    (found,) = validate([_pod("a", "x")], select=["team-missing"], policies=[team])

    assert (found.rule, found.family, found.severity) == ("policy-failed", "policy", "error")
    assert found.message.startswith("the policy team-missing failed with KeyError (tests/checking/test_internal.py:")
    assert found.fix == "correct the policy: a value may lack any field that is optional"


@pytest.mark.parametrize(("rules", "internal"), [([broken], 1), ([awake], 0)])
def test_report_tells_faults_of_kpy_from_all_others(rules: list[Any], internal: int) -> None:
    assert len(Report(_found([_pod("a", "x")], *rules)).internal) == internal
