"""The Pod Security Standards against a server that enforces them: the same pods, the same checks, every version."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from cluster.servers import Cluster
from kpy.schema import api
from kpy.validation import find_faults

pytestmark = pytest.mark.cluster

#: What the server says of a check, to our rules.
REASONS = {
    "privileged": {"privileged"},
    "host namespaces": {"host-namespaces"},
    "hostPort": {"host-ports"},
    "hostPath volumes": {"host-path"},
    "non-default capabilities": {"capabilities"},
    "unrestricted capabilities": {"capabilities-restricted"},
    "procMount": {"proc-mount", "proc-mount-restricted"},
    "seLinuxOptions": {"selinux"},
    "seccompProfile": {"seccomp-unconfined", "seccomp"},
    "forbidden AppArmor profile": {"app-armor"},
    "forbidden AppArmor profiles": {"app-armor"},
    "forbidden sysctls": {"sysctls"},
    "hostProcess": {"host-process"},
    "probe or lifecycle host": {"host-probes"},
    "restricted volume types": {"volume-types"},
    "allowPrivilegeEscalation != false": {"privilege-escalation"},
    "runAsNonRoot != true": {"run-as-non-root"},
    "runAsUser=0": {"run-as-root"},
}
#: A name to fields of the pod's spec and of its container.
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "privileged": ({}, {"securityContext": {"privileged": True}}),
    "not privileged": ({}, {"securityContext": {"privileged": False}}),
    "network": ({"hostNetwork": True}, {}),
    "processes": ({"hostPID": True}, {}),
    "memory": ({"hostIPC": True}, {}),
    "port": ({}, {"ports": [{"containerPort": 80, "hostPort": 80}]}),
    "folder": ({"volumes": [{"name": "a", "hostPath": {"path": "/"}}]}, {}),
    "nfs": ({"volumes": [{"name": "a", "nfs": {"server": "a", "path": "/"}}]}, {}),
    "empty": ({"volumes": [{"name": "a"}]}, {}),
    "added": ({}, {"securityContext": {"capabilities": {"add": ["SYS_TIME"]}}}),
    "added by default": ({}, {"securityContext": {"capabilities": {"add": ["CHOWN"]}}}),
    "bind": ({}, {"securityContext": {"capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]}}}),
    "unmasked": ({"hostUsers": False}, {"securityContext": {"procMount": "Unmasked"}}),
    "masked": ({}, {"securityContext": {"procMount": "Default"}}),
    "selinux": ({"securityContext": {"seLinuxOptions": {"type": "spc_t", "user": "u"}}}, {}),
    "selinux engine": ({"securityContext": {"seLinuxOptions": {"type": "container_engine_t"}}}, {}),
    "selinux role": ({}, {"securityContext": {"seLinuxOptions": {"role": "r"}}}),
    "unconfined": ({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}, {}),
    "unconfined inside": ({}, {"securityContext": {"seccompProfile": {"type": "Unconfined"}}}),
    "confined": ({"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}, {}),
    "armor": ({"securityContext": {"appArmorProfile": {"type": "Unconfined"}}}, {}),
    "armor inside": ({}, {"securityContext": {"appArmorProfile": {"type": "Unconfined"}}}),
    "sysctl": ({"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}}, {}),
    "sysctl 1.27": ({"securityContext": {"sysctls": [{"name": "net.ipv4.ip_local_reserved_ports", "value": "1"}]}}, {}),
    "sysctl 1.29": ({"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_fin_timeout", "value": "1"}]}}, {}),
    "sysctl 1.32": ({"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"}]}}, {}),
    "host process": (
        {
            "hostNetwork": True,
            "securityContext": {"windowsOptions": {"hostProcess": True, "runAsUserName": "a"}},
        },
        {},
    ),
    "probe": ({}, {"livenessProbe": {"httpGet": {"port": 80, "host": "a.io"}}}),
    "socket": ({}, {"startupProbe": {"tcpSocket": {"port": 80, "host": "a.io"}}}),
    "hook": ({}, {"lifecycle": {"preStop": {"httpGet": {"port": 80, "host": "a.io"}}}}),
    "escalation": ({}, {"securityContext": {"allowPrivilegeEscalation": False}}),
    "root": ({"securityContext": {"runAsUser": 0}}, {}),
    "root inside": ({}, {"securityContext": {"runAsUser": 0}}),
    "root with users": ({"hostUsers": False, "securityContext": {"runAsUser": 0}}, {}),
    "non root": ({"securityContext": {"runAsNonRoot": True}}, {}),
    "root allowed": ({"securityContext": {"runAsNonRoot": False}}, {}),
    "root allowed inside": ({"securityContext": {"runAsNonRoot": True}}, {"securityContext": {"runAsNonRoot": False}}),
    "windows": ({"os": {"name": "windows"}, "securityContext": {"runAsNonRoot": True}}, {}),
    "sound": (
        {"securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}},
        {"securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}},
    ),
}
VERSIONS = ("1.25", "1.28", "1.30", "1.33", "1.34", "1.35", "1.36")


def _pod(name: str, *, is_init: bool) -> dict[str, Any]:
    spec, container = CHANGES[name]
    first = {"name": "first", "image": "a"}
    changed = {"name": "changed", "image": "a", **container}
    if is_init and {"livenessProbe", "startupProbe", "lifecycle"} & set(container):
        changed["restartPolicy"] = "Always"
    containers = {"initContainers": [changed], "containers": [first]} if is_init else {"containers": [changed]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, "spec": {**spec, **containers}}


def _ours(pod: dict[str, Any], namespace: str, labels: dict[str, str]) -> set[str]:
    home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}}
    housed = {**pod, "metadata": {"name": "pod", "namespace": namespace}}
    found = [finding.diagnostic for finding in find_faults([home, housed], api("1.36"))]
    names = {name for each in found for name in (each.rule, *each.also)}
    return {name.removeprefix("pod-security-") for name in names if name.startswith("pod-security-")}


def _server(cluster: Cluster, namespace: str, pod: dict[str, Any]) -> list[set[str]]:
    status, answer = cluster.request("POST", f"/api/v1/namespaces/{namespace}/pods?dryRun=All", pod)
    if status == 201:
        return []
    message = str(answer["message"])
    assert "violates PodSecurity" in message, message
    return [rules for reason, rules in REASONS.items() if re.search(rf'(": |\), ){re.escape(reason)} \(', message)]


@pytest.mark.parametrize(("level", "version"), [*itertools.product(("baseline", "restricted"), VERSIONS)])
def test_server_and_rules_find_the_same(cluster: Cluster, namespace: str, level: str, version: str) -> None:
    if not cluster.is_at_least(version):
        pytest.skip(f"the server is of {cluster.release}, and judges by its own rules where newer ones are asked for")
    prefix = "pod-security.kubernetes.io/enforce"
    labels = {prefix: level, f"{prefix}-version": f"v{version}"}
    cluster.kubectl("label", "namespace", namespace, *(f"{key}={value}" for key, value in labels.items()))
    wrong = {}

    for name, is_init in itertools.product(CHANGES, (False, True)):
        pod = _pod(name, is_init=is_init)
        ours, theirs = _ours(pod, namespace, labels), _server(cluster, namespace, pod)
        if len(ours) != len(theirs) or not all(ours & each for each in theirs):
            wrong[name, is_init] = (ours, theirs)

    assert wrong == {}
