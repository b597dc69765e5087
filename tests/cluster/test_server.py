"""The API server of these tests: it comes up, kubectl reaches it, it judges, and its controllers act."""

from __future__ import annotations

import json

import pytest

from cluster.nodes import LOGS, OUTCOME
from cluster.servers import STRANGER, Cluster, eventually

pytestmark = pytest.mark.cluster

SPEC = {
    "replicas": 2,
    "selector": {"matchLabels": {"app": "web"}},
    "template": {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]},
    },
}
DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": SPEC}
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments?dryRun=All&fieldValidation=Strict"


def test_kubectl_applies_and_reads_a_config_map(cluster: Cluster, namespace: str) -> None:
    document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config"}, "data": {"port": "8080"}}

    cluster.kubectl("apply", "--server-side", "-n", namespace, "-f", "-", stdin=json.dumps(document))

    port = cluster.kubectl("get", "configmap", "config", "-n", namespace, "-o", "jsonpath={.data.port}").stdout
    assert port == "8080"


def test_namespaces_are_separate(cluster: Cluster, namespace: str) -> None:
    cluster.kubectl("create", "configmap", "config", "-n", namespace)

    elsewhere = cluster.kubectl("get", "configmap", "config", "-n", "default", check=False)

    assert elsewhere.returncode == 1
    assert 'configmaps "config" not found' in elsewhere.stderr


def test_missing_namespace_is_refused(cluster: Cluster) -> None:
    refused = cluster.kubectl("create", "configmap", "config", "-n", "nowhere", check=False)

    assert 'namespaces "nowhere" not found' in refused.stderr


def test_dry_run_accepts_and_keeps_nothing(cluster: Cluster) -> None:
    status, _ = cluster.request("POST", DEPLOYMENTS, DEPLOYMENT)

    assert status == 201
    assert "No resources found" in cluster.kubectl("get", "deployments", "-n", "default").stderr


def test_dry_run_names_the_field_at_fault(cluster: Cluster) -> None:
    faulty = {**DEPLOYMENT, "spec": {**SPEC, "selector": {"matchLabels": {"app": "api"}}}}

    status, answer = cluster.request("POST", DEPLOYMENTS, faulty)

    assert status == 422
    causes = [(cause["reason"], cause["field"]) for cause in answer["details"]["causes"]]
    assert causes == [("FieldValueInvalid", "spec.template.metadata.labels")]


@pytest.mark.parametrize(
    ("context", "message"),
    [("guest", 'User "guest" cannot list resource "secrets"'), (STRANGER, "Unauthorized")],
)
def test_others_are_kept_out(cluster: Cluster, context: str, message: str) -> None:
    refused = cluster.kubectl("get", "secrets", "-n", "default", "--context", context, check=False)

    assert refused.returncode == 1
    assert message in refused.stderr


@pytest.mark.usefixtures("controllers")
def test_controllers_make_the_pods_of_a_deployment(cluster: Cluster, namespace: str) -> None:
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(DEPLOYMENT))

    eventually(lambda: len(cluster.names("pods", namespace)) == 2)


@pytest.mark.usefixtures("controllers")
def test_controllers_remove_what_belonged_to_a_deployment(cluster: Cluster, namespace: str) -> None:
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(DEPLOYMENT))
    eventually(lambda: cluster.names("pods", namespace) != [])

    cluster.kubectl("delete", "-n", namespace, "deployment", "web")

    eventually(lambda: cluster.names("replicasets,pods", namespace) == [])


@pytest.mark.usefixtures("controllers")
def test_controllers_bind_a_claim(cluster: Cluster, namespace: str) -> None:
    common = {"storageClassName": "", "accessModes": ["ReadWriteOnce"]}
    volume = {**common, "capacity": {"storage": "1Gi"}, "hostPath": {"path": "/srv"}, "volumeMode": "Filesystem"}
    claim = {**common, "resources": {"requests": {"storage": "1Gi"}}, "volumeName": namespace}
    documents = [
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": namespace}, "spec": volume},
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": claim},
    ]
    everything = {"apiVersion": "v1", "kind": "List", "items": documents}

    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(everything))

    cluster.kubectl("wait", "-n", namespace, "pvc/data", "--for=jsonpath={.status.phase}=Bound", "--timeout=60s")


@pytest.mark.usefixtures("controllers")
def test_controllers_empty_a_namespace(cluster: Cluster, namespace: str) -> None:
    cluster.kubectl("create", "configmap", "config", "-n", namespace)

    cluster.kubectl("delete", "namespace", namespace, "--timeout=60s")

    assert cluster.kubectl("get", "namespace", namespace, check=False).returncode == 1


@pytest.mark.usefixtures("nodes")
def test_rollout_completes(cluster: Cluster, namespace: str) -> None:
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(DEPLOYMENT))

    done = cluster.kubectl("rollout", "status", "-n", namespace, "deployment/web", "--timeout=60s")

    assert 'deployment "web" successfully rolled out' in done.stdout


@pytest.mark.usefixtures("nodes")
def test_job_completes(cluster: Cluster, namespace: str) -> None:
    cluster.kubectl("create", "job", "once", "-n", namespace, "--image=busybox")

    cluster.kubectl("wait", "-n", namespace, "job/once", "--for=condition=complete", "--timeout=60s")


@pytest.mark.usefixtures("nodes")
def test_failing_pod_says_why(cluster: Cluster, namespace: str) -> None:
    asked = {OUTCOME: "crash", LOGS: "no such table: users\n"}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "annotations": asked},
        "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]},
    }
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(pod))
    eventually(lambda: "CrashLoopBackOff" in cluster.kubectl("get", "pods", "-n", namespace).stdout)

    assert "BackOff" in cluster.kubectl("get", "events", "-n", namespace).stdout
    assert cluster.kubectl("logs", "web", "-n", namespace).stdout == "no such table: users\n"
