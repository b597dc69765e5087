"""Custom resources in the picture: what they name, make and select."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from kpy import App, Chart, Raw, Secret
from kpy.graph import graph_of
from kpy.manifest import Resource

WEB = """
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, labels: {app: web}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {volumes: [{name: tls, secret: {secretName: web-tls}}]}
"""


def edges(*texts: str) -> list[str]:
    resources = [Resource(tree) for text in texts for tree in yaml.safe_load_all(text)]
    return [f"{edge.source} {edge.label} {edge.target}" for edge in graph_of(resources).edges]


def custom(of: str, spec: str, name: str = "it", namespace: str = "shop") -> str:
    api_version, kind = of.split()
    metadata = f"{{name: {name}, namespace: {namespace}}}" if namespace else f"{{name: {name}}}"
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {metadata}\nspec: {spec}\n"


@pytest.mark.parametrize(
    ("of", "spec", "expected"),
    [
        (
            "cert-manager.io/v1 Certificate",
            "{secretName: web-tls, issuerRef: {kind: ClusterIssuer, name: ca}}",
            ["Certificate_shop_it makes Secret_shop_web_tls", "Certificate_shop_it issuerRef ClusterIssuer_ca"],
        ),
        (
            "gateway.networking.k8s.io/v1 HTTPRoute",
            "{parentRefs: [{name: public, namespace: infra}], rules: [{backendRefs: [{name: web}]}]}",
            ["HTTPRoute_shop_it parentRefs Gateway_infra_public", "HTTPRoute_shop_it backendRefs Service_shop_web"],
        ),
        (
            "monitoring.coreos.com/v1 ServiceMonitor",
            "{selector: {matchLabels: {app: web}}}",
            ["ServiceMonitor_shop_it selects Service_shop_web"],
        ),
        (
            "monitoring.coreos.com/v1 PodMonitor",
            "{selector: {matchLabels: {app: web}}, namespaceSelector: {any: true}}",
            ["PodMonitor_shop_it selects Deployment_shop_web"],
        ),
        (
            "monitoring.coreos.com/v1 PodMonitor",
            "{selector: {matchLabels: {app: web}}, namespaceSelector: {matchNames: [other]}}",
            [],
        ),
        (
            "argoproj.io/v1alpha1 Rollout",
            "{template: {spec: {serviceAccountName: robot}}, strategy: {canary: {stableService: web}}}",
            [
                "Rollout_shop_it serviceAccountName ServiceAccount_shop_robot",
                "Rollout_shop_it stableService Service_shop_web",
            ],
        ),
        (
            "example.com/v1 Queue",
            "{brokerRef: {kind: Broker, group: example.com, name: b}, other: {kind: X, name: y}}",
            ["Queue_shop_it brokerRef Broker_shop_b"],
        ),
    ],
)  # fmt: skip
def test_custom_resource_leads_to_others(of: str, spec: str, expected: list[str]) -> None:
    assert [edge for edge in edges(WEB, custom(of, spec)) if not edge.startswith("Deployment")] == expected


def test_what_is_made_is_no_gap() -> None:
    resources = [Resource(tree) for tree in yaml.safe_load_all(WEB)]
    certificate = custom("cert-manager.io/v1 Certificate", "{secretName: web-tls}")

    def secret(*more: Resource) -> tuple[bool, str]:
        (node,) = [node for node in graph_of([*resources, *more]).nodes if node.kind == "Secret"]
        return node.is_absent, node.note

    assert secret() == (True, "")
    assert secret(Resource(yaml.safe_load(certificate))) == (False, "made at run time")


def test_kinds_of_the_cluster_are_found_wherever_they_are_named() -> None:
    store = custom("external-secrets.io/v1 ClusterSecretStore", "{}", "vault", "")
    secret = custom(
        "external-secrets.io/v1 ExternalSecret", "{secretStoreRef: {kind: ClusterSecretStore, name: vault}}"
    )

    assert edges(store, secret) == [
        "ExternalSecret_shop_it makes Secret_shop_it",
        "ExternalSecret_shop_it secretStoreRef ClusterSecretStore_vault",
    ]


def test_object_that_was_given_is_drawn_whatever_the_field() -> None:
    app = App("shop")
    chart = app.add(Chart("shop", namespace="shop"))
    secret = chart.add(Secret.from_literals("key", {"a": "b"}))
    spec: dict[str, Any] = {"config": {"password": secret, "plain": "key"}}
    chart.add(Raw({"apiVersion": "example.com/v1", "kind": "Queue", "metadata": {"name": "q"}, "spec": spec}))

    assert [tuple(edge)[:3] for edge in graph_of(app.synth()).edges] == [
        ("Queue_shop_q", "Secret_shop_key", "password")
    ]


def test_object_that_was_given_is_drawn_once() -> None:
    app = App("shop")
    chart = app.add(Chart("shop", namespace="shop"))
    issuer = chart.add(Raw({"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": {"name": "ca"}}))
    spec = {"issuerRef": {"name": issuer}}
    chart.add(
        Raw({"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": {"name": "web"}, "spec": spec})
    )

    assert [edge.label for edge in graph_of(app.synth()).edges] == ["issuerRef"]
