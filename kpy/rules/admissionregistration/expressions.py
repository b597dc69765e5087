"""The expressions of webhooks and admission policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.admissionregistration.matching import CONDITIONS
from kpy.rules.admissionregistration.policies import AUDIT, MUTATING, VALIDATIONS, VARIABLES
from kpy.syntax.expressions import expression_fault, expression_type

if TYPE_CHECKING:
    from kpy.syntax.cel.types import Type


_REQUEST = ("object", "oldObject", "request", "namespaceObject")
_WEBHOOKS = ("admissionregistration/v1 ValidatingWebhook", "admissionregistration/v1 MutatingWebhook")
_VALIDATING = "admissionregistration/v1 ValidatingAdmissionPolicySpec"
_MUTATING = "admissionregistration/v1 MutatingAdmissionPolicySpec"


@rule(
    "match-condition-expression",
    on=(*_WEBHOOKS, _VALIDATING, _MUTATING),
    source=CONDITIONS,
)
def match_condition(owner: Tree, at: Path, check: Check) -> None:
    """A matchCondition has an expression of CEL about the request, which is true or false."""
    names = (*_names(owner), "authorizer")
    for index, condition in enumerate(owner.get("matchConditions") or ()):
        place = at + "matchConditions" + index + "expression"
        _check_expression((condition.get("expression") or "").strip(), place, check, names, ("bool",))


def _names(spec: Tree) -> tuple[str, ...]:
    return (*_REQUEST, "params") if spec.get("paramKind") is not None else _REQUEST


def _check_expression(
    text: str,
    place: Path,
    check: Check,
    names: tuple[str, ...],
    results: tuple[str, ...],
    variables: Mapping[str, Type] | None = None,
) -> None:
    """Report an expression that is empty or wrong."""
    if not text.strip():
        check.report(place, "the expression is empty")
    elif fault := expression_fault(text, names, results, variables, minor=check.minor - 1):
        check.report(place, f"the expression {fault}")


@rule("policy-variable-expression", on=(_VALIDATING, _MUTATING), source=VARIABLES)
def variable_expression(spec: Tree, at: Path, check: Check) -> None:
    """A variable has an expression of CEL, which may use the variables before it."""
    known: dict[str, Type] = {}
    for index, variable in enumerate(spec.get("variables") or ()):
        place = at + "variables" + index + "expression"
        names = (*_names(spec), "authorizer")
        text = variable.get("expression") or ""
        _check_expression(text, place, check, names, (), known)
        if text.strip():
            known |= _variable(variable, names, known, check)


def _variable(variable: Tree, names: tuple[str, ...], known: Mapping[str, Type], check: Check) -> dict[str, Type]:
    """Return a variable with the type of its values; of a faulty one, nothing more is said."""
    from kpy.syntax.cel.errors import CelError
    from kpy.syntax.cel.types import DYN

    try:
        variable_type = expression_type(variable["expression"], names, known, minor=check.minor - 1)
    except CelError:
        variable_type = DYN
    return {variable.get("name") or "": variable_type}


def _variables(spec: Tree, check: Check) -> dict[str, Type] | None:
    """Return the variables with their types, or nothing where a policy has none."""
    if not spec.get("variables"):
        return None
    names = (*_names(spec), "authorizer")
    known: dict[str, Type] = {}
    for variable in spec["variables"]:
        if (variable.get("expression") or "").strip():
            known |= _variable(variable, names, known, check)
    return known


@rule("policy-validation-expression", on=_VALIDATING, source=VALIDATIONS)
def validation_expression(spec: Tree, at: Path, check: Check) -> None:
    """A validation has an expression of CEL, which is true or false."""
    names, known = (*_names(spec), "authorizer"), _variables(spec, check)
    for index, validation in enumerate(spec.get("validations") or ()):
        place = at + "validations" + index + "expression"
        _check_expression(validation.get("expression") or "", place, check, names, ("bool",), known)


@rule("policy-message-expression", on=_VALIDATING, source=VALIDATIONS)
def message_expression(spec: Tree, at: Path, check: Check) -> None:
    """The messageExpression of a validation is an expression of CEL, whose result is text."""
    names, known = _names(spec), _variables(spec, check)
    for index, validation in enumerate(spec.get("validations") or ()):
        if (text := validation.get("messageExpression") or "").strip():
            place = at + "validations" + index + "messageExpression"
            _check_expression(text, place, check, names, ("string",), known)


@rule("policy-audit-expression", on=_VALIDATING, source=AUDIT)
def audit_expression(spec: Tree, at: Path, check: Check) -> None:
    """An audit annotation has an expression of CEL, whose result is text or null."""
    names, known = (*_names(spec), "authorizer"), _variables(spec, check)
    if not spec.get("validations") and not spec.get("auditAnnotations"):
        return
    for index, annotation in enumerate(spec.get("auditAnnotations") or ()):
        text, place = annotation.get("valueExpression") or "", at + "auditAnnotations" + index + "valueExpression"
        if len(text.strip().encode(errors="surrogatepass")) <= 5 * 1024:
            _check_expression(text, place, check, names, ("string", "null"), known)


@rule("policy-mutation-expression", on=_MUTATING, source=MUTATING)
def mutation_expression(spec: Tree, at: Path, check: Check) -> None:
    """A mutation has an expression of CEL: an `Object{}` to be merged, or a list of `JSONPatch{}`."""
    names, known = (*_names(spec), "authorizer", "Object", "JSONPatch"), _variables(spec, check) or {}
    for index, mutation in enumerate(spec.get("mutations") or ()):
        for kind, field, result in (
            ("JSONPatch", "jsonPatch", "list"),
            ("ApplyConfiguration", "applyConfiguration", ""),
        ):
            patch = mutation.get(field)
            if mutation.get("patchType") == kind and patch is not None:
                place = at + "mutations" + index + field + "expression"
                results = (result,) if result else ("Object",)
                _check_expression((patch.get("expression") or "").strip(), place, check, names, results, known)
