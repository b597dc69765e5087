"""Jobs: when the failure of pods fails the Job, and when the success of some is enough."""

from __future__ import annotations

import re

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.batch.jobs import completions, is_indexed
from kpy.rules.meta.templates import template_spec
from kpy.syntax.formats import size_of

_SPEC = "batch/v1 JobSpec"
_RULE = "batch/v1 PodFailurePolicyRule"
_CODES = "batch/v1 PodFailurePolicyOnExitCodesRequirement"
_FAILURE = "https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy"
_SUCCESS = "https://kubernetes.io/docs/concepts/workloads/controllers/job/#success-policy"
_NUMBER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_MOST_RULES = 20


@rule("fail-index-without-backoff", on=_SPEC, source=_FAILURE)
def fail_index_without_backoff(spec: Tree, at: Path, check: Check) -> None:
    """Only a Job with `backoffLimitPerIndex` can let a single index fail."""
    if spec.get("backoffLimitPerIndex") is not None or not check.at_least("1.29"):
        return
    for index, failure in enumerate((spec.get("podFailurePolicy") or {}).get("rules") or ()):
        if (failure or {}).get("action") == "FailIndex":
            place = at + "podFailurePolicy" + "rules" + index + "action"
            check.report(place, "'FailIndex' needs `backoffLimitPerIndex`", fix="set it, or use FailJob")


@rule("failure-cause", on=_RULE, source=_FAILURE)
def failure_cause(failure: Tree, at: Path, check: Check) -> None:
    """A rule of a pod failure policy looks either at exit codes or at conditions of the pod."""
    codes, conditions = failure.get("onExitCodes") is not None, bool(failure.get("onPodConditions"))
    if codes and conditions:
        check.report(at, "a rule cannot have both `onExitCodes` and `onPodConditions`", fix="make two rules of it")
    elif not codes and not conditions:
        check.report(at, "a rule needs `onExitCodes` or `onPodConditions`", fix="say what it is for")


@rule("exit-codes-order", on=_CODES, source=_FAILURE)
def exit_codes_order(codes: Tree, at: Path, check: Check) -> None:
    """Exit codes are listed in ascending order."""
    values = [value or 0 for value in codes.get("values") or ()]
    if values != sorted(values):
        check.report(at + "values", "the exit codes are not in order", fix=f"write {sorted(set(values))}")


@rule("exit-code-success", on=_CODES, source=_FAILURE)
def exit_code_success(codes: Tree, at: Path, check: Check) -> None:
    """Exit code 0 is success, so that no rule for failures can be `In` it."""
    for index, value in enumerate(codes.get("values") or ()):
        if not value and codes.get("operator") == "In":
            check.report(at + "values" + index, "0 is the exit code of success", fix="remove it, or use NotIn")


@rule("failure-container-unknown", on=_SPEC, source=_FAILURE)
def failure_container_unknown(spec: Tree, at: Path, check: Check) -> None:
    """A rule for the exit codes of one container names a container of the pod."""
    template = template_spec(spec)
    listed = [*(template.get("containers") or ()), *(template.get("initContainers") or ())]
    names = [(container or {}).get("name") or "" for container in listed]
    for index, failure in enumerate((spec.get("podFailurePolicy") or {}).get("rules") or ()):
        name = ((failure or {}).get("onExitCodes") or {}).get("containerName")
        if name is not None and name not in names:
            place = at + "podFailurePolicy" + "rules" + index + "onExitCodes" + "containerName"
            check.report(place, f"the pod has no container {name!r}", fix=f"use one of {', '.join(names)}")


@rule("success-rules-count", on=_SPEC, source=_SUCCESS)
def success_rules_count(spec: Tree, at: Path, check: Check) -> None:
    """A success policy has 1 to 20 rules."""
    policy = spec.get("successPolicy")
    if policy is None or not is_indexed(spec) or not check.at_least("1.31"):
        return
    count = len(policy.get("rules") or ())
    if not 1 <= count <= _MOST_RULES:
        check.report(
            at + "successPolicy" + "rules", f"there are {count or 'no'} rules", fix=f"give 1 to {_MOST_RULES} rules"
        )


@rule("success-rule-empty", on=_SPEC, source=_SUCCESS)
def success_rule_empty(spec: Tree, at: Path, check: Check) -> None:
    """A rule of a success policy names indexes, or how many of them must succeed, or both."""
    for success, place in _success_rules(spec, at, check):
        if success.get("succeededCount") is None and success.get("succeededIndexes") is None:
            check.report(place, "the rule says nothing", fix="set `succeededIndexes`, `succeededCount` or both")


@rule("succeeded-indexes", on=_SPEC, source=_SUCCESS)
def succeeded_indexes(spec: Tree, at: Path, check: Check) -> None:
    """Indexes are numbers and ranges, ascending and below `completions`, in at most 64 KiB: `1,3-5,7`."""
    for success, place in _success_rules(spec, at, check):
        text = success.get("succeededIndexes")
        if text is None:
            continue
        _, fault = _count_indexes(text, completions(spec, check) or 0)
        if size_of(text) > 65536:
            fault = "must have at most 64 KiB"
        if fault:
            shown = text if len(text) <= 100 else text[:100] + "..."
            check.report(place + "succeededIndexes", f"{shown!r} {fault}", fix='write numbers and ranges: "1,3-5,7"')


@rule("succeeded-count", on=_SPEC, source=_SUCCESS)
def succeeded_count(spec: Tree, at: Path, check: Check) -> None:
    """The number of indexes that must succeed is between zero and the number there are, or of those that are named."""
    for success, place in _success_rules(spec, at, check):
        count, text = success.get("succeededCount"), success.get("succeededIndexes")
        if count is None:
            continue
        most = completions(spec, check) or 0
        if text is not None:
            most = min(most, _count_indexes(text, most)[0])
        if not 0 <= count <= most:
            check.report(place + "succeededCount", f"`succeededCount` is {count}", fix=f"use 0 to {most}")


def _success_rules(spec: Tree, at: Path, check: Check) -> list[tuple[Tree, Path]]:
    """Return the rules of a success policy with their places; none where the policy itself is out of place."""
    if not is_indexed(spec) or completions(spec, check) is None or not check.at_least("1.31"):
        return []
    rules = (spec.get("successPolicy") or {}).get("rules") or ()
    return [(success or {}, at + "successPolicy" + "rules" + index) for index, success in enumerate(rules)]


def _count_indexes(text: str, end: int) -> tuple[int, str | None]:
    """Return how many indexes below `end` are listed, and what is wrong with the list."""
    total, last = 0, None
    for interval in text.split(",") if text else ():
        limits = interval.split("-")
        if len(limits) > 2 or not all(_NUMBER.fullmatch(limit) for limit in limits):
            return 0, f"has {interval!r}, which is neither an index nor a range"
        first, final = int(limits[0]), int(limits[-1])
        if max(first, final) >= end:
            return 0, f"has {interval!r}, but indexes end at {end - 1}"
        if (len(limits) == 2 and first >= final) or (last is not None and last >= first):
            return 0, f"is not ascending at {interval!r}"
        total, last = total + final - first + 1, final
    return total, None
