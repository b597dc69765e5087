"""What is known of custom kinds: the text files, and how fields are found by them."""

from __future__ import annotations

from typing import Any

import pytest

from kpy.schema import api
from kpy.schema.custom import CustomKind, custom_groups, custom_kind, read_custom
from kpy.schema.custom.places import made, meant, places, referring

OPTIONS = frozenset(
    {
        *(
            "always",
            "brought",
            "default",
            "group",
            "if",
            "key",
            "keys",
            "kind",
            "namespace",
            "namespaces",
            "port",
            "ports",
        ),
        *("scales", "section", "unless", "version"),
    }
)
PROJECTS = frozenset(
    {
        *("argoproj.io", "cert-manager.io", "external-secrets.io", "gateway.networking.k8s.io"),
        *("helm.toolkit.fluxcd.io", "keda.sh", "kustomize.toolkit.fluxcd.io", "monitoring.coreos.com"),
        "source.toolkit.fluxcd.io",
    }
)


def kinds() -> dict[str, CustomKind]:
    from kpy.schema.custom import _kinds

    return {f"{kind}.{group}": known for group in custom_groups() for kind, known in _kinds(group).items()}


def known(text: str) -> CustomKind:
    return read_custom(text)["Lamp"]


def names(text: str, **spec: Any) -> list[str]:
    return [f"{place.value} at {place.steps}" for place in places(known(text), {"spec": spec})]


def test_the_table_has_the_projects_that_most_people_use() -> None:
    assert custom_groups() >= PROJECTS


def test_every_row_has_options_that_are_known() -> None:
    said = {option for kind in kinds().values() for row in kind.rows for option in row.options}

    assert said <= OPTIONS


def test_every_kind_that_a_row_means_is_one_of_kubernetes_or_of_another_group() -> None:
    built_in = {(kind.group, kind.kind) for kind in api().kinds}
    groups = {group for group, _ in built_in}
    rows = [row for kind in kinds().values() for row in kind.rows if row.verb != "holds"]

    assert [row for row in rows if row.group in groups and (row.group, row.kind) not in built_in] == []


def test_every_type_that_a_field_holds_is_one_of_kubernetes() -> None:
    rows = [row for kind in kinds().values() for row in kind.rows if row.verb == "holds"]

    assert [row.kind for row in rows if api().type(row.kind) is None] == []


def test_kinds_that_nobody_described_are_not_known() -> None:
    assert custom_kind("example.com", "Lamp") is None
    assert custom_kind("cert-manager.io", "Lamp") is None
    assert custom_kind("../cert-manager.io", "Certificate") is None


def test_a_line_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no row: name Secret"):
        known("Lamp\n  name Secret spec.x\n")


def test_facts_of_a_kind_in_several_places_add_up() -> None:
    text = "Lamp Torch\n  names Secret spec.a\nLamp\n  names Secret spec.b\n"

    assert [len(kind.rows) for kind in read_custom(text).values()] == [2, 1]


@pytest.mark.parametrize(
    ("path", "spec", "expected"),
    [
        ("spec.a", {"a": "x"}, ["x at ('spec', 'a')"]),
        ("spec.a", {"a": ["x", "y"]}, ["x at ('spec', 'a', 0)", "y at ('spec', 'a', 1)"]),
        ("spec.a", {"a": 5, "b": "x"}, []),
        ("spec.a", {"a": ""}, []),
        ("spec.a.b", {"a": [{"b": "x"}, {"c": "y"}]}, ["x at ('spec', 'a', 0, 'b')"]),
        ("spec.*Ref.name", {"aRef": {"name": "x"}, "b": {"name": "y"}}, ["x at ('spec', 'aRef', 'name')"]),
        ("spec.**.name", {"name": "x"}, ["x at ('spec', 'name')"]),
        ("spec.**.name", {"a": {"b": [{"name": "x"}]}}, ["x at ('spec', 'a', 'b', 0, 'name')"]),
        ("spec.**.ref.name", {"a": {"ref": {"name": "x"}}, "name": "y"}, ["x at ('spec', 'a', 'ref', 'name')"]),
    ],
)
def test_ways_to_a_field(path: str, spec: dict[str, Any], expected: list[str]) -> None:
    assert names(f"Lamp\n  names Secret {path}\n", **spec) == expected


