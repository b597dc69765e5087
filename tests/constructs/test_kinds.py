"""The table of constructs by kind, and the way from a tree to a construct."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import kpy
from kpy import App, Chart, Yaml
from kpy.constructs.included.typed import typed
from kpy.constructs.kinds import CONSTRUCTS, construct_class
from kpy.constructs.object import Object
from kpy.pipeline.lower import lower, start

SNAPSHOTS = sorted((Path(__file__).parents[2] / "snapshots" / "examples").rglob("*.yaml"))


def documents(file: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(file.read_text(encoding="utf-8")))


def test_table_has_every_construct() -> None:
    public: list[Any] = [getattr(kpy, name) for name in kpy.__all__]
    constructs = {
        (each.api_version, each.kind): each
        for each in public
        if isinstance(each, type) and issubclass(each, Object) and hasattr(each, "kind")
    }

    assert {key: construct_class(*key) for key in CONSTRUCTS} == constructs


def test_every_object_of_the_examples_becomes_the_construct_of_its_kind() -> None:
    trees = [tree for file in SNAPSHOTS for tree in documents(file)]
    seen = {(tree["apiVersion"], tree["kind"]) for tree in trees}

    wrong = [tree for tree in trees if type(typed(tree)) is not construct_class(tree["apiVersion"], tree["kind"])]

    assert CONSTRUCTS.keys() <= seen
    assert [tree["kind"] for tree in wrong if isinstance(typed(tree), Object)] == []


@pytest.mark.parametrize("file", SNAPSHOTS, ids=lambda file: file.stem)
def test_objects_that_somebody_has_in_hand_and_does_not_change_stay_as_they_are(file: Path) -> None:
    app = App("shop")
    vendor = app.add(Chart("shop")).add(Yaml(file))
    assert len(list(vendor.walk())) == len(documents(file))

    draft = start(app, None)
    lower(draft)

    assert [resource.tree for resource in draft.resources] == documents(file)


@pytest.mark.parametrize(("api_version", "kind"), [("apps/v1beta1", "Deployment"), ("x.io/v1", "Service")])
def test_other_versions_and_groups_have_no_construct(api_version: str, kind: str) -> None:
    assert construct_class(api_version, kind) is None
