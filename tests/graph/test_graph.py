"""The picture of an app: boxes for charts and constructs, arrows for names and selectors."""

from __future__ import annotations

import pytest

from kpy import App, Chart, ConfigMap, Container, Deployment, Raw
from kpy.graph import Edge, graph_of, to_dot, to_mermaid
from kpy.manifest import Resource
from kpy.syntax.selectors import matches


def app() -> App:
    app = App("shop")
    chart = app.add(Chart("web", namespace="shop"))
    config = chart.add(ConfigMap.from_literals("config", {"PORT": "80"}))
    web = Deployment("web", containers=[Container(image="nginx:1.29", ports=[80], env_from=[config])])
    chart.add(web)
    chart.add(web.expose())
    return app


def test_mermaid_shows_boxes_names_and_selectors() -> None:
    assert to_mermaid(graph_of(app().synth())) == (
        "flowchart LR\n"
        '    subgraph box1["App #34;shop#34;"]\n'
        '        subgraph box2["Chart #34;web#34;"]\n'
        '            ConfigMap_shop_config["ConfigMap<br/>config"]\n'
        '            Service_shop_web["Service<br/>web"]\n'
        '            Deployment_shop_web["Deployment<br/>web"]\n'
        "        end\n"
        "    end\n"
        "    Service_shop_web -.->|selects| Deployment_shop_web\n"
        "    Deployment_shop_web -->|configMapRef| ConfigMap_shop_config\n"
    )


def test_dot_shows_boxes_names_and_selectors() -> None:
    assert to_dot(graph_of(app().synth())) == (
        "digraph {\n"
        "    rankdir=LR\n"
        '    node [shape=box, style="rounded"]\n'
        "    subgraph cluster_box3 {\n"
        '        label="App \\"shop\\""\n'
        "        subgraph cluster_box5 {\n"
        '            label="Chart \\"web\\""\n'
        '            ConfigMap_shop_config [label="ConfigMap\\nconfig"]\n'
        '            Service_shop_web [label="Service\\nweb"]\n'
        '            Deployment_shop_web [label="Deployment\\nweb"]\n'
        "        }\n"
        "    }\n"
        '    Service_shop_web -> Deployment_shop_web [label="selects", style=dashed]\n'
        '    Deployment_shop_web -> ConfigMap_shop_config [label="configMapRef"]\n'
        "}\n"
    )


def test_what_is_only_named_is_dashed() -> None:
    pod = {"containers": [{"name": "a", "image": "a:1", "envFrom": [{"secretRef": {"name": "login"}}]}]}
    graph = graph_of([Resource({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": pod})])

    assert graph.edges == (Edge("Pod_a", "Secret_login", "secretRef"),)
    assert [node.id for node in graph.nodes if node.is_absent] == ["Secret_login"]
    assert "class Secret_login absent" in to_mermaid(graph)
    assert 'Secret_login [label="Secret\\nlogin", style="rounded,dashed"]' in to_dot(graph)


def test_kind_of_a_target_may_be_said_beside_its_name() -> None:
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "reads", "namespace": "shop"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [
            {"kind": "ServiceAccount", "name": "bot", "namespace": "ci"},
            {"kind": "User", "name": "jane", "apiGroup": "rbac.authorization.k8s.io"},
        ],
    }

    edges = graph_of([Resource(binding)]).edges

    assert [(edge.label, edge.target) for edge in edges] == [
        ("roleRef", "ClusterRole_view"),
        ("subjects", "ServiceAccount_ci_bot"),
    ]


def test_namesakes_in_other_namespaces_are_apart() -> None:
    resources = [
        Resource({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}})
        for namespace, name in (("a", "b-c"), ("a-b", "c"), ("a_b", "c"))
    ]

    assert len({node.id for node in graph_of(resources).nodes}) == 3


def test_text_of_others_cannot_break_the_picture() -> None:
    app = App('a"] --> x')
    app.add(Chart("web")).add(Raw({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}}))
    graph = graph_of(app.synth())

    assert 'subgraph box1["App #34;a#34;] --#62; x#34;"]' in to_mermaid(graph)
    assert 'label="App \\"a\\"] --> x\\""' in to_dot(graph)


def test_selectors_look_at_the_workloads_that_have_a_label(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every Service looking at every workload would take seconds for a thousand of them."""
    app = App("shop")
    chart = app.add(Chart("web", namespace="shop"))
    for number in range(20):
        web = chart.add(Deployment(f"web-{number}", containers=[Container(image="nginx:1.29", ports=[80])]))
        chart.add(web.expose())
    looks: list[object] = []
    monkeypatch.setattr("kpy.graph.references.matches", lambda *given: looks.append(given) or matches(*given))

    graph = graph_of(app.synth())

    assert len([edge for edge in graph.edges if edge.is_selection]) == 20
    assert len(looks) == 20


def test_selectors_without_labels_and_odd_labels_are_looked_at_all_the_same() -> None:
    def pod(name: str, labels: object) -> Resource:
        tree = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels}}
        return Resource({**tree, "spec": {"containers": [{"name": "web", "image": "web"}]}})

    policy = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "all"}}
    every = Resource({**policy, "spec": {"podSelector": {}}})
    some = Resource(
        {**policy, "spec": {"podSelector": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}}}
    )
    pods = [pod("plain", {"a": "b"}), pod("odd", {"a": ["b"]}), pod("bare", {})]

    selected = {edge.target for edge in graph_of([every, *pods]).edges}

    assert selected == {"Pod_plain", "Pod_odd", "Pod_bare"}
    assert {edge.target for edge in graph_of([some, *pods[:1], pods[2]]).edges} == {"Pod_plain"}


def test_objects_of_one_word_are_numbered() -> None:
    names = ["a.b", "a-b", "a_b"]
    resources = [Resource({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}) for name in names]

    assert [node.id for node in graph_of(resources).nodes] == ["ConfigMap_a_b", "ConfigMap_a_b_2", "ConfigMap_a_b_3"]
