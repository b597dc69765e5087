"""PersistentVolumes, by themselves and inside of VolumeAttachments."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.core.claims import report_volume_mode
from kpy.rules.pods.amounts import units
from kpy.units import quantity_value

_SPEC = "core/v1 PersistentVolumeSpec"
_VOLUMES = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/"
_ATTACHMENTS = "https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume-attachment-v1/"
_LETTERS: Final = "EGKMPTikmnu"
_OPTIONS_ANNOTATION: Final = "volume.beta.kubernetes.io/mount-options"
#: What a volume can be made of; a server wants one of them and refuses those after it.
_SOURCES: Final = (
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "flocker",
    "nfs",
    "rbd",
    "quobyte",
    "cephfs",
    "iscsi",
    "cinder",
    "fc",
    "flexVolume",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "scaleIO",
    "local",
    "storageos",
    "csi",
)
#: Those for which the annotation with mount options is fine.
_WITH_OPTIONS: Final = (
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "nfs",
    "rbd",
    "quobyte",
    "iscsi",
    "cinder",
    "cephfs",
    "azureFile",
    "vsphereVolume",
    "azureDisk",
    "photonPersistentDisk",
)
_GONE: Final = {
    "cephfs": "1.31",
    "photonPersistentDisk": "1.16",
    "scaleIO": "1.22",
    "storageos": "1.25",
    "glusterfs": "1.26",
    "rbd": "1.31",
    # only in pods:
    "flocker": "1.25",
    "gitRepo": "1.33",
    "quobyte": "1.25",
}


@rule("capacity-required", on=_SPEC, source=_VOLUMES + "#capacity")
def capacity_required(spec: Tree, at: Path, check: Check) -> None:
    """A volume says how much storage it has, and nothing else in its capacity."""
    capacity = spec.get("capacity") or {}
    if set(capacity) != {"storage"} and not _is_inline(check):
        message = f"`capacity` has {', '.join(sorted(capacity))}" if capacity else "there is no `capacity`"
        check.report(at + "capacity", message, fix="write `capacity: {storage: 10Gi}` or the like")


@rule("capacity-positive", on=_SPEC, source=_VOLUMES + "#capacity")
def capacity_positive(spec: Tree, at: Path, check: Check) -> None:
    """The capacity of a volume is more than nothing."""
    for key, value in (spec.get("capacity") or {}).items():
        if (quantity_value(value) <= 0 or _overflows(value)) and not _is_inline(check):
            check.report((at + "capacity").key(key), f"the capacity is {value}", fix="use more than 0")


@rule("reclaim-policy-unknown", on=_SPEC, source=_VOLUMES + "#reclaim-policy", needs="persistentVolumeReclaimPolicy")
def reclaim_policy_unknown(spec: Tree, at: Path, check: Check) -> None:
    """A volume that is released is kept (`Retain`, the default), deleted (`Delete`), or emptied (`Recycle`)."""
    policy = spec.get("persistentVolumeReclaimPolicy")
    if policy and policy not in ("Retain", "Delete", "Recycle") and not _is_inline(check):
        place = at + "persistentVolumeReclaimPolicy"
        check.report(place, f"{policy!r} is not a reclaim policy", fix="use Retain, Delete or Recycle")


@rule("recycle-root", on=_SPEC, source=_VOLUMES + "#recycle")
def recycle_root(spec: Tree, at: Path, check: Check) -> None:
    """A volume at the root of a node's files (`/`) cannot be recycled."""
    path = (spec.get("hostPath") or {}).get("path")
    if path and posixpath.normpath(path) in ("/", "//") and spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        check.report(at + "persistentVolumeReclaimPolicy", "the path '/' cannot be recycled", fix="use Retain")


@rule("cluster-volume-mode-unknown", on=_SPEC, source=_VOLUMES + "#volume-mode")
def cluster_volume_mode_unknown(spec: Tree, at: Path, check: Check) -> None:
    """A volume is a `Filesystem`, the default, or a `Block` device."""
    if not _is_inline(check):
        report_volume_mode(spec, at, check)


@rule("node-affinity-required", on=_SPEC, source=_VOLUMES + "#node-affinity")
def node_affinity_required(spec: Tree, at: Path, check: Check) -> None:
    """A local volume must say on which node it is."""
    sources = _sources(spec)
    if sources[:1] == ["local"] and spec.get("nodeAffinity") is None:
        check.report(at + "nodeAffinity", "a local volume needs `nodeAffinity`", fix="select its node by hostname")


@rule("node-affinity-empty", on="core/v1 VolumeNodeAffinity", source=_VOLUMES + "#node-affinity")
def node_affinity_empty(affinity: Tree, at: Path, check: Check) -> None:
    """The node affinity of a volume says what is required of nodes."""
    if affinity.get("required") is None and not _is_inline(check):
        check.report(at + "required", "the affinity requires nothing", fix="set `required.nodeSelectorTerms`")


@rule("volume-source-required", on=_SPEC, source=_VOLUMES + "#types-of-persistent-volumes")
def volume_source_required(spec: Tree, at: Path, check: Check) -> None:
    """A volume says where its storage is."""
    if not _sources(spec):
        check.report(at, "the volume has no source", fix="set one, such as `csi`, `nfs` or `local`")


@rule("volume-sources-several", on=_SPEC, source=_VOLUMES + "#types-of-persistent-volumes")
def volume_sources_several(spec: Tree, at: Path, check: Check) -> None:
    """A volume has only one source."""
    first, *others = _sources(spec) or [""]
    for field in others:
        if field != "flexVolume":
            check.withdraw(at + field)
            check.report(at + field, f"`{field}` cannot be beside `{first}`", fix="keep one of them")


