"""Files that declare the same objects differently are variants: one note, and none is judged by another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from kpy.checking.choice import Choice
from kpy.checking.object_set import Finding
from kpy.schema import api
from kpy.validation import find_faults

Tree = dict[str, Any]


def find(files: Mapping[str, list[Tree]]) -> list[Finding]:
    names = [file for file, trees in files.items() for _ in trees]
    trees = [tree for trees in files.values() for tree in trees]
    return [*find_faults(trees, api(), Choice(), files=names)]


def said(files: Mapping[str, list[Tree]]) -> list[str]:
    names = [file for file, trees in files.items() for _ in trees]
    return [f"{names[found.number]} {found.diagnostic.severity} {found.diagnostic.rule}" for found in find(files)]


def obj(api_version: str, kind: str, name: str, **fields: Any) -> Tree:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **fields}


def service(app: str = "web", port: str = "http") -> Tree:
    return obj("v1", "Service", "web", spec={"selector": {"app": app}, "ports": [{"port": 80, "targetPort": port}]})


def workload(kind: str = "Deployment", port: str = "http", wants: str = "") -> Tree:
    container: Tree = {"name": "main", "image": "web:1", "ports": [{"containerPort": 80, "name": port}]}
    if wants:
        container["envFrom"] = [{"configMapRef": {"name": wants}}]
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    spec: Tree = {"selector": {"matchLabels": {"app": "web"}}, "template": template}
    return obj("apps/v1", kind, "web", spec=spec)


def config(name: str, **data: str) -> Tree:
    return obj("v1", "ConfigMap", name, data=data)


def test_variants_are_one_note_and_are_not_mixed() -> None:
    headless = service()
    headless["spec"]["clusterIP"] = "None"
    stateful = workload("StatefulSet")
    stateful["spec"]["serviceName"] = "web"
    files = {
        "plain.yaml": [service(), config("web", a="1"), workload()],
        "ordered.yaml": [headless, config("web", a="2"), stateful],
    }

    assert said(files) == ["plain.yaml note variants"]
    (found,) = find(files)
    assert found.diagnostic.message == (
        '2 files declare 2 objects, such as Service "web", differently: '
        "they are variants, and each is checked by itself"
    )
    assert [
        (related.text, number) for related, (number, _) in zip(found.diagnostic.see_also, found.related, strict=True)
    ] == [('Service "web"', 3)]


def test_equal_objects_in_two_files_are_silent_and_no_variants() -> None:
    assert (
        said({"a.yaml": [config("x", a="1")], "b.yaml": [config("x", a="1")], "c/a.yaml": [config("x", a="1")]}) == []
    )


def test_object_twice_in_one_file_is_an_error_between_variants_too() -> None:
    files = {"a.yaml": [config("x", a="1")], "b.yaml": [config("x", a="2")], "c.yaml": [config("x"), config("x")]}

    assert said(files) == ["a.yaml note variants", "c.yaml error duplicate-object"]


def test_chain_of_variants_is_one_set() -> None:
    files = {
        "a.yaml": [config("x", a="1")],
        "b.yaml": [config("x", a="2"), config("y", a="1")],
        "c.yaml": [config("y", a="2")],
        "d.yaml": [config("z", a="1")],
        "e.yaml": [config("z", a="2")],
    }

    assert [found.diagnostic.message for found in find(files)] == [
        '3 files declare 2 objects, such as ConfigMap "x", differently: '
        "they are variants, and each is checked by itself",
        '2 files declare ConfigMap "z" differently: they are variants, and each is checked by itself',
    ]


def test_reference_is_not_found_in_another_variant() -> None:
    files = {
        "a.yaml": [config("x", a="1"), config("settings", a="1")],
        "b.yaml": [config("x", a="2"), workload(wants="settings")],
    }

    assert said(files) == ["a.yaml note variants", "b.yaml warning config-map-missing"]


def test_reference_is_found_everywhere_else() -> None:
    files = {
        "a.yaml": [config("x", a="1"), config("settings", a="1")],
        "b.yaml": [config("x", a="2"), config("settings", a="2")],
        "far/c.yaml": [workload(wants="settings")],
    }

    assert said(files) == ["a.yaml note variants"]


def test_file_beside_both_variants_may_mean_either() -> None:
    """`other.yaml` goes with `b.yaml`, which has what it wants, although `a.yaml` was looked at with it first."""
    files = {
        "a.yaml": [config("x", a="1")],
        "b.yaml": [config("x", a="2"), config("settings")],
        "other.yaml": [workload(wants="settings")],
    }

    assert said(files) == ["a.yaml note variants"]


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_object_of_the_same_folder_counts_and_not_that_of_another(order: tuple[str, str]) -> None:
    good = {"a/web.yaml": [workload(port="http")], "a/service.yaml": [service(port="http")]}
    bad = {"b/web.yaml": [workload(port="grpc")], "b/service.yaml": [service(port="http")]}
    sides = {"a": good, "b": bad}

    files = {file: trees for side in order for file, trees in sides[side].items()}

    assert [text for text in said(files) if " note " not in text] == ["b/service.yaml error target-port-unknown"]


def test_object_of_one_variant_elsewhere_proves_nothing() -> None:
    files = {
        "service.yaml": [service(port="http")],
        "one/web.yaml": [workload(port="grpc")],
        "two/web.yaml": [workload(port="http")],
    }

    assert said(files) == ["one/web.yaml note variants"]


def test_large_folder_is_looked_at_whole() -> None:
    many = {f"k/{number:04}.yaml": [config(f"c{number}")] for number in range(600)}
    files = {**many, "k/a.yaml": [config("x", a="1")], "k/b.yaml": [config("x", a="2")]}

    assert said({**files, "k/web.yaml": [workload(wants="c599")], "k/zzz.yaml": [config("y")]}) == [
        "k/a.yaml note variants"
    ]


def test_many_variants_are_all_looked_at() -> None:
    names = [f"{number}/a.yaml" for number in range(90)]
    files = {
        name: [config("x", a=name), workload(wants="gone"), *[config(f"{name[0]}{i}") for i in range(50)]]
        for name in names
    }

    found = find(files)

    assert [each.diagnostic.rule for each in found].count("variants") == 1
    (absent,) = [each for each in found if each.diagnostic.rule == "config-map-missing"]
    assert 1 + len(absent.places) == 90


def test_documents_without_files_have_no_variants() -> None:
    twice = [config("x", a="1"), config("x", a="2")]

    assert [found.diagnostic.rule for found in find_faults(twice, api(), Choice())] == ["duplicate-object"]
