"""Pairs of legal objects, old and new, for the law that applying does what was planned: bases and what changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, NamedTuple

Tree = dict[str, Any]
Change = Callable[[Tree], None]


class Pair(NamedTuple):
    """An object before and after."""

    name: str
    old: Tree
    new: Tree


def _pod(**container: Any) -> Tree:
    return {"containers": [{"name": "main", "image": "web:1", **container}]}


def _template(name: str, **container: Any) -> Tree:
    return {"metadata": {"labels": {"app": name}}, "spec": _pod(**container)}


def _workload(kind: str, **spec: Any) -> Tree:
    selected = {"selector": {"matchLabels": {"app": "x"}}, "template": _template("x")}
    return {"apiVersion": "apps/v1", "kind": kind, "spec": {**selected, **spec}}


def _job() -> Tree:
    template = {"spec": {**_pod(), "restartPolicy": "Never"}}
    return {"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": template, "suspend": True}}


BASES: dict[str, Tree] = {
    "deployment": _workload("Deployment", replicas=2),
    "plain-deployment": _workload("Deployment"),
    "statefulset": _workload("StatefulSet", serviceName="x", replicas=2),
    "daemonset": _workload("DaemonSet"),
    "config": {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "1", "b": "2"}},
    "secret": {"apiVersion": "v1", "kind": "Secret", "stringData": {"user": "me", "password": "hunter22"}},
    "service": {
        "apiVersion": "v1",
        "kind": "Service",
        "spec": {"selector": {"app": "x"}, "ports": [{"port": 80, "name": "http"}]},
    },
    "account": {"apiVersion": "v1", "kind": "ServiceAccount"},
    "claim": {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    },
    "ingress": {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "spec": {
            "rules": [
                {
                    "host": "a.example.com",
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "x", "port": {"number": 80}}},
                            }
                        ]
                    },
                }
            ]
        },
    },
    "policy": {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "spec": {"podSelector": {"matchLabels": {"app": "x"}}, "ingress": [{"ports": [{"port": 80}]}]},
    },
    "budget": {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "x"}}},
    },
    "autoscaler": {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "nobody"},
            "minReplicas": 2,
            "maxReplicas": 5,
        },
    },
    "cronjob": {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "spec": {
            "schedule": "0 3 * * *",
            "suspend": True,
            "jobTemplate": {"spec": {"template": {"spec": {**_pod(), "restartPolicy": "Never"}}}},
        },
    },
    "job": _job(),
    "role": {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
    },
    "binding": {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "x"},
        "subjects": [{"kind": "ServiceAccount", "name": "x", "namespace": "default"}],
    },
    "quota": {"apiVersion": "v1", "kind": "ResourceQuota", "spec": {"hard": {"pods": "500"}}},
    "limits": {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "spec": {"limits": [{"type": "PersistentVolumeClaim", "max": {"storage": "9Gi"}}]},
    },
}


def put(path: str, value: Any) -> Change:
    """Return what sets a field, by its path with dots and indices."""

    def change(tree: Tree) -> None:
        *before, last = _steps(path)
        node: Any = tree
        for step in before:
            node = node[step] if isinstance(step, int) else node.setdefault(step, {})
        if value is None:
            node.pop(last)
        else:
            node[last] = deepcopy(value)

    return change


def _steps(path: str) -> list[str | int]:
    return [int(step) if step.isdigit() else step for step in path.split(".")]


def drop(path: str) -> Change:
    """Return what takes a field out."""
    return put(path, None)


def both(*changes: Change) -> Change:
    """Return what makes several changes at once."""

    def change(tree: Tree) -> None:
        for each in changes:
            each(tree)

    return change


_HALF = {"type": "Utilization", "averageUtilization": 50}
_CONTAINER = "spec.template.spec.containers.0"
_PROBE = {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 5}
_SOCKET_PROBE = {"tcpSocket": {"port": 80}}
_PROGRAM_PROBE = {"exec": {"command": ["true"]}, "failureThreshold": 9}
_VOLUME = [{"name": "data", "emptyDir": {}}]
_CONFIG_VOLUME = [{"name": "data", "configMap": {"name": "c"}}]
_SECRET_VOLUME = [{"name": "data", "secret": {"secretName": "s", "optional": True}}]
_PROGRAM_HOOK = {"preStop": {"exec": {"command": ["true"]}}}
_SLEEP_HOOK = {"preStop": {"sleep": {"seconds": 5}}}
_PODS: tuple[tuple[str, Change], ...] = (
    ("image", put(f"{_CONTAINER}.image", "web:2")),
    ("label", put("metadata.labels", {"team": "a"})),
    ("annotation", put("metadata.annotations", {"note": "b"})),
    ("pod-annotation", put("spec.template.metadata.annotations", {"note": "b"})),
    ("env", put(f"{_CONTAINER}.env", [{"name": "A", "value": "1"}])),
    ("env-from", put(f"{_CONTAINER}.env", [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}])),
    ("port", put(f"{_CONTAINER}.ports", [{"containerPort": 80}])),
    ("udp-port", put(f"{_CONTAINER}.ports", [{"containerPort": 53}, {"containerPort": 53, "protocol": "UDP"}])),
    ("probe", put(f"{_CONTAINER}.readinessProbe", _PROBE)),
    ("probe-socket", put(f"{_CONTAINER}.readinessProbe", _SOCKET_PROBE)),
    ("probe-program", put(f"{_CONTAINER}.readinessProbe", _PROGRAM_PROBE)),
    ("hook", put(f"{_CONTAINER}.lifecycle", _PROGRAM_HOOK)),
    ("hook-sleep", put(f"{_CONTAINER}.lifecycle", _SLEEP_HOOK)),
    ("resources", put(f"{_CONTAINER}.resources", {"requests": {"cpu": "100m"}})),
    ("same-resources", put(f"{_CONTAINER}.resources", {})),
    ("policy", put(f"{_CONTAINER}.imagePullPolicy", "IfNotPresent")),
    ("volume", put("spec.template.spec.volumes", _VOLUME)),
    ("config-volume", put("spec.template.spec.volumes", _CONFIG_VOLUME)),
    ("secret-volume", put("spec.template.spec.volumes", _SECRET_VOLUME)),
    ("sourceless-volume", put("spec.template.spec.volumes", [{"name": "data"}])),
    ("tolerations", put("spec.template.spec.tolerations", [{"operator": "Exists"}])),
    ("affinity", put("spec.template.spec.nodeSelector", {"disk": "fast"})),
    ("security", put("spec.template.spec.securityContext", {"runAsNonRoot": True})),
    ("command", put(f"{_CONTAINER}.command", ["run", "it"])),
    ("grace", put("spec.template.spec.terminationGracePeriodSeconds", 10)),
    ("default-grace", put("spec.template.spec.terminationGracePeriodSeconds", 30)),
    ("history", put("spec.revisionHistoryLimit", 3)),
)
CHANGES: dict[str, tuple[tuple[str, Change], ...]] = {
    "deployment": (
        *_PODS,
        ("replicas", put("spec.replicas", 3)),
        ("fewer", put("spec.replicas", 1)),
        ("none", put("spec.replicas", 0)),
        ("unset-replicas", drop("spec.replicas")),
        ("recreate", put("spec.strategy", {"type": "Recreate"})),
        ("rolling", put("spec.strategy", {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}})),
        ("pause", put("spec.paused", True)),
        ("deadline", put("spec.progressDeadlineSeconds", 60)),
        ("all-at-once", put("spec.strategy", {"rollingUpdate": {"maxUnavailable": "100%"}})),
        ("one-at-a-time", put("spec.strategy", {"rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}})),
        ("ready-seconds", put("spec.minReadySeconds", 5)),
        ("no-history", put("spec.revisionHistoryLimit", 0)),
        ("pod-label", put("spec.template.metadata.labels.tier", "front")),
    ),
    "plain-deployment": (
        ("replicas", put("spec.replicas", 3)),
        ("default-replicas", put("spec.replicas", 1)),
        ("recreate", put("spec.strategy", {"type": "Recreate"})),
    ),
    "statefulset": (
        *_PODS,
        ("replicas", put("spec.replicas", 1)),
        ("on-delete", put("spec.updateStrategy", {"type": "OnDelete"})),
        ("partition", put("spec.updateStrategy", {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}})),
        ("service", put("spec.serviceName", "y")),
        ("service-on-delete", both(put("spec.serviceName", "y"), put("spec.updateStrategy", {"type": "OnDelete"}))),
        ("management", put("spec.podManagementPolicy", "Parallel")),
        ("retention", put("spec.persistentVolumeClaimRetentionPolicy", {"whenDeleted": "Delete"})),
        ("all-held", put("spec.updateStrategy", {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}})),
        ("numbers", put("spec.ordinals", {"start": 3})),
        ("ready-seconds", put("spec.minReadySeconds", 5)),
    ),
    "daemonset": (
        *_PODS,
        ("on-delete", put("spec.updateStrategy", {"type": "OnDelete"})),
        ("surge", put("spec.updateStrategy", {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}})),
        ("all-at-once", put("spec.updateStrategy", {"rollingUpdate": {"maxUnavailable": "100%"}})),
        ("ready-seconds", put("spec.minReadySeconds", 5)),
    ),
    "config": (
        ("value", put("data.a", "2")),
        ("key", put("data.c", "3")),
        ("fewer", drop("data.b")),
        ("empty", put("data", {})),
        ("binary", put("binaryData", {"d": "AAE="})),
        ("immutable", put("immutable", True)),
    ),
    "secret": (
        ("value", put("stringData.password", "hunter23")),
        ("fewer", drop("stringData.password")),
        ("as-data", put("data", {"more": "bW9yZQ=="})),
        ("type", put("type", "example.com/login")),
    ),
    "service": (
        ("port", put("spec.ports.0.port", 81)),
        ("target", put("spec.ports.0.targetPort", "http")),
        ("second", put("spec.ports", [{"port": 80, "name": "http"}, {"port": 53, "protocol": "UDP", "name": "dns"}])),
        ("sticky", put("spec.sessionAffinity", "ClientIP")),
        ("node-port", put("spec.type", "NodePort")),
        ("balancer", put("spec.type", "LoadBalancer")),
        ("local", put("spec.internalTrafficPolicy", "Local")),
        ("selector", put("spec.selector", {"app": "y"})),
        ("headless", put("spec.clusterIP", "None")),
        ("no-selector", drop("spec.selector")),
        ("external-ip", put("spec.externalIPs", ["192.0.2.7"])),
        ("traffic", put("spec.trafficDistribution", "PreferClose")),
    ),
    "account": (("token", put("automountServiceAccountToken", False)), ("label", put("metadata.labels", {"a": "b"}))),
    "claim": (
        ("label", put("metadata.labels", {"a": "b"})),
        ("mode", put("spec.accessModes", ["ReadWriteMany"])),
    ),
    "ingress": (
        ("host", put("spec.rules.0.host", "b.example.com")),
        ("class", put("spec.ingressClassName", "nginx")),
        ("tls", put("spec.tls", [{"hosts": ["a.example.com"], "secretName": "tls"}])),
        ("type", put("spec.rules.0.http.paths.0.pathType", "Exact")),
        ("path", put("spec.rules.0.http.paths.0.path", "/api")),
        ("old-class", put("metadata.annotations", {"kubernetes.io/ingress.class": "nginx"})),
    ),
    "policy": (
        ("egress", put("spec.egress", [{"ports": [{"port": 53, "protocol": "UDP"}]}])),
        ("types", put("spec.policyTypes", ["Ingress", "Egress"])),
        ("ports", put("spec.ingress.0.ports.0.port", 81)),
        ("closed", drop("spec.ingress")),
    ),
    "budget": (
        ("amount", put("spec.minAvailable", "50%")),
        ("eviction", put("spec.unhealthyPodEvictionPolicy", "AlwaysAllow")),
        ("nobody", put("spec.selector", {"matchLabels": {"app": "nobody"}})),
    ),
    "autoscaler": (
        ("most", put("spec.maxReplicas", 9)),
        ("least", drop("spec.minReplicas")),
        (
            "metric",
            put(
                "spec.metrics",
                [
                    {
                        "type": "Resource",
                        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
                    }
                ],
            ),
        ),
        ("behaviour", put("spec.behavior", {"scaleDown": {"stabilizationWindowSeconds": 60}})),
    ),
    "cronjob": (
        ("schedule", put("spec.schedule", "0 4 * * *")),
        ("zone", put("spec.timeZone", "Etc/UTC")),
        ("policy", put("spec.concurrencyPolicy", "Forbid")),
        ("image", put("spec.jobTemplate.spec.template.spec.containers.0.image", "web:2")),
        ("history", put("spec.failedJobsHistoryLimit", 0)),
        ("resume", put("spec.suspend", False)),
    ),
    "job": (
        ("ttl", put("spec.ttlSecondsAfterFinished", 100)),
        ("parallel", put("spec.parallelism", 2)),
        ("label", put("metadata.labels", {"a": "b"})),
        ("resume", put("spec.suspend", False)),
        ("deadline", put("spec.activeDeadlineSeconds", 600)),
    ),
    "role": (
        ("verb", put("rules.0.verbs", ["get", "list"])),
        ("none", put("rules", [])),
    ),
    "binding": (
        ("subject", put("subjects.0.name", "y")),
        ("role", put("roleRef.name", "y")),
    ),
    "quota": (("hard", put("spec.hard", {"pods": "600", "services": "90"})),),
    "limits": (("max", put("spec.limits.0.max.storage", "8Gi")),),
}


def pairs(namespace: str) -> Iterator[Pair]:
    """Yield every change of every base, there and back, from one change to the next, and one after the other."""
    for base, changes in CHANGES.items():
        for number, (name, change) in enumerate(changes):
            following, next_change = changes[(number + 1) % len(changes)]
            plain, first = BASES[base], with_changes(BASES[base], change)
            second, both = with_changes(BASES[base], next_change), with_changes(BASES[base], change, next_change)
            for suffix, old, new in (
                (name, plain, first),
                (f"{name}-back", first, plain),
                (f"{name}-{following}", first, second),
                (f"{name}-and-{following}", first, both),
            ):
                full = f"{base}-{suffix}"
                yield Pair(full, with_name(old, full, namespace), with_name(new, full, namespace))


def with_changes(tree: Tree, *changes: Change) -> Tree:
    changed = deepcopy(tree)
    for change in changes:
        try:
            change(changed)
        except (KeyError, IndexError):  # an earlier change took out what this one takes out
            continue
    return changed


def with_name(tree: Tree, name: str, namespace: str) -> Tree:
    named = deepcopy(tree)
    named.setdefault("metadata", {}).update(name=name, namespace=namespace)
    spec = named.get("spec") or {}
    if "template" in spec and "selector" in spec:
        spec["selector"]["matchLabels"]["app"] = name
        spec["template"]["metadata"]["labels"]["app"] = name
    return named
