"""Which parts of custom resources are types of Kubernetes itself.

Generators write them out in full, so that only the fields are left to know them by. A type is taken where both its
name, that is the field in which it stands, and its fields say so: by the fields alone, a `Taint` would be found in many
a place that has nothing to do with nodes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from kpy.schema import Field, api

__all__ = ["CORE_TYPES", "CoreType", "core_type"]

#: How many fields of a type a definition may lack, as it was made for an older release.
_LACKING = 2


class CoreType(NamedTuple):
    """A type of Kubernetes, and the names of the fields that hold it."""

    type: str
    #: What the whole name of the field is like.
    names: str
    #: Whether the field holds one or a list.
    is_list: bool = False
    #: What the description of its `key` says, where names say too little.
    words: str = ""


#: The first that fits is taken.
CORE_TYPES = (
    CoreType("meta/v1 LabelSelector", r"(\w+S|s)elector|matchLabelsSelector"),
    CoreType("meta/v1 LabelSelectorRequirement", r"matchExpressions|matchConditions?", is_list=True),
    CoreType("core/v1 Affinity", r"affinity|\w+Affinity"),
    CoreType("core/v1 PodAffinityTerm", r"podAffinityTerm"),
    CoreType("core/v1 NodeAffinity", r"\w*[nN]odeAffinity"),
    CoreType("core/v1 PodAffinity", r"\w*[pP]odAffinity"),
    CoreType("core/v1 PodAntiAffinity", r"\w*[pP]odAntiAffinity"),
    CoreType("core/v1 NodeSelector", r"nodeSelector|requiredDuringSchedulingIgnoredDuringExecution"),
    CoreType("core/v1 NodeSelectorTerm", r"nodeSelectorTerms", is_list=True),
    CoreType("core/v1 NodeSelectorRequirement", r"matchExpressions|matchFields", is_list=True),
    CoreType("core/v1 Toleration", r"(\w+T|t)olerations", is_list=True),
    CoreType("core/v1 Taint", r"(\w+T|t)aints", is_list=True),
    CoreType("core/v1 TopologySpreadConstraint", r"(\w+T|t)opologySpreadConstraints?", is_list=True),
    CoreType("core/v1 ResourceRequirements", r"(\w+R|r)esources|\w*[rR]esourceRequirements"),
    CoreType("core/v1 Container", r"(\w+C|c)ontainers", is_list=True),
    CoreType("core/v1 Container", r"(\w+C|c)ontainer"),
    CoreType("core/v1 EphemeralContainer", r"ephemeralContainers", is_list=True),
    CoreType("core/v1 EnvVar", r"env|(\w+E|e)nvs|\w+Env|\w*[eE]nvVars?", is_list=True),
    CoreType("core/v1 EnvFromSource", r"envFrom|\w+EnvFrom", is_list=True),
    CoreType("core/v1 EnvVarSource", r"valueFrom"),
    CoreType("core/v1 ContainerPort", r"(\w+P|p)orts", is_list=True),
    CoreType("core/v1 Probe", r"probe|(liveness|readiness|startup)(Probe)?"),
    CoreType("core/v1 Lifecycle", r"lifecycle"),
    CoreType("core/v1 LifecycleHandler", r"postStart|preStop"),
    CoreType("core/v1 HTTPGetAction", r"httpGet"),
    CoreType("core/v1 VolumeMount", r"(\w+V|v)olumeMounts", is_list=True),
    CoreType("core/v1 VolumeDevice", r"volumeDevices", is_list=True),
    CoreType("core/v1 Volume", r"(\w+V|v)olumes", is_list=True),
    CoreType("core/v1 SecurityContext", r"(\w+S|s)ecurityContext"),
    CoreType("core/v1 PodSecurityContext", r"(\w+S|s)ecurityContext"),
    CoreType("core/v1 SeccompProfile", r"seccompProfile"),
    CoreType("core/v1 SELinuxOptions", r"seLinuxOptions"),
    CoreType("core/v1 WindowsSecurityContextOptions", r"windowsOptions"),
    CoreType("core/v1 AppArmorProfile", r"appArmorProfile"),
    CoreType("core/v1 Capabilities", r"capabilities"),
    CoreType("core/v1 HostAlias", r"hostAliases", is_list=True),
    CoreType("core/v1 PodDNSConfig", r"(\w+D|d)nsConfig"),
    CoreType("core/v1 PodTemplateSpec", r"(\w+T|t)emplate"),
    CoreType("core/v1 PodSpec", r"(\w+S|s)pec|podTemplate|pod"),
    CoreType("batch/v1 JobTemplateSpec", r"(\w+T|t)emplate"),
    CoreType("batch/v1 JobSpec", r"jobTargetRef|(\w+J|j)ob|(\w+S|s)pec|jobTemplate"),
    CoreType("core/v1 PersistentVolumeClaimSpec", r"(\w+S|s)pec|\w*[pP]vcTemplate|\w*[vV]olumeClaimTemplate"),
    CoreType("core/v1 EmptyDirVolumeSource", r"emptyDir"),
    CoreType("core/v1 EphemeralVolumeSource", r"ephemeral"),
    CoreType("core/v1 ConfigMapVolumeSource", r"configMap"),
    CoreType("core/v1 SecretVolumeSource", r"secret"),
    CoreType("core/v1 DownwardAPIVolumeSource", r"downwardAPI"),
    CoreType("core/v1 ProjectedVolumeSource", r"projected"),
    CoreType("core/v1 PersistentVolumeClaimVolumeSource", r"persistentVolumeClaim"),
    CoreType("core/v1 HostPathVolumeSource", r"hostPath"),
    CoreType("core/v1 NFSVolumeSource", r"nfs"),
    CoreType("core/v1 CSIVolumeSource", r"csi"),
    CoreType("core/v1 SecretKeySelector", r"(\w+S|s)ecret(KeyRef|Ref|Key)?|secretKeyRef"),
    CoreType("core/v1 ConfigMapKeySelector", r"(\w+C|c)onfigMap(KeyRef|Ref|Key)?"),
    CoreType("core/v1 SecretKeySelector", r".*", words="of the secret to select from"),
    CoreType("core/v1 ObjectFieldSelector", r"fieldRef"),
    CoreType("core/v1 ResourceFieldSelector", r"resourceFieldRef"),
    CoreType("core/v1 LocalObjectReference", r"imagePullSecrets", is_list=True),
    CoreType("core/v1 TypedLocalObjectReference", r"dataSource"),
    CoreType("core/v1 TypedObjectReference", r"dataSourceRef"),
    CoreType("core/v1 ServicePort", r"(\w+P|p)orts", is_list=True),
    CoreType("apps/v1 DeploymentStrategy", r"(\w+S|s)trategy"),
    CoreType("apps/v1 StatefulSetUpdateStrategy", r"(\w+S|s)trategy"),
    CoreType("apps/v1 DaemonSetUpdateStrategy", r"(\w+S|s)trategy"),
    CoreType("apps/v1 StatefulSetPersistentVolumeClaimRetentionPolicy", r"persistentVolumeClaimRetentionPolicy"),
    CoreType("autoscaling/v2 HorizontalPodAutoscalerBehavior", r"behavior"),
    CoreType("autoscaling/v2 MetricSpec", r"metrics", is_list=True),
    CoreType("networking/v1 NetworkPolicyPeer", r"from|to", is_list=True),
    CoreType("networking/v1 IngressTLS", r"(\w+T|t)ls", is_list=True),
    CoreType("rbac/v1 PolicyRule", r"(\w+R|r)ules", is_list=True),
)


def core_type(name: str, schema: Mapping[str, Any], *, is_list: bool) -> str:
    """Return the type of Kubernetes that a struct in a field of that name is; empty for any other struct."""
    for each in CORE_TYPES:
        is_named = each.is_list == is_list and re.fullmatch(each.names, name) is not None
        if is_named and _says(schema, each.words) and _fits(schema, each.type):
            return each.type
    return ""


def _says(schema: Mapping[str, Any], words: str) -> bool:
    key = (schema.get("properties") or {}).get("key")
    return not words or (isinstance(key, dict) and words in str(key.get("description")))


def _fits(schema: Mapping[str, Any], type_name: str, *, is_inner: bool = False) -> bool:
    """Return whether the fields of a schema are those of a type; inside, all of them may have been left out."""
    properties = schema.get("properties")
    declared = api().type(type_name)
    if declared is None or schema.get("type", "object") != "object":
        return False
    if not properties:
        return is_inner
    if len(declared.fields) - len(properties) > max(_LACKING, len(declared.fields) // 5) and not is_inner:
        return False
    return all(name in declared.fields and _holds(inner, declared.fields[name]) for name, inner in properties.items())


def _holds(schema: Mapping[str, Any], field: Field) -> bool:
    match field.container:
        case "list":
            return schema.get("type") == "array" and _is(schema.get("items") or {}, field)
        case "map":
            inner = schema.get("additionalProperties")
            is_free = schema.get("type") == "object" and "properties" not in schema
            return is_free and (not isinstance(inner, dict) or _is(inner, field))
        case "":
            return _is(schema, field)
    return schema.get("type") == "object"


#: Shape of a field to the types that a schema has for it.
_TYPES = {
    "string": ("string",),
    "integer": ("integer",),
    "number": ("number", "integer"),
    "boolean": ("boolean",),
    "time": ("string",),
    "micro-time": ("string",),
    "bytes": ("string",),
    "object": ("object",),
}


def _is(schema: Mapping[str, Any], field: Field) -> bool:
    if field.type:
        return _fits(schema, field.type, is_inner=True)
    if field.shape in ("int-or-string", "quantity"):
        is_either = schema.get("x-kubernetes-int-or-string") is True
        return is_either or (field.shape == "quantity" and schema.get("type") == "string")
    return field.shape not in _TYPES or schema.get("type") in _TYPES[field.shape]
