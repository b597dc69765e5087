"""A text of another class, as of a `StrEnum`, is that text, wherever it stands."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Any

import pytest

from kpy import (
    App,
    Chart,
    ConfigMap,
    Construct,
    Container,
    Defaults,
    Deployment,
    Ingress,
    Namespace,
    NetworkPolicy,
    Raw,
    Secret,
    Service,
    StatefulSet,
    validate,
)


class Word(StrEnum):
    A = "a"
    TEAM = "team"
    ALWAYS = "Always"
    RESTRICTED = "restricted"
    CLUSTER = "ClusterIP"
    PREFIX = "Prefix"
    MEMORY = "64Mi"


class Old(str, Enum):  # noqa: UP042  # as programs for older Pythons have it
    A = "a"
    TEAM = "team"
    ALWAYS = "Always"
    RESTRICTED = "restricted"
    CLUSTER = "ClusterIP"
    PREFIX = "Prefix"
    MEMORY = "64Mi"


class Plain:
    A = "a"
    TEAM = "team"
    ALWAYS = "Always"
    RESTRICTED = "restricted"
    CLUSTER = "ClusterIP"
    PREFIX = "Prefix"
    MEMORY = "64Mi"


class Team(Construct):
    def build(self) -> None:
        self.add(ConfigMap("team", data={"A": "1"}))


def shop(word: Any) -> App:
    labels = {word.TEAM: word.A}
    app = App("shop", labels=labels, annotations=labels, defaults=Defaults(pod_labels=labels, env={word.A: word.A}))
    chart = app.add(Chart("main", namespace=word.A, labels=labels))
    chart.add(Namespace(word.A))
    chart.add(Team("team", labels=labels, annotations={"x": word.A}))
    container = Container(
        word.A,
        image="nginx:1",
        ports={word.A: 80},
        env={word.TEAM: word.A},
        image_pull_policy=word.ALWAYS,
        resources={"limits": {"memory": word.MEMORY}},
        security=word.RESTRICTED,
    )
    api = chart.add(
        Deployment(
            word.A,
            labels=labels,
            annotations=labels,
            pod_labels={"pod": word.A},
            pod_annotations=labels,
            node_selector=labels,
            patch={"metadata": {"labels": {"patched": word.A}}},
            containers=[container],
        )
    )
    service = chart.add(api.expose(type=word.CLUSTER))
    chart.add(api.budget(max_unavailable=1), NetworkPolicy("only", target=api))
    chart.add(Service("by-labels", selector={"pod": word.A}, ports=80))
    chart.add(Ingress("edge", host="a.example", routes={"/": service}, path_type=word.PREFIX))
    chart.add(
        StatefulSet("db", headless=True, labels=labels, containers=[Container(image="db:1", ports={word.A: 5432})])
    )
    chart.add(ConfigMap.from_literals("config", {word.A: word.A}), Secret("secret", type=word.A, string_data=labels))
    chart.add(
        Raw({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "raw", "labels": labels}, "data": labels})
    )
    return app


@pytest.mark.parametrize("word", [Word, Old])
def test_texts_of_enums_are_texts_everywhere(word: Any) -> None:
    plain, given = shop(Plain).synth(), shop(word).synth()

    assert given.to_yaml() == plain.to_yaml()
    assert [str(found.rule) for found in given.report] == [str(found.rule) for found in plain.report]
    assert [odd for resource in given for odd in odd_texts(resource.tree, resource.kind)] == []
    assert rules_of(given.to_dicts()) == rules_of(plain.to_dicts())


def rules_of(documents: Any) -> list[tuple[str, str, str]]:
    return [(found.rule, found.field, found.message) for found in validate(documents, select=["policy"])]


def odd_texts(value: Any, at: str) -> list[str]:
    """Return the places of texts in a tree that are of another class."""
    if isinstance(value, dict):
        keys = [f"key {at}.{key}" for key in value if type(key) is not str]
        return keys + [odd for key, inner in value.items() for odd in odd_texts(inner, f"{at}.{key}")]
    if isinstance(value, list):
        return [odd for index, inner in enumerate(value) for odd in odd_texts(inner, f"{at}[{index}]")]
    return [at] if isinstance(value, str) and type(value) is not str else []
