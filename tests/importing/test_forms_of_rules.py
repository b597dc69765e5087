"""What rules of policies, roles and Ingresses become; each is proved to be the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.importing.reading import body

NAME = "kubernetes.io/metadata.name"
RBAC = "rbac.authorization.k8s.io"
Tree = dict[str, Any]


def thing(api_version: str, kind: str, **fields: Any) -> Tree:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "web", "namespace": "shop"}, **fields}


def code(*trees: Tree) -> str:
    return body("\n---\n".join(json.dumps(tree) for tree in trees))


DNS_PEER = {
    "namespaceSelector": {"matchLabels": {NAME: "kube-system"}},
    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
}
DNS_PORTS = [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"policyTypes": ["Ingress", "Egress"]}, "deny_all()"),
        ({"policyTypes": ["Egress"], "egress": []}, "deny_egress()"),
        ({"policyTypes": ["Egress"], "egress": [{"to": [DNS_PEER], "ports": DNS_PORTS}]}, "allow_dns()"),
        ({"policyTypes": ["Egress"], "egress": [{}]}, "allow_to()"),
        (
            {"policyTypes": ["Ingress"], "ingress": [{"from": [{"namespaceSelector": {"matchLabels": {NAME: "a"}}}]}]},
            'allow_from_namespace("a")',
        ),
        (
            {
                "policyTypes": ["Ingress"],
                "ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}]}],
            },
            "except_=",
        ),
        (
            {"policyTypes": ["Ingress"], "ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"a": "b"}}}]}]},
            'namespace={"a": "b"}',
        ),
        (
            {
                "policyTypes": ["Ingress"],
                "ingress": [
                    {
                        "from": [
                            {"podSelector": {"matchLabels": {"a": "b"}}, "namespaceSelector": {}},
                            {"podSelector": {"matchLabels": {"c": "d"}}, "namespaceSelector": {}},
                        ],
                        "ports": [
                            {"protocol": "SCTP", "port": 9},
                            {"protocol": "TCP", "port": 80, "endPort": 90},
                            {"protocol": "UDP", "port": "dns"},
                            {"protocol": "TCP"},
                        ],
                    }
                ],
            },
            '"80-90"',
        ),
        (
            {
                "policyTypes": ["Ingress"],
                "ingress": [
                    {
                        "from": [
                            {"podSelector": {"matchLabels": {"a": "b"}}, "namespaceSelector": {}},
                            {"podSelector": {"matchLabels": {"c": "d"}}},
                        ]
                    }
                ],
            },
            "NetworkPolicy(",
        ),
        ({"policyTypes": ["Ingress"], "ingress": [{"ports": [{"port": 80}]}]}, "NetworkPolicy("),
        ({"policyTypes": ["Ingress"], "ingress": [{"from": [], "ports": []}]}, "NetworkPolicy("),
        ({"ingress": [{}]}, "policy_types=OFF"),
    ],
)
def test_traffic(spec: Tree, expected: str) -> None:
    policy = thing("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {"matchLabels": {"app": "x"}}, **spec})

    assert expected in " ".join(code(policy).split())


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}, '.allow("get", "pods")'),
        ({"verbs": ["get", "list"], "apiGroups": ["apps"], "resources": ["deployments"]}, '["get", "list"]'),
        ({"verbs": ["get"], "apiGroups": [""], "resources": ["pods/log"]}, "pods/log"),
        ({"verbs": ["get"], "apiGroups": ["metrics.k8s.io"], "resources": ["pods"]}, "metrics.k8s.io"),
        ({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}, "*"),
        (
            {"verbs": ["get"], "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["a"]},
            'ConfigMap.existing("a")',
        ),
        (
            {"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["a", "b"]},
            'Secret.existing("b")',
        ),
        ({"verbs": ["get"], "apiGroups": [""], "resources": ["pods", "nodes"], "resourceNames": ["a"]}, '"a"'),
        ({"verbs": ["get"], "apiGroups": ["", "apps"], "resources": ["pods"]}, '"apps"'),
    ],
)
def test_rules_of_roles(rule: Tree, expected: str) -> None:
    assert expected in " ".join(code(thing(f"{RBAC}/v1", "Role", rules=[rule])).split())


def test_urls_of_a_role_of_the_cluster() -> None:
    tree = thing(f"{RBAC}/v1", "ClusterRole", rules=[{"verbs": ["get"], "nonResourceURLs": ["/metrics", "/healthz"]}])
    del tree["metadata"]["namespace"]

    assert '.allow_urls("get", ["/metrics", "/healthz"])' in code(tree)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ({"kind": "User", "name": "ann", "apiGroup": RBAC}, 'User("ann")'),
        ({"kind": "Group", "name": "team", "apiGroup": RBAC}, 'Group("team")'),
        ({"kind": "User", "name": "ann"}, "ann"),
        ({"kind": "ServiceAccount", "name": "web", "namespace": "shop"}, 'namespace="shop"'),
        ({"kind": "ServiceAccount", "name": "web", "namespace": "other"}, 'namespace="other"'),
        ({"kind": "ServiceAccount", "name": "web", "namespace": "shop", "apiGroup": ""}, "web"),
    ],
)
def test_subjects_of_bindings(subject: Tree, expected: str) -> None:
    role = {"kind": "ClusterRole", "name": "view", "apiGroup": RBAC}

    text = code(thing(f"{RBAC}/v1", "RoleBinding", roleRef=role, subjects=[subject]))
    assert "ClusterRole.existing(" in text
    assert expected in text


def test_account_of_the_import_is_referred_to() -> None:
    role = {"kind": "Role", "name": "web", "apiGroup": RBAC}
    subjects = [{"kind": "ServiceAccount", "name": "web", "namespace": "shop"}]
    rules = [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]

    text = code(
        thing("v1", "ServiceAccount"),
        thing(f"{RBAC}/v1", "Role", rules=rules),
        thing(f"{RBAC}/v1", "RoleBinding", roleRef=role, subjects=subjects),
    )
    assert "existing" not in text


def to(service: str, **port: Any) -> Tree:
    return {"service": {"name": service, "port": port}}


def path(text: str, backend: Tree, path_type: str = "Prefix") -> Tree:
    return {"path": text, "pathType": path_type, "backend": backend}


SERVICE = thing("v1", "Service", spec={"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80}]})


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"rules": [{"host": "a.io", "http": {"paths": [path("/", to("web", name="http"))]}}]}, 'host="a.io"'),
        ({"rules": [{"http": {"paths": [path("/", to("web", number=80))]}}]}, "routes="),
        ({"rules": [{"http": {"paths": [path("/", to("other", number=80), "Exact")]}}]}, 'path_type="Exact"'),
        (
            {
                "rules": [
                    {"host": "a.io", "http": {"paths": [path("/", to("web", name="http"))]}},
                    {"host": "b.io", "http": {"paths": [path("/b", to("web", name="http"), "Exact")]}},
                    {"host": "c.io", "http": {"paths": [path("/c", to("web", name="http"))]}},
                ]
            },
            '"Exact"',
        ),
        (
            {
                "rules": [
                    {"host": "a.io", "http": {"paths": [path("/", to("web", name="http"))]}},
                    {"host": "b.io", "http": {"paths": [path("/", to("web", name="http"))]}},
                ]
            },
            'host=["a.io", "b.io"]',
        ),
        ({"rules": [{"host": "a.io"}], "defaultBackend": to("web", name="http")}, "default_backend="),
        (
            {
                "rules": [
                    {"host": "a.io", "http": {"paths": [path("/", to("web", name="http"))]}},
                    {"http": {"paths": [path("/x", to("web", name="http"))]}},
                ]
            },
            "a.io",
        ),
        (
            {
                "rules": [{"host": "a.io", "http": {"paths": [path("/", to("web", name="http"))]}}],
                "tls": [{"hosts": ["a.io"], "secretName": "tls"}],
            },
            'tls="tls"',
        ),
        (
            {
                "rules": [{"host": "a.io", "http": {"paths": [path("/", to("web", name="http"))]}}],
                "tls": [{"hosts": ["b.io"], "secretName": "tls"}, {"hosts": ["c.io"], "secretName": "tls"}],
            },
            '"c.io"',
        ),
        (
            {
                "rules": [{"host": "a.io", "http": {"paths": [path("/", to("web", name="http"))]}}],
                "tls": [{"secretName": "tls"}],
            },
            "tls",
        ),
        (
            {
                "ingressClassName": "nginx",
                "rules": [
                    {
                        "http": {
                            "paths": [
                                path("/", {"resource": {"apiGroup": "x.io", "kind": "Bucket", "name": "b"}}),
                            ]
                        }
                    }
                ],
            },
            "Bucket",
        ),
    ],
)
def test_ingresses(spec: Tree, expected: str) -> None:
    assert expected in " ".join(code(SERVICE, thing("networking.k8s.io/v1", "Ingress", spec=spec)).split())
