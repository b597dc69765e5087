"""Copies of parts are in no tree, and can be added."""

from __future__ import annotations

import pydoc
from copy import deepcopy

import attrs

from kpy import App, Chart, ConfigMap, Construct, Container, Deployment, Service
from kpy.api.core.v1 import Namespace
from kpy.api.meta.v1 import ObjectMeta


class Web(Construct):
    """A deployment, its service, and a config of somebody else."""

    config: ConfigMap

    def build(self) -> None:
        self.deployment = self.add(
            Deployment(self.name, containers=[Container(image="x:1", ports={"http": 80}, env={"A": self.config["A"]})])
        )
        self.service = self.add(self.deployment.expose())


def test_copy_of_an_added_construct_can_be_added_elsewhere() -> None:
    app = App("shop")
    chart = app.add(Chart("one", namespace="one"))
    config = chart.add(ConfigMap("config", data={"A": "1"}))
    web = chart.add(Web("web", config=config))

    copied = deepcopy(web)
    copied.deployment.replicas = 5
    app.add(Chart("two", namespace="one", labels={"copy": "yes"})).add(copied)
    copied.deployment.name = copied.service.name = "web-2"

    assert copied.owner is not None
    assert copied.deployment is copied.find(Deployment)
    assert copied.service.selector is copied.deployment
    assert copied.config is config
    assert web.deployment.replicas is None
    assert [each.tree["spec"].get("replicas") for each in app.synth() if each.kind == "Deployment"] == [None, 5]


def test_copy_of_what_was_synthesised_can_be_changed() -> None:
    app = App("shop")
    config = app.add(Chart("main")).add(ConfigMap("config", data={"A": "1"}))
    app.synth()

    copied = deepcopy(config)
    copied.data = {"B": "1"}

    assert copied.owner is None
    assert config.data == {"A": "1"}


def test_copy_of_an_app_is_whole() -> None:
    app = App("shop")
    chart = app.add(Chart("main"))
    config = chart.add(ConfigMap("config", data={"A": "1"}))
    chart.add(Web("web", config=config))

    copied = deepcopy(app)

    assert copied.synth().to_yaml() == app.synth().to_yaml()
    assert copied.find(Web).config is copied.find(ConfigMap)
    assert copied.find(Web).config is not config
    assert copied.find(Chart).owner is copied


def test_copy_of_a_model_can_be_added() -> None:
    namespace = Namespace(metadata=ObjectMeta(name="a"))
    chart = App("shop").add(Chart("main"))
    chart.add(namespace)

    copied = deepcopy(namespace)
    chart.add(copied)

    assert copied == namespace
    assert copied is not namespace


def test_attrs_knows_the_types_of_fields() -> None:
    types = {each.name: each.type for each in attrs.fields(Service)}  # type: ignore[arg-type]  # attrs does not know it

    assert types["name"] is not None
    assert str(types["ports"]).startswith("Accepts[")


def test_help_shows_no_private_names() -> None:
    Web("web", config=ConfigMap("config"))

    text = pydoc.plain(pydoc.render_doc(Web))

    assert [line for line in text.splitlines() if line.strip(" |").startswith("_") and "__" not in line] == []