def test_the_first_row_that_fits_counts() -> None:
    text = "Lamp\n  names ConfigMap spec.**.map.name\n  names Secret spec.**.name if=key\n"
    spec = {"map": {"name": "a", "key": "k"}, "x": {"name": "b", "key": "k"}, "y": {"name": "c"}}

    found = [(meant(place).kind, place.value) for place in places(known(text), {"spec": spec})]

    assert found == [("ConfigMap", "a"), ("Secret", "b")]


def test_what_a_field_holds_is_not_looked_at_by_other_rows() -> None:
    text = "Lamp\n  holds core/v1 Container spec.containers\n  names Secret spec.**.name\n"

    found = [(place.row.verb, place.steps) for place in places(known(text), {"spec": {"containers": [{"name": "a"}]}})]

    assert found == [("holds", ("spec", "containers", 0))]


def test_fields_beside_a_name_say_which_object_is_meant() -> None:
    text = "Lamp\n  names Issuer.a.io spec.ref.name kind=kind group=group namespace=namespace\n"

    def of(**ref: str) -> tuple[object, ...]:
        return tuple(meant(next(places(known(text), {"spec": {"ref": {"name": "x", **ref}}}))))

    assert of() == ("a.io", "Issuer", "x", None)
    assert of(kind="ClusterIssuer") == ("a.io", "ClusterIssuer", "x", None)
    assert of(kind="Service", group="", namespace="web") == ("", "Service", "x", "web")


def test_a_version_beside_a_name_says_the_group() -> None:
    text = "Lamp\n  names Deployment.apps spec.ref.name kind=kind version=apiVersion\n"
    ref = {"name": "x", "kind": "Pod", "apiVersion": "v1"}

    assert meant(next(places(known(text), {"spec": {"ref": ref}})))[:2] == ("", "Pod")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"target": {"name": "x"}}, ["x"]),
        ({}, ["lamp"]),
        ({"target": {"policy": "Owner"}}, ["lamp"]),
        ({"target": {"policy": "None"}}, []),
        ({"target": {"name": "x", "policy": "None"}}, []),
    ],
)
def test_what_is_made_has_the_name_of_its_maker_unless_another_is_given(
    spec: dict[str, Any], expected: list[str]
) -> None:
    kind = known("Lamp\n  makes Secret spec.target.name default=metadata.name unless=policy:None\n")

    assert [each.name for each in made(kind, {"metadata": {"name": "lamp"}, "spec": spec})] == expected


def test_references_are_told_by_kind_and_name_in_a_field_that_says_so() -> None:
    ref = {"kind": "Bulb", "name": "b"}
    spec = {
        "bulbRef": ref,
        "refs": [{**ref, "apiVersion": "a.io/v1"}],
        "prefer": ref,
        "bulb": ref,
        "xRef": {"name": "b"},
    }

    found = list(referring({"spec": spec, "status": {"ref": ref}, "metadata": {"ownerReferences": [ref]}}, ()))

    assert [(said.group, steps) for said, steps in found] == [
        (None, ("spec", "bulbRef", "name")),
        ("a.io", ("spec", "refs", 0, "name")),
    ]


def test_deep_resources_are_looked_at_as_far_as_anybody_writes() -> None:
    spec: Any = {"name": "x"}
    for _ in range(2000):
        spec = {"a": spec}

    assert list(places(known("Lamp\n  names Secret spec.**.name\n"), {"spec": spec})) == []
    assert list(referring({"spec": spec}, ())) == []
