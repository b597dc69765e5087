"""Where the pod template of a resource is."""

from __future__ import annotations

from typing import Any

from kpy.manifest import Resource

__all__ = ["containers_of", "pod_spec", "pod_template"]

Tree = dict[str, Any]

_IN_SPEC = ("spec", "template")
_TEMPLATES: dict[str, tuple[str, ...]] = {
    "Pod": (),
    "PodTemplate": ("template",),
    "ReplicationController": _IN_SPEC,
    "Deployment": _IN_SPEC,
    "ReplicaSet": _IN_SPEC,
    "StatefulSet": _IN_SPEC,
    "DaemonSet": _IN_SPEC,
    "Job": _IN_SPEC,
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
_GROUPS = ("v1", "apps/v1", "batch/v1")


def pod_template(resource: Resource) -> Tree | None:
    """Return the pod, or the template of the pods, that a resource describes; nothing for other kinds."""
    path = _TEMPLATES.get(resource.kind)
    if path is None or resource.api_version not in _GROUPS:
        return None
    node: Any = resource.tree
    for step in path:
        node = node.get(step) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else None


def pod_spec(resource: Resource) -> Tree | None:
    """Return the spec of the pods that a resource describes; nothing for other kinds."""
    template = pod_template(resource)
    spec = None if template is None else template.get("spec")
    return spec if isinstance(spec, dict) else None


def containers_of(spec: Tree) -> list[Tree]:
    """Return the init containers and containers of a pod's spec."""
    return [
        container
        for key in ("initContainers", "containers")
        for container in spec.get(key) or ()
        if isinstance(container, dict)
    ]
