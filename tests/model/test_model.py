"""Models: values of the API's types, to plain JSON and back."""

import copy
import pickle
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs
import pytest

from kpy.api.apps.v1 import Deployment, DeploymentSpec
from kpy.api.coordination.v1 import LeaseSpec
from kpy.api.core.v1 import (
    ConfigMap,
    ConfigMapEnvSource,
    Container,
    ContainerPort,
    ObjectReference,
    PodSpec,
    PodTemplateSpec,
    ServiceSpec,
    TCPSocketAction,
    Toleration,
)
from kpy.api.core.v1 import Probe as ApiProbe
from kpy.api.meta.v1 import LabelSelector, ObjectMeta
from kpy.api.networking.v1 import NetworkPolicySpec
from kpy.constructs.probes import Probe
from kpy.errors import ArgumentError, UsageError
from kpy.model.declarative import Declarative
from kpy.model.plain import Sink, fields_to_plain, to_plain
from kpy.model.referable import Referable, Selectable
from kpy.model.registry import kind_class, model_class
from kpy.source import Location


def message_of(call: Any) -> str:
    with pytest.raises(ArgumentError) as caught:
        call()
    return re.sub(r"^.*test_model\.py:\d+: ", "HERE: ", str(caught.value))


def deployment() -> Deployment:
    return Deployment(
        metadata=ObjectMeta(name="web"),
        spec=DeploymentSpec(
            replicas=0,
            selector=LabelSelector(match_labels={}),
            template=PodTemplateSpec(spec=PodSpec(containers=[Container(name="web", args=[], image="")])),
        ),
    )


def test_dict_has_what_was_said_and_nothing_else() -> None:
    assert deployment().to_dict() == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": {}},
            "template": {"spec": {"containers": [{"args": [], "image": "", "name": "web"}]}},
        },
    }


def test_irregular_names_come_out_right() -> None:
    spec = ServiceSpec(cluster_ips=["None"], external_ips=[])

    assert spec.to_dict() == {"clusterIPs": ["None"], "externalIPs": []}
    assert ServiceSpec.from_dict({"clusterIPs": ["None"], "externalIPs": []}) == spec


def test_dict_and_back_is_the_same_model() -> None:
    assert Deployment.from_dict(deployment().to_dict()) == deployment()


def test_unknown_fields_are_kept() -> None:
    data = {"name": "web", "brandNew": {"deep": [None, 1]}, "nothing": None}
    container = Container.from_dict(data)

    assert container.to_dict() == data
    assert container != Container(name="web")


def test_null_of_a_known_field_is_unsaid() -> None:
    assert Container.from_dict({"name": "web", "image": None}) == Container(name="web")


def test_values_of_wrong_types_are_kept_for_validation() -> None:
    data = {"containers": "web", "volumes": [7], "nodeSelector": 3}

    assert PodSpec.from_dict(data).to_dict() == data


def test_models_of_equal_fields_are_equal() -> None:
    assert Container(name="a") == Container(name="a")
    assert Container(name="a") != Container(name="b")
    assert Container(name="a") != ContainerPort(name="a")


def test_subclass_of_a_type_is_equal_when_it_says_the_same() -> None:
    probe = Probe.tcp(80)

    assert probe == ApiProbe(tcp_socket=TCPSocketAction(port=80)) == probe
    assert probe != ApiProbe()
    assert PodSpec(containers=[Container(name="a")]) == PodSpec(containers=[Short(name="a")])
    assert Short(name="a", shell="true") != Container(name="a")


def test_copies_are_equal_and_apart() -> None:
    web = deployment()

    for made in (copy.deepcopy(web), pickle.loads(pickle.dumps(web)), attrs.evolve(web)):
        assert made == web
        assert made is not web


def test_model_that_contains_itself_is_refused() -> None:
    spec = PodSpec()
    spec.containers = [spec]  # type: ignore[list-item]

    assert message_of(spec.to_dict) == "HERE: PodSpec contains itself, or is nested too deeply"


def test_fields_can_be_changed_and_taken_back() -> None:
    container = Container(name="a", image="b")
    container.image = "c"
    del container.name

    assert container == Container(image="c")


def test_repr_shows_what_was_said() -> None:
    assert repr(Container(name="a", ports=[ContainerPort(container_port=1)])) == (
        "Container(name='a', ports=[ContainerPort(container_port=1)])"
    )


class Level(Enum):
    HIGH = "high"


class Gibibytes:
    def __kpy_plain__(self) -> str:
        return "2Gi"


