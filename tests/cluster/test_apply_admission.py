"""`kpy apply` where the cluster has a say: definitions, admission, rights, namespaces that go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cluster.commands import Kpy, deeds
from cluster.servers import Cluster, eventually

pytestmark = pytest.mark.cluster

ADMISSION = "/apis/admissionregistration.k8s.io/v1"
WIDGETS = """\
from kpy import App, Chart, Raw


def app(ns: str, crd: bool = True, widget: bool = True, field: str = "size") -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace=ns))
    if crd:
        schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {
            field: {"type": "integer"}}}}}
        chart.add(Raw({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": "widgets.example.com"},
            "spec": {
                "group": "example.com",
                "scope": "Namespaced",
                "names": {"kind": "Widget", "plural": "widgets", "singular": "widget", "listKind": "WidgetList"},
                "versions": [
                    {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}},
                ],
            },
        }))
    if widget:
        metadata = {"name": "w", "namespace": ns}
        chart.add(Raw({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": metadata, "spec": {field: 1}}))
    return app
"""


def test_definition_is_established_before_its_objects(kpy: Kpy, cluster: Cluster) -> None:
    Path("shop.py").write_text(WIDGETS)
    values: dict[str, object] = {"crd": False}

    code, _, err = kpy("apply", "--yes", values=values)
    assert code == 1
    assert "the cluster does not know Widget of example.com/v1: apply its CustomResourceDefinition first" in err

    code, out, err = kpy("apply", "--yes")
    assert (code, deeds(out)) == (0, ["created", "created"])
    assert f'Widget "{kpy.namespace}/w" cannot be tried by the server yet: its definition is not there yet\n' in err
    assert kpy("apply", "--yes") == (0, "", "2 no change\n")

    # not allowed before the definition changes, which drops another field
    code, out, err = kpy("apply", "--yes", "--allow-data-loss", values={"field": "weight"})
    assert (code, deeds(out)) == (0, ["changed", "changed"])
    assert f'Widget "{kpy.namespace}/w" cannot be tried by the server yet: its definition changes first\n' in err

    code, out, _ = kpy("apply", "--yes", "--prune", values={"field": "weight", "widget": False})
    assert (code, out.splitlines()[-1]) == (0, f'deleted   Widget "{kpy.namespace}/w"')

    definition = "customresourcedefinition.apiextensions.k8s.io/widgets.example.com"
    kpy("delete", "--yes")
    assert definition in cluster.names("crd", kpy.namespace)
    assert kpy("delete", "--yes", "--wait", "--allow-data-loss")[0] == 0
    assert definition not in cluster.names("crd", kpy.namespace)  # other tests may keep theirs


def test_policy_that_refuses_is_named(kpy: Kpy, cluster: Cluster) -> None:
    rule = {"expression": "false", "message": "images must be signed"}
    with policy(cluster, kpy.namespace, "Validating", validations=[rule]):
        refused = refusal(kpy, 'the admission policy "demo" refuses it: images must be signed')

    assert refused.startswith(f'Deployment "{kpy.namespace}/web"')


def test_what_admission_changes_is_no_difference(kpy: Kpy, cluster: Cluster) -> None:
    if not cluster.is_at_least("1.36"):
        pytest.skip(f"a server has v1 of MutatingAdmissionPolicy from 1.36 on, and this is one of {cluster.release}")
    mutation = {
        "patchType": "ApplyConfiguration",
        "applyConfiguration": {"expression": 'Object{metadata: Object.metadata{annotations: {"team": "shop"}}}'},
    }
    more = {"mutations": [mutation], "reinvocationPolicy": "Never"}
    with policy(cluster, kpy.namespace, "Mutating", **more):
        eventually(lambda: "team" in tried(kpy, cluster))
        code, _, _ = kpy("apply", "--yes")

        assert (code, kpy.get("deployment/web", "{.metadata.annotations.team}")) == (0, "shop")
        assert kpy("diff") == (0, "3 no change\n", "")


def test_webhook_that_does_not_answer_is_named(kpy: Kpy, cluster: Cluster) -> None:
    hook = {
        "name": "hook.example.com",
        "clientConfig": {"url": "https://127.0.0.1:1/"},
        "rules": [{"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["*"], "resources": ["deployments"]}],
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": kpy.namespace}},
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    tree = {"metadata": {"name": "demo"}, "webhooks": [hook]}
    with made(cluster, f"{ADMISSION}/validatingwebhookconfigurations", tree):
        eventually(lambda: "hook.example.com" in tried(kpy, cluster))
        refusal(kpy, 'the admission webhook "hook.example.com" does not answer: ')


def test_namespace_that_is_being_deleted_is_named(kpy: Kpy, cluster: Cluster) -> None:
    held = {"metadata": {"name": "held", "finalizers": ["example.com/hold"]}}
    cluster.request("POST", f"/api/v1/namespaces/{kpy.namespace}/configmaps", held)
    cluster.kubectl("delete", "namespace", kpy.namespace, "--wait=false")

    code, _, err = kpy("apply", "--yes")

    assert code == 1
    assert "its namespace is being deleted: wait until it is gone, and apply again\n" in err


def test_right_that_is_missing_is_named(kpy: Kpy, cluster: Cluster) -> None:
    with granted(cluster, kpy.namespace, "get", "list"):
        eventually(lambda: kpy("diff", "--dry-run=client", context="guest")[0] == 0)
        code, out, err = kpy("apply", "--yes", context="guest")

    assert (code, out) == (1, "")
    assert (
        f'Deployment "{kpy.namespace}/web": user "guest" may not patch deployments in API group "apps" '
        f'in the namespace "{kpy.namespace}": ask for a role that allows it, or choose another user with --context\n'
    ) in err


def test_rights_in_the_namespace_of_the_app_are_enough(kpy: Kpy, cluster: Cluster) -> None:
    """The namespace of the context, where the inventory could be as well, may not even be read."""
    with granted(cluster, kpy.namespace, "get", "list", "create", "update", "patch", "delete"):
        eventually(lambda: kpy("diff", context="guest")[0] == 0)

        assert kpy("apply", "--yes", values={"extra": True}, context="guest")[0] == 0
        assert kpy("apply", "--yes", "--prune", "--allow-data-loss", context="guest")[0] == 0
        assert kpy("delete", "--yes", context="guest")[0] == 0


def refusal(kpy: Kpy, message: str) -> str:
    """Apply, and return the line that says why the cluster refuses; nothing must have changed."""
    code, out, err = kpy("apply", "--yes")
    assert (code, out) == (1, "")
    assert err.endswith("the cluster would refuse 1 object; nothing was changed\n")
    (line,) = [line for line in err.splitlines() if message in line]
    return line.partition("error: ")[2]


def tried(kpy: Kpy, cluster: Cluster) -> str:
    """Return what the server makes of a Deployment, or why it refuses it."""
    words = ["create", "deployment", "tried", "--image=a:1", "-n", kpy.namespace, "--dry-run=server", "-o", "yaml"]
    done = cluster.kubectl(*words, check=False)
    return done.stdout + done.stderr


@contextmanager
def made(cluster: Cluster, path: str, tree: dict[str, Any]) -> Iterator[None]:
    """Make an object for a while."""
    status, answer = cluster.request("POST", path, tree)
    assert status == 201, answer
    try:
        yield
    finally:
        cluster.request("DELETE", f"{path}/{tree['metadata']['name']}")


@contextmanager
def granted(cluster: Cluster, namespace: str, *verbs: str) -> Iterator[None]:
    """Let the user "guest" do some things with everything in a namespace for a while."""
    root, group = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}", "rbac.authorization.k8s.io"
    metadata = {"name": "granted"}
    rules = [{"apiGroups": ["*"], "resources": ["*"], "verbs": verbs}]
    role = {"apiGroup": group, "kind": "Role", "name": "granted"}
    subjects = [{"apiGroup": group, "kind": "User", "name": "guest"}]
    with (
        made(cluster, f"{root}/roles", {"metadata": metadata, "rules": rules}),
        made(cluster, f"{root}/rolebindings", {"metadata": metadata, "roleRef": role, "subjects": subjects}),
    ):
        yield


@contextmanager
def policy(cluster: Cluster, namespace: str, verb: str, **spec: Any) -> Iterator[None]:
    """Make an admission policy for the Deployments of a namespace for a while, and wait until it works."""
    where = {
        "resourceRules": [
            {
                "apiGroups": ["apps"],
                "apiVersions": ["v1"],
                "operations": ["CREATE", "UPDATE"],
                "resources": ["deployments"],
            }
        ],
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
    }
    root = f"{ADMISSION}/{verb.lower()}admissionpolicies"
    binding: dict[str, Any] = {"policyName": "demo"}
    if verb == "Validating":
        binding["validationActions"] = ["Deny"]
    tree = {"metadata": {"name": "demo"}, "spec": {"matchConstraints": where, **spec}}
    with (
        made(cluster, root, tree),
        made(cluster, f"{root.removesuffix('ies')}ybindings", {"metadata": {"name": "demo"}, "spec": binding}),
    ):
        if verb == "Validating":
            tries = ["create", "deployment", "t", "--image=a:1", "-n", namespace, "--dry-run=server"]
            eventually(lambda: cluster.kubectl(*tries, check=False).returncode != 0)
        yield
