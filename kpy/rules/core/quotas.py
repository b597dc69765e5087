"""Resource quotas: how much of what a namespace may use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.amounts import amounts, is_extended, resource_name_fault, thousandths

__all__: list[str] = []

_SPEC: Final = "core/v1 ResourceQuotaSpec"
_QUOTAS: Final = "https://kubernetes.io/docs/concepts/policy/resource-quotas/"
_SCOPES: Final = _QUOTAS + "#quota-scopes"

_COUNTED: Final = frozenset(
    [
        "pods",
        "resourcequotas",
        "services",
        "replicationcontrollers",
        "secrets",
        "configmaps",
        "persistentvolumeclaims",
        "services.nodeports",
        "services.loadbalancers",
    ]
)
_OF_PODS: Final = frozenset(["pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"])
#: The standard resources that each scope can limit.
_LIMITED_BY: Final[Mapping[str, frozenset[str]]] = {
    "Terminating": _OF_PODS,
    "NotTerminating": _OF_PODS,
    "NotBestEffort": _OF_PODS,
    "PriorityClass": _OF_PODS,
    "CrossNamespacePodAffinity": _OF_PODS,
    "BestEffort": frozenset(["pods"]),
    "VolumeAttributesClass": frozenset(["persistentvolumeclaims", "requests.storage"]),
}
_CONTRARY: Final = (("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating"))
_UNVALUED_SCOPES: Final = frozenset(_LIMITED_BY) - {"PriorityClass", "VolumeAttributesClass"}
_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist")


@rule("quota-resource-name", on=_SPEC, source=_QUOTAS, needs="hard")
def quota_resource_name(spec: Tree, at: Path, check: Check) -> None:
    """A quota limits the standard resources, numbers of objects, and resources with a domain."""
    for name in spec["hard"]:
        fault = resource_name_fault(name) or ("is nothing that a quota limits" if name == "storage" else None)
        if fault:
            check.report((at + "hard").key(name), f'resource "{name}" {fault}')


@rule("quota-negative", on=_SPEC, source=_QUOTAS)
def quota_negative(spec: Tree, at: Path, check: Check) -> None:
    """An amount in a quota is not negative."""
    for name, amount in amounts(spec.get("hard", {})).items():
        if amount < 0:
            check.report((at + "hard").key(name), f"`{name}` is {amount}, and must not be negative")


@rule("quota-not-whole", on=_SPEC, source=_QUOTAS + "#object-count-quota")
def quota_not_whole(spec: Tree, at: Path, check: Check) -> None:
    """Objects, and resources with a domain, are counted in whole numbers."""
    for name, amount in amounts(spec.get("hard", {})).items():
        if (name in _COUNTED or is_extended(name)) and thousandths(amount) % 1000:
            check.report((at + "hard").key(name), f"`{name}` is {amount}, and must be a whole number")


@rule("quota-scope", on=_SPEC, source=_SCOPES)
def quota_scope(spec: Tree, at: Path, check: Check) -> None:
    """The scopes of a quota are those that the API knows."""
    for place, server_field, scope in _scopes(spec, at):
        if scope not in _LIMITED_BY:
            message = f'"{scope}" is not a scope of quotas; these are: {", ".join(_LIMITED_BY)}'
            check.report(place, message, field=server_field)


@rule("quota-scope-resource", on=_SPEC, source=_SCOPES)
def quota_scope_resource(spec: Tree, at: Path, check: Check) -> None:
    """With a scope, a quota limits only what the scope is about: pods and what they use, or volumes."""
    standard = [name for name in spec.get("hard", ()) if name != "storage" and not _is_named_elsewhere(name)]
    for place, server_field, scope in _scopes(spec, at):
        outside = [name for name in standard if name not in _LIMITED_BY.get(scope, standard)]
        if outside:
            message = f'a quota of scope "{scope}" cannot limit {", ".join(f"`{name}`" for name in outside)}'
            check.report(
                place, message, field=server_field.parent if server_field.field == "scopeName" else server_field
            )


@rule("quota-scopes-contradict", on=_SPEC, source=_SCOPES)
def quota_scopes_contradict(spec: Tree, at: Path, check: Check) -> None:
    """A scope and its opposite exclude each other."""
    selected = [expression.get("scopeName", "") for expression in _expressions(spec)]
    for place, scopes in (
        (at + "scopes", spec.get("scopes", ())),
        (at + "scopeSelector" + "matchExpressions", selected),
    ):
        for one, other in _CONTRARY:
            if one in scopes and other in scopes:
                check.report(place, f"the scopes {one} and {other} exclude each other")


@rule("quota-scope-operator", on=_SPEC, source=_SCOPES)
def quota_scope_operator(spec: Tree, at: Path, check: Check) -> None:
    """The operator of a scope selector is `In`, `NotIn`, `Exists` or `DoesNotExist`; most scopes only have `Exists`."""
    place = at + "scopeSelector" + "matchExpressions"
    for index, expression in enumerate(_expressions(spec)):
        operator, scope = expression.get("operator", ""), expression.get("scopeName", "")
        if scope in _UNVALUED_SCOPES and operator != "Exists":
            message = f'the scope {scope} takes the operator "Exists", not "{operator}"'
        elif operator not in _OPERATORS:
            message = f'the operator is "{operator}"; it must be one of {", ".join(_OPERATORS)}'
        else:
            continue
        check.report(place + index + "operator", message, field=place + "operator")


@rule("quota-scope-values", on=_SPEC, source=_SCOPES)
def quota_scope_values(spec: Tree, at: Path, check: Check) -> None:
    """The operators `In` and `NotIn` of a scope selector need values; `Exists` and `DoesNotExist` take none."""
    place = at + "scopeSelector" + "matchExpressions"
    for index, expression in enumerate(_expressions(spec)):
        operator, values = expression.get("operator"), expression.get("values")
        if operator in ("In", "NotIn") and not values:
            check.report(place + index + "values", f"the operator {operator} needs values", field=place + "values")
        elif operator in ("Exists", "DoesNotExist") and values:
            check.report(place + index + "values", f"the operator {operator} takes no values", field=place + "values")


def _expressions(spec: Tree) -> list[Tree]:
    return list(spec.get("scopeSelector", {}).get("matchExpressions", ()))


def _scopes(spec: Tree, at: Path) -> Iterator[tuple[Path, Path, str]]:
    """Yield each scope with its place, and the place as a server says it."""
    for index, scope in enumerate(spec.get("scopes", ())):
        yield at + "scopes" + index, at + "scopes", scope
    place = at + "scopeSelector" + "matchExpressions"
    for index, expression in enumerate(_expressions(spec)):
        yield place + index + "scopeName", place + "scopeName", expression.get("scopeName", "")


def _is_named_elsewhere(name: str) -> bool:
    """Return whether the resource has a domain, or a name that the API does not know."""
    return "/" in name or resource_name_fault(name) is not None
