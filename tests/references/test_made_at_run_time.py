"""What is made at run time: by accounts that may, by programs that are told a name, by well-known controllers."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from kpy import App, Chart, Raw, Service
from kpy.checking.choice import EVERYDAY
from kpy.diagnostics import Diagnostic
from kpy.schema import api
from kpy.validation import find_faults, validate

_RBAC = "rbac.authorization.k8s.io"


def _found(*texts: str) -> list[tuple[str, str]]:
    documents = [document for text in texts for document in yaml.safe_load_all(text) if document]
    return [(found.severity, found.rule) for found in validate(documents) if found.rule != "custom-resource"]


def _only(*texts: str) -> Diagnostic:
    documents = [document for text in texts for document in yaml.safe_load_all(text) if document]
    (found,) = (found for found in validate(documents) if found.rule != "custom-resource")
    return found


def _gardener(
    resource: str,
    *,
    verb: str = "create",
    group: str = "",
    role: str = "ClusterRole",
    binding: str = "ClusterRoleBinding",
    bound_in: str = "garden",
    namespace: str = "garden",
) -> str:
    """Return an account, a role and what binds both."""
    place = "" if binding == "ClusterRoleBinding" else f", namespace: {bound_in}"
    return f"""
apiVersion: v1
kind: ServiceAccount
metadata: {{name: gardener, namespace: {namespace}}}
---
apiVersion: {_RBAC}/v1
kind: {role}
metadata: {{name: gardener{place if role == "Role" else ""}}}
rules: [{{apiGroups: ["{group}"], resources: [{resource}], verbs: [get, {verb}]}}]
---
apiVersion: {_RBAC}/v1
kind: {binding}
metadata: {{name: gardener{place}}}
roleRef: {{apiGroup: {_RBAC}, kind: {role}, name: gardener}}
subjects: [{{kind: ServiceAccount, name: gardener, namespace: {namespace}}}]
---
"""


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


def test_who_may_create_a_secret_in_the_namespace_makes_it_a_note_that_it_is_missing() -> None:
    found = _only(_gardener("secrets"), _with_secret())

    assert (found.severity, found.rule) == ("note", "secret-missing")
    assert found.message == (
        'Secret "seed-list" is not among the documents in namespace "garden"; ServiceAccount "gardener" may create it'
    )


@pytest.mark.parametrize(
    "said",
    [
        {"role": "Role", "binding": "RoleBinding"},
        {"binding": "RoleBinding"},
        {"verb": '"*"'},
        {"group": "*"},
        {"binding": "RoleBinding", "namespace": "office"},
    ],
)
def test_roles_are_followed_however_they_are_bound(said: dict[str, str]) -> None:
    assert _found(_gardener("secrets", **said), _with_secret()) == [("note", "secret-missing")]


@pytest.mark.parametrize(
    "said",
    [
        {"resource": "configmaps"},
        {"resource": "secrets", "verb": "update"},
        {"resource": "secrets", "group": "apps"},
        {"resource": "secrets", "namespace": "office"},
        {"resource": "secrets", "role": "Role", "binding": "RoleBinding", "bound_in": "office"},
        {"resource": "pods"},
    ],
)
def test_other_rights_and_other_namespaces_explain_nothing(said: dict[str, str]) -> None:
    assert ("warning", "secret-missing") in _found(_gardener(**said), _with_secret())


def test_a_right_that_is_limited_to_names_does_not_let_anybody_create() -> None:
    role = _gardener("secrets").replace("resources: [secrets]", "resources: [secrets], resourceNames: [tools]")

    assert _found(role, _with_secret()) == [("warning", "secret-missing")]


def test_roles_that_every_cluster_has_may_create() -> None:
    binding = _gardener("secrets").replace("kind: ClusterRole, name: gardener", "kind: ClusterRole, name: edit")

    assert _found(binding, _with_secret()) == [("note", "secret-missing")]


def test_a_role_has_the_rules_of_those_that_it_gathers() -> None:
    parts = _gardener("secrets").replace(
        "metadata: {name: gardener}\nrules", "metadata: {name: part, labels: {a: b}}\nrules"
    )
    whole = f"""
