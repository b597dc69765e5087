"""What a cluster says of objects, and what of it people would write."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kpy.documents import read_documents
from kpy.importing.live import from_cluster

Tree = dict[str, Any]


def brought(*trees: Any) -> Any:
    return from_cluster(read_documents(json.dumps({"kind": "List", "apiVersion": "v1", "items": trees}), "-").documents)


def thing(kind: str, name: str = "web", version: str = "v1", *, metadata: Tree | None = None, **fields: Any) -> Tree:
    said = {"name": name, "namespace": "shop", "uid": "1", "creationTimestamp": "2026-01-01T00:00:00Z"}
    return {"apiVersion": version, "kind": kind, "metadata": {**said, **(metadata or {})}, **fields}


TEMPLATE = {
    "metadata": {"labels": {"app": "web"}},
    "spec": {
        "containers": [{"name": "web", "image": "nginx:1.29", "terminationMessagePath": "/dev/termination-log"}],
        "restartPolicy": "Always",
        "dnsPolicy": "ClusterFirst",
        "securityContext": {},
    },
}


@pytest.mark.parametrize(
    ("tree", "why"),
    [
        (thing("ConfigMap", "kube-root-ca.crt"), "the cluster makes it"),
        (thing("ServiceAccount", "default"), "the cluster makes it"),
        (thing("EndpointSlice", version="discovery.k8s.io/v1"), "the cluster makes it"),
        (thing("Secret", type="kubernetes.io/service-account-token"), "the cluster makes it"),
        (
            thing("Pod", metadata={"ownerReferences": [{"kind": "ReplicaSet", "name": "web-1", "controller": True}]}),
            'ReplicaSet "web-1" makes it',
        ),
    ],
)
def test_what_others_make_is_left_out(tree: Tree, why: str) -> None:
    made = brought(tree, thing("ConfigMap", data={"a": "b"}))

    assert [(each.form, each.reason) for each in made.objects] == [("existing", why), (made.objects[1].form, "")]
    assert made.differences == ()


@pytest.mark.parametrize(
    ("tree", "gone"),
    [
        (
            {
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {"name": "shop", "labels": {"kubernetes.io/metadata.name": "shop", "team": "a"}},
                "spec": {"finalizers": ["kubernetes"]},
                "status": {"phase": "Active"},
            },
            "finalizers",
        ),
        (thing("ServiceAccount", secrets=[{"name": "web-token"}]), "web-token"),
        (
            thing(
                "PersistentVolumeClaim",
                metadata={
                    "finalizers": ["kubernetes.io/pvc-protection"],
                    "annotations": {"pv.kubernetes.io/bind-completed": "yes"},
                },
                spec={
                    "accessModes": ["ReadWriteOnce"],
                    "resources": {"requests": {"storage": "1Gi"}},
                    "volumeMode": "Filesystem",
                },
            ),
            "bind-completed",
        ),
        (
            thing(
                "Service",
                spec={
                    "clusterIP": "10.0.0.1",
                    "clusterIPs": ["10.0.0.1"],
                    "ipFamilies": ["IPv4"],
                    "ipFamilyPolicy": "SingleStack",
                    "internalTrafficPolicy": "Cluster",
                    "sessionAffinity": "None",
                    "type": "ClusterIP",
                    "selector": {"app": "web"},
                    "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
                },
            ),
            "10.0.0.1",
        ),
        (
            thing(
                "Service",
                "headless",
                spec={"clusterIP": "None", "clusterIPs": ["None"], "ports": [{"port": 80}], "selector": {"a": "b"}},
            ),
            "clusterIPs",
        ),
        (
            thing(
                "Job",
                version="batch/v1",
                metadata={"labels": {"job-name": "web", "batch.kubernetes.io/job-name": "web"}},
                spec={
                    "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": "1"}},
                    "template": {
                        "metadata": {"labels": {"controller-uid": "1", "job-name": "web"}},
                        "spec": {**TEMPLATE["spec"], "restartPolicy": "Never"},
                    },
                },
            ),
            "controller-uid",
        ),
        (
            thing(
                "Deployment",
                version="apps/v1",
                metadata={"annotations": {"deployment.kubernetes.io/revision": "3"}, "generation": 4},
                spec={
                    "replicas": 1,
                    "progressDeadlineSeconds": 600,
                    "selector": {"matchLabels": {"app": "web"}},
                    "strategy": {
                        "type": "RollingUpdate",
                        "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"},
                    },
                    "template": TEMPLATE,
                },
                status={"replicas": 1},
            ),
            "termination",
        ),
    ],
)
def test_what_a_server_adds_is_not_written(tree: Tree, gone: str) -> None:
    made = brought(tree)

    assert made.differences == ()
    assert gone not in made.text
    assert "creationTimestamp" not in made.text


def test_replicas_of_an_autoscaled_workload_are_not_written() -> None:
    spec = {"replicas": 7, "selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE}
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    scaler = thing(
        "HorizontalPodAutoscaler",
        version="autoscaling/v2",
        spec={"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 9},
    )

    made = brought(thing("Deployment", version="apps/v1", spec=spec), scaler)

    assert made.differences == ()
    assert "replicas=7" not in made.text


def test_custom_resource_is_kept_as_it_is() -> None:
    made = brought(thing("Lamp", version="example.com/v1", spec={"on": True}))

    assert made.differences == ()
    assert '"on": True' in made.text
