"""Which types and fields have a short form, and who writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpy.importing.short.access import role_ref, subjects
from kpy.importing.short.containers import containers, env, env_from, handler, ports, probe, resources
from kpy.importing.short.scaling import metric, scale_target, scaling_rules
from kpy.importing.short.selectors import (
    claim_reference,
    plain_selector,
    pull_secrets,
    schedule,
    selector,
    selector_of_pods,
    strategy,
)
from kpy.importing.short.services import backend, service_ports, tls
from kpy.importing.short.volumes import claim_template
from kpy.importing.writer import Short, Steps, Writer, list_of
from kpy.python_source.expressions import Node

__all__ = ["FIELDS", "STRUCTS"]


def claim_templates(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return the claims that each pod of a StatefulSet gets."""
    made = [
        claim_template(writer, each, (*steps, at)) for at, each in enumerate(value if isinstance(value, list) else [])
    ]
    found = [each for each in made if each is not None]
    return list_of(found, steps) if found and len(found) == len(made) else None


#: Structs that stand in models as well.
STRUCTS: Mapping[str, Short] = {
    "autoscaling/v2 HPAScalingRules": scaling_rules,
    "autoscaling/v2 MetricSpec": metric,
    "core/v1 LifecycleHandler": handler,
    "core/v1 Probe": probe,
}

#: Fields of constructs: the rows of `tools.codegen.short_forms`, the other way round.
FIELDS: Mapping[tuple[str, str], Short] = {
    ("apps/v1 DaemonSetSpec", "selector"): selector,
    ("apps/v1 DaemonSetSpec", "updateStrategy"): strategy,
    ("apps/v1 DeploymentSpec", "selector"): selector,
    ("apps/v1 DeploymentSpec", "strategy"): strategy,
    ("apps/v1 ReplicaSetSpec", "selector"): selector,
    ("apps/v1 StatefulSetSpec", "selector"): selector,
    ("apps/v1 StatefulSetSpec", "updateStrategy"): strategy,
    ("apps/v1 StatefulSetSpec", "volumeClaimTemplates"): claim_templates,
    ("autoscaling/v2 HorizontalPodAutoscalerSpec", "scaleTargetRef"): scale_target,
    ("batch/v1 CronJobSpec", "schedule"): schedule,
    ("batch/v1 JobSpec", "selector"): selector,
    ("core/v1 Container", "env"): env,
    ("core/v1 Container", "envFrom"): env_from,
    ("core/v1 Container", "ports"): ports,
    ("core/v1 Container", "resources"): resources,
    ("core/v1 PersistentVolumeClaimSpec", "selector"): selector,
    ("core/v1 PersistentVolumeSpec", "claimRef"): claim_reference,
    ("core/v1 PodSpec", "containers"): containers,
    ("core/v1 PodSpec", "imagePullSecrets"): pull_secrets,
    ("core/v1 PodSpec", "initContainers"): containers,
    ("core/v1 ServiceAccount", "imagePullSecrets"): pull_secrets,
    ("core/v1 ServiceSpec", "ports"): service_ports,
    ("core/v1 ServiceSpec", "selector"): plain_selector,
    ("networking/v1 IngressSpec", "defaultBackend"): backend,
    ("networking/v1 IngressSpec", "tls"): tls,
    ("networking/v1 NetworkPolicySpec", "podSelector"): selector_of_pods,
    ("policy/v1 PodDisruptionBudgetSpec", "selector"): selector_of_pods,
    ("rbac/v1 ClusterRoleBinding", "roleRef"): role_ref,
    ("rbac/v1 ClusterRoleBinding", "subjects"): subjects,
    ("rbac/v1 RoleBinding", "roleRef"): role_ref,
    ("rbac/v1 RoleBinding", "subjects"): subjects,
}
