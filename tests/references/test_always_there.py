"""What is there without being declared: classes, bundles, certificates, actions, ports that nobody declares, keys."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from kpy.diagnostics import Diagnostic
from kpy.validation import validate


def _found(*texts: str) -> list[tuple[str, str]]:
    documents = [document for text in texts for document in yaml.safe_load_all(text) if document]
    return [(found.severity, found.rule) for found in validate(documents) if found.rule != "custom-resource"]


def _only(*texts: str) -> Diagnostic:
    documents = [document for text in texts for document in yaml.safe_load_all(text) if document]
    (found,) = (found for found in validate(documents) if found.rule != "custom-resource")
    return found


def _pod(namespace: str = "garden", **spec: Any) -> str:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "shed", "namespace": namespace, "labels": {"part": "shed"}},
        "spec": {"containers": [{"name": "main", "image": "shed:1"}], **spec},
    }
    return yaml.safe_dump(pod) + "---\n"


def _with_secret(name: str = "seed-list", namespace: str = "garden") -> str:
    return _pod(namespace, volumes=[{"name": "seeds", "secret": {"secretName": name}}])


_SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: beds, namespace: garden}
spec: {selector: {part: bed}, ports: [{port: 80}]}
---
"""


_PORTS = {"name": "ports", "key": "a"}


@pytest.mark.parametrize(
    ("kind", "field"),
    [("StorageClass", None), ("PriorityClass", "priorityClassName"), ("RuntimeClass", "runtimeClassName")],
)
def test_classes_are_the_clusters_own(kind: str, field: str | None) -> None:
    claim = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: shed, namespace: garden}
spec: {storageClassName: quick, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""
    found = _only(claim if field is None else _pod(**{field: "quick"}))

    assert (found.severity, found.message) == (
        "note",
        f'{kind} "quick" is not among the documents; it may be the cluster\'s own',
    )


def test_an_account_that_only_a_binding_names_is_a_note() -> None:
    binding = """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: metrics, namespace: garden}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: prometheus-k8s, namespace: watchers}]
"""
    found = _only(binding)

    assert (found.severity, found.message) == (
        "note",
        'ServiceAccount "prometheus-k8s" is not among the documents in namespace "watchers"; '
        "nothing here but this binding is about it",
    )
    assert _found(binding, _pod("watchers", serviceAccountName="prometheus-k8s")) == [
        ("warning", "service-account-missing")
    ]


def test_a_service_of_a_namespace_of_which_nothing_is_here_is_a_note() -> None:
    webhook = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: fence}
webhooks:
- name: fence.garden.example
  admissionReviewVersions: [v1]
  sideEffects: None
  clientConfig: {service: {name: fence, namespace: watchers}}
  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
---
"""
    found = _only(webhook)

    assert (found.severity, found.rule) == ("note", "service-missing")
    assert found.message.endswith('; nothing here is in namespace "watchers"')
    assert _found(webhook, _pod("watchers")) == [("warning", "service-missing")]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("configMap", "istio-ca-root-cert"),
        ("configMap", "kube-root-ca.crt"),
        ("configMap", "openshift-service-ca.crt"),
        ("secret", "gardener-dockercfg-x7k2p"),
    ],
)
def test_objects_that_every_cluster_of_a_sort_has_are_not_missed(kind: str, name: str) -> None:
    field = {"configMap": "name", "secret": "secretName"}[kind]

    assert _found(_pod(volumes=[{"name": "trust", kind: {field: name}}])) == []


def test_annotations_by_which_openshift_makes_a_certificate_and_fills_a_bundle() -> None:
    text = """
apiVersion: v1
kind: Service
metadata:
  name: shed
  namespace: garden
  annotations: {service.beta.openshift.io/serving-cert-secret-name: shed-tls}
spec: {selector: {part: shed}, ports: [{port: 8443}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: trust, namespace: garden, annotations: {service.beta.openshift.io/inject-cabundle: "true"}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: proxy, namespace: garden, labels: {config.openshift.io/inject-trusted-cabundle: "true"}}
---
"""
    volumes = [
        {"name": "a", "secret": {"secretName": "shed-tls"}},
        {"name": "b", "configMap": {"name": "trust", "items": [{"key": "service-ca.crt", "path": "ca.crt"}]}},
        {"name": "c", "configMap": {"name": "proxy", "items": [{"key": "ca-bundle.crt", "path": "ca.crt"}]}},
    ]

    assert _found(text, _pod(volumes=volumes)) == []
    assert ("warning", "secret-missing") in _found(text, _pod("office", volumes=volumes[:1]))


def test_secrets_that_a_controller_copies_are_in_other_namespaces_too() -> None:
    origin = """
apiVersion: v1
kind: Secret
metadata:
  name: seed-list
  namespace: office
  annotations: {reflector.v1.k8s.emberstack.com/reflection-auto-enabled: "true"}
stringData: {a: b}
---
"""
    assert _found(origin, _with_secret()) == []
    assert _found(origin.replace("reflection-auto-enabled", "other"), _with_secret()) == [("warning", "secret-missing")]


@pytest.mark.parametrize(
    "annotation", ["cert-manager.io/cluster-issuer", "cert-manager.io/issuer-kind", "kubernetes.io/tls-acme"]
)
def test_certificates_that_an_ingress_asks_for_are_not_missed(annotation: str) -> None:
    ingress = f"""
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: gate, namespace: garden, annotations: {{{annotation}: "true"}}}}
spec:
  tls: [{{hosts: [gate.example], secretName: gate-tls}}]
  defaultBackend: {{service: {{name: beds, port: {{number: 80}}}}}}
