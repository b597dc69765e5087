"""Typed custom resources in apps: what all constructs can do."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from kpy import (
    App,
    Chart,
    Container,
    Defaults,
    Deployment,
    HorizontalPodAutoscaler,
    Manifest,
    Raw,
    Resources,
    Secret,
    Service,
    Yaml,
)
from kpy.custom.types.module import module_text
from kpy.custom.types.schemas import KindSchema, kinds_of
from kpy.errors import ArgumentError, SynthError, UsageError

TEXT = {"type": "string"}
REF = {"type": "object", "properties": dict.fromkeys(("group", "kind", "name", "namespace"), TEXT)}
POD = {
    "type": "object",
    "properties": {
        "metadata": {"type": "object"},
        "spec": {
            "type": "object",
            "properties": {
                "containers": {
                    "type": "array",
                    "items": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                }
            },
        },
    },
}


def struct(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def module(group: str, *, replicas: str = "", **specs: Mapping[str, Any]) -> ModuleType:
    """Return the types of the kinds of a group, by their specs."""
    kinds: list[KindSchema] = []
    for kind, spec in specs.items():
        version: dict[str, Any] = {"name": "v1", "served": True, "schema": {"openAPIV3Schema": struct(spec=spec)}}
        if replicas:
            version["subresources"] = {"scale": {"specReplicasPath": replicas}}
        names = {"kind": kind, "plural": f"{kind.lower()}s"}
        kinds += kinds_of({"spec": {"group": group, "names": names, "scope": "Namespaced", "versions": [version]}})
    made = ModuleType(f"types_of_{group.replace('.', '_').replace('-', '_')}")
    sys.modules[made.__name__] = made
    exec(compile(module_text(kinds), f"{made.__name__}.py", "exec"), made.__dict__)
    return made


cert_manager = module(
    "cert-manager.io",
    Certificate=struct(secretName=TEXT, issuerRef=REF, dnsNames={"type": "array", "items": TEXT}),
    Issuer=struct(ca=struct(secretName=TEXT)),
)
argo = module(
    "argoproj.io",
    replicas=".spec.replicas",
    Rollout=struct(
        replicas={"type": "integer"},
        template=POD,
        strategy=struct(canary=struct(stableService=TEXT)),
    ),
)
keda = module("keda.sh", ScaledObject=struct(scaleTargetRef=struct(apiVersion=TEXT, kind=TEXT, name=TEXT)))
fleet = module("example.com", replicas=".spec.size", Fleet=struct(size={"type": "integer"}))
fixed = module("other.example.com", Fixed=struct(replicas={"type": "integer"}))


def synth(*parts: Any, **chart: Any) -> Manifest:
    app = App("shop")
    app.add(Chart("shop", namespace="shop", **chart)).add(*parts)
    return app.synth()


def web() -> Deployment:
    return Deployment("web", replicas=3, containers=[Container(image="r.example.com/web:1", ports=[80])])


def messages(*parts: Any) -> list[str]:
    return [found.message for found in synth(*parts).report if found.severity != "note"]


def test_chart_gives_namespace_and_labels() -> None:
    certificate = cert_manager.Certificate("web", secret_name="web-tls")

    (found,) = synth(certificate, labels={"team": "shop"}).to_dicts()

    assert found["metadata"] == {"name": "web", "namespace": "shop", "labels": {"team": "shop"}}


def test_manifest_finds_objects_by_their_class() -> None:
    manifest = synth(cert_manager.Certificate("web", secret_name="web-tls"), cert_manager.Issuer("ca"))

    found = manifest.one(cert_manager.Certificate)

    assert (type(found), found.name, found.secret_name) == (cert_manager.Certificate, "web", "web-tls")
    assert manifest.find(cert_manager.Issuer).name == "ca"


def test_secret_that_a_certificate_makes_can_be_used() -> None:
    certificate = cert_manager.Certificate("web", secret_name="web-tls")
    pod = Deployment(
        "web", containers=[Container(image="r.example.com/web:1", env_from=[{"secretRef": {"name": "web-tls"}}])]
    )

    assert messages(certificate, pod) == []


def test_name_that_is_nearly_that_of_an_issuer_is_told() -> None:
    certificate = cert_manager.Certificate("web", secret_name="web-tls", issuer_ref={"name": "intenal"})

    assert messages(cert_manager.Issuer("internal"), certificate) == [
        'Issuer "intenal" is not part of the app in namespace "shop"'
    ]


CERTIFICATE = """
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: web, namespace: shop}
spec: {secretName: web-tls, issuerRef: {name: intenal}}
"""


@pytest.mark.parametrize("form", ["typed", "raw", "file"])
def test_names_are_followed_however_a_resource_is_written(form: str, tmp_path: Path) -> None:
    (tmp_path / "certificate.yaml").write_text(CERTIFICATE)
    certificate = {
        "typed": lambda: cert_manager.Certificate("web", secret_name="web-tls", issuer_ref={"name": "intenal"}),
        "raw": lambda: Raw(yaml.safe_load(CERTIFICATE)),
        "file": lambda: Yaml(tmp_path / "certificate.yaml"),
    }[form]()

    found = [each for each in synth(cert_manager.Issuer("internal"), certificate).report if each.severity != "note"]

    assert [(each.rule, each.field, each.fix.partition("?")[0]) for each in found] == [
        ("object-missing", "spec.issuerRef.name", 'did you mean "internal"')
    ]


def test_name_of_what_lives_outside_is_left_alone() -> None:
    certificate = cert_manager.Certificate("web", secret_name="web-tls", issuer_ref={"name": "elsewhere"})

    assert messages(cert_manager.Issuer("internal"), certificate) == []


def test_issuer_of_another_namespace_is_refused() -> None:
    app = App("shop")
    issuer = app.add(Chart("pki", namespace="pki")).add(cert_manager.Issuer("internal"))
    app.add(Chart("shop", namespace="shop")).add(
        cert_manager.Certificate("web", secret_name="web-tls", issuer_ref={"name": issuer})
    )

    with pytest.raises(SynthError, match='Issuer "internal" is in namespace "pki"; "shop" does not see it'):
        app.synth()


def test_autoscaler_takes_over_the_replicas_of_what_it_scales() -> None:
    crew = fleet.Fleet("night", size=3)

    manifest = synth(crew, HorizontalPodAutoscaler("night", scale_target_ref=crew, max_replicas=5))

    assert manifest.one(fleet.Fleet).size is None
    (target,) = (tree["spec"]["scaleTargetRef"] for tree in manifest.to_dicts() if tree["kind"] != "Fleet")
    assert target == {"apiVersion": "example.com/v1", "kind": "Fleet", "name": "night"}


def test_replicas_of_what_cannot_be_scaled_stay() -> None:
    one = fixed.Fixed("one", replicas=3)

    assert (
        synth(one, HorizontalPodAutoscaler("one", scale_target_ref=one, max_replicas=5)).one(fixed.Fixed).replicas == 3
    )


def test_scaler_of_keda_takes_over_the_replicas_of_what_it_scales() -> None:
    workload = web()

    manifest = synth(workload, keda.ScaledObject("web", scale_target_ref=workload.ref()))

    said = {tree["kind"]: tree["spec"] for tree in manifest.to_dicts()}
    assert said["ScaledObject"] == {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}
    assert "replicas" not in said["Deployment"]


def rollout(**more: Any) -> Any:
    container = {"name": "web", "image": "r.example.com/web:1", "ports": [{"name": "http", "containerPort": 80}]}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    return argo.Rollout("web", template=template, **more)


def test_defaults_reach_the_pods_of_a_rollout() -> None:
    defaults = Defaults(resources=Resources(memory="64Mi"), pod_labels={"team": "shop"}, security="restricted")

    (found,) = synth(rollout(), defaults=defaults).to_dicts()

    template = found["spec"]["template"]
    (container,) = template["spec"]["containers"]
    assert container["resources"] == {"requests": {"memory": "64Mi"}, "limits": {"memory": "64Mi"}}
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def test_raw_rollouts_are_reached_where_defaults_say_so() -> None:
    tree = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "web"}, "spec": {}}
    tree["spec"] = {"template": {"spec": {"containers": [{"name": "web", "image": "web:1"}]}}}
    pull = Defaults(image_pull_policy="Always")

    def policy(defaults: Defaults) -> object:
        (found,) = synth(Raw(tree), defaults=defaults).to_dicts()
        return found["spec"]["template"]["spec"]["containers"][0].get("imagePullPolicy")

    assert policy(pull) is None
    assert policy(Defaults(image_pull_policy="Always", include_raw=True)) == "Always"


def test_services_in_front_of_rollouts_are_held_to_their_ports() -> None:
    def service(port: str) -> Raw:
        spec = {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": port}]}
        return Raw({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec})

    assert messages(rollout(), service("http")) == []
    with pytest.raises(SynthError, match='no container of the pods behind the Service has a port named "htp"'):
        synth(rollout(), service("htp"))


def test_object_stands_where_the_table_says_that_a_field_is_a_name() -> None:
    workload = web()
    service = workload.expose()

    manifest = synth(rollout(strategy={"canary": {"stableService": service}}), service, workload)

    assert manifest.one(argo.Rollout).strategy.canary.stable_service == "web"
    assert argo.RolloutCanary(stable_service=service).stable_service is service


def test_object_in_a_mapping_that_nobody_added_is_missed() -> None:
    with pytest.raises(SynthError, match=r"Certificate .* refers to Secret"):
        synth(cert_manager.Certificate("web", secret_name=Secret("web-tls")))


requirement = struct(key=TEXT, operator=TEXT, values={"type": "array", "items": TEXT})
selector = struct(
    matchLabels={"type": "object", "additionalProperties": TEXT},
    matchExpressions={"type": "array", "items": requirement},
)
monitors = module(
    "monitoring.coreos.com",
    ServiceMonitor=struct(
        selector=selector,
        namespaceSelector=struct(matchNames={"type": "array", "items": TEXT}),
        endpoints={"type": "array", "items": struct(port=TEXT)},
    ),
)


def test_selector_takes_a_service_and_selects_it_by_a_label_of_its_own() -> None:
    workload = web()
    service = Service("web", selector=workload, ports={"http": 80})

    manifest = synth(workload, service, monitors.ServiceMonitor("web", selector=service), labels={"team": "shop"})

    said = {tree["kind"]: tree for tree in manifest.to_dicts()}
    assert said["ServiceMonitor"]["spec"] == {"selector": {"matchLabels": {"app.kubernetes.io/name": "web"}}}
    assert said["Service"]["metadata"]["labels"] == {"app.kubernetes.io/name": "web", "team": "shop"}


def test_service_of_another_namespace_is_looked_for_there() -> None:
    app = App("shop")
    workload = web()
    service = Service("web", selector=workload, ports={"http": 80})
    app.add(Chart("shop", namespace="shop")).add(workload, service)
    app.add(Chart("monitoring", namespace="monitoring")).add(
        monitors.ServiceMonitor("web", selector=service, endpoints=[{"port": "http"}])
    )

    manifest = app.synth()

    assert manifest.one(monitors.ServiceMonitor).namespace_selector.match_names == ["shop"]
    assert [found.message for found in manifest.report if found.severity != "note"] == []


def test_raw_service_is_selected_by_the_labels_that_it_has() -> None:
    def service(**metadata: Any) -> Raw:
        spec = {"type": "ExternalName", "externalName": "a.example.com"}
        return Raw({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", **metadata}, "spec": spec})

    labelled, bare = service(labels={"app": "web"}), service()

    selected = synth(labelled, monitors.ServiceMonitor("web", selector=labelled)).one(monitors.ServiceMonitor).selector
    assert selected.match_labels == {"app": "web"}
    with pytest.raises(UsageError, match="has no labels, so that nothing can select it: give it one"):
        synth(bare, monitors.ServiceMonitor("web", selector=bare))


def test_service_that_nobody_added_is_missed() -> None:
    with pytest.raises(SynthError, match=r'refers to Service "web" .* as its `selector`, and nobody added that'):
        synth(monitors.ServiceMonitor("web", selector=web().expose()))


def test_monitor_of_a_workload_is_told_to_take_the_service() -> None:
    workload = web()
    manifest = synth(workload, workload.expose(), monitors.ServiceMonitor("web", selector=workload))

    (found,) = (each for each in manifest.report if each.severity != "note")

    assert (found.rule, found.message) == ("custom-selects-nothing", "ServiceMonitor selects no Service that is here")
    assert found.fix.startswith("use the Service, `selector=service`, since a workload means its pods")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (Secret("x"), "is not a selector: expected .* a workload for its pods, or a Service for itself"),
        (Service.existing("web"), "lives outside, and its labels are not known here: give them as a mapping"),
    ],
)
def test_selector_takes_no_other_object(given: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=f"`selector` of ServiceMonitor: .*{message}"):
        monitors.ServiceMonitor("web", selector=given)
