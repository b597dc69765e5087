"""Transforms: functions over parts and over values of the API's types, applied on every way of synthesis."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kpy
from kpy import (
    App,
    Chart,
    ConfigMap,
    Construct,
    Container,
    Deployment,
    Job,
    PodDisruptionBudget,
    Raw,
    Resource,
    Secret,
    Service,
    ServiceAccount,
    StatefulSet,
    SynthError,
    UsageError,
    Yaml,
)
from kpy.api.apps import v1 as apps
from kpy.api.core import v1 as core
from kpy.api.meta.v1 import LabelSelector, ObjectMeta
from kpy.constructs.pods import PodOwner
from kpy.paths import Path as FieldPath


class WebService(Construct):
    image: str = "nginx:1"

    def build(self) -> None:
        self.deployment = self.add(Deployment(self.name, containers=[Container(image=self.image)]))
        self.add(self.deployment.budget(max_unavailable=1))


def shop(*parts: Any, transforms: Any = (), of_chart: Any = ()) -> App:
    app = App("shop", transforms=transforms)
    chart = app.add(Chart("main", namespace="shop", transforms=of_chart))
    for part in parts or (WebService("api"),):
        chart.add(part)
    return app


def pod_of(app: App, kind: str = "Deployment", name: str = "api") -> Any:
    return app.synth().find(kind, name).tree["spec"]["template"]


def shortened(text: object) -> str:
    return re.sub(r"[^\s(]*test_transforms\.py:\d+", "FILE", str(text))


def scrape(workload: PodOwner) -> None:
    workload.pod_annotations = {**(workload.pod_annotations or {}), "prometheus.io/scrape": "true"}


def add_variable(container: Container) -> None:
    container.set_env(TEAM="shop")


def without_budget(service: WebService) -> None:
    service.remove(service.find(PodDisruptionBudget))


def either(workload: Deployment | StatefulSet) -> None:
    workload.replicas = 7


@kpy.transform(on="Container")
def mirrored(container: dict[str, Any]) -> None:
    container["image"] = f"mirror.shop.io/{container['image']}"


def test_transform_over_a_base_reaches_every_part_of_it() -> None:
    app = shop(
        WebService("api"), Job("job", restart_policy="Never", containers=[Container(image="a:1")]), transforms=[scrape]
    )

    assert pod_of(app)["metadata"]["annotations"] == {"prometheus.io/scrape": "true"}
    assert pod_of(app, "Job", "job")["metadata"]["annotations"] == {"prometheus.io/scrape": "true"}


@pytest.mark.parametrize("container", [Container(image="a:1"), {"image": "a:1"}, core.Container(image="a:1")])
def test_transform_over_containers_reaches_them_however_they_were_given(container: Any) -> None:
    app = shop(Deployment("api", containers=[container]), transforms=[add_variable])

    assert pod_of(app)["spec"]["containers"][0]["env"] == [{"name": "TEAM", "value": "shop"}]


def test_transform_over_a_construct_of_ones_own_changes_its_parts() -> None:
    assert [each.kind for each in shop(transforms=[without_budget]).synth()] == ["Deployment"]


def test_transform_over_several_classes_reaches_each() -> None:
    app = shop(
        Deployment("api", containers=[Container(image="a:1")]),
        StatefulSet("db", service_name="db", containers=[Container(image="a:1")]),
        transforms=[either],
    )

    assert [each.tree["spec"]["replicas"] for each in app.synth()] == [7, 7]


def test_transforms_of_a_chart_reach_its_parts_alone_and_the_app_has_the_last_word() -> None:
    def of_app(workload: Deployment) -> None:
        workload.replicas = (workload.replicas or 1) * 10

    def of_chart(workload: Deployment) -> None:
        workload.replicas = 3

    app = shop(transforms=[of_app], of_chart=[of_chart])
    app.add(Chart("other")).add(Deployment("other", containers=[Container(image="a:1")]))

    replicas = {each.name: each.tree["spec"]["replicas"] for each in app.synth() if each.kind == "Deployment"}
    assert replicas == {"api": 30, "other": 10}


def test_later_transform_sees_what_an_earlier_one_added() -> None:
    def add_worker(chart: Chart) -> None:
        chart.add(Deployment("worker", containers=[Container(image="a:1")]))

    app = shop(transforms=[add_worker, scrape])

    assert pod_of(app, name="worker")["metadata"]["annotations"] == {"prometheus.io/scrape": "true"}
    assert [part.name for part in app.find(Chart).parts] == ["api"]


def test_objects_of_the_program_stay_as_they_were() -> None:
    account = ServiceAccount("account")
    labels = {"a": "b"}

    def change(workload: Deployment) -> None:
        if account.owner is None:
            workload.owner.add(account)  # type: ignore[union-attr]
        workload.service_account_name = account
        labels["c"] = "d"
        workload.containers[0].image = "other:1"  # type: ignore[index]
        workload.add_patch({"spec": {"paused": True}})
        del workload.annotations

    api = Deployment("api", labels=labels, annotations={"x": "y"}, containers=[Container(image="a:1")])
    app = shop(api, transforms=[change])

    first = app.synth().to_yaml()

    assert api.container().image == "a:1"
    assert api.annotations == {"x": "y"}
    assert labels == {"a": "b"}
    assert api.service_account_name is None
    assert account.owner is None
    assert app.synth().to_yaml() == first
    assert "paused: true" in first


def test_program_stays_as_it_was_when_a_transform_fails() -> None:
    def fail(workload: Deployment) -> None:
        workload.replicas = 3
        raise KeyError("x")

    app = shop(transforms=[fail])

    with pytest.raises(UsageError) as caught:
        app.synth()

    assert app.find(Deployment).replicas is None
    assert shortened(caught.value) == (
        "FILE: the transform fail (FILE) failed on Deployment \"api\" (FILE): KeyError: 'x'"
    )


def test_refusal_in_a_transform_stands_at_its_line() -> None:
    def fail(workload: Deployment) -> None:
        workload.container("none")

    with pytest.raises(UsageError) as caught:
        shop(transforms=[fail]).synth()

    assert caught.value.where is not None
    assert caught.value.__notes__ != []
    assert shortened(caught.value.__notes__[0]) == 'in the transform fail (FILE), on Deployment "api" (FILE)'


@given(
    st.lists(st.sampled_from([scrape, add_variable, without_budget, either, mirrored]), max_size=6, unique=True),
    st.lists(st.sampled_from([scrape, add_variable, either, mirrored]), max_size=3),
)
def test_synthesising_twice_gives_the_same_bytes_and_changes_nothing(of_app: Any, of_chart: Any) -> None:
    app = shop(transforms=of_app, of_chart=of_chart)
    before = shop().synth().to_yaml()
    deployment = app.find(Deployment)

    first = app.synth().to_yaml()

    assert app.synth().to_yaml() == first
    assert (deployment.replicas, deployment.pod_annotations, deployment.container().env) == (None, None, None)
    assert app.find(PodDisruptionBudget).owner is app.find(WebService)
    app.__dict__["transforms"] = app.find(Chart).__dict__["transforms"] = []
    assert app.synth().to_yaml() == before


def test_transform_over_a_type_of_the_api_reaches_raw_and_yaml(tmp_path: Path) -> None:
    file = tmp_path / "vendor.yaml"
    file.write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: file}\nspec: {containers: [{name: file, image: y:1}]}\n",
        encoding="utf-8",
    )
    raw = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "r"},
        "spec": {"containers": [{"name": "r", "image": "r:1"}]},
    }
    template = core.PodTemplateSpec(
        metadata=ObjectMeta(labels={"a": "m"}), spec=core.PodSpec(containers=[core.Container(name="m", image="m:1")])
    )
    model = apps.Deployment(
        metadata=ObjectMeta(name="m"),
        spec=apps.DeploymentSpec(selector=LabelSelector(match_labels={"a": "m"}), template=template),
    )
    app = shop(WebService("api"), Raw(raw), Yaml(file), model, transforms=[mirrored])

    first = app.synth().to_yaml()

    images = re.findall("image: (.*)", first)
    assert sorted(images) == [f"mirror.shop.io/{each}:1" for each in ("m", "nginx", "r", "y")]
    assert raw["spec"]["containers"][0]["image"] == "r:1"  # type: ignore[index]
    assert app.synth().to_yaml() == first


def test_class_of_the_api_is_a_type_of_the_api() -> None:
    def over_models(metadata: ObjectMeta) -> None:
        metadata.labels = {**(metadata.labels or {}), "touched": "yes"}

    raw = Raw({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "r"}})
    app = shop(ConfigMap("config"), raw, transforms=[over_models])

    assert [each.metadata["labels"] for each in app.synth()] == [{"touched": "yes"}, {"touched": "yes"}]


def test_transform_gets_place_and_resource_where_it_asks() -> None:
    heard: list[tuple[str, str]] = []

    @kpy.transform(on="Container")
    def listen(container: dict[str, Any], at: FieldPath, resource: Resource) -> None:
        heard.append((str(at), str(resource)))

    shop(transforms=[listen]).synth()

    assert heard == [("spec.template.spec.containers[0]", 'Deployment "shop/api"')]


def test_transform_over_a_custom_kind_gets_the_object() -> None:
    @kpy.transform(on="cert-manager.io/v1 Certificate")
    def renew(certificate: dict[str, Any]) -> None:
        certificate["spec"]["renewBefore"] = "360h"

    raw = Raw(
        {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": {"name": "c"}, "spec": {"a": "b"}}
    )

    assert shop(raw, transforms=[renew]).synth().find("Certificate", "c").tree["spec"] == {
        "a": "b",
        "renewBefore": "360h",
    }


def test_encrypted_documents_are_never_handed_over(tmp_path: Path) -> None:
    handed: list[object] = []

    @kpy.transform(on=["Secret", "ObjectMeta"])
    def over_json(value: dict[str, Any]) -> None:
        handed.append(value)

    def over_parts(raw: Raw) -> None:
        handed.append(raw)

    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s"},
        "stringData": {"a": "ENC[AES256_GCM,data:x,type:str]"},
    }
    file = tmp_path / "secret.yaml"
    file.write_text(json.dumps({**secret, "sops": {"mac": "x", "version": "3.11.0"}}), encoding="utf-8")
    app = shop(Raw({**secret, "metadata": {"name": "t"}}), Yaml(file), transforms=[over_json, over_parts])

    app.synth()

    assert handed == []


def test_transforms_come_after_defaults_and_before_hashes_and_patches() -> None:
    @kpy.transform(on="ConfigMap")
    def add_key(config: dict[str, Any]) -> None:
        config["data"]["B"] = "2"

    @kpy.transform(on="Container")
    def see_defaults(container: dict[str, Any]) -> None:
        container["imagePullPolicy"] += "Always"
        container["imagePullPolicy"] = "Always"

    config = ConfigMap("config", data={"A": "1"}, content_hash=True)
    plain = ConfigMap("config", data={"A": "1", "B": "2"}, content_hash=True)
    api = Deployment(
        "api",
        patch={"metadata": {"labels": {"last": "word"}}},
        containers=[Container(image="a:1", env_from=[config])],
    )
    app = App("shop", defaults={"imagePullPolicy": "Never"}, transforms=[add_key, see_defaults, mirrored])
    app.add(Chart("main")).add(config, api)
    expected = shop(plain).synth().find("ConfigMap").name

    manifest = app.synth()

    assert manifest.find("ConfigMap").name == expected
    (container,) = manifest.find("Deployment").tree["spec"]["template"]["spec"]["containers"]
    assert container["imagePullPolicy"] == "Always"
    assert container["envFrom"] == [{"configMapRef": {"name": expected}}]
    assert manifest.find("Deployment").metadata["labels"] == {"last": "word"}


def test_references_follow_a_name_that_a_transform_changes() -> None:
    @kpy.transform(on="ConfigMap")
    def rename(config: dict[str, Any]) -> None:
        config["metadata"]["name"] = "team-config"

    config = ConfigMap("config", data={"A": "1"})
    app = shop(config, Deployment("api", containers=[Container(image="a:1", env_from=[config])]), transforms=[rename])

    assert pod_of(app)["spec"]["containers"][0]["envFrom"] == [{"configMapRef": {"name": "team-config"}}]


def test_observers_hear_of_the_step_and_of_what_it_changed() -> None:
    heard: list[tuple[str, list[str]]] = []

    from kpy.pipeline import run

    run(
        shop(transforms=[scrape, mirrored]),
        observe=lambda name, manifest: heard.append((name, [shortened(each) for each in manifest.changes])),
    )

    assert heard[0] == ("transform", ['Deployment "api" (FILE): changed by scrape (FILE)'])
    assert heard[2] == (
        "wire",
        [
            'Deployment "api" (FILE): changed by scrape (FILE)',
            'Deployment "shop/api": changed by mirrored (FILE)',
        ],
    )


def test_what_a_transform_puts_into_json_becomes_json() -> None:
    account = ServiceAccount("account")

    @kpy.transform(on="PodSpec")
    def change(spec: dict[str, Any]) -> None:
        spec["serviceAccountName"] = account
        spec["tolerations"] = (core.Toleration(operator="Exists"),)

    app = shop(account, WebService("api"), transforms=[change])

    spec = pod_of(app)["spec"]
    assert (spec["serviceAccountName"], spec["tolerations"]) == ("account", [{"operator": "Exists"}])


def test_services_and_secrets_can_be_transformed() -> None:
    def internal(service: Service) -> None:
        service.annotations = {**(service.annotations or {}), "internal": "true"}

    api = Deployment("api", containers=[Container(image="a:1", ports=80)])
    app = shop(api, api.expose(), Secret.existing("x") and ConfigMap("c"), transforms=[internal])

    assert app.synth().find("Service").metadata["annotations"] == {"internal": "true"}


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_every_form_says_what_changed_an_object(form: str) -> None:
    from kpy.reporting.formats import write_findings

    @kpy.transform(on="PodDisruptionBudget")
    def break_it(budget: dict[str, Any]) -> None:
        budget["spec"]["maxUnavailable"] = "x"

    with pytest.raises(SynthError) as caught:
        shop(transforms=[break_it]).synth()

    assert "break_it (" in write_findings(caught.value.report, form)
