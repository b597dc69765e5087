"""Which construct is of which kind, so that only those that are wanted are imported."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kpy.constructs.object import Object

__all__ = ["CONSTRUCTS", "construct_class"]

_RBAC: Final = "rbac.authorization.k8s.io/v1"
#: API version and kind to the module and the class of the construct.
CONSTRUCTS: Final[Mapping[tuple[str, str], str]] = {
    ("v1", "ConfigMap"): "config:ConfigMap",
    ("v1", "LimitRange"): "quotas:LimitRange",
    ("v1", "Namespace"): "namespaces:Namespace",
    ("v1", "PersistentVolume"): "persistent_volumes:PersistentVolume",
    ("v1", "PersistentVolumeClaim"): "claims:PersistentVolumeClaim",
    ("v1", "Pod"): "pods:Pod",
    ("v1", "ResourceQuota"): "quotas:ResourceQuota",
    ("v1", "Secret"): "secrets:Secret",
    ("v1", "Service"): "services:Service",
    ("v1", "ServiceAccount"): "access:ServiceAccount",
    ("apps/v1", "DaemonSet"): "workloads:DaemonSet",
    ("apps/v1", "Deployment"): "workloads:Deployment",
    ("apps/v1", "ReplicaSet"): "workloads:ReplicaSet",
    ("apps/v1", "StatefulSet"): "workloads:StatefulSet",
    ("autoscaling/v2", "HorizontalPodAutoscaler"): "autoscaling:HorizontalPodAutoscaler",
    ("batch/v1", "CronJob"): "jobs:CronJob",
    ("batch/v1", "Job"): "jobs:Job",
    ("networking.k8s.io/v1", "Ingress"): "ingresses:Ingress",
    ("networking.k8s.io/v1", "IngressClass"): "classes:IngressClass",
    ("networking.k8s.io/v1", "NetworkPolicy"): "network_policies:NetworkPolicy",
    ("node.k8s.io/v1", "RuntimeClass"): "classes:RuntimeClass",
    ("policy/v1", "PodDisruptionBudget"): "autoscaling:PodDisruptionBudget",
    (_RBAC, "ClusterRole"): "access:ClusterRole",
    (_RBAC, "ClusterRoleBinding"): "access:ClusterRoleBinding",
    (_RBAC, "Role"): "access:Role",
    (_RBAC, "RoleBinding"): "access:RoleBinding",
    ("scheduling.k8s.io/v1", "PriorityClass"): "classes:PriorityClass",
    ("storage.k8s.io/v1", "StorageClass"): "classes:StorageClass",
}


def construct_class(api_version: str, kind: str) -> type[Object] | None:
    """Return the construct of a kind; nothing for a kind, or a version of it, that has none."""
    home = CONSTRUCTS.get((api_version, kind))
    if home is None:
        return None
    module, _, name = home.partition(":")
    found: type[Object] = getattr(import_module(f"kpy.constructs.{module}"), name)
    return found
