"""PersistentVolumeClaims, and the templates of claims in StatefulSets and volumes."""

from __future__ import annotations

from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.formats import label_fault, subdomain_fault
from kpy.units import is_whole, quantity_value

_CLAIM = "core/v1 PersistentVolumeClaimSpec"
_VOLUME = "core/v1 PersistentVolumeSpec"
_VOLUMES = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/"
_MODES: Final = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_CLAIM_KIND: Final = "PersistentVolumeClaim"
_OLDER_SOURCES: Final = ((None, _CLAIM_KIND), ("", _CLAIM_KIND), ("snapshot.storage.k8s.io", "VolumeSnapshot"))


@rule("access-mode-unknown", on=(_CLAIM, _VOLUME), source=_VOLUMES + "#access-modes")
def access_mode_unknown(spec: Tree, at: Path, check: Check) -> None:
    """The access modes are `ReadWriteOnce`, `ReadOnlyMany`, `ReadWriteMany` and `ReadWriteOncePod`."""
    for index, mode in enumerate(spec.get("accessModes") or ()):
        if mode not in _MODES or (mode == "ReadWriteOncePod" and not check.at_least("1.27")):
            place = at + "accessModes"
            check.report(place + index, f"{mode!r} is not an access mode", fix=f"use {', '.join(_MODES)}", field=place)


@rule("access-mode-not-alone", on=(_CLAIM, _VOLUME), source=_VOLUMES + "#access-modes")
def access_mode_not_alone(spec: Tree, at: Path, check: Check) -> None:
    """A volume for a single pod, `ReadWriteOncePod`, has no other access mode."""
    modes = spec.get("accessModes") or ()
    if "ReadWriteOncePod" in modes and any(mode in _MODES and mode != "ReadWriteOncePod" for mode in modes):
        check.report(at + "accessModes", "'ReadWriteOncePod' allows no other access mode", fix="remove the others")


@rule("volume-mode-unknown", on=_CLAIM, source=_VOLUMES + "#volume-mode")
def volume_mode_unknown(spec: Tree, at: Path, check: Check) -> None:
    """A claimed volume is a `Filesystem`, the default, or a `Block` device."""
    report_volume_mode(spec, at, check)


@rule("storage-request-required", on=_CLAIM, source=_VOLUMES + "#persistentvolumeclaims")
def storage_request_required(spec: Tree, at: Path, check: Check) -> None:
    """A claim says how much storage it requests."""
    if "storage" not in _requests(spec):
        check.report(
            _storage(at),
            "no storage is requested",
            fix="set `resources.requests.storage`, such as to 1Gi",
            field=(at + "resources").key("storage"),
        )


@rule("storage-request-positive", on=_CLAIM, source=_VOLUMES + "#persistentvolumeclaims")
def storage_request_positive(spec: Tree, at: Path, check: Check) -> None:
    """A claim must request more than zero bytes of storage."""
    storage = _requests(spec).get("storage")
    if storage is not None and quantity_value(storage) <= 0:
        server_field = (at + "resources").key("storage")
        check.report(
            _storage(at), f"the storage requested is {storage}", fix="request some, such as 1Gi", field=server_field
        )


@rule("class-name", on=(_CLAIM, _VOLUME), source="https://kubernetes.io/docs/concepts/storage/storage-classes/")
def class_name(spec: Tree, at: Path, check: Check) -> None:
    """A storage class is named by a DNS subdomain."""
    name = spec.get("storageClassName")
    fault = subdomain_fault(name) if name else None
    if fault and check.kind != "VolumeAttachment":
        check.report(at + "storageClassName", f"{name!r} is not a valid name of a storage class: it {fault}")


@rule(
    "attributes-class-name",
    on=(_CLAIM, _VOLUME),
    source="https://kubernetes.io/docs/concepts/storage/volume-attributes-classes/",
)
def attributes_class_name(spec: Tree, at: Path, check: Check) -> None:
    """A class of volume attributes is named by a DNS subdomain."""
    name = spec.get("volumeAttributesClassName")
    fault = subdomain_fault(name) if name else None
    if fault and check.at_least("1.34") and check.kind != "VolumeAttachment":
        check.report(at + "volumeAttributesClassName", f"{name!r} is not a valid name of a class: it {fault}")


@rule("data-source-incomplete", on=_CLAIM, source=_VOLUMES + "#volume-populators-and-data-sources")
def data_source_incomplete(spec: Tree, at: Path, check: Check) -> None:
    """What a claim is filled from is named by kind and name."""
    for field, source in _data_sources(spec, check):
        for part in ("name", "kind"):
            if not source.get(part):
                check.report(at + field + part, f"the source of the data has no `{part}`", fix="set it")


