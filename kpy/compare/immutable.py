"""Fields that an API server does not let change, so that an update is refused and the object must be made anew.

The table follows the update functions in `pkg/apis/*/validation` and `pkg/registry` of Kubernetes. Where a change is
fine under a condition that two manifests can prove, the condition is here; where it depends on the state of a cluster
(a claim that is not bound yet), the usual state is assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from kpy.compare.differences import Difference
from kpy.compare.values import value_at
from kpy.errors import UnitError
from kpy.objects import Tree
from kpy.schema import NEWEST, RELEASES
from kpy.units import quantity_value

__all__ = ["Fixed", "fixed_fields", "immutable_differences"]


class Fixed(NamedTuple):
    """One field that must not change, with everything below it."""

    path: str
    #: What below it may change all the same.
    but: tuple[str, ...] = ()
    #: Whether a certain change is fine: the difference, the old object, the new object.
    unless: Callable[[Difference, Tree, Tree], bool] | None = None
    #: What of these exceptions holds only from a release on, each path with its release.
    since: tuple[tuple[str, str], ...] = ()

    def forbids(self, difference: Difference, old: Tree, new: Tree, release: str = NEWEST) -> bool:
        """Tell whether a server of a release refuses the difference because of this field."""
        if not difference.is_within(*self.path.split(".")):
            return False
        for path, first in self.since:
            if RELEASES.index(release) < RELEASES.index(first) and difference.is_within(*path.split(".")):
                return True
        return not any(difference.is_within(*path.split(".")) for path in self.but) and not (
            self.unless is not None and self.unless(difference, old, new)
        )


def fixed_fields(group: str, kind: str) -> tuple[Fixed, ...]:
    """Return the fields of a kind that must not change."""
    return _TABLE.get((group, kind), ())


def immutable_differences(
    group: str, kind: str, old: Tree, new: Tree, found: Iterable[Difference], release: str = NEWEST
) -> list[Difference]:
    """Return the differences that a server of a release refuses as changes of an immutable field."""
    table = fixed_fields(group, kind)
    return [difference for difference in found if any(fixed.forbids(difference, old, new, release) for fixed in table)]


def _is_set_for_the_first_time(difference: Difference, old: Tree, new: Tree) -> bool:
    return difference.old is None


def _is_said(difference: Difference, old: Tree, new: Tree) -> bool:
    return difference.new is not None


def _is_first_or_kept(difference: Difference, old: Tree, new: Tree) -> bool:
    """A port that is not said any more is kept."""
    return difference.old is None or difference.new is None


def _is_first_affinity(difference: Difference, old: Tree, new: Tree) -> bool:
    return not value_at(old, "spec", "nodeAffinity")


def _is_other_driver(difference: Difference, old: Tree, new: Tree) -> bool:
    """Drivers of a node come and go; one that stays does not change."""
    return len(difference.steps) == 3


def _is_not_sealed(difference: Difference, old: Tree, new: Tree) -> bool:
    """Only `immutable: true` seals a ConfigMap or Secret."""
    return old.get("immutable") is not True


def _is_growth(difference: Difference, old: Tree, new: Tree) -> bool:
    """Claims may ask for more, never for less."""
    try:
        return quantity_value(difference.old) <= quantity_value(difference.new)
    except (UnitError, TypeError):
        return False


def _is_claim_update(difference: Difference, old: Tree, new: Tree) -> bool:
    if difference.is_within("spec", "resources", "requests"):
        return _is_growth(difference, old, new)
    is_chosen_late = difference.is_within("spec", "storageClassName") or difference.is_within("spec", "volumeName")
    return is_chosen_late and difference.old is None


def _is_indexed_resize(difference: Difference, old: Tree, new: Tree) -> bool:
    """An indexed Job may change `completions` together with `parallelism`."""
    is_indexed = value_at(new, "spec", "completionMode") == "Indexed"
    return is_indexed and difference.new is not None and difference.new == value_at(new, "spec", "parallelism")


def _is_placing_of_suspended_job(difference: Difference, old: Tree, new: Tree) -> bool:
    """A Job that waits may still be told where to run, and with how much."""
    places = (
        ("metadata", "labels"),
        ("metadata", "annotations"),
        ("spec", "affinity", "nodeAffinity"),
        ("spec", "containers", "resources"),
        ("spec", "initContainers", "resources"),
        ("spec", "nodeSelector"),
        ("spec", "schedulingGates"),
        ("spec", "tolerations"),
    )
    is_place = any(difference.is_within("spec", "template", *place) for place in places)
    return is_place and value_at(old, "spec", "suspend") is True


def _keeps_address(difference: Difference, old: Tree, new: Tree) -> bool:
    """An address that is not said any more is kept; without an address of the cluster there is none to keep."""
    return difference.new is None or "ExternalName" in [value_at(tree, "spec", "type") for tree in (old, new)]


def _is_not_exposed_headless(difference: Difference, old: Tree, new: Tree) -> bool:
    """A headless Service stays headless where nothing else is said, and only one with an address can be exposed."""
    is_headless = value_at(old, "spec", "clusterIP") == "None" and value_at(new, "spec", "clusterIP") in (
        None,
        "",
        "None",
    )
    return not is_headless or value_at(new, "spec", "type") not in ("LoadBalancer", "NodePort")


def _is_no_load_balancer(difference: Difference, old: Tree, new: Tree) -> bool:
    return not all(value_at(tree, "spec", "type") == "LoadBalancer" for tree in (old, new))


def _is_second_family(difference: Difference, old: Tree, new: Tree) -> bool:
    """Families and ranges may be added after the first, and nothing else; headless Services are free."""
    if "None" in (value_at(old, "spec", "clusterIP"), value_at(new, "spec", "clusterIP")):
        return True
    first, second = (value_at(tree, *difference.steps[:2]) for tree in (old, new))
    if not first or not second:  # chosen by the server before, or kept as it is
        return True
    return isinstance(first, list) and isinstance(second, list) and bool(first[0] == second[0])


def _is_second_range(difference: Difference, old: Tree, new: Tree) -> bool:
    first, second = (_list_at(tree, "spec", "cidrs") for tree in (old, new))
    return len(first) == 1 and len(second) == 2 and first[0] == second[0]


def _is_late_expansion_secret(difference: Difference, old: Tree, new: Tree) -> bool:
    return difference.is_within("spec", "csi", "controllerExpandSecretRef") and difference.old is None


def _is_pod_update(difference: Difference, old: Tree, new: Tree) -> bool:
    """Of a Pod, the image may change, tolerations come, gates go, and the deadline come nearer."""
    steps, is_whole = difference.steps, difference.old is None or difference.new is None
    if len(steps) < 2:
        return False
    if steps[1] in ("containers", "initContainers"):
        return len(steps) == 4 and steps[3] == "image" and not is_whole
    match steps[1]:
        case "tolerations":
            before, after = (_list_at(tree, "spec", "tolerations") for tree in (old, new))
            kept = [_untimed(toleration) for toleration in after]
            return all(_untimed(toleration) in kept for toleration in before)
        case "schedulingGates":
            return difference.new is None
        case "activeDeadlineSeconds":
            return _is_less(difference.new, difference.old)
        case _:
            return False


def _list_at(tree: Tree, *fields: str) -> list[Any]:
    """Return the list at a path of field names; an empty one where there is none."""
    value = value_at(tree, *fields)
    return value if isinstance(value, list) else []


def _is_less(new: object, old: object) -> bool:
    """Tell whether a number came, or became smaller."""
    return isinstance(new, int | float) and (old is None or (isinstance(old, int | float) and new < old))


def _untimed(toleration: object) -> object:
    """Return a toleration without its time, which may change."""
    if not isinstance(toleration, Mapping):
        return toleration
    return {key: value for key, value in toleration.items() if key != "tolerationSeconds"}


_SELECTOR = (Fixed("spec.selector"),)
_ROLE = (Fixed("roleRef"),)
_SPEC = (Fixed("spec"),)
_STATEFUL = (
    "minReadySeconds",
    "ordinals",
    "persistentVolumeClaimRetentionPolicy",
    "replicas",
    "revisionHistoryLimit",
    "template",
    "updateStrategy",
)
_JOB = ("backoffLimitPerIndex", "completionMode", "managedBy", "podFailurePolicy", "selector", "successPolicy")
#: Fields of a volume that are not its source.
_VOLUME = (
    "accessModes",
    "capacity",
    "claimRef",
    "mountOptions",
    "nodeAffinity",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "volumeAttributesClassName",
)
_TABLE: Mapping[tuple[str, str], tuple[Fixed, ...]] = {
    ("", "ConfigMap"): tuple(Fixed(path, unless=_is_not_sealed) for path in ("binaryData", "data", "immutable")),
    ("", "Node"): (
        Fixed("spec.podCIDR", unless=_is_set_for_the_first_time),
        Fixed("spec.providerID", unless=_is_set_for_the_first_time),
    ),
    ("", "PersistentVolume"): (
        Fixed("spec", but=tuple(f"spec.{field}" for field in _VOLUME), unless=_is_late_expansion_secret),
        Fixed("spec.nodeAffinity", unless=_is_first_affinity),
        Fixed("spec.volumeAttributesClassName", unless=_is_said),
    ),
    ("", "PersistentVolumeClaim"): (Fixed("spec", but=("spec.volumeAttributesClassName",), unless=_is_claim_update),),
    ("", "Pod"): (Fixed("spec", unless=_is_pod_update),),
    ("", "ResourceQuota"): (Fixed("spec.scopes"),),
    ("", "Secret"): (
        Fixed("type"),
        *(Fixed(path, unless=_is_not_sealed) for path in ("data", "immutable", "stringData")),
    ),
    ("", "Service"): (
        Fixed("spec.clusterIP", unless=_keeps_address),
        Fixed("spec.clusterIPs", unless=_is_second_family),
        Fixed("spec.healthCheckNodePort", unless=_is_first_or_kept),
        Fixed("spec.ipFamilies", unless=_is_second_family),
        Fixed("spec.loadBalancerClass", unless=_is_no_load_balancer),
        Fixed("spec.type", unless=_is_not_exposed_headless),
    ),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        Fixed("spec.group"),
        Fixed("spec.names.kind"),
        Fixed("spec.names.plural"),
        Fixed("spec.scope"),
    ),
    ("apps", "ControllerRevision"): (Fixed("data"),),
    ("apps", "DaemonSet"): _SELECTOR,
    ("apps", "Deployment"): _SELECTOR,
    ("apps", "ReplicaSet"): _SELECTOR,
    ("apps", "StatefulSet"): (Fixed("spec", but=tuple(f"spec.{field}" for field in _STATEFUL)),),
    ("batch", "Job"): (
        Fixed("spec.completions", unless=_is_indexed_resize),
        Fixed(
            "spec.template",
            unless=_is_placing_of_suspended_job,
            since=tuple(
                (f"spec.template.spec.{field}.resources", "1.36") for field in ("containers", "initContainers")
            ),
        ),
        *(Fixed(f"spec.{field}") for field in _JOB),
    ),
    ("certificates.k8s.io", "CertificateSigningRequest"): _SPEC,
    ("certificates.k8s.io", "ClusterTrustBundle"): (Fixed("spec.signerName"),),
    ("certificates.k8s.io", "PodCertificateRequest"): _SPEC,
    ("coordination.k8s.io", "LeaseCandidate"): (Fixed("spec.leaseName"),),
    ("discovery.k8s.io", "EndpointSlice"): (Fixed("addressType"),),
    ("networking.k8s.io", "IPAddress"): (Fixed("spec.parentRef"),),
    ("networking.k8s.io", "IngressClass"): (Fixed("spec.controller"),),
    ("networking.k8s.io", "ServiceCIDR"): (Fixed("spec.cidrs", unless=_is_second_range),),
    ("node.k8s.io", "RuntimeClass"): (Fixed("handler"),),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): _ROLE,
    ("rbac.authorization.k8s.io", "RoleBinding"): _ROLE,
    ("resource.k8s.io", "ResourceClaim"): _SPEC,
    ("resource.k8s.io", "ResourceClaimTemplate"): _SPEC,
    ("resource.k8s.io", "ResourceSlice"): (Fixed("spec.driver"), Fixed("spec.nodeName"), Fixed("spec.pool.name")),
    ("scheduling.k8s.io", "PriorityClass"): (Fixed("preemptionPolicy"), Fixed("value")),
    ("storage.k8s.io", "CSIDriver"): (Fixed("spec.attachRequired"), Fixed("spec.volumeLifecycleModes")),
    ("storage.k8s.io", "CSINode"): (
        Fixed(
            "spec.drivers",
            but=("spec.drivers.allocatable",),
            unless=_is_other_driver,
            since=(("spec.drivers.allocatable", "1.35"),),
        ),
    ),
    ("storage.k8s.io", "CSIStorageCapacity"): (Fixed("nodeTopology"), Fixed("storageClassName")),
    ("storage.k8s.io", "StorageClass"): tuple(
        Fixed(path) for path in ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode")
    ),
    ("storage.k8s.io", "VolumeAttachment"): _SPEC,
    ("storage.k8s.io", "VolumeAttributesClass"): (Fixed("driverName"), Fixed("parameters")),
    ("storagemigration.k8s.io", "StorageVersionMigration"): _SPEC,
}
