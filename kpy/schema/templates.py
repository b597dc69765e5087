"""Where workloads keep their pods: the one table, and how to get at them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

__all__ = ["TEMPLATES", "containers_of", "makes_pods", "pod_labels", "pod_spec", "pod_template", "template_way"]

Tree = dict[str, Any]

_IN_SPEC: Final = ("spec", "template")
_TEMPLATE: Final = "core/v1 PodTemplateSpec"
#: Group and kind to the way to the template of the pods; none for a pod itself.
TEMPLATES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("apps", "Deployment"): _IN_SPEC,
    ("apps", "StatefulSet"): _IN_SPEC,
    ("apps", "DaemonSet"): _IN_SPEC,
    ("apps", "ReplicaSet"): _IN_SPEC,
    ("", "ReplicationController"): _IN_SPEC,
    ("batch", "Job"): _IN_SPEC,
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("", "Pod"): (),
    ("", "PodTemplate"): ("template",),
}
#: It holds a template, and makes no pods of it.
_TEMPLATE_ALONE: Final = ("", "PodTemplate")


def makes_pods(tree: Mapping[str, Any]) -> bool:
    """Return whether an object is a pod, or makes pods."""
    kind = _group_and_kind(tree)
    return template_way(*kind) is not None and kind != _TEMPLATE_ALONE


def template_way(group: str, kind: str) -> tuple[str, ...] | None:
    """Return the way to the template of the pods, of well-known custom kinds too; nothing for kinds without."""
    way = TEMPLATES.get((group, kind))
    return _custom_way(group, kind) if way is None and "." in group else way


@cache
def _custom_way(group: str, kind: str) -> tuple[str, ...] | None:
    from kpy.schema.custom import custom_kind

    known = custom_kind(group, kind)
    ways = [row.path for row in known.rows if row.kind == _TEMPLATE] if known is not None else []
    return ways[0] if len(ways) == 1 and ways[0] == _IN_SPEC else None


def pod_template(tree: Mapping[str, Any]) -> Tree | None:
    """Return the pod, or the template of the pods, that an object describes; nothing for other kinds."""
    path = template_way(*_group_and_kind(tree))
    if path is None:
        return None
    node: Any = tree
    for step in path:
        node = node.get(step) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else None


def pod_spec(tree: Mapping[str, Any]) -> Tree | None:
    """Return the spec of the pods that an object describes; nothing for other kinds."""
    template = pod_template(tree)
    spec = None if template is None else template.get("spec")
    return spec if isinstance(spec, dict) else None


def pod_labels(tree: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the labels of the pods that an object makes or is; nothing when it makes none."""
    template = pod_template(tree)
    if template is None or not makes_pods(tree):
        return None
    metadata = template.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, Mapping) else None
    return labels if isinstance(labels, Mapping) else {}


def containers_of(spec: Tree) -> list[Tree]:
    """Return the init containers and containers of a pod's spec."""
    lists = (spec.get(key) for key in ("initContainers", "containers"))
    return [container for each in lists if isinstance(each, list) for container in each if isinstance(container, dict)]


def _group_and_kind(tree: Mapping[str, Any]) -> tuple[str, str]:
    return str(tree.get("apiVersion") or "").rpartition("/")[0], str(tree.get("kind") or "")
