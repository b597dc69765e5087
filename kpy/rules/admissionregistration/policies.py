"""Admission policies and their bindings."""

from __future__ import annotations

import re

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.admissionregistration.matching import OPERATIONS, POLICIES
from kpy.syntax.cel.tokens import RESERVED_WORDS
from kpy.syntax.formats import path_segment_fault, qualified_name_fault, rfc1035_label_fault, subdomain_fault

MUTATING = "https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/"
PARAMETERS = POLICIES + "#parameter-resources"
VALIDATIONS = POLICIES + "#validation-expression"
AUDIT = POLICIES + "#audit-annotations"
VARIABLES = POLICIES + "#variable-composition"
BINDINGS = POLICIES + "#getting-started-with-validating-admission-policy"


_MUTATING = "admissionregistration/v1 MutatingAdmissionPolicySpec"
_BINDINGS = (
    "admissionregistration/v1 ValidatingAdmissionPolicyBinding",
    "admissionregistration/v1 MutatingAdmissionPolicyBinding",
)
_MUTATING_BINDING = "admissionregistration/v1 MutatingAdmissionPolicyBindingSpec"
_IDENTIFIER = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*", re.ASCII)
_LONGEST_AUDIT = 5 * 1024


@rule(
    "policy-constraints-required",
    on=("admissionregistration/v1 ValidatingAdmissionPolicy", "admissionregistration/v1 MutatingAdmissionPolicy"),
    source=POLICIES,
)
def constraints_required(policy: Tree, at: Path, check: Check) -> None:
    """A policy says which requests it judges: matchConstraints with at least one rule."""
    constraints = (policy.get("spec") or {}).get("matchConstraints")
    place = at + "spec" + "matchConstraints"
    if constraints is None:
        check.report(place, "policy has no matchConstraints")
    elif not constraints.get("resourceRules"):
        check.report(place + "resourceRules", "matchConstraints have no resourceRules")


@rule("policy-empty", on="admissionregistration/v1 ValidatingAdmissionPolicy", source=POLICIES)
def policy_empty(policy: Tree, at: Path, check: Check) -> None:
    """A ValidatingAdmissionPolicy has validations or audit annotations."""
    spec = policy.get("spec") or {}
    if not spec.get("validations") and not spec.get("auditAnnotations"):
        for field in ("validations", "auditAnnotations"):
            check.report(at + "spec" + field, "policy has neither validations nor auditAnnotations")


@rule("policy-mutations-required", on="admissionregistration/v1 MutatingAdmissionPolicy", source=MUTATING)
def mutations_required(policy: Tree, at: Path, check: Check) -> None:
    """A MutatingAdmissionPolicy has at least one mutation."""
    if not (policy.get("spec") or {}).get("mutations"):
        check.report(at + "spec" + "mutations", "policy has no mutations")


@rule("policy-reinvocation-required", on="admissionregistration/v1 MutatingAdmissionPolicy", source=MUTATING)
def reinvocation_required(policy: Tree, at: Path, check: Check) -> None:
    """A MutatingAdmissionPolicy says whether it may be called again: Never or IfNeeded."""
    choice = (policy.get("spec") or {}).get("reinvocationPolicy")
    if not choice:
        check.report(at + "spec" + "reinvocationPolicy", "policy has no reinvocationPolicy", fix="write `Never`")


@rule("policy-parameter-kind", on="admissionregistration/v1 ParamKind", source=PARAMETERS)
def parameter_kind(kind: Tree, at: Path, check: Check) -> None:
    """The kind of a policy's parameters is that of an object: `apiVersion` and `kind`, as manifests have them."""
    api_version = kind.get("apiVersion") or ""
    if not api_version:
        check.report(at + "apiVersion", "paramKind has no apiVersion")
    elif fault := _version_fault(api_version):
        check.report(at + "apiVersion", f"apiVersion {api_version!r} {fault}")
    name = kind.get("kind") or ""
    if not name:
        check.report(at + "kind", "paramKind has no kind")
    elif fault := rfc1035_label_fault(name.lower()):
        check.report(at + "kind", f"kind {name!r} {fault}")


def _version_fault(text: str) -> str | None:
    group, _, version = text.rpartition("/")
    if "/" in group:
        return "must be a group, a slash and a version"
    if group and (fault := subdomain_fault(group)):
        return f"has the group {group!r}, which {fault}"
    if fault := rfc1035_label_fault(version):
        return f"has the version {version!r}, which {fault}"
    return None


@rule("policy-operations", on=(_MUTATING, _MUTATING_BINDING), source=MUTATING)
def mutating_operations(spec: Tree, at: Path, check: Check) -> None:
    """A MutatingAdmissionPolicy sees no DELETE: there is nothing to change."""
    field = "matchConstraints" if "matchConstraints" in spec else "matchResources"
    server_field = at + field + "resourceRules" + "operations"
    for number, named in enumerate((spec.get(field) or {}).get("resourceRules") or ()):
        for index, operation in enumerate(named.get("operations") or ()):
            if operation == "DELETE" or operation not in OPERATIONS:
                place = at + field + "resourceRules" + number + "operations" + index
                check.report(place, f"operation {operation!r} cannot be mutated", field=server_field)


