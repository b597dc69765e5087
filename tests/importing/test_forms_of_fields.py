"""What fields become: each is proved to be the same, and those with a short form are written in it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.importing.reading import body, documents, workload


def autoscaler(**spec: Any) -> str:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    return documents("autoscaling/v2", "HorizontalPodAutoscaler", scaleTargetRef=target, maxReplicas=3, **spec)


def metric(type_: str, **said: Any) -> dict[str, Any]:
    return {"type": type_, f"{type_[0].lower()}{type_[1:]}": said}


def resource(name: str, kind: str = "Utilization", value: Any = 70) -> dict[str, Any]:
    return metric(
        "Resource", name=name, target={"type": kind, f"average{'Value' if kind != 'Utilization' else kind}": value}
    )


INGRESS = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "edge"}


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [
        ([resource("cpu")], "cpu=70"),
        ([resource("cpu"), resource("memory", "AverageValue", "1Gi")], 'memory="1Gi"'),
        ([resource("memory")], "memory=70"),
        ([resource("memory"), resource("cpu")], "Metric.cpu(70)"),
        ([resource("nvidia.com/gpu", "AverageValue", "1")], 'Metric.of_resource("nvidia.com/gpu", "1")'),
        ([{**resource("cpu"), "pods": None}], "70"),
        ([metric("Resource", name="cpu", target={"type": "Value", "value": "1"})], "Value"),
        (
            [
                metric(
                    "ContainerResource",
                    name="cpu",
                    container="web",
                    target={"type": "Utilization", "averageUtilization": 5},
                )
            ],
            'Metric.of_resource("cpu", 5, container="web")',
        ),
        (
            [metric("ContainerResource", name="cpu", container="web", target={"type": "Value", "value": "5"})],
            "Value",
        ),
        (
            [metric("Pods", metric={"name": "hits"}, target={"type": "AverageValue", "averageValue": "1k"})],
            'Metric.pods("hits", average="1k")',
        ),
        ([metric("Pods", metric={"name": "hits"}, target={"type": "Value", "value": "1k"})], "hits"),
        (
            [
                metric(
                    "External",
                    metric={"name": "queue", "selector": {"matchLabels": {"name": "mail"}}},
                    target={"type": "Value", "value": "30"},
                )
            ],
            'Metric.external("queue", value="30", selector={"name": "mail"})',
        ),
        (
            [
                metric(
                    "External",
                    metric={"name": "queue", "selector": {"matchLabels": {"a": "b"}, "matchExpressions": []}},
                    target={"type": "AverageValue", "averageValue": "30"},
                )
            ],
            "queue",
        ),
        (
            [
                metric(
                    "Object",
                    describedObject=INGRESS,
                    metric={"name": "requests"},
                    target={"type": "Value", "value": "10k"},
                )
            ],
            'Metric.object("requests", ',
        ),
        (
            [
                metric(
                    "Object",
                    describedObject={"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"},
                    metric={"name": "requests"},
                    target={"type": "AverageValue", "averageValue": "10k"},
                )
            ],
            'Deployment.existing("api")',
        ),
    ],
)
def test_metrics(metrics: list[dict[str, Any]], expected: str) -> None:
    assert expected in " ".join(body(autoscaler(metrics=metrics)).split()).replace("( ", "(").replace(", )", ")")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"selectPolicy": "Disabled"}, "ScalingRules.never()"),
        (
            {"policies": [{"type": "Pods", "value": 2, "periodSeconds": 60}], "stabilizationWindowSeconds": 300},
            "ScalingRules.at_most(pods=2, period=60, stabilization=300)",
        ),
        (
            {
                "policies": [
                    {"type": "Pods", "value": 2, "periodSeconds": 60},
                    {"type": "Percent", "value": 10, "periodSeconds": 60},
                ],
                "selectPolicy": "Min",
            },
            'ScalingRules.at_most(pods=2, percent=10, period=60, select="Min")',
        ),
        (
            {
                "policies": [
                    {"type": "Percent", "value": 10, "periodSeconds": 60},
                    {"type": "Pods", "value": 2, "periodSeconds": 60},
                ]
            },
            "Percent",
        ),
        (
            {
                "policies": [
                    {"type": "Pods", "value": 2, "periodSeconds": 60},
                    {"type": "Percent", "value": 10, "periodSeconds": 30},
                ]
            },
            "Percent",
        ),
        ({"stabilizationWindowSeconds": 0}, "0"),
        ({"stabilizationWindowSeconds": 0, "tolerance": "0.05"}, "0.05"),
    ],
)
def test_behavior(rules: dict[str, Any], expected: str) -> None:
    text = " ".join(body(autoscaler(behavior={"scaleDown": rules, "scaleUp": rules})).split())
    assert text.replace("( ", "(").replace(", )", ")").count(expected) >= 2 or "scale_up" in text
    assert expected in text.replace("( ", "(").replace(", )", ")")


def test_target_that_is_no_workload_of_kubernetes() -> None:
    target = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "web"}
    text = documents("autoscaling/v2", "HorizontalPodAutoscaler", scaleTargetRef=target, maxReplicas=3)

    assert "Rollout" in body(text)


VOLUMES: list[tuple[dict[str, Any], str]] = [
    ({"emptyDir": {}}, 'Volume.empty_dir("v")'),
    ({"emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}}, 'Volume.empty_dir("v", "1Gi", medium="Memory")'),
    ({"emptyDir": {"medium": "HugePages-2Mi"}}, "HugePages"),
    ({"hostPath": {"path": "/var"}}, 'Volume.host_path("v", "/var")'),
    ({"hostPath": {"path": "/var", "type": "Directory"}}, 'type="Directory"'),
    ({"nfs": {"server": "nfs", "path": "/", "readOnly": True}}, "read_only=True"),
    ({"image": {"reference": "data:1", "pullPolicy": "Always"}}, 'Volume.image("v", "data:1", pull_policy="Always")'),
    ({"csi": {"driver": "x.io", "volumeAttributes": {"a": "b"}, "readOnly": True}}, 'Volume.csi("v", "x.io"'),
    ({"csi": {"driver": "x.io", "nodePublishSecretRef": {"name": "s"}}}, "node_publish_secret_ref"),
    ({"configMap": {"name": "v"}}, 'ConfigMap.existing("v")'),
    ({"configMap": {"name": "c", "items": [{"key": "a", "path": "b"}], "optional": True}}, "optional=True"),
    ({"configMap": {"name": "c", "items": [{"key": "a", "path": "b", "mode": 256}]}}, "mode"),
    ({"configMap": {}}, "config_map"),
    ({"secret": {"secretName": "s", "defaultMode": 256}}, "default_mode=0o400"),
    ({"secret": {"secretName": "s", "items": [{"key": "a", "path": "b"}, {"key": "a", "path": "c"}]}}, "secret_name"),
    ({"persistentVolumeClaim": {"claimName": "v"}}, 'existing("v")'),
    ({"persistentVolumeClaim": {"claimName": "other", "readOnly": True}}, 'name="v", read_only=True'),
    (
        {"downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
        "metadata.labels",
    ),
    (
        {
            "downwardAPI": {
                "items": [{"path": "cpu", "resourceFieldRef": {"resource": "limits.cpu", "containerName": "web"}}],
                "defaultMode": 288,
            }
        },
        "limits.cpu",
    ),
    (
        {"downwardAPI": {"items": [{"path": "a", "mode": 288, "fieldRef": {"fieldPath": "metadata.name"}}]}},
        "metadata.name",
    ),
    (
        {
            "projected": {
                "sources": [
                    {"configMap": {"name": "c"}},
                    {"secret": {"name": "s", "items": [{"key": "a", "path": "b"}]}},
                    {"serviceAccountToken": {"path": "token", "audience": "x", "expirationSeconds": 600}},
                    {"downwardAPI": {"items": [{"path": "n", "fieldRef": {"fieldPath": "metadata.name"}}]}},
                ],
                "defaultMode": 288,
            }
        },
        "projected",
    ),
    ({"projected": {"sources": [{"clusterTrustBundle": {"name": "a", "path": "b"}}]}}, "ClusterTrustBundleProjection("),
    (
        {
            "ephemeral": {
                "volumeClaimTemplate": {
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
                }
            }
        },
        "Volume.ephemeral(",
    ),
    (
        {
            "ephemeral": {
                "volumeClaimTemplate": {
                    "metadata": {"labels": {"a": "b"}},
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
                }
            }
        },
        "ephemeral",
    ),
    ({"awsElasticBlockStore": {"volumeID": "x"}}, "aws_elastic_block_store"),
]


@pytest.mark.parametrize(("source", "expected"), VOLUMES)
@pytest.mark.parametrize("is_mounted", [True, False])
def test_volumes(source: dict[str, Any], expected: str, is_mounted: bool) -> None:
    container: dict[str, Any] = {"name": "web", "image": "nginx:1.29"}
    if is_mounted:
        container["volumeMounts"] = [{"name": "v", "mountPath": "/v"}]
    text = body(workload(pod={"containers": [container], "volumes": [{"name": "v", **source}]}))

    flat = " ".join(text.split()).replace("( ", "(").replace(", )", ")")
    assert expected in flat


@pytest.mark.parametrize(
    "mounts",
    [
        [{"name": "v", "mountPath": "/a", "subPath": "x", "readOnly": True}],
        [{"name": "v", "mountPath": "/a", "subPathExpr": "$(X)"}, {"name": "v", "mountPath": "/b"}],
        [{"name": "v", "mountPath": "/a", "mountPropagation": "HostToContainer", "recursiveReadOnly": "Disabled"}],
        [{"name": "v", "mountPath": "/a"}, {"name": "w", "mountPath": "/b"}],
        [{"name": "w", "mountPath": "/b"}, {"name": "v", "mountPath": "/a"}],
    ],
)
def test_mounts(mounts: list[dict[str, Any]]) -> None:
    env = [{"name": "X", "value": "y"}]
    container = {"name": "web", "image": "nginx:1.29", "env": env, "volumeMounts": mounts}
    volumes = [{"name": name, "emptyDir": {}} for name in ("v", "w")]

    assert "/a" in body(workload(pod={"containers": [container], "volumes": volumes}))


@pytest.mark.parametrize(
    "selector",
    [
        {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "api"]}]},
        {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["db"]}]},
        {"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": "Exists"}]},
        {
            "matchLabels": {"app": "web"},
            "matchExpressions": [{"key": "app", "operator": "Exists"}, {"key": "b", "operator": "DoesNotExist"}],
        },
        {},
        {"matchLabels": {}},
    ],
)
def test_selectors_of_policies(selector: dict[str, Any]) -> None:
    text = documents(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        podSelector=selector,
        policyTypes=["Ingress"],
        ingress=[
            {"from": [{"podSelector": selector}, {"namespaceSelector": selector}, {"ipBlock": {"cidr": "10.0.0.0/8"}}]},
            {"ports": [{"port": 80}, {"port": "http", "protocol": "TCP"}, {"port": 1, "endPort": 9}]},
        ],
    )

    assert "NetworkPolicy(" in body(text)


@pytest.mark.parametrize(
    ("kind", "spec", "expected"),
    [
        ("Deployment", {"strategy": {"type": "Recreate"}}, 'strategy="Recreate"'),
        ("Deployment", {"strategy": {"rollingUpdate": {"maxSurge": 1}}}, "max_surge=1"),
        ("Deployment", {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "10%"}}}, "10%"),
        ("DaemonSet", {"updateStrategy": {"type": "OnDelete"}}, "OnDelete"),
        ("DaemonSet", {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 2}}}, "=2"),
        ("StatefulSet", {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 3}}}, "=3"),
    ],
)
def test_strategies(kind: str, spec: dict[str, Any], expected: str) -> None:
    assert expected in body(workload(kind, **spec))


@pytest.mark.parametrize(
    "spec",
    [
        {"ports": [{"port": 80}]},
        {"ports": [{"port": 80, "targetPort": "http", "name": "a"}, {"port": 81, "nodePort": 30081, "name": "b"}]},
        {"ports": [{"port": 53, "protocol": "UDP"}], "type": "NodePort"},
        {"ports": [{"port": 53, "protocol": "UDP", "name": "u"}, {"port": 53, "protocol": "TCP", "name": "t"}]},
        {"ports": [{"port": 443, "appProtocol": "https"}], "type": "LoadBalancer", "externalTrafficPolicy": "Local"},
        {"clusterIP": "None", "ports": [{"port": 80, "targetPort": 8080}], "publishNotReadyAddresses": True},
        {"type": "ExternalName", "externalName": "db.example.com"},
        {
            "ports": [{"port": 80}],
            "sessionAffinity": "ClientIP",
            "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 9}},
        },
        {"ports": []},
    ],
)
def test_services(spec: dict[str, Any]) -> None:
    selected = {} if spec.get("type") == "ExternalName" else {"selector": {"app": "web"}}

    assert "Service" in body(documents("v1", "Service", **selected, **spec))


@pytest.mark.parametrize(
    "container",
    [
        {"env": [{"name": "A"}]},
        {"env": [{"name": "A", "value": ""}, {"name": "A", "value": "again"}]},
        {"env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]},
        {"env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP", "apiVersion": "v1"}}}]},
        {"env": [{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}}]},
        {"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k", "optional": True}}}]},
        {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"key": "k"}}}]},
        {"envFrom": [{"configMapRef": {"name": "c"}}, {"prefix": "P_", "secretRef": {"name": "s", "optional": True}}]},
        {"envFrom": [{"prefix": "P_", "configMapRef": {"name": "c", "optional": False}}]},
        {"ports": [{"containerPort": 80}, {"containerPort": 81}]},
        {"ports": [{"containerPort": 80, "name": "http", "hostPort": 8080, "hostIP": "127.0.0.1"}]},
        {"ports": [{"containerPort": 53, "protocol": "UDP", "name": "dns"}]},
        {"resources": {"limits": {"cpu": 1, "memory": "1Gi", "nvidia.com/gpu": 1}}},
        {"resources": {"requests": {"ephemeral-storage": "1Gi"}, "claims": [{"name": "gpu"}]}},
        {"resources": {}},
        {"livenessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 5}},
        {"livenessProbe": {"grpc": {"port": 80, "service": "a"}}},
        {"livenessProbe": {"httpGet": {"port": 80, "scheme": "HTTPS", "httpHeaders": [{"name": "a", "value": "b"}]}}},
        {"livenessProbe": {"exec": {"command": []}}},
        {"livenessProbe": {"exec": {}}},
        {"lifecycle": {"preStop": {"exec": {"command": ["sleep", "5"]}}, "postStart": {"httpGet": {"port": 80}}}},
        {"lifecycle": {"preStop": {"sleep": {"seconds": 5}}, "stopSignal": "SIGQUIT"}},
        {
            "securityContext": {
                "runAsUser": 1,
                "capabilities": {"drop": ["ALL"]},
                "seccompProfile": {"type": "RuntimeDefault"},
            }
        },
        {"command": ["a"], "args": [], "workingDir": "/", "tty": True},
        {"volumeDevices": [{"name": "d", "devicePath": "/dev/x"}]},
        {"resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}]},
    ],
)
def test_containers(container: dict[str, Any]) -> None:
    volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": "d"}}] if "volumeDevices" in container else []
    pod = {
        "containers": [{"name": "web", "image": "nginx:1.29", **container}],
        **({"volumes": volumes} if volumes else {}),
    }

    assert "Container(" in body(workload(pod=pod)) or "Raw(" in body(workload(pod=pod))
