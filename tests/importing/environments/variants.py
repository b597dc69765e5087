"""Objects as environments have them: the same ones, with random differences."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from hypothesis import strategies as st

from kpy.testing.strategies import resources
from tests.fuzz.examples import bases

__all__ = ["environments", "varied"]

Tree = dict[str, Any]
NAMES = ("dev", "staging", "prod")
TEXTS = ("other", "a-dev-b", "a-prod-b", "1", "two words", 'x"{y}', "it's\n\\")
Draw = Callable[..., Any]


@st.composite
def environments(draw: Draw) -> dict[str, list[Tree]]:
    """Return two or three environments of some objects, which differ in anything from nothing to nearly all."""
    objects = draw(st.lists(resources() | st.sampled_from(bases()), min_size=1, max_size=4))
    names = NAMES[: draw(st.integers(2, 3))]
    return varied(objects, names, draw(st.randoms(use_true_random=False)))


def varied(objects: Sequence[Tree], names: Sequence[str], random: Random) -> dict[str, list[Tree]]:
    """Return objects as some environments may have them."""
    ways = [random.randint(0, 7) for _ in objects]
    made: dict[str, list[Tree]] = {}
    for name in names:
        pairs = [pair for pair in zip(objects, ways, strict=True) if random.random() < 0.9]
        made[name] = [_variant(each, name, way, random) for each, way in pairs]
    return made


def _variant(tree: Tree, name: str, way: int, random: Random) -> Tree:
    made = copy.deepcopy(tree)
    metadata = made.setdefault("metadata", {})
    match way:
        case 0:
            metadata["name"] = f"{name}-{metadata.get('name', 'a')}"
        case 1:
            metadata["namespace"] = f"shop-{name}"
        case 2:
            metadata["namespace"] = "shop"
        case 3:
            metadata["labels"] = {**(metadata.get("labels") or {}), "env": name}
    for _ in range(random.choice((0, 0, 1, 1, 2, 4))):
        _change(made, random)
    return made


def _change(tree: Tree, random: Random) -> None:
    """Change, drop or repeat one value somewhere in a tree."""
    holder = random.choice([holder for holder in _holders(tree) if holder])
    key = random.choice([*holder] if isinstance(holder, dict) else range(len(holder)))
    if key in ("apiVersion", "kind", "metadata"):
        return
    value = holder[key]
    match random.randint(0, 4), value:
        case 0, _:
            del holder[key]
        case 1, _ if isinstance(holder, list):
            holder.append(copy.deepcopy(value))
        case _, bool():
            holder[key] = not value
        case _, int():
            holder[key] = value + random.randint(1, 5)
        case _, str():
            holder[key] = random.choice((*TEXTS, f"{value}x", value.upper()))
        case _, dict():
            value["other"] = "x"


def _holders(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [value, *(inner for each in value.values() for inner in _holders(each))]
    if isinstance(value, list):
        return [value, *(inner for each in value for inner in _holders(each))]
    return []
