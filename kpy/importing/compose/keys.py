"""What has no meaning in Kubernetes, and why; whatever a file says and nobody translates is named with these words.

https://github.com/compose-spec/compose-spec/blob/main/05-services.md
"""

from __future__ import annotations

from typing import Final

__all__ = ["DEPLOY", "HEALTH", "PLACEMENT", "SERVICE", "TOP", "UPDATE"]

_NODE: Final = "a node decides it, not a pod"
_DOCKER: Final = "it is of Docker alone"

TOP: Final = {
    "version": "compose itself ignores it",
    "models": "no kind of Kubernetes stands for a model",
}
SERVICE: Final = {
    "attach": _DOCKER,
    "blkio_config": _NODE,
    "build": "a cluster builds no images",
    "cgroup": _NODE,
    "cgroup_parent": _NODE,
    "container_name": "pods are named by whoever makes them, and found by the name of the Service",
    "cpu_count": "only of Windows; say `cpus`",
    "cpu_percent": "only of Windows; say `cpus`",
    "cpu_period": "say `cpus`, which becomes a limit",
    "cpu_quota": "say `cpus`, which becomes a limit",
    "cpu_rt_period": _NODE,
    "cpu_rt_runtime": _NODE,
    "cpu_shares": "requests of CPU say it: `deploy.resources.reservations.cpus`",
    "cpuset": "the CPU manager of a node decides it",
    "credential_spec": "it is part of `windowsOptions` of a security context, and needs a definition in the cluster",
    "develop": "it is for the machine of a developer",
    "device_cgroup_rules": "devices come from a device plugin",
    "devices": "devices come from a device plugin, as a resource limit",
    "domainname": "pods have the domain of their namespace",
    "external_links": "it names a container outside; an `ExternalName` Service can stand for a host",
    "gpus": "GPUs come from a device plugin, as a resource limit such as `nvidia.com/gpu: 1`",
    "init": "set `shareProcessNamespace`, or have an init in the image",
    "isolation": "only of Windows",
    "label_file": "labels of containers are for Docker",
    "logging": "the cluster collects what a container writes",
    "mac_address": "the network of the cluster gives it",
    "mem_swappiness": _NODE,
    "memswap_limit": "the kubelet decides about swap",
    "models": "no kind of Kubernetes stands for a model",
    "oom_kill_disable": _NODE,
    "oom_score_adj": "requests and limits decide it",
    "pids_limit": "the kubelet has it for all pods: `podPidsLimit`",
    "pre_start": "an init container does it: `init_containers=[Container(...)]`",
    "provider": "it is made by a plugin of compose",
    "pull_refresh_after": "`imagePullPolicy` is all that there is",
    "runtime": "a RuntimeClass says it, by its name in the cluster",
    "stop_signal": "the image says it (`STOPSIGNAL`); a pod can from Kubernetes 1.33 on, as an alpha feature",
    "storage_opt": "`resources.limits` have `ephemeral-storage`",
    "ulimits": "the container runtime of a node has them",
    "use_api_socket": "there is no Docker in the cluster",
    "userns_mode": "pods have `hostUsers`",
    "uts": "a pod has the name of its node with `hostNetwork` alone",
    "volumes_from": "pods share claims, not the volumes of containers: name the volumes in both services",
}
DEPLOY: Final = {
    "endpoint_mode": "a Service has one address for all of its pods",
    "rollback_config": "nothing is rolled back by itself: `kubectl rollout undo`",
    "restart_policy": "a Deployment always starts its containers again",
}
UPDATE: Final = {
    "failure_action": "a rollout that fails stays where it is",
    "max_failure_ratio": "a rollout that fails stays where it is",
    "monitor": "a probe says whether a pod is well",
}
HEALTH: Final = {
    "start_interval": "a probe has one period",
}
PLACEMENT: Final = {
    "preferences": "`topologySpreadConstraints` spread pods",
    "max_replicas_per_node": "`topologySpreadConstraints` spread pods",
}
