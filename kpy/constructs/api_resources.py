"""Resources of the API as roles name them: plural names and groups, looked up."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Literal

from kpy.api.rbac.v1 import PolicyRule
from kpy.errors import ArgumentError
from kpy.model.referable import Referable
from kpy.schema import Kind, api

__all__ = ["ResourceInput", "Verb", "rules_for"]

Verb = (
    Literal[
        "get",
        "list",
        "watch",
        "create",
        "update",
        "patch",
        "delete",
        "deletecollection",
        "bind",
        "escalate",
        "impersonate",
        "use",
        "approve",
        "sign",
        "*",
    ]
    | str
)
#: `"pods"`, `"pods/log"`, `"certificates.cert-manager.io"`, a kind such as `Deployment`, or one object.
ResourceInput = str | type[Referable] | Referable


def rules_for(verbs: Verb | Iterable[Verb], resources: ResourceInput | Iterable[ResourceInput]) -> list[PolicyRule]:
    """Return the rules that allow verbs on resources: one for each API group, and one for each group's objects."""
    said_verbs = [verbs] if isinstance(verbs, str) else list(verbs)
    said = [resources] if isinstance(resources, str | type | Referable) else list(resources)
    whole: dict[str, list[str]] = {}
    named: dict[tuple[str, str], list[Any]] = {}
    for resource in said:
        if isinstance(resource, Referable):
            named.setdefault(_of_kind(resource, resource), []).append(resource)
        else:
            group, plural = _of_kind(resource, resource) if isinstance(resource, type) else _of_name(resource)
            whole.setdefault(group, []).append(plural)
    rules = [
        PolicyRule(api_groups=[group], resources=plurals, verbs=list(said_verbs)) for group, plurals in whole.items()
    ]
    rules += [
        PolicyRule(api_groups=[group], resources=[plural], resource_names=objects, verbs=list(said_verbs))
        for (group, plural), objects in named.items()
    ]
    return rules


def _of_kind(kind: Any, said: object) -> tuple[str, str]:
    api_version, name = getattr(kind, "api_version", None), getattr(kind, "kind", None)
    found = api().kind(api_version, name) if isinstance(api_version, str) and isinstance(name, str) else None
    if found is None:
        raise ArgumentError(f"{said!r} is not a resource of the API: expected a plural name, a kind or an object")
    return found.group, found.plural


def _of_name(name: str) -> tuple[str, str]:
    """Return group and resource for `pods`, `pods/log`, `deployments.apps`, `*`."""
    plural, slash, subresource = name.partition("/")
    plural, dot, group = plural.partition(".")
    if dot:
        return group, f"{plural}{slash}{subresource}"
    if plural == "*":
        return "*", name
    kind = _by_plural().get(plural)
    if kind is None:
        raise ArgumentError(f"the API has no resource {plural!r}{_hint(plural)}")
    return kind.group, name


def _hint(plural: str) -> str:
    from difflib import get_close_matches

    for kind in _by_plural().values():
        if plural.lower() in (kind.kind.lower(), *kind.short_names):
            return f"; roles name resources in the plural: {kind.plural!r}"
    near = get_close_matches(plural, _by_plural(), n=1, cutoff=0.7)
    own = 'for a custom resource, add its group: "certificates.cert-manager.io"'
    return f"; did you mean {near[0]!r}?" if near else f"; {own}"


@cache
def _by_plural() -> dict[str, Kind]:
    """Return the built-in kinds by plural; where two groups have one, the core group's."""
    kinds = [kind for kind in api().kinds if kind.on_by_default]
    return {kind.plural: kind for kind in sorted(kinds, key=lambda kind: not kind.group, reverse=False)}
