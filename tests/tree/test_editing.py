"""A tree can be asked and changed before synthesis."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kpy import (
    App,
    ArgumentError,
    Chart,
    ConfigMap,
    Construct,
    Container,
    Deployment,
    FrozenError,
    PodDisruptionBudget,
    Raw,
    Service,
    SynthError,
    UsageError,
)
from kpy.api.core.v1 import Container as ApiContainer
from kpy.api.core.v1 import PodSpec, PodTemplateSpec


class WebService(Construct):
    image: str

    def build(self) -> None:
        self.deployment = self.add(Deployment(self.name, containers=[Container(image=self.image, ports={"http": 80})]))
        self.service = self.add(self.deployment.expose())
        self.add(self.deployment.budget(max_unavailable=1))


def shop() -> tuple[App, WebService]:
    app = App("shop")
    return app, app.add(Chart("main")).add(WebService("api", image="nginx:1"))


def shortened(error: BaseException) -> str:
    return re.sub(r"[^\s(]*test_editing\.py:\d+", "FILE", str(error))


def env_of(app: App, name: str = "api") -> Any:
    return app.synth().find("Deployment", name).tree["spec"]["template"]["spec"]["containers"][0].get("env")


def test_find_returns_the_part_of_a_class_and_name() -> None:
    app, api = shop()

    assert app.find(Deployment, "api") is api.deployment
    assert app.find(Deployment) is api.deployment
    assert app.find(WebService, "api") is api
    assert api.find(Container).image == "nginx:1"


def test_find_lists_what_there_is() -> None:
    app, api = shop()
    api.add(Deployment("worker", containers=[Container(image="nginx:1")]))

    with pytest.raises(UsageError) as none:
        api.find(Deployment, "web")
    with pytest.raises(UsageError) as several:
        app.find(Deployment)
    with pytest.raises(ArgumentError) as no_class:
        app.find(api)  # type: ignore[call-overload]

    assert shortened(none.value) == (
        'FILE: WebService "api" (FILE) has no Deployment "web"; there is: Deployment "api", Deployment "worker"'
    )
    assert shortened(several.value) == (
        'FILE: App "shop" (FILE) has several Deployment; there is: Deployment "api", Deployment "worker"; '
        'say which, `find(Deployment, "...")`'
    )
    assert shortened(no_class.value) == (
        'FILE: `find` takes a class, such as `Deployment`, or a kind as text, not <WebService "api">'
    )


def test_find_takes_a_kind_as_text() -> None:
    app, api = shop()
    issuer = api.add(Raw({"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": {"name": "ca"}}))

    with pytest.raises(UsageError) as none:
        app.find("Isuer", "ca")

    assert app.find("Deployment", "api") is api.deployment
    assert app.find("Issuer") is issuer
    assert shortened(none.value) == (
        'FILE: App "shop" (FILE) has no Isuer "ca"; there is: Chart "main", WebService "api", Deployment "api", '
        'Service "api", PodDisruptionBudget "api", Issuer "ca"'
    )


def test_walk_goes_through_all_parts_in_order() -> None:
    app, api = shop()

    assert [type(part).__name__ for part in app.walk()] == [
        "Chart",
        "WebService",
        "Deployment",
        "Service",
        "PodDisruptionBudget",
    ]
    assert list(app.walk(Service)) == [api.service]
    assert [container.image for container in app.walk(Container)] == ["nginx:1"]


def test_part_knows_owner_and_path() -> None:
    app, api = shop()

    assert api.deployment.owner is api
    assert app.owner is None
    assert api.deployment.path == "shop/main/api/api"


def test_field_of_ones_own_may_be_called_path() -> None:
    class Page(Construct):
        path: str

    class Other(Construct):
        path: str = "/"

    assert Page("a", path="/a").path == "/a"
    assert Other("a").path == "/"


def test_removed_part_is_not_written() -> None:
    app, api = shop()

    app.remove(api.find(PodDisruptionBudget))

    assert [resource.kind for resource in app.synth()] == ["Service", "Deployment"]


def test_removed_part_can_be_added_elsewhere() -> None:
    app, api = shop()
    api.remove(api.service)

    app.find(Chart).add(api.service)

    assert api.service.path == "shop/main/api"


def test_only_what_is_there_can_be_removed() -> None:
    app, api = shop()
    config = ConfigMap("config")

    with pytest.raises(UsageError) as caught:
        api.remove(config)
    with pytest.raises(ArgumentError) as no_part:
        api.remove("api")  # type: ignore[arg-type]
    app.synth()
    with pytest.raises(FrozenError) as frozen:
        api.remove(api.service)

    assert shortened(caught.value) == (
        'FILE: cannot remove ConfigMap "config" (FILE) from WebService "api" (FILE): it is not a part of it'
    )
    assert shortened(no_part.value) == "FILE: `remove` takes a part, such as `api.find(Deployment)`, not 'api'"
    assert shortened(frozen.value) == (
        'FILE: WebService "api" (FILE) is synthesised already: remove parts before `synth()`'
    )


def test_reference_to_what_was_removed_says_so() -> None:
    app = App("shop")
    chart = app.add(Chart("main"))
    config = chart.add(ConfigMap.from_literals("config", {"A": "1"}))
    chart.add(Deployment("api", containers=[Container(image="nginx:1", env_from=[config])]))
    chart.remove(config)

    with pytest.raises(SynthError) as caught:
        app.synth()

    (found,) = caught.value.report.errors
    assert re.sub(r"\([^)]*\)", "(FILE)", found.message) == (
        'Deployment "api" refers to ConfigMap "config" (FILE) as its `name`, and that was removed (FILE)'
    )
    assert found.fix == "refer to something else, or do not remove it"


@pytest.mark.parametrize(
    "arguments",
    [
        {"containers": [{"name": "api", "image": "nginx:1"}]},
        {"containers": [ApiContainer(image="nginx:1")]},
        {"template": PodTemplateSpec(spec=PodSpec(containers=[ApiContainer(name="api", image="nginx:1")]))},
    ],
)
def test_container_is_found_however_it_was_given(arguments: Any) -> None:
    app = App("shop")
    api = app.add(Chart("main")).add(Deployment("api", **arguments))

    api.container("api").set_env(A="1")
    api.container().mounts = None
    api.add_container(Container("proxy", image="envoy:1"))

    containers = app.synth().find("Deployment", "api").tree["spec"]["template"]["spec"]["containers"]
    assert containers == [
        {"name": "api", "image": "nginx:1", "env": [{"name": "A", "value": "1"}]},
        {"name": "proxy", "image": "envoy:1"},
    ]


def test_container_that_is_not_there_lists_those_that_are() -> None:
    _, api = shop()
    api.deployment.add_container({"name": "proxy", "image": "envoy:1"})

    with pytest.raises(UsageError) as caught:
        api.deployment.container("poxy")
    with pytest.raises(UsageError) as several:
        api.deployment.container()

    assert shortened(caught.value) == (
        'FILE: Deployment "api" (FILE) has no container "poxy"; its containers are: "api", "proxy"'
    )
    assert shortened(several.value) == (
        'FILE: Deployment "api" (FILE) has not one container; its containers are: "api", "proxy"'
    )


def test_container_beside_others_has_a_name_of_its_own() -> None:
    _, api = shop()

    with pytest.raises(ArgumentError) as nameless:
        api.deployment.add_container(Container(image="envoy:1"))
    with pytest.raises(UsageError) as twin:
        api.deployment.add_container(Container("api", image="envoy:1"))

    assert shortened(nameless.value) == (
        'FILE: a container beside others needs a name: `Container("proxy", image=...)`'
    )
    assert shortened(twin.value) == (
        'FILE: Deployment "api" (FILE) has a container "api" already: give one another name'
    )


def test_init_container_is_added_before_the_containers() -> None:
    app, api = shop()

    added = api.deployment.add_container(Container("wait", image="busybox:1"), init=True)

    assert api.deployment.container("wait") is added
    spec = app.synth().find("Deployment", "api").tree["spec"]["template"]["spec"]
    assert [each["name"] for each in spec["initContainers"]] == ["wait"]


def test_set_env_adds_replaces_and_removes() -> None:
    app = App("shop")
    chart = app.add(Chart("main"))
    config = chart.add(ConfigMap.from_literals("config", {"A": "1"}))
    api = chart.add(Deployment("api", containers=[Container(image="nginx:1", env={"A": "1", "B": "2", "C": "3"})]))

    api.set_env({"A": config["A"]}, B=None, D="4").container().set_env([{"name": "E", "value": "5"}])

    assert env_of(app) == [
        {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "config", "key": "A"}}},
        {"name": "C", "value": "3"},
        {"name": "D", "value": "4"},
        {"name": "E", "value": "5"},
    ]


def test_added_patches_accumulate_beside_the_patch() -> None:
    app = App("shop")
    api = Deployment("api", patch={"spec": {"paused": True}}, containers=[Container(image="nginx:1")])
    app.add(Chart("main")).add(api)

    api.add_patch({"spec": {"minReadySeconds": 5}}).add_patch({"spec": {"minReadySeconds": 7, "paused": None}})

    spec = app.synth().find("Deployment", "api").tree["spec"]
    assert (spec["minReadySeconds"], "paused" in spec) == (7, False)


def test_patch_is_a_mapping_and_comes_before_synthesis() -> None:
    app, api = shop()

    with pytest.raises(ArgumentError) as caught:
        api.deployment.add_patch([1])  # type: ignore[arg-type]
    app.synth()
    with pytest.raises(FrozenError) as frozen:
        api.deployment.add_patch({})

    assert shortened(caught.value) == ('FILE: expected a mapping in the names of the API, `{"spec": {...}}`, not [1]')
    assert shortened(frozen.value) == 'FILE: Deployment "api" (FILE) is synthesised already: patch it before `synth()`'
