"""`--fail-on` stops every effect that is as bad as it says, or worse, and no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kpy.cli.bad_effects import _EFFECTS
from kpy.cli.main import run
from kpy.compare import EFFECTS, Effect, compare

from .custom_updates import custom_updates, definition, lamp
from .objects import Tree, claim, config, deployment, stateful


def scaled(count: int) -> Tree:
    tree = deployment()
    tree["spec"]["replicas"] = count
    return tree


def renamed(tree: Tree) -> Tree:
    return {**tree, "metadata": {"name": "new", "annotations": {"kpy.dev/aliases": tree["metadata"]["name"]}}}


def named(count: str) -> Tree:
    return stateful(serviceName=count)


_FIXED = custom_updates()[0]
_KIND = definition(_FIXED.schema)
#: For each effect, two manifests that have it.
PAIRS: dict[Effect, tuple[list[Tree], list[Tree]]] = {
    "no change": ([config(a="1")], [config(a="1")]),
    "create": ([], [config(a="1")]),
    "update in place": ([config(a="1")], [config(a="2")]),
    "rolling restart": ([deployment()], [deployment(image="nginx:1.30")]),
    "scale down": ([scaled(3)], [scaled(2)]),
    "delete": ([config(a="1")], []),
    "replace": ([config(a="1")], [renamed(config(a="1"))]),
    "outage": ([scaled(3)], [scaled(0)]),
    "immutable field changed": ([named("a")], [named("b")]),
    "refused": ([_KIND, lamp(_FIXED.old)], [_KIND, lamp(_FIXED.new)]),
    "data loss": ([claim()], []),
}


def test_every_effect_can_be_named() -> None:
    assert PAIRS.keys() == set(EFFECTS)
    assert set(_EFFECTS.values()) == {*EFFECTS} - {"no change"}


@pytest.mark.parametrize("least", _EFFECTS)
@pytest.mark.parametrize("effect", PAIRS)
def test_effect_that_is_as_bad_or_worse_ends_with_one(
    effect: Effect, least: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    old, new = PAIRS[effect]
    for name, trees in (("old.json", old), ("new.json", new)):
        Path(name).write_text(json.dumps(listed(trees)))
    assert compare(old, new).changes[-1].effect == effect

    code = run(["compare", "old.json", "new.json", "--fail-on", least])

    assert code == (EFFECTS.index(effect) >= EFFECTS.index(_EFFECTS[least]))


def listed(trees: list[Tree]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "List", "items": trees}