def test_python_values_become_json() -> None:
    moment = datetime(2024, 5, 6, 7, 8, 9, 10, tzinfo=UTC)

    assert ObjectMeta(creation_timestamp=moment).to_dict() == {"creationTimestamp": "2024-05-06T07:08:09Z"}
    assert LeaseSpec(acquire_time=moment).to_dict() == {"acquireTime": "2024-05-06T07:08:09.000010Z"}
    assert Toleration(toleration_seconds=timedelta(minutes=2)).to_dict() == {"tolerationSeconds": 120}
    assert PodSpec(overhead={"cpu": Decimal("0.50"), "memory": Gibibytes()}).to_dict() == {
        "overhead": {"cpu": "0.50", "memory": "2Gi"}
    }
    assert ObjectMeta(labels={"a": Level.HIGH}).to_dict() == {"labels": {"a": "high"}}  # type: ignore[dict-item]


def test_label_that_is_none_is_left_out() -> None:
    assert ObjectMeta(labels={"a": None, "b": ""}).to_dict() == {"labels": {"b": ""}}  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            lambda: PodSpec(containers=[Container(args=[{"a"}])]),  # type: ignore[list-item]
            "HERE: `containers[0].args[0]` of PodSpec: {'a'} is a set, which has no order; give a list",
        ),
        (
            lambda: ObjectMeta(labels={1: "a"}),  # type: ignore[dict-item]
            "HERE: `labels[1]` of ObjectMeta: the key 1 is not text",
        ),
        (
            lambda: Container(image=len),  # type: ignore[arg-type]
            "HERE: `image` of Container: <built-in function len> is not a value that JSON has "
            "(text, number, bool, list, mapping or a model)",
        ),
        (
            lambda: Container(image=b"x"),  # type: ignore[arg-type]
            "HERE: `image` of Container: b'x' is bytes, which JSON has not; give text, "
            "`base64.b64encode(value).decode()` for base64",
        ),
        (
            lambda: ObjectMeta(creation_timestamp=datetime(2024, 1, 2)),
            "HERE: `creationTimestamp` of ObjectMeta: datetime.datetime(2024, 1, 2, 0, 0) does not know its "
            "timezone; give it one, such as `tzinfo=UTC`",
        ),
        (
            lambda: Toleration(toleration_seconds=timedelta(milliseconds=1)),
            "HERE: `tolerationSeconds` of Toleration: datetime.timedelta(microseconds=1000) is not a number of "
            "whole seconds",
        ),
        (
            lambda: Container(image=timedelta(1)),  # type: ignore[arg-type]
            "HERE: `image` of Container: datetime.timedelta(days=1) can only stand for a number of seconds; "
            "write the value as the API has it",
        ),
        (
            lambda: PodSpec(overhead={"cpu": Decimal("NaN")}),
            "HERE: `overhead[cpu]` of PodSpec: Decimal('NaN') is not a finite number",
        ),
    ],
)
def test_value_without_json_is_refused_with_its_path(model: Any, message: str) -> None:
    assert message_of(lambda: model().to_dict()) == message


class Named(Referable):
    name = "settings"


class Heard:
    def __init__(self) -> None:
        self.places: list[tuple[dict[str, Any], Location]] = []
        self.selections: list[tuple[Any, Any, Selectable]] = []
        self.references: list[tuple[Any, str | int, Referable]] = []

    def place(self, node: dict[str, Any], where: Location) -> None:
        self.places.append((node, where))

    def refer(self, node: Any, key: str | int, target: Referable) -> None:
        self.references.append((node, key, target))

    def select(self, node: Any, key: Any, target: Selectable) -> None:
        self.selections.append((node, key, target))

    def leave(self, node: Any, key: Any) -> None:
        raise AssertionError("nothing is left out")

    def mount(self, container: dict[str, Any], key: str, mounts: Any) -> None:
        raise AssertionError("nothing is mounted")


def test_object_stands_for_its_name() -> None:
    heard, settings = Heard(), Named()

    tree = to_plain(ConfigMapEnvSource(name=settings, optional=True), heard)

    assert tree == {"name": "settings", "optional": True}
    assert heard.references == [(tree, "name", settings)]
    assert heard.references[0][0] is tree


def test_model_of_a_kind_stands_for_its_name() -> None:
    config = ConfigMap(metadata=ObjectMeta(name="settings"))

    assert ConfigMapEnvSource(name=config).to_dict() == {"name": "settings"}


def test_object_where_no_name_goes_is_refused() -> None:
    assert message_of(lambda: Container(image=Named()).to_dict()) == (  # type: ignore[arg-type]
        "HERE: `image` of Container: Named 'settings' cannot stand here: the field does not name an object"
    )


