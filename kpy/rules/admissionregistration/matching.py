"""What webhooks and admission policies have in common: which requests they see."""

from __future__ import annotations

from collections.abc import Sequence

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.formats import path_segment_fault

WEBHOOKS = "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/"
RULES = WEBHOOKS + "#matching-requests-rules"
CONDITIONS = WEBHOOKS + "#matching-requests-matchconditions"
POLICIES = "https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/"
OPERATIONS = ("CREATE", "UPDATE", "DELETE", "CONNECT", "*")


_WEBHOOK_RULE = "admissionregistration/v1 RuleWithOperations"
_NAMED_RULE = "admissionregistration/v1 NamedRuleWithOperations"
_ALL_RULES = (_WEBHOOK_RULE, _NAMED_RULE)


@rule("admission-rule-operations", on=_ALL_RULES, source=RULES)
def operations(admission_rule: Tree, at: Path, check: Check) -> None:
    """A rule has operations: CREATE, UPDATE, DELETE, CONNECT, or `*` alone."""
    values, place = admission_rule.get("operations") or (), at + "operations"
    _check_wildcard(values, place, "operations", check)
    for index, operation in enumerate(values):
        if operation not in OPERATIONS:
            check.report(place + index, f"operation {operation!r} is not one of {', '.join(OPERATIONS)}")


@rule("admission-rule-groups", on=_ALL_RULES, source=RULES)
def groups(admission_rule: Tree, at: Path, check: Check) -> None:
    """A rule has API groups and versions (`""` is the core group); `*` stands alone, and no version is empty."""
    _check_wildcard(admission_rule.get("apiGroups") or (), at + "apiGroups", "apiGroups", check)
    versions = admission_rule.get("apiVersions") or ()
    _check_wildcard(versions, at + "apiVersions", "apiVersions", check)
    for index, version in enumerate(versions):
        if not version:
            check.report(at + "apiVersions" + index, "the version is empty")


def _check_wildcard(values: Sequence[str], place: Path, field: str, check: Check) -> None:
    if not values:
        check.report(place, f"rule has no {field}")
    elif len(values) > 1 and "*" in values:
        check.report(place, f"`*` cannot be combined with other {field}", fix="keep `*` alone")


@rule("admission-rule-resources", on=_ALL_RULES, source=RULES)
def resources(admission_rule: Tree, at: Path, check: Check) -> None:
    """A rule has resources, perhaps with subresources; a wildcard leaves no room for what it includes."""
    said: Sequence[str] = admission_rule.get("resources") or ()
    place = at + "resources"
    if not said:
        check.report(place, "rule has no resources")
    plain, of_resource, of_subresource = False, set(), set()
    for index, text in enumerate(said):
        name, slash, sub = text.partition("/")
        if not text:
            check.report(place + index, "the resource is empty")
        elif not slash:
            plain = text != "*"
        else:
            if name in of_resource or sub in of_subresource:
                check.report(place + index, f"a wildcard before it includes {text!r}", fix="drop it")
            if sub == "*":
                of_resource.add(name)
            if name == "*":
                of_subresource.add(sub)
    if len(said) > 1 and "*/*" in said:
        check.report(place, "`*/*` cannot be combined with other resources", fix="keep `*/*` alone")
    if plain and "*" in said:
        check.report(place, "`*` cannot be combined with other resources", fix="keep `*` alone")


@rule("admission-rule-resource-names", on=_NAMED_RULE, source=POLICIES)
def resource_names(admission_rule: Tree, at: Path, check: Check) -> None:
    """The resourceNames of a rule are names of objects, each given once."""
    seen = set()
    for index, name in enumerate(admission_rule.get("resourceNames") or ()):
        if fault := path_segment_fault(name):
            check.report(at + "resourceNames" + index, f"name {name!r} {fault}")
        if name in seen:
            check.report(at + "resourceNames" + index, f"name {name!r} is given twice")
        seen.add(name)


_WITH_CONDITIONS = (
    "admissionregistration/v1 ValidatingWebhook",
    "admissionregistration/v1 MutatingWebhook",
    "admissionregistration/v1 ValidatingAdmissionPolicySpec",
    "admissionregistration/v1 MutatingAdmissionPolicySpec",
)


@rule("match-conditions", on=_WITH_CONDITIONS, source=CONDITIONS)
def match_conditions(owner: Tree, at: Path, check: Check) -> None:
    """There are at most 64 matchConditions, all named differently."""
    conditions, place = owner.get("matchConditions") or (), at + "matchConditions"
    if len(conditions) > 64:
        check.report(place, f"there are {len(conditions)} matchConditions; at most 64 are allowed")
    seen = set()
    for index, condition in enumerate(conditions):
        if (name := condition.get("name")) and name in seen:
            check.report(place + index + "name", f"name {name!r} is already used by an earlier condition")
        seen.add(name)