---
"""
    service = _SERVICE.replace("part: bed", "part: shed")

    assert _found(ingress, service, _pod()) == []


def test_actions_may_be_annotated_by_a_controller_whose_resource_names_the_ingress() -> None:
    ingress = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: gate, namespace: garden}
spec: {defaultBackend: {service: {name: gate-root, port: {name: use-annotation}}}}
---
"""
    rollout = """
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: shed, namespace: garden}
spec: {strategy: {canary: {trafficRouting: {alb: {ingress: gate}}}}}
"""
    assert _found(ingress) == [("warning", "dangling-route")]
    assert _found(ingress, rollout) == []


@pytest.mark.parametrize(
    ("annotations", "is_shared"),
    [
        ("{kubernetes.io/ingress.class: nginx}", True),
        ("{kubernetes.io/ingress.class: alb}", False),
        ("{kubernetes.io/ingress.class: gce}", False),
        ("{alb.ingress.kubernetes.io/scheme: internal}", False),
        ("{kubernetes.io/ingress.class: alb, alb.ingress.kubernetes.io/group.name: garden}", True),
    ],
)
def test_ingresses_with_load_balancers_of_their_own_share_no_routes(annotations: str, *, is_shared: bool) -> None:
    def ingress(name: str) -> str:
        return f"""
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: {name}, namespace: garden, annotations: {annotations}}}
spec:
  rules: [{{http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: a, port: {{number: 80}}}}}}}}]}}}}]
---
"""

    rules = [
        rule for _, rule in _found(ingress("one"), ingress("two"), _SERVICE.replace("part: bed", "part: shed"), _pod())
    ]

    assert ("route-declared-twice" in rules) == is_shared


def test_actions_of_a_load_balancer_are_no_services() -> None:
    ingress = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: gate
  namespace: garden
  annotations: {alb.ingress.kubernetes.io/actions.go-home: '{"Type": "fixed-response"}'}
spec: {defaultBackend: {service: {name: go-home, port: {name: use-annotation}}}}
"""
    assert _found(ingress) == []
    found = _only(ingress.replace("name: go-home", "name: go-hme"))
    assert (found.severity, found.rule, found.field) == (
        "warning",
        "dangling-route",
        "spec.defaultBackend.service.name",
    )
    assert found.message == 'the port `use-annotation` makes "go-hme" an action, and no annotation defines it'
    assert found.fix == "add the annotation `alb.ingress.kubernetes.io/actions.go-hme`, or use a port of a Service"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("arguments", {"args": ["--listen", "7070"]}),
        ("command", {"command": ["shed", "-p", "7070"]}),
        ("variable", {"env": [{"name": "PORT", "value": "7070"}]}),
        ("probe", {"livenessProbe": {"tcpSocket": {"port": 7070}}}),
        ("probe that runs a program", {"readinessProbe": {"exec": {"command": ["ask", "localhost:7070"]}}}),
        ("hook", {"lifecycle": {"preStop": {"httpGet": {"port": 7070, "path": "/stop"}}}}),
        ("variables of a ConfigMap", {"envFrom": [{"configMapRef": {"name": "ports"}}]}),
        ("variable of a ConfigMap", {"env": [{"name": "A", "valueFrom": {"configMapKeyRef": _PORTS}}]}),
        ("variables of a Secret", {"envFrom": [{"secretRef": {"name": "ports"}}]}),
        ("nothing", {}),
    ],
)  # fmt: skip
def test_a_port_that_pods_are_told_need_not_be_declared(how: str, said: dict[str, Any]) -> None:
    container = {"name": "main", "image": "shed:1", "ports": [{"containerPort": 80}], **said}
    service = _SERVICE.replace("part: bed", "part: shed").replace("port: 80", "port: 80, targetPort: 7070")
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ports, namespace: garden}\ndata: {a: 'listen 7070;'}\n"
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: ports, namespace: garden}\ndata: {a: cG9ydDogNzA3MA==}\n"

    found = _found(_pod(containers=[container]), service, config, secret)

    assert found == ([("note", "target-port-unknown")] if how == "nothing" else [])


def test_a_port_that_stands_in_a_mounted_file_need_not_be_declared() -> None:
    container = {"name": "main", "image": "shed:1", "ports": [{"containerPort": 80}]}
    service = _SERVICE.replace("part: bed", "part: shed").replace("port: 80", "port: 80, targetPort: 7070")
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ports, namespace: garden}\ndata: {a: 'listen 7070;'}\n"
    volumes = [{"name": "ports", "configMap": {"name": "ports"}}]

    assert _found(_pod(containers=[container], volumes=volumes), service, config) == []
    assert _found(_pod(containers=[container], volumes=volumes), service, config.replace("7070", "17070")) == [
        ("note", "target-port-unknown")
    ]


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_a_key_of_an_object_that_is_empty_on_purpose_is_a_note(kind: str) -> None:
    holder = f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: tools, namespace: garden}}\n"
    reference = {"configMapKeyRef" if kind == "ConfigMap" else "secretKeyRef": {"name": "tools", "key": "rake"}}
    container = {"name": "main", "image": "shed:1", "env": [{"name": "RAKE", "valueFrom": reference}]}

    (found,) = _found(holder, _pod(containers=[container]))

    assert found[0] == "note"
    assert _found(f"{holder}data: {{spade: YQ==}}\n", _pod(containers=[container]))[0][0] == "error"