@rule(
    "attributes-class-empty", on=_SPEC, source="https://kubernetes.io/docs/concepts/storage/volume-attributes-classes/"
)
def attributes_class_empty(spec: Tree, at: Path, check: Check) -> None:
    """The name of a volume's class of attributes is not empty when it is set."""
    if spec.get("volumeAttributesClassName") == "" and check.at_least("1.34") and not _is_inline(check):
        check.report(at + "volumeAttributesClassName", "the name is empty", fix="leave it out")


@rule(
    "attributes-class-without-csi",
    on=_SPEC,
    source="https://kubernetes.io/docs/concepts/storage/volume-attributes-classes/",
)
def attributes_class_without_csi(spec: Tree, at: Path, check: Check) -> None:
    """Only volumes of CSI drivers have classes of attributes."""
    if spec.get("volumeAttributesClassName") is None or spec.get("csi") is not None or _is_inline(check):
        return
    if check.at_least("1.34"):
        check.report(at + "csi", "a volume with `volumeAttributesClassName` needs `csi`", fix="set it")


@rule("inline-volume-field", on=_SPEC, source=_ATTACHMENTS)
def inline_volume_field(spec: Tree, at: Path, check: Check) -> None:
    """A volume inside of a VolumeAttachment has no claim, capacity, class or affinity, and keeps what it has."""
    if not _is_inline(check):
        return
    fields = [field for field in ("claimRef", "nodeAffinity") if spec.get(field) is not None]
    fields += [field for field in ("capacity", "storageClassName") if spec.get(field)]
    fields += ["persistentVolumeReclaimPolicy"] * (
        spec.get("persistentVolumeReclaimPolicy") not in (None, "", "Retain")
    )
    fields += ["volumeMode"] * (spec.get("volumeMode") not in (None, "Filesystem"))
    for field in fields:
        check.report(at + field, f"`{field}` cannot be {spec[field]!r} in an inline volume", fix="remove it")


@rule("inline-volume-csi", on=_SPEC, source=_ATTACHMENTS)
def inline_volume_csi(spec: Tree, at: Path, check: Check) -> None:
    """A volume inside of a VolumeAttachment is one of a CSI driver."""
    if _is_inline(check) and spec.get("csi") is None:
        check.report(at + "csi", "an inline volume needs `csi`", fix="set it")


@rule("mount-options-unsupported", on="core/v1 PersistentVolume", source=_VOLUMES + "#mount-options")
def mount_options_unsupported(volume: Tree, at: Path, check: Check) -> None:
    """Only for some kinds of storage can mount options be given by annotation."""
    spec = volume.get("spec") or {}
    if _OPTIONS_ANNOTATION in _annotations(volume) and not any(spec.get(field) is not None for field in _WITH_OPTIONS):
        place = (at + "metadata" + "annotations").key(_OPTIONS_ANNOTATION)
        check.report(place, "this kind of volume takes no mount options by annotation", fix="use `mountOptions`")


@rule("mount-options-annotation", on="core/v1 PersistentVolume", source=_VOLUMES + "#mount-options", severity="warning")
def mount_options_annotation(volume: Tree, at: Path, check: Check) -> None:
    """The annotation for mount options is deprecated."""
    if _OPTIONS_ANNOTATION in _annotations(volume) and check.at_least("1.31"):
        place = (at + "metadata" + "annotations").key(_OPTIONS_ANNOTATION)
        check.report(place, "the annotation is deprecated", fix="use `mountOptions` instead")


@rule("recycle-deprecated", on=_SPEC, source=_VOLUMES + "#recycle", severity="warning")
def recycle_deprecated(spec: Tree, at: Path, check: Check) -> None:
    """Emptying a volume for its next use is deprecated."""
    recycled = spec.get("persistentVolumeReclaimPolicy") == "Recycle"
    if recycled and check.at_least("1.30") and not _is_inline(check):
        check.report(at + "persistentVolumeReclaimPolicy", "'Recycle' is deprecated", fix="let volumes be provisioned")


@rule(
    "volume-source-gone",
    on=(_SPEC, "core/v1 Volume"),
    source=_VOLUMES + "#types-of-persistent-volumes",
    severity="warning",
    needs=tuple(_GONE),
)
def volume_source_gone(spec: Tree, at: Path, check: Check) -> None:
    """Some kinds of storage are still in the API, but no longer work."""
    is_said = at.field == "volumes" or (check.at_least("1.28") and not _is_inline(check))
    for field in sorted(spec.keys() & _GONE.keys()) if is_said else ():
        release = _GONE[field]
        if check.at_least(release) and (field != "quobyte" or at.field == "volumes"):
            check.report(at + field, f"`{field}` does not work since Kubernetes {release}", fix="use a CSI driver")


def _is_inline(check: Check) -> bool:
    """Return whether the volume is inside of a VolumeAttachment."""
    return check.kind == "VolumeAttachment"


def _overflows(value: str | int | float) -> bool:
    """Return whether so many bytes make a negative number of 64 bits, as a server counts those of over 18 digits."""
    digits = str(value).lstrip("+-0").rstrip(_LETTERS).replace(".", "")
    return len(digits) > 18 and bool(units(value) >> 63 & 1)


def _sources(spec: Tree) -> list[str]:
    return [field for field in _SOURCES if spec.get(field) is not None]


def _annotations(volume: Tree) -> Mapping[str, str]:
    annotations: Mapping[str, str] = (volume.get("metadata") or {}).get("annotations") or {}
    return annotations
