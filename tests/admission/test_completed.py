"""Objects as a server has them in hand when it asks policies."""

from __future__ import annotations

from typing import Any

import pytest

from kpy.admission.completed import completed
from kpy.schema import api
from tests.admission.shapes import binding, config, deployment, namespace, policy, said

API = api("1.36")


def whole(tree: dict[str, Any]) -> dict[str, Any]:
    kind = API.kind(tree["apiVersion"], tree["kind"])
    assert kind is not None
    return completed(tree, kind, API)


def pod(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "a"}], **spec},
    }


def test_deployment_has_what_a_server_says_of_it() -> None:
    found = whole(deployment(replicas=3))

    assert found["metadata"]["namespace"] == "default"
    assert found["spec"] == {
        "replicas": 3,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "containers": [
                    {
                        "name": "web",
                        "image": "example.org/web:1.2",
                        "resources": {},
                        "terminationMessagePath": "/dev/termination-log",
                        "terminationMessagePolicy": "File",
                        "imagePullPolicy": "IfNotPresent",
                    }
                ],
                "restartPolicy": "Always",
                "terminationGracePeriodSeconds": 30,
                "dnsPolicy": "ClusterFirst",
                "securityContext": {},
                "schedulerName": "default-scheduler",
            },
        },
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}},
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
    }


def test_requests_of_a_pod_are_its_limits() -> None:
    limits = {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "100m"}}
    found = whole(pod(containers=[{"name": "a", "resources": limits}]))

    assert found["spec"]["containers"][0]["resources"]["requests"] == {"cpu": "100m", "memory": "1Gi"}


def test_ports_on_the_network_of_the_host_are_its_own() -> None:
    found = whole(pod(hostNetwork=True, containers=[{"name": "a", "ports": [{"containerPort": 80}]}]))

    assert found["spec"]["containers"][0]["ports"] == [{"containerPort": 80, "hostPort": 80, "protocol": "TCP"}]


def test_texts_of_a_secret_are_data() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"a": "b"}}
    found = whole({**secret, "data": {"c": "ZA=="}})

    assert found["data"] == {"a": "Yg==", "c": "ZA=="}
    assert "stringData" not in found
    assert found["type"] == "Opaque"


def test_what_says_nothing_is_absent() -> None:
    found = whole({**config("c", {"labels": {}, "annotations": None}), "data": {}, "immutable": False})

    assert found == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "c", "namespace": "default"},
        "immutable": False,
    }


@pytest.mark.parametrize("value", [None, 3, "a", [], {"a": 1}, [3], [None]])
def test_what_is_of_a_wrong_type_stays(value: Any) -> None:
    for field in ("spec", "metadata", "status"):
        whole({**pod(), field: value})
    for field in ("containers", "volumes", "securityContext", "nodeSelector", "hostNetwork"):
        whole(pod(**{field: value}))


def test_audit_annotation_that_fails_denies() -> None:
    annotation = {"key": "team", "valueExpression": "string(object.metadata.annotations['team'])"}
    trees = [policy(auditAnnotations=[annotation]), binding(), deployment()]

    (found,) = said(trees, "admission-denied")
    assert "resulted in error: no such key: annotations" in found
    trees[0]["spec"]["failurePolicy"] = "Ignore"
    assert said(trees, "admission-denied") == []


def test_namespace_is_a_request_of_its_own() -> None:
    spaces = {
        "resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": ["namespaces"]}]
    }
    text = "request.namespace == 'shop' && namespaceObject == null && object.metadata.labels['env'] == 'prod'"
    rule = policy({"expression": text}, matchConstraints=spaces)
    bound = binding(matchResources={"namespaceSelector": {"matchLabels": {"env": "prod"}}})

    assert said([rule, bound, namespace("shop", env="prod")], "admission-denied") == []
    assert said([rule, bound, namespace("shop", env="test")], "admission-denied") == []
    assert len(said([rule, binding(), namespace("shop", env="test")], "admission-denied")) == 1


def test_namespaced_parameter_does_not_fit_an_object_of_the_cluster() -> None:
    spaces = {
        "resourceRules": [
            {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["storageclasses"]}
        ]
    }
    rule = policy({"expression": "true"}, paramKind={"apiVersion": "v1", "kind": "ConfigMap"}, matchConstraints=spaces)
    bound = binding(paramRef={"name": "limits", "parameterNotFoundAction": "Deny"})
    stored = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "s"},
        "provisioner": "a.b/c",
    }

    (found,) = said([rule, bound, config("limits"), stored], "admission-denied")
    assert found.endswith("cannot use namespaced paramRef in policy binding that matches cluster-scoped resources")
