"""Objects as an API server has them in hand when it asks policies: with defaults, without what says nothing."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

from kpy.schema import Api, Field, Kind, Type
from kpy.schema.defaults import default
from kpy.schema.zeros import said
from kpy.units import Quantity

__all__ = ["completed"]

Tree = dict[str, Any]

_STATUS: Final = ("spec", "status")
#: The structs that are there even where nobody says them, since Go holds them as values.
_PRESENT: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        (
            "apps/v1 DaemonSet",
            "apps/v1 Deployment",
            "apps/v1 ReplicaSet",
            "apps/v1 StatefulSet",
            "autoscaling/v1 HorizontalPodAutoscaler",
            "autoscaling/v2 HorizontalPodAutoscaler",
            "batch/v1 CronJob",
            "batch/v1 Job",
            "certificates/v1 CertificateSigningRequest",
            "core/v1 Namespace",
            "core/v1 Node",
            "core/v1 PersistentVolume",
            "core/v1 PersistentVolumeClaim",
            "core/v1 Pod",
            "core/v1 ReplicationController",
            "core/v1 ResourceQuota",
            "core/v1 Service",
            "flowcontrol/v1 FlowSchema",
            "flowcontrol/v1 PriorityLevelConfiguration",
            "networking/v1 Ingress",
            "networking/v1 ServiceCIDR",
            "policy/v1 PodDisruptionBudget",
            "resource/v1 ResourceClaim",
            "storage/v1 VolumeAttachment",
        ),
        _STATUS,
    ),
    **dict.fromkeys(
        (
            "batch/v1 JobTemplateSpec",
            "coordination/v1 Lease",
            "core/v1 LimitRange",
            "core/v1 PersistentVolumeClaimTemplate",
            "networking/v1 IngressClass",
            "networking/v1 IPAddress",
            "networking/v1 NetworkPolicy",
            "resource/v1 DeviceClass",
            "resource/v1 ResourceClaimTemplate",
            "resource/v1 ResourceClaimTemplateSpec",
            "resource/v1 ResourceSlice",
            "storage/v1 CSIDriver",
        ),
        ("spec",),
    ),
    "apps/v1 DaemonSetSpec": ("template", "updateStrategy"),
    "apps/v1 DeploymentSpec": ("strategy", "template"),
    "apps/v1 ReplicaSetSpec": ("template",),
    "apps/v1 StatefulSetSpec": ("template", "updateStrategy"),
    "batch/v1 CronJobSpec": ("jobTemplate",),
    "batch/v1 JobSpec": ("template",),
    "core/v1 Container": ("resources",),
    "core/v1 EphemeralContainer": ("resources",),
    "core/v1 PersistentVolumeClaimSpec": ("resources",),
    "core/v1 PodTemplate": ("template",),
    "core/v1 PodTemplateSpec": ("metadata", "spec"),
    "core/v1 ServiceStatus": ("loadBalancer",),
    "discovery/v1 Endpoint": ("conditions",),
    "networking/v1 IngressServiceBackend": ("port",),
    "networking/v1 IngressStatus": ("loadBalancer",),
    "networking/v1 NetworkPolicySpec": ("podSelector",),
    "resource/v1 ResourceClaimSpec": ("devices",),
}


def completed(tree: Mapping[str, Any], kind: Kind, known: Api) -> Tree:
    """Return an object of a built-in kind as a server has it in hand."""
    type_ = known.type(kind.type)
    whole = _struct(tree, type_, known) if type_ else dict(tree)
    whole.setdefault("metadata", {})
    if kind.type == "core/v1 Pod":
        _complete_pod(whole)
    elif kind.type == "core/v1 Secret" and (texts := whole.pop("stringData", None)):
        encoded = {key: base64.b64encode(text.encode()).decode() for key, text in texts.items()}
        whole["data"] = {**(whole.get("data") or {}), **encoded}
    if kind.namespaced:
        whole["metadata"] = {"namespace": "default", **whole["metadata"]}
    return whole


def _struct(tree: Mapping[str, Any], type_: Type, known: Api) -> Tree:
    found: Tree = {}
    present = _PRESENT.get(type_.name, ())
    for name, field in type_.fields.items():
        value = said(type_, field, tree.get(name))
        if field.container and not value and name not in type_.required:
            value = None
        if value is None:
            value = default(type_.name, name, tree)
            if value is None:
                if name not in present:
                    continue
                value = {}
        found[name] = _held(value, field, known)
    return found


def _held(value: Any, field: Field, known: Api) -> Any:
    match field.container:
        case "list":
            return [_one(each, field, known) for each in value]
        case "map":
            return {key: _one(each, field, known) for key, each in value.items()}
        case "map-list":
            return {key: [_one(each, field, known) for each in one or ()] for key, one in value.items()}
    return _one(value, field, known)


def _one(value: Any, field: Field, known: Api) -> Any:
    if field.type:
        type_ = known.type(field.type)
        return _struct(value or {}, type_, known) if type_ else value
    if field.shape == "quantity":
        return str(Quantity(value))
    if field.shape == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _complete_pod(pod: Tree) -> None:
    """Fill in what a server does for pods and not for templates of pods: requests, and ports of the host."""
    for field in ("initContainers", "containers"):
        for container in pod["spec"].get(field) or ():
            resources = container.get("resources") or {}
            if limits := resources.get("limits"):
                resources["requests"] = {**limits, **(resources.get("requests") or {})}
            if pod["spec"].get("hostNetwork"):
                for port in container.get("ports") or ():
                    port.setdefault("hostPort", port.get("containerPort"))
