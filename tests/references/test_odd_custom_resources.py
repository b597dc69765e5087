"""Custom resources with anything where names, selectors and templates should be: nothing breaks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

import kpy
from kpy.graph import graph_of
from kpy.manifest import Resource
from kpy.schema.custom import CustomKind, custom_groups

ODD: list[Any] = [
    *("x", "web", "", 5, None, True, [], {}, [None], ["web"], {"name": 5}, {"any": True}),
    *({"name": "web", "kind": "Deployment"}, [{"name": "web"}], {"matchNames": ["a", 5]}),
    *({"matchLabels": {"app": "web"}}, {"matchLabels": 5}, {"matchExpressions": [5]}),
    {"containers": [{"name": 5, "envFrom": [{"secretRef": {"name": "web"}}]}]},
]
OTHERS: list[dict[str, Any]] = [
    {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "s", "labels": {"app": "web"}},
        "spec": {"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80}]},
    },
    {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web", "namespace": "s"},
        "spec": {
            "maxReplicas": 3,
            "scaleTargetRef": {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "web"},
        },
    },
]


def kinds() -> Iterator[tuple[str, str, CustomKind]]:
    from kpy.schema.custom import _kinds

    for group in sorted(custom_groups()):
        for kind, known in _kinds(group).items():
            yield group, kind, known


def put(tree: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    *way, last = (step.replace("**", "between").replace("*", "some") for step in path)
    for step in way:
        inner = tree.get(step)
        if not isinstance(inner, dict):
            inner = tree[step] = {}
        tree = inner
    tree[last] = value


def odd(group: str, kind: str, known: CustomKind, chance: random.Random) -> dict[str, Any]:
    tree = {"apiVersion": f"{group}/v1", "kind": kind, "metadata": {"name": "web", "namespace": "s"}, "spec": {}}
    for row in known.rows:
        put(tree, row.path, chance.choice(ODD))
        for option, field in row.options.items():
            if option in ("kind", "group", "version", "namespace", "key", "port", "section", "if") and field != "*":
                put(tree, (*row.path[:-1], field.partition(":")[0]), chance.choice(ODD))
            elif option in ("ports", "namespaces"):
                put(tree, tuple(field.split(".")), chance.choice(ODD))
    return tree


@pytest.mark.parametrize("seed", range(4))
def test_nothing_breaks(seed: int) -> None:
    chance = random.Random(seed)
    for group, kind, known in kinds():
        tree = odd(group, kind, known, chance)

        assert [found.message for found in kpy.validate([*OTHERS, tree]) if found.rule == "internal-error"] == [], tree
        graph_of([Resource(each) for each in [*OTHERS, tree]])