@rule("policy-message", on="admissionregistration/v1 Validation", source=VALIDATIONS)
def message(validation: Tree, at: Path, check: Check) -> None:
    """The message of a validation is one line and not blank; a messageExpression is not blank either."""
    text, expression = validation.get("message") or "", validation.get("messageExpression") or ""
    if text and not text.strip():
        check.report(at + "message", "message is blank")
    elif "\n" in text.strip() or "\r" in text.strip():
        check.report(at + "message", "message has more than one line")
    if expression and not expression.strip():
        check.report(at + "messageExpression", "messageExpression is blank")


@rule("policy-audit-key", on="admissionregistration/v1 ValidatingAdmissionPolicy", source=AUDIT)
def audit_key(policy: Tree, at: Path, check: Check) -> None:
    """The key of an audit annotation follows the policy's name and a slash; both together are like a label key."""
    annotations = (policy.get("spec") or {}).get("auditAnnotations") or ()
    name = (policy.get("metadata") or {}).get("name")
    place, seen = at + "spec" + "auditAnnotations", set()
    if len(annotations) > 20:
        check.report(place, f"policy has {len(annotations)} auditAnnotations; at most 20 are allowed")
    for index, annotation in enumerate(annotations):
        key = annotation.get("key") or ""
        if not name and not (policy.get("metadata") or {}).get("generateName"):
            check.report(place + index + "key", "the key follows the policy's name, and there is none")
        elif name and (fault := qualified_name_fault(f"{name}/{key}")):
            check.report(place + index + "key", f"'{name}/{key}' {fault}")
        if key in seen:
            check.report(place + index + "key", f"key {key!r} is given twice")
        seen.add(key)


@rule("policy-audit-value-long", on="admissionregistration/v1 AuditAnnotation", source=AUDIT)
def audit_value_long(annotation: Tree, at: Path, check: Check) -> None:
    """The expression of an audit annotation has at most 5 KiB."""
    size = len((annotation.get("valueExpression") or "").strip().encode(errors="surrogatepass"))
    if size > _LONGEST_AUDIT:
        check.report(at + "valueExpression", f"expression has {size} bytes; at most {_LONGEST_AUDIT} are allowed")


@rule("policy-variable-name", on="admissionregistration/v1 Variable", source=VARIABLES)
def variable_name(variable: Tree, at: Path, check: Check) -> None:
    """The name of a variable is an identifier of CEL: letters, digits and underscores, and no word of the language."""
    name = variable.get("name") or ""
    if not name.strip():
        check.report(at + "name", "variable has no name")
    elif not _IDENTIFIER.fullmatch(name) or name in RESERVED_WORDS or name in ("true", "false", "null", "in"):
        check.report(at + "name", f"name {name!r} is not an identifier of CEL")


@rule("policy-patch", on="admissionregistration/v1 Mutation", source=MUTATING)
def patch(mutation: Tree, at: Path, check: Check) -> None:
    """A mutation has the patch that its patchType says, and no other."""
    patch_type = mutation.get("patchType")
    fields = {"JSONPatch": "jsonPatch", "ApplyConfiguration": "applyConfiguration"}
    if not patch_type:
        check.report(at + "patchType", "mutation has no patchType")
    if patch_type not in fields:
        return
    for name, field in fields.items():
        if name == patch_type and mutation.get(field) is None:
            check.report(at + field, f"mutation of type {patch_type} has no `{field}`")
        if name != patch_type and mutation.get(field) is not None:
            check.report(at + field, f"mutation of type {patch_type} has `{field}`")


@rule("policy-binding-name", on=_BINDINGS, source=BINDINGS)
def binding_policy_name(binding: Tree, at: Path, check: Check) -> None:
    """A binding names its policy."""
    name = (binding.get("spec") or {}).get("policyName")
    place = at + "spec" + "policyName"
    if not name:
        check.report(place, "binding has no policyName")
    elif fault := subdomain_fault(name):
        check.report(place, f"policyName {name!r} {fault}")


@rule("policy-binding-actions", on="admissionregistration/v1 ValidatingAdmissionPolicyBinding", source=BINDINGS)
def binding_actions(binding: Tree, at: Path, check: Check) -> None:
    """A binding says what happens: Deny, Warn, Audit; each once, and not both Deny and Warn."""
    actions, place = (binding.get("spec") or {}).get("validationActions") or (), at + "spec" + "validationActions"
    if not actions:
        check.report(place, "binding has no validationActions", fix="write `validationActions: [Deny]`")
    if "Deny" in actions and "Warn" in actions:
        check.report(place, "Deny and Warn cannot be combined", fix="keep one of them")
    for index, action in enumerate(actions):
        if action in actions[:index]:
            check.report(place + index, f"action {action!r} is given twice")


@rule("policy-parameter-reference", on="admissionregistration/v1 ParamRef", source=PARAMETERS)
def parameter_reference(reference: Tree, at: Path, check: Check) -> None:
    """A binding finds its parameters by name or by selector, one of the two."""
    name, selector = reference.get("name"), reference.get("selector")
    if not name and selector is None:
        check.report(at, "paramRef has neither `name` nor `selector`")
    if name and selector is not None:
        for field in ("name", "selector"):
            check.report(at + field, "paramRef has both `name` and `selector`")
    if name and (fault := path_segment_fault(name)):
        check.report(at + "name", f"name {name!r} {fault}")
