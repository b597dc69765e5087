"""Objects in the version of another: what a server converts when it is asked for the same object under two versions.

Only where versions have other fields: https://kubernetes.io/docs/reference/using-api/deprecation-guide/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kpy.objects import Tree

__all__ = ["converted"]

_CPU: Final = "targetCPUUtilizationPercentage"
#: Fields of a request for devices that newer versions have under `exactly`.
_EXACTLY: Final = frozenset(
    {"adminAccess", "allocationMode", "capacity", "count", "deviceClassName", "selectors", "tolerations"}
)
_CLAIMS: Final = {"ResourceClaim": ("spec",), "ResourceClaimTemplate": ("spec", "spec")}


def converted(tree: Tree, version: str) -> Tree:
    """Return an object as it is in another version of its group, as far as two versions have other fields."""
    found: Tree = _converted(tree, str(tree.get("apiVersion") or ""), version)
    return found


def _converted(tree: Tree, old: str, version: str) -> Any:
    match old, version, tree.get("kind"):
        case "autoscaling/v1", "autoscaling/v2", "HorizontalPodAutoscaler":
            return _changed(tree, ("spec",), _with_metrics)
        case "autoscaling/v2", "autoscaling/v1", "HorizontalPodAutoscaler":
            return _changed(tree, ("spec",), _with_percentage)
        case "resource.k8s.io/v1beta1", ("resource.k8s.io/v1beta2" | "resource.k8s.io/v1"), str(kind):
            path = _CLAIMS.get(kind)
            return _changed(tree, (*path, "devices", "requests"), _with_exactly) if path else tree
    return tree


def _with_metrics(spec: Any) -> Any:
    if not isinstance(spec, Mapping) or _CPU not in spec or spec.get("metrics"):
        return spec
    target = {"type": "Utilization", "averageUtilization": spec[_CPU]}
    kept = {field: value for field, value in spec.items() if field != _CPU}
    return {**kept, "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]}


def _with_percentage(spec: Any) -> Any:
    metrics = spec.get("metrics") if isinstance(spec, Mapping) else None
    if not isinstance(metrics, list) or len(metrics) != 1 or not isinstance(metrics[0], Mapping):
        return spec
    resource = metrics[0].get("resource")
    target = resource.get("target") if isinstance(resource, Mapping) and resource.get("name") == "cpu" else None
    percentage = target.get("averageUtilization") if isinstance(target, Mapping) else None
    if percentage is None:
        return spec
    return {**{field: value for field, value in spec.items() if field != "metrics"}, _CPU: percentage}


def _with_exactly(requests: Any) -> Any:
    return [_exactly(request) for request in requests] if isinstance(requests, list) else requests


def _exactly(request: Any) -> Any:
    if not isinstance(request, Mapping) or not _EXACTLY & request.keys() or "exactly" in request:
        return request
    kept = {field: value for field, value in request.items() if field not in _EXACTLY}
    return {**kept, "exactly": {field: value for field, value in request.items() if field in _EXACTLY}}


def _changed(tree: Any, path: tuple[str, ...], change: Any) -> Any:
    """Return a tree with another value at a path; the tree itself stays as it is."""
    if not path:
        return change(tree)
    if not isinstance(tree, Mapping) or path[0] not in tree:
        return tree
    return {**tree, path[0]: _changed(tree[path[0]], path[1:], change)}
