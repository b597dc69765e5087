"""The one-line example of a field is Python that runs and says that field."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any

import pytest

import kpy
from kpy.errors import SynthError
from kpy.explaining.examples import example_of
from kpy.explaining.lookup import Place, fields_of, find_place, roots
from kpy.manifest import Manifest
from kpy.model.plain import to_plain
from kpy.pipeline import run
from kpy.tree.part import Part
from tools.codegen.fields import KINDS
from tools.codegen.short_forms import REPLACED
from tools.codegen.union import union

#: What stands in an object by itself, or has no meaning for a construct.
NOT_SAID = {"apiVersion", "kind", "status"}


def places(name: str, deepest: int) -> Iterator[Place]:
    """Yield all places below a kind or struct, each type once."""
    root = next(root for root in roots(name.rpartition(" ")[2]) if root.type == name)
    seen: set[str] = set()
    around = [Place(root)]
    for _ in range(deepest):
        following = []
        for place in around:
            if not place.type or place.type in seen:
                continue
            seen.add(place.type)
            for field in fields_of(place.type).values():
                if field.name not in NOT_SAID:
                    inner = Place(root, (*place.steps, (place.type, field)))
                    yield inner
                    following.append(inner)
        around = following


def names_for(example: str) -> dict[str, Any]:
    """Return what an example needs: kpy's names, and modules of the API as they are called there."""
    names = {name: getattr(kpy, name) for name in kpy.__all__}
    for module in {each.module for each in union().values()}:
        alias = module.replace(".", "_")
        if f"{alias}." in example:
            names[alias] = import_module(f"kpy.api.{module}")
    return names


def values_at(tree: Any, steps: tuple[str, ...]) -> list[Any]:
    """Return what stands at a path, through all items of lists and maps."""
    if not steps:
        return [tree]
    if isinstance(tree, list):
        return [value for item in tree for value in values_at(item, steps)]
    if not isinstance(tree, dict):
        return []
    if steps[0] in tree:
        return values_at(tree[steps[0]], steps[1:])
    return [value for item in tree.values() for value in values_at(item, steps)] if "key" in tree else []


def tree_of(made: Any) -> Any:
    """Return a value as it is synthesised, whatever the rules say of it."""
    if not isinstance(made, Part):
        return to_plain(made)
    app = kpy.App("shop")
    app.add(kpy.Chart("shop")).add(made)
    trees: list[Any] = []

    def note(name: str, manifest: Manifest) -> None:
        if name == "wire":
            trees.extend(resource.tree for resource in manifest.resources)

    with suppress(SynthError):
        run(app, observe=note)
    return next(tree for tree in trees if tree["kind"] == getattr(made, "kind", ""))


@pytest.mark.parametrize("kind", [*KINDS, "core/v1 Container"])
def test_example_of_every_field_of_a_construct_says_it(kind: str) -> None:
    for place in places(kind, 4):
        example = example_of(place)
        made = eval(example, names_for(example))
        owner, last = place.steps[-1]
        path = (*(field.name for _, field in place.steps[:-1]), REPLACED.get((owner, last.name), last.name))
        if path == ("metadata", "namespace") and place.root.kind and not place.root.kind.namespaced:
            continue
        assert values_at(tree_of(made), path), f"{place.path}: {example}"


def test_example_of_a_model_says_the_field() -> None:
    for each in union().values():
        for place in places(each.name, 1) if each.short_name not in kpy.__all__ else ():
            example = example_of(place)
            made = eval(example, names_for(example))
            assert to_plain(made) or example.endswith("())"), example


@pytest.mark.parametrize(
    ("word", "example"),
    [
        ("Deployment", 'Deployment("web")'),
        ("Deployment.strategy", 'Deployment("web", strategy="Recreate")'),
        (
            "Deployment.spec.strategy.rollingUpdate.maxSurge",
            'Deployment("web", strategy={"rollingUpdate": {"maxSurge": "25%"}})',
        ),
        ("Deployment.metadata.labels", 'Deployment("web", labels={"team": "checkout"})'),
        ("Deployment.metadata.finalizers", 'Deployment("web", metadata={"finalizers": ["text"]})'),
        ("Container.image", 'Container(image="ghcr.io/shop/api:v2")'),
        ("Container.livenessProbe.httpGet.port", 'Container(liveness_probe={"httpGet": {"port": 8080}})'),
        ("CronJob.schedule", 'CronJob("web", schedule="0 3 * * *")'),
        ("Lease.spec.renewTime", 'coordination_v1.LeaseSpec(renew_time="2026-01-01T00:00:00.000000Z")'),
    ],
)
def test_example_is_what_people_would_write(word: str, example: str) -> None:
    place = find_place(word)
    assert place is not None
    assert example_of(place) == example
