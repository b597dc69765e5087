"""What an API server fills in where nothing is said, so that saying it aloud is not a change.

From the functions `SetDefaults_*` in `pkg/apis/*/*/defaults.go` of Kubernetes, for fields that people write. A default
that depends on the value around it is a function of that value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from kpy.objects import Tree

__all__ = ["default", "dependent_defaults"]

Default = object | Callable[[Tree], object]


def default(type_name: str, field: str, struct: Tree) -> object:
    """Return what a server puts into a field of `struct` that is absent, or nothing when it leaves it so."""
    found = _DEFAULTS.get(type_name, _NOTHING).get(field)
    return found(struct) if callable(found) else found


@cache
def dependent_defaults(type_name: str) -> tuple[str, ...]:
    """Return the fields of a type whose default depends on what stands beside them."""
    return tuple(name for name, found in _DEFAULTS.get(type_name, _NOTHING).items() if callable(found))


def _pull_policy(container: Tree) -> str:
    image = str(container.get("image") or container.get("reference") or "")
    tag = image.rpartition("/")[2].partition(":")[2]
    is_latest = ("@" not in image and tag in ("", "latest")) or tag.partition("@")[0] == "latest"
    return "Always" if is_latest else "IfNotPresent"


def _deployment_rollout(strategy: Tree) -> object:
    is_rolling = strategy.get("type") in (None, "RollingUpdate")
    return {"maxUnavailable": "25%", "maxSurge": "25%"} if is_rolling else None


def _daemon_set_rollout(strategy: Tree) -> object:
    return {"maxUnavailable": 1, "maxSurge": 0} if strategy.get("type") in (None, "RollingUpdate") else None


def _stateful_set_rollout(strategy: Tree) -> object:
    return {"partition": 0} if strategy.get("type") is None else None


def _where_exposed(value: object) -> Callable[[Tree], object]:
    return lambda service: value if service.get("type") in ("NodePort", "LoadBalancer") else None


def _internal_policy(service: Tree) -> object:
    return None if service.get("type") == "ExternalName" else "Cluster"


def _session_timeout(service: Tree) -> object:
    return {"clientIP": {"timeoutSeconds": 10800}} if service.get("sessionAffinity") == "ClientIP" else None


def _completions(job: Tree) -> object:
    return 1 if job.get("parallelism") is None else None


def _backoff_limit(job: Tree) -> object:
    return 6 if job.get("backoffLimitPerIndex") is None else 2**31 - 1


def _pod_replacement(job: Tree) -> object:
    return "TerminatingOrFailed" if job.get("podFailurePolicy") is None else "Failed"


def _first_address(service: Tree) -> object:
    addresses = service.get("clusterIPs")
    return addresses[0] if isinstance(addresses, list) and addresses else None


def _addresses(service: Tree) -> object:
    return [service["clusterIP"]] if service.get("clusterIP") else None


def _empty_dir(volume: Tree) -> object:
    return None if volume.keys() - {"name", "emptyDir"} else {}


def _count(request: Tree) -> object:
    return 1 if request.get("allocationMode") in (None, "ExactCount") else None


def _policy_types(policy: Tree) -> object:
    return ["Ingress", "Egress"] if policy.get("egress") else ["Ingress"]


def _subject_group(subject: Tree) -> object:
    return "" if subject.get("kind") == "ServiceAccount" else "rbac.authorization.k8s.io"


_NOTHING: Mapping[str, Default] = {}
_MODE: Mapping[str, Default] = {"defaultMode": 0o644}
_TCP: Mapping[str, Default] = {"protocol": "TCP"}
_ROLE_REF: Mapping[str, Default] = {"apiGroup": "rbac.authorization.k8s.io"}
_CONTAINER: Mapping[str, Default] = {
    "imagePullPolicy": _pull_policy,
    "resources": {},
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
}
_WEBHOOK: Mapping[str, Default] = {
    "failurePolicy": "Fail",
    "matchPolicy": "Equivalent",
    "namespaceSelector": {},
    "objectSelector": {},
    "timeoutSeconds": 10,
}
_DEFAULTS: Mapping[str, Mapping[str, Default]] = {
    "admissionregistration/v1 MatchResources": {
        "matchPolicy": "Equivalent",
        "namespaceSelector": {},
        "objectSelector": {},
    },
    "admissionregistration/v1 MutatingWebhook": {**_WEBHOOK, "reinvocationPolicy": "Never"},
    "admissionregistration/v1 NamedRuleWithOperations": {"scope": "*"},
    "admissionregistration/v1 RuleWithOperations": {"scope": "*"},
    "admissionregistration/v1 ServiceReference": {"port": 443},
    "admissionregistration/v1 ValidatingAdmissionPolicySpec": {"failurePolicy": "Fail"},
    "admissionregistration/v1 ValidatingWebhook": _WEBHOOK,
    "apiextensions/v1 CustomResourceDefinitionNames": {
        "listKind": lambda names: f"{names.get('kind')}List",
        "singular": lambda names: str(names.get("kind")).lower(),
    },
    "apiextensions/v1 CustomResourceDefinitionSpec": {
        "conversion": {"strategy": "None"},
    },
    "apiregistration/v1 ServiceReference": {"port": 443},
    "apps/v1 DaemonSetSpec": {
        "revisionHistoryLimit": 10,
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
    },
    "apps/v1 DaemonSetUpdateStrategy": {"type": "RollingUpdate", "rollingUpdate": _daemon_set_rollout},
    "apps/v1 DeploymentSpec": {
        "progressDeadlineSeconds": 600,
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}},
    },
    "apps/v1 DeploymentStrategy": {"type": "RollingUpdate", "rollingUpdate": _deployment_rollout},
    "apps/v1 ReplicaSetSpec": {"replicas": 1},
    "apps/v1 RollingUpdateDaemonSet": {"maxUnavailable": 1, "maxSurge": 0},
    "apps/v1 RollingUpdateDeployment": {"maxUnavailable": "25%", "maxSurge": "25%"},
    "apps/v1 RollingUpdateStatefulSetStrategy": {"partition": 0, "maxUnavailable": 1},
    "apps/v1 StatefulSetPersistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    "apps/v1 StatefulSetSpec": {
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
        "podManagementPolicy": "OrderedReady",
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
    },
    "apps/v1 StatefulSetUpdateStrategy": {"type": "RollingUpdate", "rollingUpdate": _stateful_set_rollout},
    "autoscaling/v1 HorizontalPodAutoscalerSpec": {"minReplicas": 1},
    "autoscaling/v2 HorizontalPodAutoscalerSpec": {
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
            }
        ],
        "minReplicas": 1,
    },
    "batch/v1 CronJobSpec": {
        "concurrencyPolicy": "Allow",
        "failedJobsHistoryLimit": 1,
        "successfulJobsHistoryLimit": 3,
        "suspend": False,
    },
    "batch/v1 JobSpec": {
        "backoffLimit": _backoff_limit,
        "completionMode": "NonIndexed",
        "completions": _completions,
        "manualSelector": False,
        "parallelism": 1,
        "podReplacementPolicy": _pod_replacement,
        "suspend": False,
    },
    "batch/v1 PodFailurePolicyOnPodConditionsPattern": {"status": "True"},
    "batch/v1 JobTemplateSpec": {"metadata": {}},
    "core/v1 AzureDiskVolumeSource": {"cachingMode": "ReadWrite", "fsType": "ext4", "kind": "Shared"},
    "core/v1 ConfigMapVolumeSource": _MODE,
    "core/v1 Container": _CONTAINER,
    "core/v1 ContainerPort": _TCP,
    "core/v1 DownwardAPIVolumeSource": _MODE,
    "core/v1 EndpointPort": _TCP,
    "core/v1 EphemeralContainer": _CONTAINER,
    "core/v1 GRPCAction": {"service": ""},
    "core/v1 HTTPGetAction": {"path": "/", "scheme": "HTTP"},
    "core/v1 HostPathVolumeSource": {"type": ""},
    "core/v1 ISCSIPersistentVolumeSource": {"iscsiInterface": "default"},
    "core/v1 ISCSIVolumeSource": {"iscsiInterface": "default"},
    "core/v1 ImageVolumeSource": {"pullPolicy": _pull_policy},
    "core/v1 ObjectFieldSelector": {"apiVersion": "v1"},
    "core/v1 PersistentVolumeClaim": {  # in a StatefulSet
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "status": {"phase": "Pending"},
    },
    "core/v1 PersistentVolumeClaimSpec": {"volumeMode": "Filesystem"},
    "core/v1 PersistentVolumeSpec": {"persistentVolumeReclaimPolicy": "Retain", "volumeMode": "Filesystem"},
    "core/v1 PodSpec": {
        "dnsPolicy": "ClusterFirst",
        "restartPolicy": "Always",
        "schedulerName": "default-scheduler",
        "securityContext": {},
        "serviceAccount": lambda pod: pod.get("serviceAccountName"),
        "serviceAccountName": lambda pod: pod.get("serviceAccount"),
        "terminationGracePeriodSeconds": 30,
    },
    "core/v1 PersistentVolumeClaimTemplate": {"metadata": {}},
    "core/v1 PodTemplateSpec": {"metadata": {}},
    "core/v1 Probe": {"failureThreshold": 3, "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1},
    "core/v1 ProjectedVolumeSource": _MODE,
    "core/v1 RBDPersistentVolumeSource": {"keyring": "/etc/ceph/keyring", "pool": "rbd", "user": "admin"},
    "core/v1 RBDVolumeSource": {"keyring": "/etc/ceph/keyring", "pool": "rbd", "user": "admin"},
    "core/v1 ReplicationControllerSpec": {"replicas": 1},
    "core/v1 ResourceFieldSelector": {"divisor": "0"},
    "core/v1 ScaleIOPersistentVolumeSource": {"fsType": "xfs", "storageMode": "ThinProvisioned"},
    "core/v1 ScaleIOVolumeSource": {"fsType": "xfs", "storageMode": "ThinProvisioned"},
    "core/v1 Secret": {"type": "Opaque"},
    "core/v1 SecretVolumeSource": _MODE,
    "core/v1 ServiceAccountTokenProjection": {"expirationSeconds": 3600},
    "core/v1 ServicePort": {**_TCP, "targetPort": lambda port: port.get("port")},
    "core/v1 ServiceSpec": {
        "allocateLoadBalancerNodePorts": lambda service: service.get("type") == "LoadBalancer" or None,
        "clusterIP": _first_address,
        "clusterIPs": _addresses,
        "externalTrafficPolicy": _where_exposed("Cluster"),
        "internalTrafficPolicy": _internal_policy,
        "sessionAffinity": "None",
        "sessionAffinityConfig": _session_timeout,
        "type": "ClusterIP",
    },
    "core/v1 Volume": {"emptyDir": _empty_dir},
    "discovery/v1 Endpoint": {"conditions": {}},
    "discovery/v1 EndpointPort": {**_TCP, "name": ""},
    "flowcontrol/v1 LimitedPriorityLevelConfiguration": {
        "lendablePercent": 0,
        "nominalConcurrencyShares": 30,
    },
    "flowcontrol/v1 QueuingConfiguration": {"handSize": 8, "queueLengthLimit": 50, "queues": 64},
    "networking/v1 IngressClassParametersReference": {"scope": "Cluster"},
    "networking/v1 NetworkPolicyPort": _TCP,
    "networking/v1 NetworkPolicySpec": {"podSelector": {}, "policyTypes": _policy_types},
    "rbac/v1 RoleRef": _ROLE_REF,
    "rbac/v1 Subject": {"apiGroup": _subject_group},
    "resource/v1 DeviceSubRequest": {"allocationMode": "ExactCount", "count": _count},
    "resource/v1 DeviceToleration": {"operator": "Equal"},
    "resource/v1 ExactDeviceRequest": {"allocationMode": "ExactCount", "count": _count},
    "resource/v1 ResourceClaimTemplateSpec": {"metadata": {}},
    "scheduling/v1 PriorityClass": {
        "preemptionPolicy": "PreemptLowerPriority",
    },
    "storage/v1 CSIDriverSpec": {
        "attachRequired": True,
        "fsGroupPolicy": "ReadWriteOnceWithFSType",
        "podInfoOnMount": False,
        "preventPodSchedulingIfMissing": False,
        "requiresRepublish": False,
        "seLinuxMount": False,
        "storageCapacity": False,
        "volumeLifecycleModes": ["Persistent"],
    },
    "storage/v1 StorageClass": {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
}
