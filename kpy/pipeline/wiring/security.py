"""What the Pod Security Standards ask, for pods that shall meet them.

https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from __future__ import annotations

from typing import Any

from kpy.manifest import Resource
from kpy.pipeline.draft import Draft
from kpy.pipeline.wiring.defaults import defaults_for
from kpy.schema.templates import containers_of, pod_spec
from kpy.tree.off import OFF
from kpy.tree.shared import Known

__all__ = ["secure"]

Tree = dict[str, Any]


def secure(draft: Draft) -> None:
    """Write the fields that `security="restricted"` asks for and that nobody said.

    `baseline` forbids and asks for nothing, so that it writes nothing.
    """
    for resource in draft.resources:
        spec = pod_spec(resource.tree)
        if spec is None or not _is_linux(spec):
            continue
        level = level_of(resource, draft.shared)
        if level is None and resource.is_raw:
            continue
        if level == "restricted":
            _restrict_identity(spec)
        for container in containers_of(spec):
            own = draft.links(resource).levels.get(id(container), level)
            if own == "restricted":
                _restrict(container)
                if level != "restricted":
                    _restrict_identity(container)


def level_of(resource: Resource, known: Known) -> object:
    """Return the standard that the pods of a resource shall meet: the nearest that was said."""
    construct: Any = resource.construct
    own = construct.security if hasattr(type(construct), "security") else None
    said = [own, *(defaults.security for defaults in defaults_for(resource, known))]
    level = next((level for level in said if level is not None), None)
    return None if level is OFF else level


def _is_linux(spec: Tree) -> bool:
    return (spec.get("os") or {}).get("name") != "windows"


def _restrict_identity(owner: Tree) -> None:
    """Write what a pod can say for all its containers, or a container for itself."""
    context: Tree = owner.setdefault("securityContext", {})
    context.setdefault("runAsNonRoot", True)
    context.setdefault("seccompProfile", {"type": "RuntimeDefault"})


def _restrict(container: Tree) -> None:
    context: Tree = container.setdefault("securityContext", {})
    context.setdefault("allowPrivilegeEscalation", False)
    capabilities: Tree = context.setdefault("capabilities", {})
    drop = capabilities.setdefault("drop", [])
    if "ALL" not in drop:
        capabilities["drop"] = ["ALL", *drop]