apiVersion: {_RBAC}/v1
kind: ClusterRole
metadata: {{name: gardener}}
aggregationRule: {{clusterRoleSelectors: [{{matchLabels: {{a: b}}}}]}}
rules: []
---
"""
    assert _found(parts, whole, _with_secret()) == [("note", "secret-missing")]


def test_a_name_that_is_nearly_that_of_an_object_here_stays_a_warning() -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: seed-list, namespace: garden}\n---\n"

    found = _only(_gardener("secrets"), secret, _with_secret("seed-lsit"))

    assert (found.severity, found.fix) == ("warning", 'did you mean "seed-list"?')


@pytest.mark.parametrize(("resource", "group"), [("pods", ""), ("statefulsets", "apps"), ("jobs", "batch")])
def test_who_may_create_pods_makes_it_a_note_that_a_selector_selects_none(resource: str, group: str) -> None:
    found = _only(_gardener(resource, group=group), _pod(), _SERVICE)

    assert (found.severity, found.rule) == ("note", "service-selects-no-pod")
    assert found.message == (
        'the selector part=bed selects no pod that is here; ServiceAccount "gardener" may create pods'
    )


def test_policies_budgets_and_peers_follow_the_same_rights() -> None:
    text = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shed, namespace: garden}
spec: {podSelector: {matchLabels: {part: shed}}, ingress: [{from: [{podSelector: {matchLabels: {part: bed}}}]}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: beds, namespace: garden}
spec: {minAvailable: 1, selector: {matchLabels: {part: bed}}}
---
"""
    rules = ["budget-selects-no-pod", "peer-selects-no-pod"]

    assert sorted(_found(_gardener("pods"), _pod(), text)) == [("note", rule) for rule in rules]
    assert sorted(_found(_gardener("nodes"), _pod(), text)) == [("warning", rule) for rule in rules]


def test_rights_to_create_other_things_leave_selectors_a_warning() -> None:
    assert _found(_gardener("secrets"), _pod(), _SERVICE) == [("warning", "service-selects-no-pod")]


def test_without_namespaces_only_what_is_in_the_same_folder_counts() -> None:
    rights = _gardener("secrets", binding="RoleBinding").replace(", namespace: garden", "")
    documents = [*yaml.safe_load_all(rights.replace("namespace: garden", ""))]
    documents = [document for document in documents if document]
    pod = yaml.safe_load(_with_secret().replace("---", ""))
    del pod["metadata"]["namespace"]

    def severities(file: str) -> list[str]:
        files = ["a/rights.yaml"] * len(documents) + [file]
        found = find_faults([*documents, pod], api(None), EVERYDAY, files=files)
        return [each.diagnostic.severity for each in found if each.diagnostic.rule == "secret-missing"]

    assert severities("a/pod.yaml") == ["note"]
    assert severities("a/more/pod.yaml") == ["note"]
    assert severities("b/pod.yaml") == ["warning"]


@pytest.mark.parametrize(
    "container",
    [
        {"args": ["--seeds=seed-list"]},
        {"env": [{"name": "SEEDS", "value": "seed-list"}]},
    ],
)
def test_a_program_that_is_told_the_name_of_a_secret_makes_it(container: dict[str, Any]) -> None:
    spec = {"containers": [{"name": "main", "image": "shed:1", **container}]}

    assert _found(_pod(**spec, volumes=[{"name": "seeds", "secret": {"secretName": "seed-list"}}])) == []


@pytest.mark.parametrize(
    "container",
    [
        {"args": ["--seeds", "seed-list"]},
        {"command": ["sh", "-c", "kubectl create secret generic seed-list"]},
        {"env": [{"name": "SEEDS", "value": "garden/seed-list,garden/bulbs"}]},
    ],
)
@pytest.mark.parametrize("field", ["containers", "initContainers"])
def test_a_name_among_other_words_is_a_note(container: dict[str, Any], field: str) -> None:
    containers = [{"name": "main", "image": "shed:1"}]
    told = [{"name": "told", "image": "shed:1", **container}]
    spec = {"containers": told} if field == "containers" else {"containers": containers, field: told}

    found = _only(_pod(**spec, volumes=[{"name": "seeds", "secret": {"secretName": "seed-list"}}]))

    assert (found.severity, found.rule) == ("note", "secret-missing")
    assert found.message.endswith('; Pod "garden/shed" is told its name')


