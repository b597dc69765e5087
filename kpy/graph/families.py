"""Kinds that belong together, and their colours."""

from __future__ import annotations

from typing import Final

__all__ = ["FAMILIES", "family_of"]

#: What they are called, and their colours on light and on dark paper.
FAMILIES: Final = {
    "workload": ("workloads", "#1f6feb", "#6cb0ff"),
    "network": ("network", "#1a7f37", "#57c878"),
    "config": ("configuration", "#9a6700", "#e0b040"),
    "access": ("access", "#8250df", "#c6a1ff"),
    "storage": ("storage", "#0e7c86", "#4fd1d9"),
    "policy": ("scale and limits", "#bc4c00", "#ff9b5e"),
    "other": ("others", "#57606a", "#a3adba"),
}
_KINDS: Final = {
    "workload": "Deployment StatefulSet DaemonSet ReplicaSet ReplicationController Job CronJob Pod PodTemplate",
    "network": "Service Ingress IngressClass NetworkPolicy Endpoints EndpointSlice Gateway HTTPRoute GRPCRoute "
    "ServiceCIDR IPAddress Anyone Addresses Pods",
    "config": "ConfigMap Secret",
    "access": "ServiceAccount Role ClusterRole RoleBinding ClusterRoleBinding CertificateSigningRequest",
    "storage": "PersistentVolume PersistentVolumeClaim StorageClass VolumeAttachment VolumeAttributesClass CSIDriver "
    "CSINode CSIStorageCapacity",
    "policy": "HorizontalPodAutoscaler PodDisruptionBudget PriorityClass ResourceQuota LimitRange RuntimeClass "
    "VerticalPodAutoscaler",
}
_FAMILY_OF: Final = {kind: family for family, kinds in _KINDS.items() for kind in kinds.split()}


def family_of(kind: str) -> str:
    """Return the family of a kind, by its name alone."""
    return _FAMILY_OF.get(kind, "other")
