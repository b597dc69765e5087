"""What the short forms of keywords accept, in a sentence for editors; a row for each field that has one."""

from __future__ import annotations

from typing import Final

__all__ = ["ACCEPTED"]

_SELECTOR = 'Takes labels (`{"app": "web"}`), `In(...)` and its like as values, or a `LabelSelector`.'
_SELECTOR_OF_PODS = f"{_SELECTOR[:-1]}; a workload stands for its pods."
_CONTAINERS = "Takes one `Container(...)` or several; in a list, mappings in the API's names as well."
_PULL_SECRETS = "Takes one Secret or several, as objects or by name."
_ROLE = "Takes a `Role` or `ClusterRole`, or `existing(...)`."
_SUBJECTS = "Takes ServiceAccounts, `User(...)`s and `Group(...)`s."
_STRATEGY = 'Takes the type alone (`{type}`), the numbers of a rolling update (`{{"maxSurge": 1}}`), or both.'

#: Type and field to what its keyword takes beyond the API's own type.
ACCEPTED: Final[dict[tuple[str, str], str]] = {
    ("core/v1 Container", "env"): (
        'Takes names to values: text, `config["KEY"]`, `secret["KEY"]`, `ObjectFieldSelector(...)`; or `EnvVar`s.'
    ),
    ("core/v1 Container", "envFrom"): (
        'Takes ConfigMaps and Secrets; `config.env(prefix="DB_")` puts a prefix before every name.'
    ),
    ("core/v1 Container", "ports"): 'Takes `8080`, `"53/UDP"`, several of these, or names to them: `{"http": 8080}`.',
    ("core/v1 Container", "resources"): 'Takes `Resources(cpu=("250m", "1"), memory="256Mi")`; `OFF` for none.',
    ("core/v1 PodSpec", "containers"): _CONTAINERS,
    ("core/v1 PodSpec", "initContainers"): _CONTAINERS,
    ("core/v1 PodSpec", "imagePullSecrets"): _PULL_SECRETS,
    ("core/v1 ServiceSpec", "ports"): (
        'Takes `80`, `"80:8080"` (port and target), `"53/UDP"`, several of these, or names to them.'
    ),
    ("core/v1 ServiceSpec", "selector"): 'Takes labels (`{"app": "web"}`), or a workload, which stands for its pods.',
    ("core/v1 PersistentVolumeClaimSpec", "selector"): _SELECTOR,
    ("core/v1 PersistentVolumeSpec", "claimRef"): "Takes a `PersistentVolumeClaim`.",
    ("core/v1 ServiceAccount", "imagePullSecrets"): _PULL_SECRETS,
    ("apps/v1 DaemonSetSpec", "selector"): _SELECTOR,
    ("apps/v1 DaemonSetSpec", "updateStrategy"): _STRATEGY.format(type='"OnDelete"'),
    ("apps/v1 DeploymentSpec", "selector"): _SELECTOR,
    ("apps/v1 DeploymentSpec", "strategy"): _STRATEGY.format(type='"Recreate"'),
    ("apps/v1 ReplicaSetSpec", "selector"): _SELECTOR,
    ("apps/v1 StatefulSetSpec", "selector"): _SELECTOR,
    ("apps/v1 StatefulSetSpec", "updateStrategy"): _STRATEGY.format(type='"OnDelete"').replace("maxSurge", "partition"),
    ("apps/v1 StatefulSetSpec", "volumeClaimTemplates"): 'Takes `PersistentVolumeClaim("data", storage="1Gi")`s.',
    ("autoscaling/v2 HorizontalPodAutoscalerSpec", "scaleTargetRef"): "Takes a Deployment or another workload.",
    ("batch/v1 CronJobSpec", "schedule"): "Takes a `timedelta` as well, where cron can say it.",
    ("batch/v1 JobSpec", "selector"): _SELECTOR,
    ("networking/v1 IngressSpec", "defaultBackend"): 'Takes a Service with one port, or `service["http"]`.',
    ("networking/v1 IngressSpec", "tls"): "Takes a Secret for all hosts, or hosts to Secrets.",
    ("networking/v1 NetworkPolicySpec", "podSelector"): _SELECTOR_OF_PODS,
    ("networking/v1 NetworkPolicySpec", "policyTypes"): "Takes `OFF`, which leaves them to the server.",
    ("policy/v1 PodDisruptionBudgetSpec", "selector"): _SELECTOR_OF_PODS,
    ("rbac/v1 ClusterRoleBinding", "roleRef"): _ROLE,
    ("rbac/v1 ClusterRoleBinding", "subjects"): _SUBJECTS,
    ("rbac/v1 RoleBinding", "roleRef"): _ROLE,
    ("rbac/v1 RoleBinding", "subjects"): _SUBJECTS,
}