def test_nameless_object_cannot_be_referred_to() -> None:
    assert message_of(lambda: ConfigMapEnvSource(name=ConfigMap()).to_dict()) == (
        "HERE: ConfigMap has no name to refer to; write `metadata=ObjectMeta(name=...)`"
    )


def test_sink_hears_where_each_node_was_made() -> None:
    heard = Heard()

    tree = to_plain(PodSpec(containers=[Container(name="a")]), heard)

    assert [node for node, _ in heard.places] == [{"name": "a"}, tree]
    assert heard.places[1][0] is tree
    assert heard.places[0][1].file == __file__


class OuterFields(Declarative):
    _type = "batch/v1 JobSpec"

    active_deadline_seconds: int | None = None
    parallelism: int | None = None


class InnerFields(Declarative):
    _type = "core/v1 PodSpec"

    active_deadline_seconds: int | None = None
    host_ipc: bool | None = None
    _names = {"host_ipc": "hostIPC"}


class Work(OuterFields, InnerFields):
    extra: int = 1


def test_clashing_field_belongs_to_the_nearer_part() -> None:
    work = Work(active_deadline_seconds=5, host_ipc=True)

    assert fields_to_plain(work, OuterFields) == {"activeDeadlineSeconds": 5}
    assert fields_to_plain(work, InnerFields) == {"hostIPC": True}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Container.from_dict([1]), "HERE: Container.from_dict takes a mapping, not [1]"),  # type: ignore[arg-type]
        (
            lambda: Deployment.from_dict({"apiVersion": "apps/v1", "kind": "Pod"}),
            "HERE: Deployment.from_dict takes kind 'Deployment', not 'Pod'",
        ),
        (
            lambda: Container(imagePullPolicy="Always"),  # type: ignore[call-arg]
            "HERE: Container has no argument `imagePullPolicy`; did you mean `image_pull_policy`?",
        ),
        (
            lambda: setattr(Container(), "imgae", "x"),
            "HERE: Container has no field `imgae`; did you mean `image`?",
        ),
        (
            lambda: Container("web"),  # type: ignore[misc]
            "HERE: Container takes its arguments by name; 'web' was given without one",
        ),
    ],
)
def test_wrong_call_says_what_is_wrong(call: Any, message: str) -> None:
    assert message_of(call) == message


def test_registry_finds_classes_by_name() -> None:
    assert model_class("core/v1 Container") is Container
    assert kind_class("apps/v1", "Deployment") is Deployment
    assert kind_class("autoscaling/v2beta2", "HorizontalPodAutoscaler") is not None
    assert kind_class("example.com/v1", "Shop") is None
    with pytest.raises(UsageError) as caught:
        model_class("core/v9 Container")
    assert str(caught.value) == ("the API has no type 'core/v9 Container'; expected a name such as 'core/v1 Container'")


def test_kind_says_what_it_is() -> None:
    assert (Deployment.api_version, Deployment.kind, deployment().name) == ("apps/v1", "Deployment", "web")


def test_reference_of_an_object_is_a_struct_elsewhere() -> None:
    assert ObjectReference(kind="Pod", api_version="v1").to_dict() == {"apiVersion": "v1", "kind": "Pod"}


class Pods(Selectable):
    name = "web"

    def selector_tree(self) -> dict[str, Any]:
        return {"matchLabels": {"app": "web"}}


def test_workload_stands_for_the_selector_of_its_pods() -> None:
    heard, pods = Heard(), Pods()

    tree = to_plain(NetworkPolicySpec(pod_selector=pods), heard)  # type: ignore[arg-type]

    assert tree == {"podSelector": {"matchLabels": {"app": "web"}}}
    assert heard.selections == [(tree, "podSelector", pods)]
    assert ServiceSpec(selector=pods).to_dict() == {"selector": {"app": "web"}}  # type: ignore[arg-type]


def test_workload_where_no_selector_goes_is_refused() -> None:
    assert message_of(lambda: Container(image=Pods()).to_dict()) == (  # type: ignore[arg-type]
        "HERE: `image` of Container: Pods cannot stand here: the field selects no pods"
    )


class Short(Container):
    """A container with a short form of its own."""

    shell: str | None = None

    def __kpy_lower__(self, sink: Sink, node: Any, key: Any) -> dict[str, Any]:
        return {**fields_to_plain(self, Container, sink), "command": ["sh", "-c", self.shell]}


def test_class_says_itself_how_its_short_forms_are_lowered() -> None:
    container = Short(name="a", shell="true")

    assert container.to_dict() == {"name": "a", "command": ["sh", "-c", "true"]}
    assert PodSpec(containers=[container]).to_dict() == {"containers": [container.to_dict()]}
