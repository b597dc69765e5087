"""References in apps and files: what only an app knows, how much findings count, what lives outside, and how fast."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from kpy import (
    App,
    Chart,
    Claim,
    ConfigMap,
    Container,
    Deployment,
    HorizontalPodAutoscaler,
    Ingress,
    Namespace,
    Probe,
    Report,
    Service,
    SynthError,
)
from kpy.checking.choice import Choice
from kpy.constructs.network_policies import NetworkPolicy
from kpy.schema import api
from kpy.validation import find_faults, validate


def _pod(name: str = "web", **spec: Any) -> dict[str, Any]:
    containers = [{"name": "web", "image": "web:1", "ports": [{"name": "http", "containerPort": 80}]}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {"containers": containers, **spec},
    }


def _config(name: str, data: dict[str, str] | None, **metadata: str) -> dict[str, Any]:
    tree = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}}
    return tree if data is None else {**tree, "data": data}


def _reading(name: str, key: str, *, optional: bool = False) -> dict[str, Any]:
    source = {"name": name, "key": key, **({"optional": True} if optional else {})}
    variable = {"name": "A", "valueFrom": {"configMapKeyRef": source}}
    return _pod(containers=[{"name": "web", "image": "web:1", "env": [variable]}])


def _found(*documents: dict[str, Any], **said: Any) -> list[tuple[str, str]]:
    return [(found.severity, found.rule) for found in validate(documents, kubernetes="1.36", **said)]


def _faults(app: App) -> Report:
    with pytest.raises(SynthError) as error:
        app.synth()
    return error.value.report


def _app(*parts: Any, namespace: str | Namespace | None = "shop") -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace=namespace))
    for part in parts:
        chart.add(part)
    return app


def _web(**said: Any) -> Deployment:
    return Deployment("web", containers=[Container(image="web:1", ports={"http": 80}, **said)])


def test_absent_object_is_a_warning_in_documents() -> None:
    assert _found(_reading("config", "level")) == [("warning", "config-map-missing")]


def test_optional_and_well_known_objects_are_not_missed() -> None:
    known = {"serviceAccountName": "default", "priorityClassName": "system-node-critical"}
    volumes = [{"name": "ca", "configMap": {"name": "kube-root-ca.crt"}}]

    assert _found(_reading("config", "level", optional=True), _pod("api", **known, volumes=volumes)) == []


def test_what_lives_outside_is_said_once() -> None:
    pod = _reading("config-eu", "level")

    assert _found(pod, external=["ConfigMap/config-*"]) == []
    assert _found(pod, external=["Secret/config-*"]) == [("warning", "config-map-missing")]


def test_missing_key_of_a_present_object_is_an_error_with_the_near_key() -> None:
    (found,) = validate([_reading("config", "levels"), _config("config", {"level": "info"})])

    assert (found.severity, found.fix) == ("error", 'did you mean "level"?')
    assert found.message == 'ConfigMap "config" has no key "levels"; it has level'


def test_key_of_an_empty_object_may_be_filled_by_somebody() -> None:
    assert _found(_reading("config", "level"), _config("config", None)) == [("note", "config-map-key-missing")]


def test_namespace_that_one_side_leaves_unsaid_may_be_the_same() -> None:
    assert _found(_reading("config", "level"), _config("config", {"level": "a"}, namespace="shop")) == []


def test_object_with_faults_of_its_own_is_there() -> None:
    faulty: Any = {"level": "a", "other": 1}

    assert [rule for _, rule in _found(_reading("config", "level"), _config("config", faulty))] == ["wrong-type"]


def test_names_in_custom_resources_are_made_by_their_controllers() -> None:
    volumes = [{"name": "tls", "secret": {"secretName": "web-tls"}}]
    certificate = {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": {"name": "web"}}

    assert _found(_pod(volumes=volumes), {**certificate, "spec": {"secretName": "web-tls"}}) == [
        ("note", "custom-resource")
    ]


def _policy(name: str, *peers: str) -> dict[str, Any]:
    sources = [{"podSelector": {"matchLabels": {"app": peer}}} for peer in peers]
    spec = {"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [{"from": sources}]}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": name}, "spec": spec}


def test_pods_with_labels_of_a_custom_resource_are_made_by_its_controller() -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "db"}}
    service |= {"spec": {"selector": {"app": "db"}, "ports": [{"port": 80}]}}
    database = {"apiVersion": "db.example.com/v1", "kind": "Database", "metadata": {"name": "db"}}
    labelled = {**database, "spec": {"podMetadata": {"labels": {"app": "db", "role": "main"}}}}

    assert _found(_pod(), service, _policy("web", "db"), labelled) == [("note", "custom-resource")]
    assert _found(_pod(), service, _policy("web", "db"), database) == [
        ("note", "peer-selects-no-pod"),
        ("note", "service-selects-no-pod"),
        ("note", "custom-resource"),
    ]


def test_peer_is_said_once() -> None:
    policies = [_policy("web", "web", "db", "cache"), _policy("other", "db", "cache")]

    assert _found(_pod(), *policies) == [("warning", "peer-selects-no-pod")]
    assert _found(_pod(), *policies, external=["NetworkPolicy/*"]) == []


def test_volume_of_a_stateful_set_gives_way_to_its_claim_template() -> None:
    pod = _pod(volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}])
    template = {"metadata": pod["metadata"], "spec": pod["spec"]}
    claim = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
    claim["spec"]["resources"] = {"requests": {"storage": "1Gi"}}
    pod["spec"]["containers"][0]["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
    spec = {"serviceName": "", "selector": {"matchLabels": {"app": "web"}}, "template": template}
    plain = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"}, "spec": spec}

    assert _found(plain) == [("warning", "claim-missing")]
    assert _found({**plain, "spec": {**spec, "volumeClaimTemplates": [claim]}}) == []


def test_certificate_of_an_ingress_is_issued_where_an_annotation_asks_for_it() -> None:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    spec = {"tls": [{"hosts": ["shop.io"], "secretName": "shop-tls"}], "defaultBackend": backend}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}}

    def ingress(**annotations: str) -> dict[str, Any]:
        metadata = {"name": "web", "annotations": annotations}
        return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec}

    assert _found(ingress(), service) == [("warning", "secret-missing")]
    assert _found(ingress(**{"cert-manager.io/cluster-issuer": "letsencrypt"}), service) == []


def test_duplicates_count_by_where_they_are() -> None:
    twice = [_pod(), _pod()]

    def severities(*files: str) -> list[str]:
        return [found.diagnostic.severity for found in find_faults(twice, api(), Choice(), files=files)]

    assert severities() == ["error"]
    assert severities("a/pods.yaml", "a/pods.yaml") == ["error"]
    assert severities("a/one.yaml", "a/two.yaml") == []
    assert severities("a/pods.yaml", "b/pods.yaml") == []


def test_alternatives_of_a_workload_are_one_workload() -> None:
    """A file may have the same workload with fewer ports."""
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}
    service |= {"spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "metrics"}]}}
    with_metrics = _pod()
    with_metrics["spec"]["containers"][0]["ports"] = [{"name": "metrics", "containerPort": 9090}]
    other = {**_pod(), "metadata": {"name": "other", "labels": {"app": "web"}}}

    def rules(*trees: dict[str, Any]) -> list[str]:
        files = [f"{number}.yaml" for number in range(len(trees))]
        return [found.diagnostic.rule for found in find_faults(trees, api(), Choice(), files=files)]

    assert rules(service, with_metrics, _pod()) == ["variants"]
    assert rules(service, with_metrics, other) == ["service-mixes-workloads"]


def test_cycles_are_legal() -> None:
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "data"},
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "claimRef": {"name": "data", "namespace": "shop"},
            "hostPath": {"path": "/data"},
        },
    }
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": "shop"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "volumeName": "data",
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }

    assert _found(volume, claim) == []


def test_objects_of_an_app_refer_to_each_other_without_findings() -> None:
    config = ConfigMap.from_literals("config", {"LEVEL": "info"}, content_hash=True)
    data = Claim("data", storage="1Gi", access_modes=["ReadWriteMany"])
    web = _web(env={"LEVEL": config["LEVEL"]}, env_from=[config], mounts={"/data": data})
    service = web.expose()
    parts = (config, data, web, service, Ingress("web", host="shop.io", routes={"/": service}))

    assert _app(*parts).synth().diagnostics == []


def test_route_to_an_unknown_port_names_the_line_of_the_route_and_of_the_service() -> None:
    web = _web()
    service = web.expose()
    report = _faults(_app(web, service, Ingress("edge", host="shop.io", routes={"/": service["web"]})))

    (found,) = report.errors
    assert found.rule == "dangling-route"
    assert found.message == 'Ingress "shop/edge" routes "shop.io/" to port "web" of Service "web", which has only http'
    assert found.where is not None
    assert found.where.file.endswith("test_references.py")
    assert [(text, where is not None) for text, where in found.see_also] == [('Service "shop/web"', True)]


def test_unknown_port_of_a_probe_is_an_error_in_an_app() -> None:
    report = _faults(_app(_web(liveness_probe=Probe.http("/", port="https"))))

    assert [found.rule for found in report.errors] == ["probe-port-unknown"]


def test_object_of_another_namespace_is_an_error() -> None:
    app = App("shop")
    config = app.add(Chart("config", namespace="config")).add(ConfigMap.from_literals("config", {"LEVEL": "info"}))
    app.add(Chart("web", namespace="web")).add(_web(env_from=[config]))

    (found,) = _faults(app).errors

    assert found.rule == "other-namespace"
    assert found.message == 'ConfigMap "config" is in namespace "config"; "web" does not see it'


@pytest.mark.parametrize("is_autoscaler", [False, True])
def test_service_and_workload_of_another_namespace_are_not_seen(*, is_autoscaler: bool) -> None:
    app = App("shop")
    back, front = (app.add(Chart(name, namespace=name)) for name in ("back", "front"))
    web = back.add(_web())
    service = back.add(web.expose())
    if is_autoscaler:
        front.add(HorizontalPodAutoscaler("web", namespace="front", max_replicas=3, scale_target_ref=web))
    else:
        front.add(Ingress("web", host="shop.io", routes={"/": service}))

    (found,) = _faults(app).errors

    what = "Deployment" if is_autoscaler else "Service"
    assert found.rule == "other-namespace"
    assert found.message == f'{what} "web" is in namespace "back"; "front" does not see it'


def test_forgotten_object_is_an_error() -> None:
    config = ConfigMap.from_literals("config", {"LEVEL": "info"})

    assert [found.rule for found in _faults(_app(_web(env_from=[config]))).errors] == ["forgotten-add"]


def test_selector_made_of_a_workload_that_selects_others_too_is_a_warning() -> None:
    labels = {"app": "shop"}
    web, api_ = (
        Deployment(name, selector={"app": "shop", "part": name}, pod_labels=labels, containers=[Container(image="a")])
        for name in ("web", "api")
    )
    wide = Deployment("wide", selector=labels, containers=[Container(image="a")])

    found = _app(web, api_, wide, NetworkPolicy("wide", target=wide)).synth().diagnostics

    assert {each.rule for each in found} == {"foreign-pods-selected", "selectors-overlap"}


def test_waived_rule_is_not_reported_and_needs_a_reason() -> None:
    selector = {"app": "elsewhere"}
    service = Service("web", selector=selector, ports=[80], waive={"service-selects-no-pod": "the pods come later"})
    silent = Service("api", selector=selector, ports=[80], waive={"service-selects-no-pod": ""})

    found = {(each.rule, each.resource) for each in _app(service, silent).synth().diagnostics}

    assert found == {
        ("waiver-without-reason", 'Service "shop/api"'),
        ("service-selects-no-pod", 'Service "shop/api"'),
    }


def test_settings_hold_for_references() -> None:
    pod = _reading("config", "level")

    assert _found(pod, ignore=["config-map-missing"]) == []
    assert _found(pod, ignore=["reference"]) == []
    assert _found(pod, severities={"config-map-missing": "error"}) == [("error", "config-map-missing")]
    assert _found(pod, severities={"config-map-*": "off"}) == []


def test_work_is_linear() -> None:
    _lines(10)

    assert _lines(400) < 11 * _lines(40)


def _lines(count: int) -> int:
    """Return how many lines of Python run to validate a number of pods, each with a ConfigMap and a Service."""
    documents = [
        document
        for number in range(count)
        for document in (
            {**_reading(f"config-{number}", "level"), "metadata": {"name": f"web-{number}", "labels": {"app": "a"}}},
            _config(f"config-{number}", {"level": "a"}),
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": f"web-{number}"},
                "spec": {"selector": {"app": "a"}, "ports": [{"port": 80}]},
            },
        )
    ]
    lines = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        validate(documents)
    finally:
        sys.settrace(before)
    return lines
