"""Rules on single fields of the group storage."""

from __future__ import annotations

from typing import Final

from kpy.schema.constraints.facts import Bounds, Format, OneOf, Required, Size, Unique, field_rule

__all__ = ["RULES"]

_CSI_DRIVER_OBJECT: Final = "https://kubernetes-csi.github.io/docs/csi-driver-object.html"
_CSI_NODE_OBJECT: Final = "https://kubernetes-csi.github.io/docs/csi-node-object.html"
_STORAGE_CAPACITY: Final = "https://kubernetes.io/docs/concepts/storage/storage-capacity/"
_STORAGE_CLASSES: Final = "https://kubernetes.io/docs/concepts/storage/storage-classes/"
_VOLUME_ATTRIBUTES_CLASSES: Final = "https://kubernetes.io/docs/concepts/storage/volume-attributes-classes/"
_VOLUME_ATTACHMENT_V1: Final = (
    "https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume-attachment-v1/"
)

RULES: Final = (
    field_rule(
        "allocatable-period",
        "The count of volumes that a node can take is asked for every 10 seconds at most.",
        Bounds("nodeAllocatableUpdatePeriodSeconds", 10, since="1.35"),
        on="storage/v1 CSIDriverSpec",
        source=_CSI_DRIVER_OBJECT,
    ),
    field_rule(
        "attachment-node",
        "An attachment names its node.",
        Format("nodeName", "DNS subdomain", required=True),
        on="storage/v1 VolumeAttachmentSpec",
        source=_VOLUME_ATTACHMENT_V1,
    ),
    field_rule(
        "attachment-volume",
        "The volume of an attachment is named by a DNS subdomain.",
        Format("persistentVolumeName", "DNS subdomain", or_empty=True),
        on="storage/v1 VolumeAttachmentSource",
        source=_VOLUME_ATTACHMENT_V1,
    ),
    field_rule(
        "attributes-required",
        "A class of volume attributes has at least one.",
        Required("parameters", "there are no parameters", fix="set at least one"),
        on=(
            "storage/v1 VolumeAttributesClass",
            "storage/v1beta1 VolumeAttributesClass",
            "storage/v1alpha1 VolumeAttributesClass",
        ),
        source=_VOLUME_ATTRIBUTES_CLASSES + "#parameters",
    ),
    field_rule(
        "binding-mode-unknown",
        "Volumes are made at once (`Immediate`, the default), or for the first pod (`WaitForFirstConsumer`).",
        OneOf("volumeBindingMode", ("Immediate", "WaitForFirstConsumer"), or_empty=True),
        on="storage/v1 StorageClass",
        source=_STORAGE_CLASSES + "#volume-binding-mode",
    ),
    field_rule(
        "capacity-class",
        "A capacity is given for a storage class, named by a DNS subdomain.",
        Format("storageClassName", "DNS subdomain", required=True),
        on=("storage/v1 CSIStorageCapacity", "storage/v1beta1 CSIStorageCapacity"),
        source=_STORAGE_CAPACITY,
    ),
    field_rule(
        "class-reclaim-policy-unknown",
        "The volumes of a class are deleted when released (`Delete`, the default), or kept (`Retain`).",
        OneOf("reclaimPolicy", ("Delete", "Retain")),
        on="storage/v1 StorageClass",
        source=_STORAGE_CLASSES + "#reclaim-policy",
    ),
    field_rule(
        "fs-group-policy-unknown",
        "A driver gives files to a pod's group by `ReadWriteOnceWithFSType`, the default, by `File`, or not (`None`).",
        OneOf("fsGroupPolicy", ("ReadWriteOnceWithFSType", "File", "None"), or_empty=True),
        on="storage/v1 CSIDriverSpec",
        source=_CSI_DRIVER_OBJECT,
    ),
    field_rule(
        "node-driver-id",
        "A node has a name of its own for each driver, of at most 256 bytes.",
        Size("nodeID", least=1, most=256),
        on="storage/v1 CSINodeDriver",
        source=_CSI_NODE_OBJECT,
    ),
    field_rule(
        "node-driver-repeated",
        "A node has each driver once.",
        Unique("drivers", "name", or_empty=True),
        on="storage/v1 CSINodeSpec",
        source=_CSI_NODE_OBJECT,
    ),
    field_rule(
        "node-volumes-negative",
        "The number of volumes that a node can take is zero or more.",
        Bounds("count", 0),
        on="storage/v1 VolumeNodeResources",
        source=_CSI_NODE_OBJECT,
    ),
    field_rule(
        "token-audience-repeated",
        "A driver asks for one token for each audience.",
        Unique("tokenRequests", "audience", or_empty=True),
        on="storage/v1 CSIDriverSpec",
        source=_CSI_DRIVER_OBJECT,
    ),
    field_rule(
        "topology-key",
        "A topology is given by a label of nodes.",
        Format("key", "qualified name", required=True),
        on="core/v1 TopologySelectorLabelRequirement",
        source=_STORAGE_CLASSES + "#allowed-topologies",
    ),
    field_rule(
        "topology-key-repeated",
        "A topology has each label of nodes only once.",
        Unique("matchLabelExpressions", "key", or_empty=True, fix="join the values"),
        on="core/v1 TopologySelectorTerm",
        source=_STORAGE_CLASSES + "#allowed-topologies",
    ),
    field_rule(
        "topology-value-repeated",
        "A topology lists each value only once.",
        Unique("values", or_empty=True),
        on="core/v1 TopologySelectorLabelRequirement",
        source=_STORAGE_CLASSES + "#allowed-topologies",
    ),
    field_rule(
        "topology-values-required",
        "A topology lists the values that its label may have.",
        Required("values", "there are no values", fix="list at least one"),
        on="core/v1 TopologySelectorLabelRequirement",
        source=_STORAGE_CLASSES + "#allowed-topologies",
    ),
)
