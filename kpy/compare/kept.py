"""What a server keeps of an object although it is not said any more: what it allocated, or would allocate again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kpy.compare.differences import Difference

__all__ = ["ANNOTATIONS", "is_kept"]

#: Fields by group and kind. A Service keeps its addresses: they cannot change as long as it has any.
_KEPT: Final[Mapping[tuple[str, str], tuple[tuple[str, ...], ...]]] = {
    ("", "Service"): (("spec", "clusterIP"), ("spec", "clusterIPs"), ("spec", "ipFamilies")),
    ("", "Namespace"): (("spec", "finalizers"),),
    ("", "ServiceAccount"): (("secrets",),),
}
#: Annotations that kubectl and controllers write, and nobody else.
ANNOTATIONS: Final = frozenset(
    {
        *("kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision"),
        *("deprecated.daemonset.template.generation", "control-plane.alpha.kubernetes.io/leader"),
        *("pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller"),
        *("volume.beta.kubernetes.io/storage-provisioner", "volume.kubernetes.io/storage-provisioner"),
        "volume.kubernetes.io/selected-node",
    }
)
_REPLICAS: Final = ("spec", "replicas")
#: The labels by which a server lets a Job find its pods.
_OF_JOBS: Final = frozenset(
    {"batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid", "job-name"}
)
#: What a server puts onto every claim, and onto every volume.
_PROTECTIONS: Final = frozenset({"kubernetes.io/pv-protection", "kubernetes.io/pvc-protection"})


def is_kept(group: str, kind: str, difference: Difference, *, is_autoscaled: bool) -> bool:
    """Return whether a field that goes from a manifest stays in the cluster as it is.

    The number of pods is left to an autoscaler, if there is one.
    """
    kept = [*_KEPT.get((group, kind), ()), *([_REPLICAS] if is_autoscaled else [])]
    if difference.new is None and any(difference.is_within(*path) for path in kept):
        return True
    if difference.new is None and difference.is_within("metadata", "annotations"):
        return _is_of_controllers(difference)
    match group, kind:
        case "", "Service":
            return difference.is_within("spec", "ipFamilyPolicy") and (difference.old, difference.new) == (
                "SingleStack",
                None,
            )
        case "", "Namespace":
            return difference.new is None and _is_of_namespace(difference)
        case "", "PersistentVolumeClaim" | "PersistentVolume":
            return difference.is_within("metadata", "finalizers") and _is_protection(difference)
        case "batch", "Job":
            return difference.new is None and _is_of_job(difference)
    return False


def _is_of_namespace(difference: Difference) -> bool:
    """Return whether it is the label with its name, or the finalizer, that a server gives to each namespace."""
    if difference.is_within("spec"):
        return bool(difference.old == {"finalizers": ["kubernetes"]})
    return difference.steps[-1].strip("[]") == "kubernetes.io/metadata.name"


def _is_of_controllers(difference: Difference) -> bool:
    if isinstance(difference.old, Mapping):
        return bool(difference.old) and difference.old.keys() <= ANNOTATIONS
    return difference.steps[-1].strip("[]") in ANNOTATIONS


def _is_protection(difference: Difference) -> bool:
    old, new = (value if isinstance(value, list) else [value] for value in (difference.old, difference.new or []))
    return bool(old) and {*map(str, old)} - _PROTECTIONS == {*map(str, new)}


def _is_of_job(difference: Difference) -> bool:
    """Return whether it is the selector that a server makes for a Job, or one of its labels."""
    if difference.is_within("spec", "selector"):
        labels = difference.old.get("matchLabels") if isinstance(difference.old, Mapping) else None
        return isinstance(labels, Mapping) and bool(labels) and labels.keys() <= _OF_JOBS
    return difference.steps[-1].strip("[]") in _OF_JOBS