@rule("data-source-without-group", on=_CLAIM, source=_VOLUMES + "#volume-populators-and-data-sources")
def data_source_without_group(spec: Tree, at: Path, check: Check) -> None:
    """Without an API group, only another claim can be the source of data."""
    for field, source in _data_sources(spec, check):
        kind = source.get("kind") or ""
        if not source.get("apiGroup") and kind != _CLAIM_KIND:
            check.report(at + field, f"{kind!r} has no `apiGroup`", fix=f"set it, or use a {_CLAIM_KIND}")


@rule("data-source-group", on=_CLAIM, source=_VOLUMES + "#volume-populators-and-data-sources")
def data_source_group(spec: Tree, at: Path, check: Check) -> None:
    """The API group of a source of data is a DNS subdomain."""
    for field, source in _data_sources(spec, check):
        group = source.get("apiGroup")
        fault = subdomain_fault(group) if group and check.at_least("1.29") else None
        if fault:
            check.report(at + field + "apiGroup", f"{group!r} is not an API group: it {fault}")


@rule("data-source-namespace", on=_CLAIM, source=_VOLUMES + "#cross-namespace-data-sources")
def data_source_namespace(spec: Tree, at: Path, check: Check) -> None:
    """The namespace of a source of data is a DNS label."""
    for field, source in _data_sources(spec, check):
        namespace = source.get("namespace")
        fault = label_fault(namespace) if namespace else None
        if fault:
            check.report(at + field + "namespace", f"{namespace!r} is not a valid name of a namespace: it {fault}")


@rule("data-source-differs", on=_CLAIM, source=_VOLUMES + "#data-source-references")
def data_source_differs(spec: Tree, at: Path, check: Check) -> None:
    """Where both fields name the source of the data, they name the same, and in the claim's own namespace."""
    sources = dict(_data_sources(spec, check))
    if len(sources) < 2:
        return
    one, other = sources["dataSource"], sources["dataSourceRef"]
    if other.get("namespace"):
        check.report(at, "`dataSource` cannot be beside `dataSourceRef.namespace`", fix="remove `dataSource`")
    elif _key(one) != _key(other):
        check.report(at, "`dataSource` and `dataSourceRef` differ", fix="use `dataSourceRef` alone")


@rule("claim-bytes-fractional", on=_CLAIM, source=_VOLUMES + "#persistentvolumeclaims", severity="warning")
def claim_bytes_fractional(spec: Tree, at: Path, check: Check) -> None:
    """Storage is counted in whole bytes; `100m` means a tenth of a byte."""
    for group in ("requests", "limits"):
        storage = ((spec.get("resources") or {}).get(group) or {}).get("storage")
        if storage is not None and not is_whole(quantity_value(storage)) and check.at_least("1.26"):
            place = (at + "resources" + group).key("storage")
            check.report(place, f"{storage} is not a whole number of bytes", fix="use M or Mi for megabytes")


@rule(
    "storage-class-annotation",
    on=("core/v1 PersistentVolumeClaim", "core/v1 PersistentVolume"),
    source="https://kubernetes.io/docs/reference/labels-annotations-taints/#volume-beta-kubernetes-io-storage-class-deprecated",
    severity="warning",
)
def storage_class_annotation(claim: Tree, at: Path, check: Check) -> None:
    """The annotation that once named the storage class is deprecated."""
    name = "volume.beta.kubernetes.io/storage-class"
    if at is check.at and name in ((claim.get("metadata") or {}).get("annotations") or {}):
        place = (at + "metadata" + "annotations").key(name)
        check.report(place, "the annotation is deprecated", fix="set `storageClassName` instead")


def report_volume_mode(spec: Tree, at: Path, check: Check) -> None:
    """Report a volume mode that there is not."""
    mode = spec.get("volumeMode")
    if mode not in (None, "Filesystem", "Block"):
        check.report(at + "volumeMode", f"`volumeMode` is {mode!r}", fix="use Filesystem or Block")


def _storage(at: Path) -> Path:
    """Return where the storage is requested; a server leaves a step out when it says so."""
    return (at + "resources" + "requests").key("storage")


def _requests(spec: Tree) -> Tree:
    requests: Tree = (spec.get("resources") or {}).get("requests") or {}
    return requests


def _data_sources(spec: Tree, check: Check) -> list[tuple[str, Tree]]:
    """Return the fields that say what the volume is filled from, as far as a server looks at them.

    In a claim by itself it passes over sources in other namespaces, for which there is only an alpha feature, and over
    anything but claims and snapshots in the older field.
    """
    source, reference = spec.get("dataSource"), spec.get("dataSourceRef")
    if check.kind == _CLAIM_KIND:
        if reference is not None and reference.get("namespace"):
            reference = None
        if reference is None and source is not None and _key(source)[:2] not in _OLDER_SOURCES:
            source = None
    sources = (("dataSource", source), ("dataSourceRef", reference))
    return [(field, value) for field, value in sources if value is not None]


def _key(source: Tree) -> tuple[str | None, str, str]:
    return source.get("apiGroup"), source.get("kind") or "", source.get("name") or ""
