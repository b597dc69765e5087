"""Objects of custom kinds: keywords and `spec`, references, what stands in mappings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from kpy import App, Chart, Claim, Container, Deployment, Namespace, Raw, Secret
from kpy.api.core.v1 import Toleration
from kpy.api.meta.v1 import ObjectMeta
from kpy.constructs.custom import CustomObject
from kpy.errors import ArgumentError, KpyError, SynthError, UsageError
from kpy.model.custom import CustomModel, OpenModel, struct, struct_map, structs
from kpy.model.declarative import Declarative
from kpy.model.fields import accepts
from kpy.model.mappings import model_of, models_of
from kpy.model.model import ApiObject, Model


class Ref(CustomModel):
    _type = "lamps.example.com/v1 Ref"

    group: str | None = None
    kind: str | None = None
    name: "str | Referable | None" = None  # type: ignore[name-defined]  # noqa: F821, UP037
    namespace: str | None = None
    port: int | None = None


class Shade(OpenModel):
    _type = "lamps.example.com/v1 Shade"

    color: str | None = None
    width: int | None = None


class LampFields(Declarative):
    _type = "lamps.example.com/v1 LampSpec"
    _names: ClassVar[dict[str, str]] = {"labels_": "labels"}

    by_room: Any = accepts(struct_map(lambda: Shade), default=None)
    free: Mapping[str, object] | None = None
    labels_: Mapping[str, str] | None = None
    secret_name: "str | Referable | None" = None  # type: ignore[name-defined]  # noqa: F821, UP037
    shade: Any = accepts(struct(lambda: Shade), default=None)
    socket_ref: Any = accepts(struct(lambda: Ref), default=None)
    spares: Any = accepts(structs(lambda: Ref), default=None)
    watts: int | None = None


class LampSpec(LampFields, CustomModel):
    pass


class Lamp(LampFields, CustomObject):
    api_version = "lamps.example.com/v1"
    kind = "Lamp"
    _homes = ((LampFields, ("spec",)),)

    spec: Any = accepts(struct(lambda: LampSpec), default=None)


def lowered(*parts: Any) -> dict[str, Any]:
    """Return the last object."""
    app = App("home")
    app.add(Chart("home", namespace="home")).add(*parts)
    by_name = {tree["metadata"]["name"]: tree for tree in app.synth().to_dicts()}
    tree: dict[str, Any] = by_name[parts[-1].name]
    return tree


def spec(*parts: Any) -> dict[str, Any]:
    found: dict[str, Any] = lowered(*parts)["spec"]
    return found


def test_fields_of_the_spec_are_keywords() -> None:
    assert lowered(Lamp("desk", watts=5, labels={"a": "b"}, labels_={"c": "d"})) == {
        "apiVersion": "lamps.example.com/v1",
        "kind": "Lamp",
        "metadata": {"name": "desk", "labels": {"a": "b"}, "namespace": "home"},
        "spec": {"labels": {"c": "d"}, "watts": 5},
    }


def test_spec_takes_all_of_it() -> None:
    assert spec(Lamp("desk", spec=LampSpec(watts=5))) == {"watts": 5}
    assert spec(Lamp("desk", spec={"watts": 5, "unknown": 1})) == {"watts": 5, "unknown": 1}


def test_spec_and_keywords_are_joined() -> None:
    lamp = Lamp("desk", spec={"watts": 5, "shade": {"color": "red"}}, shade={"width": 3}, secret_name="s")

    assert spec(lamp) == {"secretName": "s", "shade": {"color": "red", "width": 3}, "watts": 5}


def test_field_that_is_given_twice_is_an_error() -> None:
    with pytest.raises(UsageError) as error:
        spec(Lamp("desk", spec={"shade": {"color": "red"}}, shade={"color": "blue"}))

    assert str(error.value).partition(" says ")[2] == (
        "`spec.shade.color` twice: 'red' in `spec` and 'blue' by keyword; leave one out"
    )


def test_object_without_spec_has_none() -> None:
    assert "spec" not in lowered(Lamp("desk"))
    assert lowered(Lamp("desk", spec={}))["spec"] == {}


def test_patch_has_the_last_word() -> None:
    assert spec(Lamp("desk", watts=5, patch={"spec": {"watts": None, "volts": 230}})) == {"volts": 230}


def test_object_stands_where_its_name_is_wanted() -> None:
    secret = Secret.from_literals("key", {"a": "b"})

    assert spec(secret, Lamp("desk", secret_name=secret, free={"existingSecret": secret, "all": [secret]})) == {
        "free": {"existingSecret": "key", "all": ["key"]},
        "secretName": "key",
    }


def test_object_stands_in_the_mapping_of_a_spec() -> None:
    secret = Secret.from_literals("key", {"a": "b"})

    assert spec(secret, Lamp("desk", spec={"secretName": secret})) == {"secretName": "key"}


def test_object_that_is_not_added_is_missed() -> None:
    for lamp in (
        Lamp("desk", secret_name=Secret("key")),
        Lamp("desk", spec={"secretName": Secret("key")}),
        Lamp("desk", socket_ref=Secret("key").ref()),
    ):
        with pytest.raises(KpyError, match="key"):
            lowered(lamp)


def test_reference_fills_what_the_struct_has_keys_for() -> None:
    other = Lamp("other", namespace="attic")

    said = {"group": "lamps.example.com", "kind": "Lamp", "name": "other", "namespace": "attic"}

    assert spec(other, Lamp("desk", socket_ref=other.ref(port=80), spares=[other.ref(), {"name": "x"}])) == {
        "socketRef": {**said, "port": 80},
        "spares": [said, {"name": "x"}],
    }


def test_reference_to_another_namespace_says_it() -> None:
    app = App("house")
    attic = app.add(Chart("attic", namespace="attic")).add(Lamp("other"))
    lamps = [Lamp("desk", socket_ref=attic.ref()), Lamp("shelf", namespace="attic", socket_ref=attic.ref())]
    app.add(Chart("home", namespace="home")).add(*lamps)

    said = {tree["metadata"]["name"]: tree.get("spec") for tree in app.synth().to_dicts()}

    ref = {"group": "lamps.example.com", "kind": "Lamp", "name": "other"}
    assert said["desk"] == {"socketRef": {**ref, "namespace": "attic"}}
    assert said["shelf"] == {"socketRef": ref}


def test_namespace_that_is_not_that_of_the_object_is_refused() -> None:
    app = App("house")
    attic = app.add(Chart("attic", namespace="attic")).add(Lamp("other"))
    app.add(Chart("home", namespace="home")).add(Lamp("desk", socket_ref=attic.ref(namespace="roof")))

    with pytest.raises(KpyError, match='Lamp "other" is in namespace "attic"; "roof" does not see it'):
        app.synth()


def test_namespace_of_a_reference_can_be_printed() -> None:
    assert repr(Lamp("desk", socket_ref=Lamp("other").ref()).socket_ref.namespace) == "<namespace of Lamp 'other'>"


def test_raw_object_and_model_have_references_too() -> None:
    raw = Raw({"apiVersion": "a.example.com/v1", "kind": "Socket", "metadata": {"name": "wall", "namespace": "n"}})
    expected = {"group": "a.example.com", "kind": "Socket", "name": "wall", "namespace": "n"}

    assert spec(raw, Lamp("desk", socket_ref=raw.ref())) == {"socketRef": expected}
    assert spec(Lamp("desk", socket_ref=Namespace.existing("n").ref()))["socketRef"] == {
        "group": "",
        "kind": "Namespace",
        "name": "n",
    }


def test_reference_with_a_field_that_is_not_there_is_refused() -> None:
    with pytest.raises(ArgumentError, match="Ref has no argument `prt`; did you mean `port`"):
        Lamp("desk", socket_ref=Secret("key").ref(prt=80))


def test_reference_in_a_struct_without_name_is_refused() -> None:
    with pytest.raises(ArgumentError, match="Shade has no `name`, so it refers to no object: give its fields"):
        Lamp("desk", shade=Secret("key").ref())


def test_object_in_place_of_a_reference_is_told_what_to_write() -> None:
    with pytest.raises(ArgumentError) as error:
        Lamp("desk", socket_ref=Secret("key"))

    assert str(error.value).endswith(
        '`socket_ref` of Lamp: expected a Ref or a mapping, not <Secret "key">; write `.ref()` behind the object'
    )


def test_struct_of_another_class_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"`shade` of Lamp: expected a Shade or a mapping, not Ref\(name='x'\)"):
        Lamp("desk", shade=Ref(name="x"))


def test_field_that_is_not_there_cannot_be_set() -> None:
    class Drawn(LampFields, CustomObject):
        kind = "Drawn"
        _plural = "drawns"

    with pytest.raises(ArgumentError, match="Drawn has no field `wats`; did you mean `watts`"):
        Drawn("desk").wats = 5


class Pods(Declarative):
    _type = "lamps.example.com/v1 PodsSpec"

    containers: Any = accepts(models_of("core/v1 Container"), default=None)
    helper: Any = accepts(model_of("core/v1 Container"), default=None)


class Runner(Pods, CustomObject):
    api_version = "lamps.example.com/v1"
    kind = "Runner"
    _homes = ((Pods, ("spec",)),)


def test_volumes_of_a_custom_resource_stand_beside_its_containers() -> None:
    claim = Claim("data", storage="1Gi")

    assert spec(claim, Runner("r", containers=[Container("a", image="a:1", mounts={"/data": claim})])) == {
        "containers": [{"name": "a", "image": "a:1", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}],
        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}],
    }


def test_mount_without_a_place_for_its_volume_is_refused() -> None:
    claim = Claim("data", storage="1Gi")

    with pytest.raises(UsageError) as error:
        spec(claim, Runner("r", helper=Container("a", image="a:1", mounts={"/data": claim})))

    assert str(error.value).endswith(
        "has a container that mounts, and kpy does not know where its volumes go: write `volume_mounts`, and the "
        "volumes where the kind has them"
    )


def test_list_of_structs_is_a_list() -> None:
    with pytest.raises(ArgumentError, match=r"`spares` of Lamp: expected a list, not .*: write `\[...\]`"):
        Lamp("desk", spares={"name": "x"})
    with pytest.raises(ArgumentError, match=r"`spares\[1\]` of Lamp: expected a Ref or a mapping, not 'x'"):
        Lamp("desk", spares=[{}, "x"])
    with pytest.raises(ArgumentError, match=r"`by_room\['hall'\]` of Lamp: expected a Shade or a mapping, not 3"):
        Lamp("desk", by_room={"hall": 3})


def test_unknown_fields_stand_in_extra() -> None:
    shade = Shade(color="red", extra={"pattern": {"dots": True}})

    assert spec(Lamp("desk", shade=shade)) == {"shade": {"color": "red", "pattern": {"dots": True}}}
    assert Shade.from_dict({"color": "red", "pattern": 1}) == Shade(color="red", extra={"pattern": 1})


def test_mapping_becomes_object_and_mapping_again() -> None:
    tree = {
        "apiVersion": "lamps.example.com/v1",
        "kind": "Lamp",
        "metadata": {"name": "desk", "namespace": "home", "labels": {"a": "b"}, "finalizers": ["x"]},
        "spec": {"watts": 5, "shade": {"color": "red", "odd": 1}, "odd": [1]},
        "odd": {"a": 1},
    }

    lamp = Lamp.from_dict(tree)

    assert (lamp.name, lamp.spec.shade.color) == ("desk", "red")
    assert lowered(lamp) == tree


def test_mapping_of_another_kind_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"Lamp\.from_dict takes kind 'Lamp', not 'Bulb'"):
        Lamp.from_dict({"kind": "Bulb"})


class ByHand(ApiObject):
    api_version = "lamps.example.com/v1"
    kind = "ByHand"

    metadata: ObjectMeta | None = None
    spec: HandSpec | None = None


class HandSpec(Model):
    watt_hours: int | None = None
    secret_name: "str | Referable | None" = None  # type: ignore[name-defined]  # noqa: F821, UP037


def test_model_written_by_hand_loses_nothing() -> None:
    secret = Secret.from_literals("key", {"a": "b"})
    made = ByHand(metadata=ObjectMeta(name="x"), spec=HandSpec(watt_hours=3, secret_name=secret))

    assert lowered(secret, made) == {
        "apiVersion": "lamps.example.com/v1",
        "kind": "ByHand",
        "metadata": {"name": "x", "namespace": "home"},
        "spec": {"wattHours": 3, "secretName": "key"},
    }


def raw(**fields: object) -> Raw:
    return Raw({"apiVersion": "a.example.com/v1", "kind": "A", "metadata": {"name": "a"}, "spec": fields})


@pytest.mark.parametrize(
    "field", ["selector", "podSelector", "replicas", "template", "labels", "resources", "env", "maxReplicas"]
)
def test_object_where_no_name_goes_is_refused_in_raw(field: str) -> None:
    web = Deployment("web", containers=[Container(image="x:1")])

    with pytest.raises(KpyError, match=f"Deployment 'web' cannot stand at `{field}`: no name of an object goes there"):
        lowered(web, raw(**{field: web}))


def test_selector_in_raw_is_told_what_to_write() -> None:
    web = Deployment("web", containers=[Container(image="x:1")])

    with pytest.raises(UsageError) as error:
        lowered(web, raw(selector=web))

    assert str(error.value).endswith(
        "Deployment 'web' cannot stand at `selector`: no name of an object goes there; "
        'write `{"matchLabels": {...}}`, the labels of its pods'
    )


def test_object_in_raw_is_its_name() -> None:
    secret = Secret.from_literals("key", {"a": "b"})

    assert spec(secret, raw(secretRef={"name": secret}, secrets=[secret])) == {
        "secretRef": {"name": "key"},
        "secrets": ["key"],
    }


def test_model_in_raw_is_what_it_says() -> None:
    assert spec(raw(tolerations=[Toleration(key="a", operator="Exists")])) == {
        "tolerations": [{"key": "a", "operator": "Exists"}]
    }


def test_reference_in_raw_is_told_what_to_write() -> None:
    with pytest.raises(UsageError) as error:
        lowered(raw(secretRef=Secret("key").ref()))

    assert str(error.value).endswith(
        "`secretRef`: `.ref()` stands in typed custom resources, whose fields are known; in a mapping write the keys, "
        '`{"kind": "Secret", "name": ...}`, with the object \'key\' for its name'
    )


def test_manifest_gives_typed_values_of_custom_kinds() -> None:
    app = App("home")
    app.add(Chart("home", namespace="home")).add(Lamp("desk", watts=5, shade={"color": "red"}))

    lamp = app.synth().one(Lamp, "desk")

    assert (lamp.name, lamp.spec.watts, lamp.spec.shade) == ("desk", 5, Shade(color="red"))


def test_custom_object_is_checked_like_others() -> None:
    with pytest.raises(SynthError):
        lowered(Lamp("No Name"))
