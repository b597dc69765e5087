"""Classes of storage and of volume attributes, attachments of volumes, and the capacity that drivers tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.core.persistent_sources import report_driver
from kpy.syntax.formats import qualified_name_fault, size_of
from kpy.units import quantity_value

_CLASS = "storage/v1 StorageClass"
_ATTRIBUTES = tuple(f"storage/{version} VolumeAttributesClass" for version in ("v1", "v1beta1", "v1alpha1"))
_CAPACITY = ("storage/v1 CSIStorageCapacity", "storage/v1beta1 CSIStorageCapacity")
_CLASSES = "https://kubernetes.io/docs/concepts/storage/storage-classes/"
_ATTRIBUTES_CLASSES = "https://kubernetes.io/docs/concepts/storage/volume-attributes-classes/"
_ATTACHMENTS = "https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume-attachment-v1/"
_CAPACITIES = "https://kubernetes.io/docs/concepts/storage/storage-capacity/"
_MOST_PARAMETERS: Final = 512
_MOST_BYTES: Final = 256 * 1024


@rule("provisioner", on=_CLASS, source=_CLASSES + "#provisioner")
def provisioner(storage_class: Tree, at: Path, check: Check) -> None:
    """A storage class names what provides its volumes, by a qualified name in any case."""
    _report_driver(storage_class, "provisioner", at, check)


@rule("attributes-driver", on=_ATTRIBUTES, source=_ATTRIBUTES_CLASSES + "#provisioner")
def attributes_driver(attributes_class: Tree, at: Path, check: Check) -> None:
    """A class of volume attributes names its driver, by a qualified name in any case."""
    _report_driver(attributes_class, "driverName", at, check)


@rule("parameters-too-many", on=(_CLASS, *_ATTRIBUTES), source=_CLASSES + "#parameters")
def parameters_too_many(storage_class: Tree, at: Path, check: Check) -> None:
    """A class has at most 512 parameters, of 256 KiB."""
    parameters = storage_class.get("parameters") or {}
    size = sum(size_of(key) + size_of(value) for key, value in parameters.items())
    if len(parameters) > _MOST_PARAMETERS:
        check.report(
            at + "parameters", f"there are {len(parameters)} parameters", fix=f"use {_MOST_PARAMETERS} at most"
        )
    elif size > _MOST_BYTES:
        check.report(at + "parameters", f"the parameters have {size} bytes", fix=f"use {_MOST_BYTES} at most")


@rule("parameter-unnamed", on=(_CLASS, *_ATTRIBUTES), source=_CLASSES + "#parameters")
def parameter_unnamed(storage_class: Tree, at: Path, check: Check) -> None:
    """Each parameter of a class has a name."""
    parameters = storage_class.get("parameters") or {}
    if "" in parameters and len(parameters) <= _MOST_PARAMETERS:
        check.report(at + "parameters", "a parameter has an empty name", fix="name it, or remove it")


@rule("topology-repeated", on=_CLASS, source=_CLASSES + "#allowed-topologies")
def topology_repeated(storage_class: Tree, at: Path, check: Check) -> None:
    """No two of a class's topologies are alike, and none is empty."""
    seen: list[dict[str, set[str]]] = [{}]
    topologies: Sequence[Tree] = storage_class.get("allowedTopologies") or ()
    for index, term in enumerate(topologies):
        values: dict[str, set[str]] = {
            expression.get("key") or "": set(expression.get("values") or ())
            for expression in term.get("matchLabelExpressions") or ()
        }
        if values in seen:
            place = at + "allowedTopologies" + index + "matchLabelExpressions"
            check.report(place, "the topology is empty, or there twice", fix="remove it")
        seen.append(values)


@rule("attacher", on="storage/v1 VolumeAttachmentSpec", source=_ATTACHMENTS)
def attacher(spec: Tree, at: Path, check: Check) -> None:
    """An attachment names its CSI driver, by a DNS subdomain of at most 63 characters, in any case."""
    report_driver(spec.get("attacher"), at + "attacher", check)


@rule("attachment-source", on="storage/v1 VolumeAttachmentSpec", source=_ATTACHMENTS)
def attachment_source(spec: Tree, at: Path, check: Check) -> None:
    """An attachment names a volume, or has it inside, not both."""
    source = spec.get("source") or {}
    inline, named = source.get("inlineVolumeSpec") is not None, source.get("persistentVolumeName") is not None
    if inline and named:
        check.withdraw(at + "source" + "inlineVolumeSpec")
    if inline == named:
        check.report(at + "source", "exactly one volume is needed", fix="set `persistentVolumeName`")


@rule("capacity-negative", on=_CAPACITY, source=_CAPACITIES, needs="capacity")
def capacity_negative(capacity: Tree, at: Path, check: Check) -> None:
    """A capacity is zero or more."""
    amount = capacity.get("capacity")
    if amount is not None and quantity_value(amount) < 0:
        check.report(at + "capacity", f"the capacity is {amount}", fix="use 0 or more")


def _report_driver(value: Tree, field: str, at: Path, check: Check) -> None:
    name = value.get(field) or ""
    fault = qualified_name_fault(name.lower()) if name else "must not be empty"
    if fault:
        check.report(at + field, f"`{field}` is {name!r}, and {fault}")
