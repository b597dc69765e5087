"""Names of other objects in custom resources, and what custom resources make."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

import kpy

WEB = """
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {type: ExternalName, externalName: web.example.com, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "r.example.com/web:1", ports: [{name: http, containerPort: 80}]}]}
---
apiVersion: v1
kind: Secret
metadata: {name: token, namespace: shop}
stringData: {token: x}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: config, namespace: shop}
data: {level: info}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot, namespace: shop}
"""


def custom(api_version: str, kind: str, name: str = "it", namespace: str = "shop", **spec: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}


def found(*documents: dict[str, Any], **settings: Any) -> list[str]:
    there = [*yaml.safe_load_all(WEB), *documents]
    return [str(each.message) for each in kpy.validate(there, **settings) if each.severity != "note"]


def missing(what: str, namespace: str = "shop") -> list[str]:
    return [f"{what} is not among the documents" + (f' in namespace "{namespace}"' if namespace else "")]


ISSUER = custom("cert-manager.io/v1", "Issuer", "ca", selfSigned={})
STORE = custom("external-secrets.io/v1", "SecretStore", "vault", provider={})
GATEWAY = custom("gateway.networking.k8s.io/v1", "Gateway", "public", gatewayClassName="envoy", listeners=[])
SOURCE = custom("source.toolkit.fluxcd.io/v1", "GitRepository", "repo", url="https://git.example.com")
AUTHENTICATION = custom("keda.sh/v1alpha1", "TriggerAuthentication", "kafka")
TEMPLATE = custom("argoproj.io/v1alpha1", "AnalysisTemplate", "errors")


ANALYSIS = "{strategy: {canary: {analysis: {templates: [{templateName: $}]}}}}"


@pytest.mark.parametrize(
    ("of", "spec", "right", "wrong"),
    [
        ("cert-manager.io/v1 Certificate", "{secretName: tls, issuerRef: {name: $}}", "ca", 'Issuer "cb"'),
        ("cert-manager.io/v1 Issuer", "{ca: {secretName: $}}", "token", 'Secret "tokens"'),
        ("external-secrets.io/v1 ExternalSecret", "{secretStoreRef: {name: $}}", "vault", 'SecretStore "valt"'),
        (
            "external-secrets.io/v1 SecretStore",
            "{provider: {x: {a: {name: $, key: token}}}}",
            "token",
            'Secret "taken"',
        ),
        (
            "external-secrets.io/v1 SecretStore",
            "{provider: {x: {caProvider: {type: ConfigMap, name: $}}}}",
            "config",
            'ConfigMap "konfig"',
        ),
        ("gateway.networking.k8s.io/v1 HTTPRoute", "{parentRefs: [{name: $}]}", "public", 'Gateway "publik"'),
        ("gateway.networking.k8s.io/v1 GRPCRoute", "{rules: [{backendRefs: [{name: $}]}]}", "web", 'Service "wep"'),
        ("monitoring.coreos.com/v1 Prometheus", "{serviceAccountName: $}", "robot", 'ServiceAccount "robots"'),
        (
            "monitoring.coreos.com/v1 Prometheus",
            "{containers: [{envFrom: [{secretRef: {name: $}}]}]}",
            "token",
            'Secret "taken"',
        ),
        (
            "monitoring.coreos.com/v1 PodMonitor",
            "{podMetricsEndpoints: [{basicAuth: {username: {name: $, key: token}}}]}",
            "token",
            'Secret "taken"',
        ),
        ("argoproj.io/v1alpha1 Rollout", "{strategy: {canary: {stableService: $}}}", "web", 'Service "wep"'),
        ("argoproj.io/v1alpha1 Rollout", ANALYSIS, "errors", 'AnalysisTemplate "error"'),
        (
            "argoproj.io/v1alpha1 Rollout",
            "{template: {spec: {serviceAccountName: $}}}",
            "robot",
            'ServiceAccount "rowboat"',
        ),
        ("keda.sh/v1alpha1 ScaledObject", "{scaleTargetRef: {name: $}}", "web", 'Deployment "wep"'),
        (
            "keda.sh/v1alpha1 ScaledObject",
            "{triggers: [{authenticationRef: {name: $}}]}",
            "kafka",
            'TriggerAuthentication "kavka"',
        ),
        (
            "kustomize.toolkit.fluxcd.io/v1 Kustomization",
            "{sourceRef: {kind: GitRepository, name: $}}",
            "repo",
            'GitRepository "rebo"',
        ),
        (
            "helm.toolkit.fluxcd.io/v2 HelmRelease",
            "{valuesFrom: [{kind: ConfigMap, name: $}]}",
            "config",
            'ConfigMap "konfig"',
        ),
    ],
)
def test_names_by_the_table_are_followed(of: str, spec: str, right: str, wrong: str) -> None:
    others = [ISSUER, STORE, GATEWAY, SOURCE, AUTHENTICATION, TEMPLATE]
    api_version, kind = of.split()

    def document(name: str) -> dict[str, Any]:
        return custom(api_version, kind, **yaml.safe_load(spec.replace("$", name)))

    assert found(document(right), *others) == []
    assert found(document(wrong.split('"')[1]), *others) == missing(wrong)


def test_kinds_of_which_nothing_is_here_are_not_missed() -> None:
    certificate = custom("cert-manager.io/v1", "Certificate", secretName="tls", issuerRef={"name": "elsewhere"})

    assert found(certificate) == []


def test_kinds_of_the_cluster_may_be_its_own() -> None:
    issuer = custom("cert-manager.io/v1", "ClusterIssuer", "letsencrypt", "", selfSigned={})
    ref = {"kind": "ClusterIssuer", "name": "internal"}
    certificate = custom("cert-manager.io/v1", "Certificate", secretName="tls", issuerRef=ref)

    assert found(certificate, issuer) == []
    assert [each.message for each in kpy.validate([certificate, issuer]) if each.rule == "object-missing"] == [
        'ClusterIssuer "internal" is not among the documents; it may be the cluster\'s own'
    ]


def test_secrets_of_the_cluster_are_in_a_namespace_that_nobody_says() -> None:
    def issuer(secret: str) -> dict[str, Any]:
        solver = {"dns01": {"cloudflare": {"apiTokenSecretRef": {"name": secret, "key": "token"}}}}
        return custom("cert-manager.io/v1", "ClusterIssuer", "letsencrypt", "", acme={"solvers": [solver]})

    assert found(issuer("token")) == []
    assert found(issuer("tokens")) == missing('Secret "tokens"', "")


@pytest.mark.parametrize(
    ("of", "spec"),
    [
        ("source.toolkit.fluxcd.io/v1 GitRepository", "{secretRef: {name: $}}"),
        ("kustomize.toolkit.fluxcd.io/v1 Kustomization", "{decryption: {secretRef: {name: $}}}"),
        ("external-secrets.io/v1 SecretStore", "{provider: {x: {auth: {name: $, key: token}}}}"),
        ("cert-manager.io/v1 Issuer", "{acme: {solvers: [{dns01: {x: {apiTokenSecretRef: {name: $}}}}]}}"),
    ],
)
def test_keys_to_all_other_secrets_are_made_by_hand(of: str, spec: str) -> None:
    def said(name: str) -> list[str]:
        return found(custom(*of.split(), **yaml.safe_load(spec.replace("$", name))))

    assert said("flux-system") == []
    assert said("tokens") == missing('Secret "tokens"')


def test_what_is_filled_in_later_is_no_name() -> None:
    steps = [{"container": {"envFrom": [{"secretRef": {"name": "{{inputs.secret}}"}}]}}]

    assert found(custom("argoproj.io/v1alpha1", "Workflow", templates=steps, serviceAccountName="${ACCOUNT}")) == []


def test_listener_of_a_route_is_one_of_the_gateway() -> None:
    gateway = custom("gateway.networking.k8s.io/v1", "Gateway", "public", listeners=[{"name": "https"}])

    def route(section: str, **parent: str) -> dict[str, Any]:
        refs = [{"name": "public", "sectionName": section, **parent}]
        return custom("gateway.networking.k8s.io/v1", "HTTPRoute", parentRefs=refs)

    assert found(route("https"), gateway) == []
    assert found(route("htps"), gateway) == ['Gateway "public" has no listener "htps"; it has https']
    assert found(route("htps", kind="Service", group="", name="web"), gateway) == []


@pytest.mark.parametrize("target", ["web", "api"])
def test_two_scalers_of_one_workload_undo_each_other(target: str) -> None:
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    metadata = {"name": "web", "namespace": "shop"}
    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "AverageValue", "averageValue": "1"}}}
    spec = {"scaleTargetRef": ref, "maxReplicas": 3, "metrics": [cpu]}
    autoscaler = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata, "spec": spec}
    scaler = custom("keda.sh/v1alpha1", "ScaledObject", scaleTargetRef={"name": target})

    expected = ['Deployment "web" is scaled by HorizontalPodAutoscaler "shop/web" already']
    assert found(autoscaler, scaler) == (expected if target == "web" else missing('Deployment "api"'))


def test_keys_are_looked_for() -> None:
    ref = {"name": "token", "key": "tokn"}
    authentication = custom("keda.sh/v1alpha1", "TriggerAuthentication", secretTargetRef=[{"parameter": "p", **ref}])

    assert found(authentication) == ['Secret "token" has no key "tokn"; it has token']
    (key,) = [each for each in kpy.validate([*yaml.safe_load_all(WEB), authentication]) if each.severity != "note"]
    assert (key.severity, key.rule, key.field) == ("warning", "secret-key-missing", "spec.secretTargetRef[0].key")


@pytest.mark.parametrize(
    ("port", "said"),
    [
        (80, []),
        (8080, ['Service "web" has no port 8080; there is 80']),
    ],
)
def test_ports_of_routes_are_those_of_the_service(port: int, said: list[str]) -> None:
    rules = [{"backendRefs": [{"name": "web", "port": port}]}]

    assert found(custom("gateway.networking.k8s.io/v1", "HTTPRoute", rules=rules)) == said


def test_a_route_may_lead_to_another_namespace_and_kind() -> None:
    refs = [{"name": "api", "namespace": "other", "port": 1}, {"name": "b", "kind": "Backend", "group": "x.io"}]

    assert (
        found(custom("gateway.networking.k8s.io/v1", "HTTPRoute", rules=[{"backendRefs": refs}]))
        == missing('Service "api"', "other")[:0]
    )


@pytest.mark.parametrize(
    ("maker", "secret", "is_made"),
    [
        (custom("cert-manager.io/v1", "Certificate", "web", secretName="web-tls"), "web-tls", True),
        (custom("cert-manager.io/v1", "Certificate", "web", secretName="web-tls"), "web-tsl", False),
        (custom("cert-manager.io/v1", "Issuer", acme={"privateKeySecretRef": {"name": "account"}}), "account", True),
        (custom("external-secrets.io/v1", "ExternalSecret", "pay"), "pay", True),
        (custom("external-secrets.io/v1", "ExternalSecret", "pay", target={"name": "money"}), "money", True),
        (custom("external-secrets.io/v1", "ExternalSecret", "pay", target={"name": "money"}), "pay", False),
        (custom("external-secrets.io/v1", "ExternalSecret", "pay", target={"creationPolicy": "None"}), "pay", False),
        (custom("bitnami.com/v1alpha1", "SealedSecret", "pay"), "pay", True),
        (custom("external-secrets.io/v1", "SecretStore", provider={"x": {"name": "pay", "key": "k"}}), "pay", False),
    ],
)
def test_what_custom_resources_make_is_there(maker: dict[str, Any], secret: str, is_made: bool) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "containers": [
                {"name": "web", "image": "r.example.com/web:1", "envFrom": [{"secretRef": {"name": secret}}]}
            ]
        },
    }

    assert found(pod, maker) == ([] if is_made else missing(f'Secret "{secret}"'))


def test_keys_of_certificates_are_known() -> None:
    item = {"secretName": "tls", "items": [{"key": "cert.pem", "path": "cert.pem"}]}
    container = {"name": "web", "image": "r.example.com/web:1", "volumeMounts": [{"name": "tls", "mountPath": "/tls"}]}
    spec = {"containers": [container], "volumes": [{"name": "tls", "secret": item}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "shop"}, "spec": spec}

    (said,) = found(pod, custom("cert-manager.io/v1", "Certificate", secretName="tls"))

    assert said.startswith('Secret "tls" has no key "cert.pem"; it has ca.crt, key.der, keystore.jks')


def test_an_annotated_gateway_gets_its_certificates() -> None:
    tls = {"certificateRefs": [{"name": "tls"}]}
    gateway = custom("gateway.networking.k8s.io/v1", "Gateway", listeners=[{"name": "https", "tls": tls}])

    assert found(gateway) == missing('Secret "tls"')
    gateway["metadata"]["annotations"] = {"cert-manager.io/cluster-issuer": "letsencrypt"}
    assert found(gateway) == []


def monitor(kind: str = "ServiceMonitor", port: str = "http", **more: Any) -> dict[str, Any]:
    endpoints = "endpoints" if kind == "ServiceMonitor" else "podMetricsEndpoints"
    spec = {"selector": {"matchLabels": {"app": "web"}}, endpoints: [{"port": port}], **more}
    return custom("monitoring.coreos.com/v1", kind, **spec)


NO_PORT = 'Service "shop/web" has no port named "htp"; there is http'
NO_CONTAINER = 'named "htp"; there is http'
BOTH = {"matchLabels": {"app": "web", "tier": "x"}}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (monitor(), []),
        (monitor(port="htp"), [NO_PORT]),
        (monitor(selector=BOTH), ["ServiceMonitor selects no Service that is here"]),
        (monitor(selector={"matchLabels": {"app": "others"}}), []),
        (monitor(selector={}), []),
        (monitor(namespaceSelector={"matchNames": ["other"]}), []),
        (monitor(namespaceSelector={"any": True}, port="htp"), [NO_PORT]),
        (monitor("PodMonitor"), []),
        (monitor("PodMonitor", "htp"), [f"no container of the pods that are selected has a port {NO_CONTAINER}"]),
        (monitor("PodMonitor", selector=BOTH), ["PodMonitor selects no pod that is here"]),
    ],
)
def test_monitors_select_what_is_here_and_scrape_its_ports(document: dict[str, Any], said: list[str]) -> None:
    assert found(document) == said


def test_a_monitor_of_what_lives_elsewhere_is_left_alone() -> None:
    document = monitor(selector=BOTH)

    assert found(document, external=["ServiceMonitor/it"]) == []


BROKER = custom("example.com/v1", "Broker", "broker")


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ({"group": "example.com", "kind": "Broker", "name": "broker"}, []),
        ({"group": "example.com", "kind": "Broker", "name": "brokr"}, missing('Broker "brokr"', "")),
        ({"kind": "Broker", "name": "brokr"}, missing('Broker "brokr"', "")),
        ({"kind": "Broker", "name": "another"}, []),
        ({"kind": "Broker", "name": "{{ broker }}"}, []),
        ({"kind": "Service", "name": "web"}, []),
        ({"name": "brokr"}, []),
    ],
)
def test_references_of_unknown_kinds_are_reported_where_they_are_slips(ref: dict[str, str], said: list[str]) -> None:
    assert found(custom("example.com/v1", "Queue", brokerRef=ref), BROKER) == said


def test_what_another_controller_may_make_is_no_slip() -> None:
    ref = {"kind": "Broker", "name": "brokers"}
    maker = custom("example.com/v1", "Fleet", brokerName="brokers")

    assert found(custom("example.com/v1", "Queue", brokerRef=ref), BROKER) == missing('Broker "brokers"', "")
    assert found(custom("example.com/v1", "Queue", brokerRef=ref), BROKER, maker) == []
