"""What the keyword fields of constructs accept beyond the API's own types.

A row widens one field. In its annotations, `module:Name` stands for a name that the generated code imports for type
checkers; a converter is named the same way and is imported when the construct is first called, so converters may live
in modules that import the generated ones.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["COMMON_ARGUMENTS", "EXTRA_ARGUMENTS", "FORMS", "GIVEN", "POD_ARGUMENTS", "REPLACED", "ShortForm"]


class ShortForm(NamedTuple):
    """How a field is widened."""

    #: All that it accepts, as an annotation without `None`.
    takes: str
    #: The function that makes what the field holds, named or made by a call; empty when it holds what it is given.
    converter: str = ""
    #: What the field holds, as an annotation without `None`; empty for the API's own type.
    holds: str = ""


_OFF = "kpy.tree.off:Off"
_MAPPINGS = "kpy.constructs.fields.mappings"
_CONTAINER = "core_v1.Container | kpy.constructs.containers:Container"
_CONTAINERS = ShortForm(
    f"{_CONTAINER} | Sequence[{_CONTAINER} | {_MAPPINGS}:ContainerMapping | JsonObject]",
    'models_of("core/v1 Container", takes_one=True)',
    "list[core_v1.Container | kpy.constructs.containers:Container]",
)
_SELECTOR = ShortForm(
    "kpy.constructs.selectors:LabelsInput | meta_v1.LabelSelector | JsonObject",
    "kpy.constructs.selectors:to_selector",
    "meta_v1.LabelSelector",
)
_SELECTOR_OF_PODS = ShortForm(
    "kpy.constructs.selectors:SelectorInput",
    "kpy.constructs.selectors:to_selector",
    "meta_v1.LabelSelector | kpy.model.referable:Selectable",
)
_SUBJECTS = ShortForm("Sequence[kpy.constructs.subjects:SubjectInput]", "kpy.constructs.subjects:to_subjects")
_ROLE = ShortForm("kpy.constructs.subjects:RoleInput", "kpy.constructs.subjects:to_role_ref", "rbac_v1.RoleRef")

#: Type and field to how it is widened.
FORMS: dict[tuple[str, str], ShortForm] = {
    ("core/v1 Container", "env"): ShortForm("kpy.constructs.env:EnvInput", "kpy.constructs.env:to_env"),
    ("core/v1 Container", "envFrom"): ShortForm("kpy.constructs.env:EnvFromInput", "kpy.constructs.env:to_env_from"),
    ("core/v1 Container", "volumeMounts"): ShortForm(
        f"Sequence[core_v1.VolumeMount | {_MAPPINGS}:VolumeMountMapping | JsonObject]",
        "kpy.constructs.volumes:to_volume_mounts",
    ),
    ("core/v1 Container", "ports"): ShortForm("kpy.constructs.ports:PortsInput", "kpy.constructs.ports:to_ports"),
    ("core/v1 Container", "resources"): ShortForm(
        f"kpy.tree.resources:ResourcesInput | {_OFF}",
        "kpy.tree.resources:to_resources",
        f"core_v1.ResourceRequirements | {_OFF}",
    ),
    ("core/v1 Container", "imagePullPolicy"): ShortForm(f'Literal["Always", "IfNotPresent", "Never"] | {_OFF}'),
    ("core/v1 Container", "securityContext"): ShortForm(
        f"core_v1.SecurityContext | {_MAPPINGS}:SecurityContextMapping | JsonObject | {_OFF}",
        'model_of("core/v1 SecurityContext")',
        f"core_v1.SecurityContext | {_OFF}",
    ),
    ("core/v1 PodSpec", "automountServiceAccountToken"): ShortForm(f"bool | {_OFF}"),
    ("core/v1 PodSpec", "containers"): _CONTAINERS,
    ("core/v1 PodSpec", "initContainers"): _CONTAINERS,
    ("core/v1 PodSpec", "imagePullSecrets"): ShortForm(
        f"kpy.model.lists:Several[str | Referable | core_v1.LocalObjectReference | JsonObject] | {_OFF}",
        "kpy.constructs.pull_secrets:to_local_references",
        f"list[core_v1.LocalObjectReference] | {_OFF}",
    ),
    ("core/v1 PodSpec", "nodeSelector"): ShortForm(f"Mapping[str, str] | {_OFF}"),
    ("core/v1 PodSpec", "priorityClassName"): ShortForm(f"str | Referable | {_OFF}"),
    ("core/v1 PodSpec", "securityContext"): ShortForm(
        f"core_v1.PodSecurityContext | {_MAPPINGS}:PodSecurityContextMapping | JsonObject | {_OFF}",
        'model_of("core/v1 PodSecurityContext")',
        f"core_v1.PodSecurityContext | {_OFF}",
    ),
    ("core/v1 PodSpec", "serviceAccount"): ShortForm(f"str | Referable | {_OFF}"),
    ("core/v1 PodSpec", "serviceAccountName"): ShortForm(f"str | Referable | {_OFF}"),
    ("core/v1 PodSpec", "tolerations"): ShortForm(
        f"Sequence[core_v1.Toleration | {_MAPPINGS}:TolerationMapping | JsonObject] | {_OFF}",
        'models_of("core/v1 Toleration")',
        f"list[core_v1.Toleration] | {_OFF}",
    ),
    ("core/v1 ServiceSpec", "ports"): ShortForm(
        "kpy.constructs.service_ports:ServicePortsInput", "kpy.constructs.service_ports:to_service_ports"
    ),
    ("core/v1 ServiceSpec", "selector"): ShortForm(
        "Mapping[str, str] | kpy.model.referable:Selectable",
        "kpy.constructs.selectors:to_plain_selector",
        "Mapping[str, str] | kpy.model.referable:Selectable",
    ),
    ("core/v1 PersistentVolumeClaimSpec", "selector"): _SELECTOR,
    ("core/v1 PersistentVolumeSpec", "claimRef"): ShortForm(
        "kpy.constructs.claims:PersistentVolumeClaim | core_v1.ObjectReference | JsonObject",
        "kpy.constructs.claims:to_claim_reference",
        "core_v1.ObjectReference",
    ),
    ("apps/v1 DeploymentSpec", "selector"): _SELECTOR,
    ("apps/v1 DeploymentSpec", "strategy"): ShortForm(
        "kpy.constructs.rollouts:DeploymentStrategyInput",
        "kpy.constructs.rollouts:to_deployment_strategy",
        "apps_v1.DeploymentStrategy",
    ),
    ("apps/v1 StatefulSetSpec", "updateStrategy"): ShortForm(
        "kpy.constructs.rollouts:StatefulSetStrategyInput",
        "kpy.constructs.rollouts:to_stateful_set_strategy",
        "apps_v1.StatefulSetUpdateStrategy",
    ),
    ("apps/v1 DaemonSetSpec", "updateStrategy"): ShortForm(
        "kpy.constructs.rollouts:DaemonSetStrategyInput",
        "kpy.constructs.rollouts:to_daemon_set_strategy",
        "apps_v1.DaemonSetUpdateStrategy",
    ),
    ("apps/v1 ReplicaSetSpec", "selector"): _SELECTOR,
    ("apps/v1 StatefulSetSpec", "selector"): _SELECTOR,
    ("apps/v1 StatefulSetSpec", "volumeClaimTemplates"): ShortForm(
        "Sequence[core_v1.PersistentVolumeClaim | kpy.constructs.claims:PersistentVolumeClaim | JsonObject]",
        "kpy.constructs.claims:to_templates",
        "list[core_v1.PersistentVolumeClaim | kpy.constructs.claims:ClaimTemplate]",
    ),
    ("apps/v1 DaemonSetSpec", "selector"): _SELECTOR,
    ("batch/v1 JobSpec", "selector"): _SELECTOR,
    ("batch/v1 CronJobSpec", "schedule"): ShortForm("str | timedelta", "kpy.constructs.schedules:to_schedule", "str"),
    ("networking/v1 IngressSpec", "defaultBackend"): ShortForm(
        "kpy.constructs.routes:RouteTarget",
        "kpy.constructs.routes:to_backend",
        "networking_v1.IngressBackend",
    ),
    ("networking/v1 IngressSpec", "tls"): ShortForm(
        "kpy.constructs.routes:TlsInput", "kpy.constructs.routes:to_tls", "list[networking_v1.IngressTLS]"
    ),
    ("networking/v1 NetworkPolicySpec", "podSelector"): _SELECTOR_OF_PODS,
    ("networking/v1 NetworkPolicySpec", "policyTypes"): ShortForm(f'Sequence[Literal["Egress", "Ingress"]] | {_OFF}'),
    ("policy/v1 PodDisruptionBudgetSpec", "selector"): _SELECTOR_OF_PODS,
    ("autoscaling/v2 HorizontalPodAutoscalerSpec", "scaleTargetRef"): ShortForm(
        "kpy.constructs.metrics:ScaleTarget",
        "kpy.constructs.metrics:to_scale_target",
        "autoscaling_v2.CrossVersionObjectReference",
    ),
    ("core/v1 ServiceAccount", "imagePullSecrets"): ShortForm(
        "kpy.model.lists:Several[str | Referable | core_v1.LocalObjectReference | JsonObject]",
        "kpy.constructs.pull_secrets:to_local_references",
        "list[core_v1.LocalObjectReference]",
    ),
    ("rbac/v1 RoleBinding", "roleRef"): _ROLE,
    ("rbac/v1 ClusterRoleBinding", "roleRef"): _ROLE,
    ("rbac/v1 RoleBinding", "subjects"): _SUBJECTS,
    ("rbac/v1 ClusterRoleBinding", "subjects"): _SUBJECTS,
}

#: Fields whose keyword writes another field: the one by which the API has replaced it.
REPLACED: dict[tuple[str, str], str] = {("core/v1 PodSpec", "serviceAccount"): "serviceAccountName"}

#: The keywords that all objects share, as `kpy.constructs.object.Object` declares them.
COMMON_ARGUMENTS: dict[str, str] = {
    "namespace": "str | kpy.model.referable:Referable | None",
    "labels": "Mapping[str, str] | None",
    "annotations": "Mapping[str, str] | None",
    "metadata": f"meta_v1.ObjectMeta | {_MAPPINGS}:ObjectMetaMapping | JsonObject | None",
    "patch": "Mapping[str, object] | None",
    "after": "Sequence[kpy.model.referable:Referable | kpy.tree.part:Part | kpy.tree.shared:OutsideApp]",
    "waive": "Mapping[str, str] | None",
    "aliases": "Sequence[str] | None",
    "protect": "bool | None",
}

#: Kind to the keywords that its construct adds to those of the API.
EXTRA_ARGUMENTS: dict[str, dict[str, str]] = {
    "ConfigMap": {"content_hash": 'bool | Literal["annotation"]'},
    "Container": {
        "mounts": "kpy.constructs.volumes:MountsInput | None",
        "devices": "kpy.constructs.volumes:MountsInput | None",
        "security": "kpy.tree.security:SecurityLevel | kpy.tree.off:Off | None",
    },
    "Ingress": {"path_type": 'Literal["Exact", "ImplementationSpecific", "Prefix"] | None'},
    "Secret": {"content_hash": 'bool | Literal["annotation"]'},
}

#: What all that makes pods takes beside the fields of the API.
POD_ARGUMENTS: dict[str, str] = {
    "object_labels": "Mapping[str, str] | None",
    "object_annotations": "Mapping[str, str] | None",
    "pod_labels": "Mapping[str, str] | None",
    "pod_annotations": "Mapping[str, str] | None",
    "pod_metadata": f"meta_v1.ObjectMeta | {_MAPPINGS}:ObjectMetaMapping | JsonObject | None",
    "security": "kpy.tree.security:SecurityLevel | kpy.tree.off:Off | None",
}

#: Kind to the fields that its makers (`from_literals`) give themselves, so that no caller can.
GIVEN: dict[str, frozenset[str]] = {
    "ConfigMap": frozenset({"data", "binary_data"}),
    "Secret": frozenset({"data"}),
}