def test_a_role_that_names_an_object_makes_it_a_note_that_it_is_missing() -> None:
    role = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: seeds, namespace: garden}
rules: [{apiGroups: [""], resources: [secrets], resourceNames: [seed-list], verbs: [get, update]}]
---
"""
    found = _only(role, _with_secret())

    assert (found.severity, found.message.partition("; ")[2]) == (
        "note",
        'Role "garden/seeds" is about it by its name',
    )
    assert _found(role.replace("[secrets]", "[configmaps]"), _with_secret()) == [("warning", "secret-missing")]
    assert _found(role.replace("namespace: garden", "namespace: office"), _with_secret()) == [
        ("warning", "secret-missing")
    ]


def test_in_an_app_existing_and_external_say_what_is_made_at_run_time() -> None:
    app = App("garden")
    chart = app.add(Chart("garden", namespace="garden"))
    chart.add(Service("beds", selector={"part": "bed"}, ports=[80]))
    for document in yaml.safe_load_all(_gardener("pods")):
        if document:
            chart.add(Raw(document))

    assert [found.severity for found in app.synth().report if found.rule == "service-selects-no-pod"] == ["warning"]


@pytest.mark.parametrize(("verb", "severity"), [("patch", "note"), ("update", "note"), ("watch", "warning")])
def test_labels_that_are_given_at_run_time_are_a_note(verb: str, severity: str) -> None:
    service = _SERVICE.replace("{part: bed}", "{part: shed, role: leader}")

    assert _found(_gardener("pods", verb=verb), _pod(), service) == [(severity, "service-selects-no-pod")]


def test_labels_that_differ_are_not_given_at_run_time() -> None:
    assert _found(_gardener("pods", verb="patch"), _pod(), _SERVICE) == [("warning", "service-selects-no-pod")]


@pytest.mark.parametrize(
    ("api_version", "kind", "labels"),
    [
        ("kafka.strimzi.io/v1beta2", "Kafka", {"strimzi.io/cluster": "beds"}),
        ("postgresql.cnpg.io/v1", "Cluster", {"cnpg.io/cluster": "beds"}),
        ("acid.zalan.do/v1", "postgresql", {"application": "spilo", "cluster-name": "beds"}),
        ("elasticsearch.k8s.elastic.co/v1", "Elasticsearch", {"elasticsearch.k8s.elastic.co/cluster-name": "beds"}),
        ("monitoring.coreos.com/v1", "Prometheus", {"app.kubernetes.io/name": "prometheus"}),
        ("monitoring.coreos.com/v1", "Alertmanager", {"alertmanager": "beds"}),
        ("serving.knative.dev/v1", "Service", {"serving.knative.dev/service": "beds"}),
        ("gateway.networking.k8s.io/v1", "Gateway", {"gateway.networking.k8s.io/gateway-name": "beds"}),
        ("rabbitmq.com/v1beta1", "RabbitmqCluster", {"app.kubernetes.io/name": "beds"}),
        ("argoproj.io/v1alpha1", "Application", {"app.kubernetes.io/instance": "beds"}),
        ("helm.toolkit.fluxcd.io/v2", "HelmRelease", {"app.kubernetes.io/instance": "beds"}),
    ],
)
def test_pods_that_a_well_known_operator_makes_are_not_missed(
    api_version: str, kind: str, labels: dict[str, str]
) -> None:
    resource = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "beds", "namespace": "garden"}}
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "in-front", "namespace": "garden"},
        "spec": {"selector": labels, "ports": [{"port": 80}]},
    }

    assert _found(yaml.safe_dump(resource), yaml.safe_dump(service), _pod()) == []


def test_labels_of_well_known_operators_are_of_pods_that_they_make() -> None:
    labelled = _SERVICE.replace("{part: bed}", "{strimzi.io/cluster: tulips}")

    assert _found(labelled, _pod()) == []


@pytest.mark.parametrize("label", ["k8s-app: kube-dns", "istio: ingressgateway", "tier: control-plane"])
def test_pods_of_the_cluster_itself_are_not_missed(label: str) -> None:
    assert _found(_SERVICE.replace("{part: bed}", f"{{{label}}}"), _pod()) == []
    assert _found(_SERVICE.replace("{part: bed}", f"{{{label}-2}}"), _pod()) == [("warning", "service-selects-no-pod")]


def test_a_selector_with_the_name_of_some_custom_resource_is_a_note() -> None:
    machine = "apiVersion: garden.example/v1\nkind: Mower\nmetadata: {name: bed, namespace: garden}\n"

    found = _only(machine, _pod(), _SERVICE)

    assert (found.severity, found.message) == (
        "note",
        'the selector part=bed selects no pod that is here; the controller of Mower "garden/bed" may create them',
    )
    assert _found(machine.replace("namespace: garden", "namespace: office"), _pod(), _SERVICE) == [
        ("warning", "service-selects-no-pod")
    ]


def test_resources_that_only_speak_of_others_make_nothing() -> None:
    monitor = """
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: bed, namespace: garden, labels: {part: bed}}
spec: {selector: {matchLabels: {part: bed}}, endpoints: [{basicAuth: {password: {name: seed-list, key: p}}}]}
"""
    of_monitor = [("warning", "secret-missing"), ("note", "custom-selects-nothing")]

    assert sorted(_found(monitor, _pod(), _SERVICE)) == sorted([("warning", "service-selects-no-pod"), *of_monitor])
    assert _found(monitor, _with_secret()) == [("warning", "secret-missing")]


@pytest.mark.parametrize(
    ("api_version", "kind", "name", "secret"),
    [
        ("acid.zalan.do/v1", "postgresql", "beds", "owner.beds.credentials.postgresql.acid.zalan.do"),
        ("postgresql.cnpg.io/v1", "Cluster", "beds", "beds-app"),
        ("elasticsearch.k8s.elastic.co/v1", "Elasticsearch", "beds", "beds-es-elastic-user"),
        ("rabbitmq.com/v1beta1", "RabbitmqCluster", "beds", "beds-default-user"),
        ("postgres-operator.crunchydata.com/v1beta1", "PostgresCluster", "beds", "beds-pguser-anna"),
        ("kafka.strimzi.io/v1beta2", "KafkaUser", "anna", "anna"),
        ("bitnami.com/v1alpha1", "SealedSecret", "seed-list", "seed-list"),
        ("external-secrets.io/v1", "ExternalSecret", "seed-list", "seed-list"),
        ("monitoring.coreos.com/v1", "Prometheus", "beds", "prometheus-beds"),
    ],
)
def test_secrets_that_a_well_known_operator_makes_are_not_missed(
    api_version: str, kind: str, name: str, secret: str
) -> None:
    resource = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": "garden"}}

    assert _found(yaml.safe_dump(resource), _with_secret(secret)) == []


@pytest.mark.parametrize(
    ("api_version", "kind", "severity"),
    [
        ("external-secrets.io/v1", "ExternalSecret", "note"),
        ("postgresql.cnpg.io/v1", "Cluster", "note"),
        ("argoproj.io/v1alpha1", "Application", None),
        ("helm.toolkit.fluxcd.io/v2", "HelmRelease", None),
    ],
)
def test_operators_work_in_the_namespace_of_their_resources_but_for_those_that_deploy(
    api_version: str, kind: str, severity: str | None
) -> None:
    metadata = {"name": "seed-list", "namespace": "office"}
    resource = yaml.safe_dump({"apiVersion": api_version, "kind": kind, "metadata": metadata})

    assert _found(resource, _with_secret()) == ([(severity, "secret-missing")] if severity else [])


def test_a_program_of_another_namespace_makes_no_secrets_here() -> None:
    told = {"containers": [{"name": "main", "image": "shed:1", "args": ["--seeds=seed-list"]}]}

    assert _found(_pod("office", **told), _with_secret()) == [("warning", "secret-missing")]


def test_services_that_an_operator_makes_have_fixed_names() -> None:
    prometheus = "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: k8s, namespace: garden}\n"
    ingress = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: metrics, namespace: garden}
spec: {defaultBackend: {service: {name: prometheus-operated, port: {number: 9090}}}}
"""
    assert _found(prometheus, ingress) == []
    assert _found(ingress) == [("warning", "dangling-route")]


def test_a_name_that_begins_with_that_of_some_custom_resource_is_a_note() -> None:
    machine = "apiVersion: garden.example/v1\nkind: Mower\nmetadata: {name: seed, namespace: garden}\n"

    assert _found(machine, _with_secret()) == [("note", "secret-missing")]
