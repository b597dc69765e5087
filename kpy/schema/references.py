"""Which fields of the API name other objects.

One table with many readers: the generated types accept objects in these fields, lowering records who refers to whom,
and rules, order and graph know from it what kind of object is meant and how much of it the field needs.

A row is found by type and field. A type with `*` for its version stands for all versions of the group that have it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple, Self

__all__ = ["DEFAULT_KINDS", "REFERENCES", "CustomType", "Naming", "can_name", "is_custom", "names_object", "naming"]


class Naming(NamedTuple):
    """What a field says when it names an object."""

    #: The kind of the object; empty when a sibling field says it, or when it may be any kind.
    kind: str
    #: The API group of that kind; empty for the core group.
    group: str = ""
    #: The sibling field that says the kind (or, as `resource`, the plural).
    kind_field: str = ""
    #: The sibling field that says the group: `apiGroup` or `group`, or `apiVersion` with the version.
    group_field: str = ""
    #: The sibling field that says the namespace; empty when it is that of the referring object.
    namespace_field: str = ""
    #: The sibling field that names a key in the object.
    key_field: str = ""
    #: Whether a sibling field `optional` can allow the object, or the key, to be absent.
    can_be_optional: bool = False


_SCHEDULING, _STORAGE, _RESOURCE = "scheduling.k8s.io", "storage.k8s.io", "resource.k8s.io"
_ADMISSION, _CERTIFICATES, _NODE = "admissionregistration.k8s.io", "certificates.k8s.io", "node.k8s.io"

_ANY = Naming("")
_NAMESPACE = Naming("Namespace")
_NODE_NAME = Naming("Node")
_POD = Naming("Pod")
_SECRET = Naming("Secret")
_OPTIONAL_CONFIG = Naming("ConfigMap", can_be_optional=True)
_OPTIONAL_SECRET = Naming("Secret", can_be_optional=True)
_SERVICE_ACCOUNT = Naming("ServiceAccount")
_SERVICE_ELSEWHERE = Naming("Service", namespace_field="namespace")
_PRIORITY_CLASS = Naming("PriorityClass", _SCHEDULING)
_STORAGE_CLASS = Naming("StorageClass", _STORAGE)
_ATTRIBUTES_CLASS = Naming("VolumeAttributesClass", _STORAGE)
_DEVICE_CLASS = Naming("DeviceClass", _RESOURCE)
_CLAIM = Naming("ResourceClaim", _RESOURCE)
_CLAIM_TEMPLATE = Naming("ResourceClaimTemplate", _RESOURCE)
_WORKLOAD = Naming("Workload", _SCHEDULING)
_BY_GROUP = Naming("", kind_field="kind", group_field="apiGroup")
_BY_GROUP_ELSEWHERE = _BY_GROUP._replace(namespace_field="namespace")
_BY_VERSION = Naming("", kind_field="kind", group_field="apiVersion")
_BY_VERSION_ELSEWHERE = _BY_VERSION._replace(namespace_field="namespace")
_BY_RESOURCE = Naming("", kind_field="resource", group_field="group", namespace_field="namespace")

#: Type and field to what the field names.
REFERENCES: dict[str, dict[str, Naming]] = {
    "admissionregistration/* MutatingAdmissionPolicyBindingSpec": {
        "policyName": Naming("MutatingAdmissionPolicy", _ADMISSION)
    },
    "admissionregistration/* NamedRuleWithOperations": {"resourceNames": _ANY},
    "admissionregistration/* ParamRef": {"name": Naming("", namespace_field="namespace"), "namespace": _NAMESPACE},
    "admissionregistration/* ServiceReference": {"name": _SERVICE_ELSEWHERE, "namespace": _NAMESPACE},
    "admissionregistration/* ValidatingAdmissionPolicyBindingSpec": {
        "policyName": Naming("ValidatingAdmissionPolicy", _ADMISSION)
    },
    "apiextensions/* ServiceReference": {"name": _SERVICE_ELSEWHERE, "namespace": _NAMESPACE},
    "apiregistration/* ServiceReference": {"name": _SERVICE_ELSEWHERE, "namespace": _NAMESPACE},
    "apps/* StatefulSetSpec": {"serviceName": Naming("Service")},
    "authentication/* BoundObjectReference": {"name": _BY_VERSION},
    "authorization/* ResourceAttributes": {"name": _ANY, "namespace": _NAMESPACE},
    "autoscaling/* CrossVersionObjectReference": {"name": _BY_VERSION},
    "certificates/* PodCertificateRequestSpec": {
        "nodeName": _NODE_NAME,
        "podName": _POD,
        "serviceAccountName": _SERVICE_ACCOUNT,
    },
    "coordination/* LeaseCandidateSpec": {"leaseName": Naming("Lease", "coordination.k8s.io")},
    "core/v1 AzureFilePersistentVolumeSource": {
        "secretName": Naming("Secret", namespace_field="secretNamespace"),
        "secretNamespace": _NAMESPACE,
    },
    "core/v1 AzureFileVolumeSource": {"secretName": _SECRET},
    "core/v1 ClaimSource": {"resourceClaimName": _CLAIM, "resourceClaimTemplateName": _CLAIM_TEMPLATE},
    "core/v1 ClusterTrustBundleProjection": {"name": Naming("ClusterTrustBundle", _CERTIFICATES, can_be_optional=True)},
    "core/v1 ConfigMapEnvSource": {"name": _OPTIONAL_CONFIG},
    "core/v1 ConfigMapKeySelector": {"name": _OPTIONAL_CONFIG._replace(key_field="key")},
    "core/v1 ConfigMapNodeConfigSource": {
        "name": Naming("ConfigMap", namespace_field="namespace", key_field="kubeletConfigKey"),
        "namespace": _NAMESPACE,
    },
    "core/v1 ConfigMapProjection": {"name": _OPTIONAL_CONFIG},
    "core/v1 ConfigMapVolumeSource": {"name": _OPTIONAL_CONFIG},
    "core/v1 EndpointAddress": {"nodeName": _NODE_NAME},
    # Every use of this type but one is a secret; typed references have their own type.
    # The API has the type in many places, and means a Secret in all of them.
    "core/v1 LocalObjectReference": {"name": _SECRET},
    "core/v1 GlusterfsPersistentVolumeSource": {
        "endpoints": Naming("Endpoints", namespace_field="endpointsNamespace"),
        "endpointsNamespace": _NAMESPACE,
    },
    "core/v1 GlusterfsVolumeSource": {"endpoints": Naming("Endpoints")},
    "core/v1 ObjectReference": {"name": _BY_VERSION_ELSEWHERE, "namespace": _NAMESPACE},
    "core/v1 PersistentVolumeClaimSpec": {
        "storageClassName": _STORAGE_CLASS,
        "volumeAttributesClassName": _ATTRIBUTES_CLASS,
        "volumeName": Naming("PersistentVolume"),
    },
    "core/v1 PersistentVolumeClaimVolumeSource": {"claimName": Naming("PersistentVolumeClaim")},
    "core/v1 PersistentVolumeSpec": {
        "storageClassName": _STORAGE_CLASS,
        "volumeAttributesClassName": _ATTRIBUTES_CLASS,
    },
    "core/v1 PodAffinityTerm": {"namespaces": _NAMESPACE},
    "core/v1 PodResourceClaim": {"resourceClaimName": _CLAIM, "resourceClaimTemplateName": _CLAIM_TEMPLATE},
    "core/v1 PodSchedulingGroup": {"podGroupName": Naming("PodGroup", _SCHEDULING)},
    "core/v1 PodSpec": {
        "nodeName": _NODE_NAME,
        "priorityClassName": _PRIORITY_CLASS,
        "runtimeClassName": Naming("RuntimeClass", _NODE),
        "serviceAccount": _SERVICE_ACCOUNT,
        "serviceAccountName": _SERVICE_ACCOUNT,
    },
    "core/v1 SecretEnvSource": {"name": _OPTIONAL_SECRET},
    "core/v1 SecretKeySelector": {"name": _OPTIONAL_SECRET._replace(key_field="key")},
    "core/v1 SecretProjection": {"name": _OPTIONAL_SECRET},
    "core/v1 SecretReference": {"name": Naming("Secret", namespace_field="namespace"), "namespace": _NAMESPACE},
    "core/v1 SecretVolumeSource": {"secretName": _OPTIONAL_SECRET},
    "core/v1 TypedLocalObjectReference": {"name": _BY_GROUP},
    "core/v1 TypedObjectReference": {"name": _BY_GROUP_ELSEWHERE, "namespace": _NAMESPACE},
    "core/v1 WorkloadReference": {"name": _WORKLOAD},
    "discovery/* Endpoint": {"nodeName": _NODE_NAME},
    "flowcontrol/* PriorityLevelConfigurationReference": {
        "name": Naming("PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io")
    },
    "flowcontrol/* ServiceAccountSubject": {
        "name": Naming("ServiceAccount", namespace_field="namespace"),
        "namespace": _NAMESPACE,
    },
    "lifecycle/* EvictionPodReference": {"name": _POD},
    "lifecycle/* EvictionRequestPodReference": {"name": _POD},
    "meta/v1 ObjectMeta": {"namespace": _NAMESPACE},
    "meta/v1 OwnerReference": {"name": _BY_VERSION},
    "networking/* IngressClassParametersReference": {"name": _BY_GROUP_ELSEWHERE, "namespace": _NAMESPACE},
    "networking/* IngressServiceBackend": {"name": Naming("Service")},
    "networking/* IngressSpec": {"ingressClassName": Naming("IngressClass", "networking.k8s.io")},
    "networking/* IngressTLS": {"secretName": _SECRET},
    "networking/* ParentReference": {"name": _BY_RESOURCE, "namespace": _NAMESPACE},
    "rbac/* PolicyRule": {"resourceNames": _ANY},
    "rbac/* RoleRef": {"name": _BY_GROUP},
    "rbac/* Subject": {"name": _BY_GROUP_ELSEWHERE, "namespace": _NAMESPACE},
    "resource/* BasicDevice": {"nodeName": _NODE_NAME},
    "resource/* Device": {"nodeName": _NODE_NAME},
    "resource/* DeviceRequest": {"deviceClassName": _DEVICE_CLASS},
    "resource/* DeviceSubRequest": {"deviceClassName": _DEVICE_CLASS},
    "resource/* DeviceTaintSelector": {"deviceClassName": _DEVICE_CLASS},
    "resource/* ExactDeviceRequest": {"deviceClassName": _DEVICE_CLASS},
    "resource/* ResourceClaimParametersReference": {"name": _BY_GROUP},
    "resource/* ResourceClaimSpec": {"resourceClassName": Naming("ResourceClass", _RESOURCE)},
    "resource/* ResourceClassParametersReference": {"name": _BY_GROUP_ELSEWHERE, "namespace": _NAMESPACE},
    "resource/* ResourceSlice": {"nodeName": _NODE_NAME},
    "resource/* ResourceSliceSpec": {"nodeName": _NODE_NAME},
    "scheduling/* CompositePodGroupSpec": {
        "parentCompositePodGroupName": Naming("CompositePodGroup", _SCHEDULING),
        "priorityClassName": _PRIORITY_CLASS,
    },
    "scheduling/* CompositePodGroupTemplate": {"priorityClassName": _PRIORITY_CLASS},
    "scheduling/* PodGroupResourceClaim": {
        "resourceClaimName": _CLAIM,
        "resourceClaimTemplateName": _CLAIM_TEMPLATE,
    },
    "scheduling/* PodGroupSpec": {
        "parentCompositePodGroupName": Naming("CompositePodGroup", _SCHEDULING),
        "priorityClassName": _PRIORITY_CLASS,
    },
    "scheduling/* PodGroupTemplate": {"priorityClassName": _PRIORITY_CLASS},
    "scheduling/* TypedLocalObjectReference": {"name": _BY_GROUP},
    "scheduling/* WorkloadPodGroupResourceClaim": {
        "resourceClaimName": _CLAIM,
        "resourceClaimTemplateName": _CLAIM_TEMPLATE,
    },
    "scheduling/* WorkloadPodGroupTemplateReference": {"workloadName": _WORKLOAD},
    "scheduling/* WorkloadReference": {"workloadName": _WORKLOAD},
    "storage/* CSIStorageCapacity": {"storageClassName": _STORAGE_CLASS},
    "storage/* VolumeAttachmentSource": {"persistentVolumeName": Naming("PersistentVolume")},
    "storage/* VolumeAttachmentSpec": {"nodeName": _NODE_NAME},
}

#: Where a reference whose own `kind` field may be absent means one kind all the same.
DEFAULT_KINDS: dict[tuple[str, str], str] = {
    ("core/v1 PersistentVolumeSpec", "claimRef"): "PersistentVolumeClaim",
    ("core/v1 ServiceAccount", "secrets"): "Secret",
    ("core/v1 StorageOSPersistentVolumeSource", "secretRef"): "Secret",
}


@cache
def naming(type_name: str, field: str) -> Naming | None:
    """Return what the field of the type names, or nothing when it names no object."""
    fields = REFERENCES.get(type_name)
    if fields is None:
        group, _, rest = type_name.partition("/")
        fields = REFERENCES.get(f"{group}/* {rest.partition(' ')[2]}", {})
    return fields.get(field)


class CustomType(str):
    """The name of a type of custom resources, `cert-manager.io/v1 IssuerRef`, which knows what its fields name."""

    __slots__ = ("objects",)

    #: The fields that hold names of objects.
    objects: frozenset[str]

    def __new__(cls, name: str, objects: Iterable[str]) -> Self:
        """Return the name of a type, with the fields that name objects."""
        made = super().__new__(cls, name)
        made.objects = frozenset(objects)
        return made


def is_custom(type_name: str) -> bool:
    """Return whether a type is of custom resources: their groups have a dot, and those of Kubernetes are folders."""
    return "." in type_name.partition("/")[0]


#: Fields of whatever kind that hold no name, but a struct, a number or a text of another sort.
_NO_NAMES = frozenset(
    {
        *("affinity", "annotations", "apiVersion", "args", "command", "containers"),
        *("count", "data", "enabled", "env", "envFrom", "image"),
        *("initContainers", "kind", "labels", "limits", "matchExpressions", "matchLabels"),
        *("metadata", "number", "nodeSelector", "paused", "port", "ports"),
        *("replicas", "requests", "resources", "rules", "securityContext", "selector"),
        *("spec", "status", "strategy", "stringData", "suspend", "template"),
        *("tolerations", "type", "version", "volumeMounts", "volumes", "weight"),
    }
)
_NO_NAME_ENDS = ("Affinity", "Count", "Labels", "Port", "Replicas", "Seconds", "Selector", "Selectors", "Template")


def can_name(key: str) -> bool:
    """Return whether a field of a struct that nobody knows may hold the name of an object."""
    return key not in _NO_NAMES and not key.endswith(_NO_NAME_ENDS)


def names_object(type_name: str, field: str) -> bool:
    """Return whether the field holds the name of another object."""
    if isinstance(type_name, CustomType):
        return field in type_name.objects
    return naming(type_name, field) is not None
