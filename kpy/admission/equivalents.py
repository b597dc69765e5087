"""The other versions in which a server serves an object, and what the object is in one of them.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-matchpolicy
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from kpy.admission.completed import completed
from kpy.admission.requests import Request, Resource
from kpy.custom.resources import Definition
from kpy.schema import Api
from kpy.schema.conversions import converted
from kpy.syntax.cel.errors import ClusterError

__all__ = ["equivalents_of", "seen_as"]


def equivalents_of(resource: Resource, known: Api, definition: Definition | None) -> tuple[Resource, ...]:
    """Return the same resource in the other versions of its group."""
    versions = definition.blueprint.versions if definition else _versions(known, resource.group, resource.kind)
    return tuple(resource._replace(version=each) for each in versions if each != resource.version)


@cache
def _versions(known: Api, group: str, kind: str) -> tuple[str, ...]:
    """Return the versions in which a server serves a kind where nobody has switched on more."""
    same = (each for each in known.kinds if (each.group, each.kind) == (group, kind))
    return tuple(each.version for each in same if each.on_by_default)


def seen_as(resource: Resource, request: Request, known: Api, definition: Definition | None) -> Request:
    """Return a request as a policy sees it whose rules are about another version.

    Raises:
        ClusterError: a webhook converts the object.
    """
    if resource == request.resource:
        return request
    if definition is not None and definition.blueprint.facts.has_webhook:
        raise ClusterError(f"depends on how a webhook converts {request.resource.api_version} to {resource.version}")
    old = None if request.old is None else _in_version(request.old, resource, known, definition)
    tree = _in_version(request.object, resource, known, definition)
    return request._replace(resource=resource, object=tree, old=old, asked=request.resource)


def _in_version(
    tree: Mapping[str, Any], resource: Resource, known: Api, definition: Definition | None
) -> dict[str, Any]:
    changed = {**converted(tree, resource.api_version), "apiVersion": resource.api_version}
    kind = known.kind(resource.api_version, resource.kind)
    if kind is not None:
        return completed(changed, kind, known)
    schema = definition.schema_of(changed) if definition else None
    return {**schema.stored(changed), "metadata": changed["metadata"]} if schema else changed
