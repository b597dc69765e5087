"""Objects as an API server has them in hand when it asks policies: with defaults, without what says nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
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
    """Return an object of a built-in kind as a server has it in hand; what is of a wrong type stays as it is."""
    type_ = known.type(kind.type)
    whole = _struct(tree, type_, known) if type_ else dict(tree)
    whole.setdefault("metadata", {})
    if kind.type == "core/v1 Pod" and isinstance(whole["spec"], dict):
        _complete_pod(whole["spec"])
    elif kind.type == "core/v1 Secret":
        _complete_secret(whole)
    if kind.namespaced and isinstance(whole["metadata"], dict):
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
    match field.container, value:
        case "list", list():
            return [_one(each, field, known) for each in value]
        case "map", Mapping():
            return {key: _one(each, field, known) for key, each in value.items()}
        case "", _:
            return _one(value, field, known)
    return value


def _one(value: Any, field: Field, known: Api) -> Any:
    if field.type:
        type_ = known.type(field.type)
        return _struct(value or {}, type_, known) if type_ and isinstance(value, Mapping | None) else value
    if field.shape == "quantity":
        try:
            return str(Quantity(value))
        except (ValueError, TypeError):
            return value
    if field.shape == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _complete_pod(spec: Tree) -> None:
    """Fill in what a server does for pods and not for templates of pods: requests, and ports of the host."""
    for container in _trees(spec, "initContainers", "containers"):
        resources = container.get("resources")
        if isinstance(resources, dict) and isinstance(limits := resources.get("limits"), dict):
            requests = resources.get("requests") or {}
            resources["requests"] = {**limits, **requests} if isinstance(requests, dict) else requests
        if spec.get("hostNetwork"):
            for port in _trees(container, "ports"):
                if "containerPort" in port:
                    port.setdefault("hostPort", port["containerPort"])


def _complete_secret(secret: Tree) -> None:
    """Put the texts of a Secret to its data."""
    texts, data = secret.pop("stringData", None), secret.get("data") or {}
    if isinstance(texts, dict) and isinstance(data, dict):
        encoded = {key: base64.b64encode(str(text).encode()).decode() for key, text in texts.items()}
        secret["data"] = {**data, **encoded}


def _trees(owner: Tree, *fields: str) -> Iterator[Tree]:
    """Yield the mappings in lists."""
    for field in fields:
        found = owner.get(field)
        yield from (each for each in (found if isinstance(found, list) else ()) if isinstance(each, dict))
