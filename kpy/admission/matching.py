"""Which requests a policy or a binding is about.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kpy.admission.requests import Request, Resource
from kpy.syntax.selectors import is_empty, matches

__all__ = ["is_about", "resource_met"]

Tree = Mapping[str, Any]


def is_about(criteria: Tree | None, request: Request) -> bool:
    """Tell whether a request is among those that `matchConstraints` or `matchResources` say.

    Raises:
        ClusterError: that depends on the labels of a namespace that is not among the documents.
    """
    return resource_met(criteria, request) is not None


def resource_met(criteria: Tree | None, request: Request) -> Resource | None:
    """Return the resource as which a request is among those that are said; nothing where it is not.

    By default, the object behind two versions is one: rules about `v1` are about what is sent as `v2`, too, and see it
    as `v1`. Raises `ClusterError` as `is_about` does.
    """
    if not criteria:
        return request.resource
    rules = criteria.get("resourceRules")
    others = () if criteria.get("matchPolicy") == "Exact" else request.equivalents
    candidates = (request.resource, *others)
    met = next((each for each in candidates if _any(rules, request, each)), None) if rules else request.resource
    if met is None or any(_any(criteria.get("excludeResourceRules"), request, each) for each in candidates):
        return None
    is_selected = _selects_object(criteria.get("objectSelector"), request) and _selects_namespace(
        criteria.get("namespaceSelector"), request
    )
    return met if is_selected else None


def _any(rules: Iterable[Tree] | None, request: Request, resource: Resource) -> bool:
    return any(_fits(rule or {}, request, resource) for rule in rules or ())


def _fits(rule: Tree, request: Request, resource: Resource) -> bool:
    group, version, _, plural, _ = resource
    if not _has(rule, "apiGroups", group) or not _has(rule, "apiVersions", version):
        return False
    if not _has(rule, "operations", request.operation) or not _in_scope(rule.get("scope"), request):
        return False
    resources = rule.get("resources") or ()
    if not any(each in ("*", "*/*", plural, f"{plural}/*") for each in resources):
        return False
    names = rule.get("resourceNames")
    return not names or request.name in names


def _has(rule: Tree, field: str, value: str) -> bool:
    said = rule.get(field) or ()
    return "*" in said or value in said


def _in_scope(scope: str | None, request: Request) -> bool:
    if scope in (None, "", "*"):
        return True
    return (scope == "Namespaced") == request.resource.namespaced


def _selects_object(selector: Tree | None, request: Request) -> bool:
    if not selector or is_empty(selector):
        return True
    return any(
        tree is not None and matches(selector, tree["metadata"].get("labels")) for tree in (request.object, request.old)
    )


def _selects_namespace(selector: Tree | None, request: Request) -> bool:
    if not selector or is_empty(selector):
        return True
    if request.space is not None:
        return matches(selector, request.space["metadata"]["labels"])
    return not request.namespace or matches(selector, request.object["metadata"].get("labels"))
