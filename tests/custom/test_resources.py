"""Custom resources against their definitions: the verdicts of a real API server, 1.36."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import kpy

KEEP = {"x-kubernetes-preserve-unknown-fields": True}
PORTS = {
    "type": "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["port", "protocol"],
    "items": {
        "type": "object",
        "required": ["port", "protocol"],
        "properties": {"port": {"type": "integer"}, "protocol": {"type": "string", "default": "TCP"}},
    },
}
ADDRESS = {
    "type": "object",
    "properties": {"type": {"type": "string", "default": "IP"}, "value": {"type": "string"}},
    "oneOf": [
        {"properties": {"type": {"enum": ["IP"]}, "value": {"pattern": "^[0-9.]+$"}}},
        {"properties": {"type": {"not": {"enum": ["IP"]}}}},
    ],
}
EMBEDDED = {"type": "object", "x-kubernetes-embedded-resource": True, **KEEP}
POD = {"apiVersion": "v1", "kind": "Pod"}


def definition(schema: dict[str, Any], *, version: str = "v1", **more: Any) -> dict[str, Any]:
    served = {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}, **more}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "shops.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": "Shop", "plural": "shops"},
            "versions": [served],
        },
    }


def shop(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "example.com/v1", "kind": "Shop", "metadata": {"name": "web"}, **fields}


def errors(schema: dict[str, Any], tree: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    report = kpy.validate([definition(schema, **more), tree])
    return [(found.rule, found.field) for found in report.errors]


def is_taken(field: dict[str, Any], value: Any) -> bool:
    spec = {"type": "object", "properties": {"a": field}}
    return not errors({"type": "object", "properties": {"spec": spec}}, shop(spec={"a": value}))


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        pytest.param({"type": "array", "items": {"type": "object"}, **KEEP}, [{"b": 1}], ["b"], id="list keeps"),
        pytest.param({"type": "object", "additionalProperties": True}, {"b": 1}, {"b": {"c": 1}}, id="map of anything"),
        pytest.param(
            PORTS,
            [{"port": 1}, {"port": 1, "protocol": "UDP"}],
            [{"port": 1}, {"port": 1, "protocol": "TCP"}],
            id="keys",
        ),
        pytest.param(ADDRESS, {"value": "1.2.3.4"}, {"value": "example.com"}, id="choice by a default"),
        pytest.param({"type": "string", "nullable": True, "enum": ["b"]}, "b", None, id="null is not in the enum"),
        pytest.param({"type": "integer"}, 2**63 - 1, 2**63, id="integers have 64 bits"),
        pytest.param({"type": "number", "multipleOf": 0.1}, 0.3, 0.35, id="multiple"),
        pytest.param({"type": "integer", "multipleOf": 5}, 10, 2**31, id="multiple of a whole number"),
        pytest.param(EMBEDDED, POD, {"kind": "Pod"}, id="embedded version"),
        pytest.param(EMBEDDED, {**POD, "metadata": None}, {**POD, "metadata": []}, id="embedded metadata"),
        pytest.param(
            EMBEDDED, {**POD, "metadata": {"name": "A_b"}}, {**POD, "metadata": {"b": 1}}, id="embedded field"
        ),
        pytest.param(EMBEDDED, POD, {**POD, "metadata": {"labels": {"b": "-"}}}, id="embedded label"),
        pytest.param(EMBEDDED, POD, {"apiVersion": "v1", "kind": "a pod"}, id="embedded kind"),
        pytest.param(EMBEDDED, POD, {"apiVersion": "a/b/c", "kind": "Pod"}, id="embedded group"),
    ],
)
def test_value_is_judged_as_a_server_does(field: dict[str, Any], good: Any, bad: Any) -> None:
    assert (is_taken(field, good), is_taken(field, bad)) == (True, False)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        (
            "date-time",
            ["2020-01-02T03:04:05Z", "2020-01-02t03:04:05.1+01:00"],
            ["2020-02-30T03:04:05Z", "2020-01-02 03:04Z"],
        ),
        ("date", ["2020-01-02"], ["2020-1-2", "2020-02-30"]),
        ("duration", ["1h30m", "-1.5h", "22 ns", "1 week", "0"], ["1x", "", "1", "h"]),
        ("byte", ["YQ=="], ["YQ", "", "YWJj\n"]),
        ("uuid", ["123e4567-e89b-12d3-a456-426614174000"], ["123e4567"]),
        ("uuid4", ["123e4567-e89b-42d3-a456-426614174000"], ["123e4567-e89b-12d3-a456-426614174000"]),
        ("ipv4", ["1.2.3.4", "01.2.3.4", "::ffff:1.2.3.4"], ["::1", "1.2.3"]),
        ("ipv6", ["::1"], ["1.2.3.4", "fe80::1%eth0"]),
        ("cidr", ["10.0.0.0/8", "::/0"], ["10.0.0.0", "1.2.3.4/255.255.255.0"]),
        ("mac", ["00:00:5e:00:53:01", "0000.5e00.5301", "00005e005301"], ["00:00:5e-00:53:01"]),
        ("hostname", ["shop.io", "a", "é"], ["my_name.com", "a.b", "x." * 200 + "com"]),
        ("uri", ["https://a.b/c", "/a", "mailto:x", "*"], ["a", "http://a b", "http://a/%zz", "http://[::1"]),
        ("email", ["a@b", "A <a@b.c>", '"a b"@c'], ["a", "@b", "a..b@c", "a@b@c"]),
        ("hexcolor", ["#fff", "fff000"], ["#ggg"]),
        ("rgbcolor", ["rgb(1, 2,3)"], ["rgb(256,0,0)"]),
        ("ssn", ["111-22-3333"], ["111223333"]),
        ("bsonobjectid", ["507f1f77bcf86cd799439011"], ["507f"]),
        ("unheard-of", ["anything"], []),
        ("date", ["2024-02-29", "0000-02-29"], ["2024-W01-1", "20240229", "2023-02-29"]),
        ("isbn10", ["0321751043", "0-321-75104-3", "080442957X"], ["x", "0321751044", "978-0321751041"]),
        ("isbn13", ["978-0321751041"], ["978-0321751042", "0321751043"]),
        ("isbn", ["0321751043", "978-0321751041"], ["1"]),
        ("creditcard", ["4111 1111 1111 1111"], ["4111 1111 1111 1112", "1234"]),
        ("k8s-short-name", ["a", "a-b"], ["", "A", "a-", "a.b", "a" * 64]),
        ("k8s-long-name", ["a.b", "a" * 100], ["", "A.b", "a..b", "a" * 254]),
    ],
)
def test_formats_are_those_of_a_server(name: str, good: list[str], bad: list[str]) -> None:
    field = {"type": "string", "format": name}

    assert ([is_taken(field, text) for text in good], [is_taken(field, text) for text in bad]) == (
        [True] * len(good),
        [False] * len(bad),
    )


def test_formats_are_those_of_the_release() -> None:
    field = {"type": "object", "properties": {"field": {"type": "string", "format": "k8s-short-name"}}}
    documents = [definition({"type": "object", "properties": {"spec": field}}), shop(spec={"field": "A"})]

    assert [found.rule for found in kpy.validate(documents, kubernetes="1.34").errors] == ["custom-value-invalid"]
    assert list(kpy.validate(documents, kubernetes="1.33").errors) == []


def test_format_of_a_number_is_its_width() -> None:
    assert not is_taken({"type": "number", "format": "float"}, 1e39)
    assert is_taken({"type": "number", "format": "double"}, 1e39)
    assert is_taken({"type": "number", "format": "int32"}, 1e12)
    assert not is_taken({"type": "integer", "format": "int32"}, 1 << 31)


@pytest.mark.parametrize(
    ("replicas", "message"),
    [
        (-1, "-1 cannot be: a number of replicas is not negative"),
        (1 << 31, "2147483648 cannot be: a number of replicas is at most 2147483647"),
        (0, ""),
    ],
)
def test_replicas_of_the_subresource_scale_have_bounds(replicas: int, message: str) -> None:
    spec = {"type": "object", "properties": {"size": {"type": "integer"}}}
    status = {"type": "object", "properties": {"size": {"type": "integer"}}}
    schema = {"type": "object", "properties": {"spec": spec, "status": status}}
    scale = {"specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size"}

    report = kpy.validate([definition(schema, subresources={"scale": scale}), shop(spec={"size": replicas})])

    assert [(found.field, found.message) for found in report.errors] == ([("spec.size", message)] if message else [])


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"^\pL+$", "é", "1"),
        ("^[0-9]+$", "12", "12\n"),
        (r"^\d+$", "12", "٣"),
        ("^(a+)+$", "a" * 40, "a" * 40 + "!"),
    ],
)
def test_patterns_mean_what_they_mean_to_a_server(pattern: str, good: str, bad: str) -> None:
    field = {"type": "string", "pattern": pattern}

    assert (is_taken(field, good), is_taken(field, bad)) == (True, False)


def test_status_is_dropped_where_it_is_a_subresource() -> None:
    status = {"type": "object", "required": ["ready"], "properties": {"ready": {"type": "boolean"}}}
    schema = {"type": "object", "properties": {"status": status}}

    assert errors(schema, shop(status={})) == [("custom-field-missing", "status.ready")]
    assert errors(schema, shop(status={}), subresources={"status": {}}) == []
    assert errors(schema, shop(status={"red": 1}), subresources={"status": {}}) == [
        ("custom-field-unknown", "status.red")
    ]


def test_name_may_be_restricted_by_the_schema() -> None:
    schema = {
        "type": "object",
        "properties": {"metadata": {"properties": {"name": {"type": "string", "pattern": "^w"}}, "type": "object"}},
    }

    assert errors(schema, shop()) == []
    assert errors(schema, shop(metadata={"name": "shop"})) == [("custom-value-invalid", "metadata.name")]
    assert errors(schema, shop(metadata={"generateName": "shop-"})) == [("custom-value-invalid", "metadata.name")]


def test_definitions_of_one_kind_in_two_files_are_alternatives(tmp_path: Path) -> None:
    """Projects publish a stable and an experimental set, and an object is written for one of them."""
    old = definition({"type": "object", "properties": {"a": {"type": "string"}}})
    new = definition({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}})
    (tmp_path / "new.json").write_text(json.dumps(new))

    report = kpy.validate([old, shop(b="x"), shop(c="x", metadata={"name": "other"})], crds=[str(tmp_path)])

    assert [(found.resource, found.field) for found in report.errors] == [('Shop "other"', "c")]


def test_definition_with_faults_of_its_own_is_not_said_to_be_missing() -> None:
    broken = definition({"type": "object"})
    broken["spec"]["scope"] = "Here"

    assert [found.rule for found in kpy.validate([broken, shop()])] == ["crd-scope"]
