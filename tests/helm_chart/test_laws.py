"""Laws: what is learned is right for values that were never tried, and a template is what its expression says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kpy.delivery.helm_chart.candidates import fresh, tries_for
from kpy.delivery.helm_chart.expressions import (
    MISSING,
    Choice,
    Constant,
    Equals,
    Expression,
    Follow,
    Greater,
    Items,
    Linear,
    Missing,
    Table,
    Text,
    Truthy,
    Values,
    evaluate,
    is_equal,
)
from kpy.delivery.helm_chart.following import UnfollowedError
from kpy.delivery.helm_chart.learning import learn
from kpy.delivery.helm_chart.observing import Seen
from kpy.delivery.helm_chart.source_constants import Constants
from kpy.delivery.helm_chart.templates import to_template
from kpy.delivery.helm_chart.variables import Variable
from kpy.documents import read_documents
from kpy.programs.helm import HelmRenderer
from kpy.schema import api
from tests.helm_chart.conftest import real_helm

BASE: Values = {"text": "dev", "other": "v1", "size": 3, "flag": False, "list": ["a"]}
VARIABLES = [
    Variable(("text",), str),
    Variable(("other",), str),
    Variable(("size",), int),
    Variable(("flag",), bool),
    Variable(("list",), list[str]),
]
CONSTANTS = Constants(("prod", "test"), (5, 8))

words = st.text("ab-{}%\"\\ \nü<&'#:", max_size=6)
follows = st.sampled_from([Follow((name,)) for name in ("text", "other")])
numbers = st.builds(Linear, st.just(("size",)), st.integers(-3, 3).filter(bool), st.integers(-4, 4))
parts = st.lists(words.filter(bool) | follows | numbers, min_size=1, max_size=4)
told = parts.filter(lambda said: not all(isinstance(each, str) for each in said))
texts = st.builds(Text, told.map(tuple), st.booleans())
leaves = (
    st.builds(Constant, words | st.integers() | st.booleans() | st.none() | st.just([]) | st.just({}))
    | st.builds(Follow, st.sampled_from([each.path for each in VARIABLES]))
    | numbers
    | texts
)
conditions = st.sampled_from(
    [Truthy(("flag",)), Equals(("text",), "prod"), Greater(("size",), 5), Truthy(("list",)), Truthy(("text",))]
)


def grown(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    then = inner | st.just(Missing())
    choice = st.builds(lambda if_, yes, no: Choice(((if_, yes),), no), conditions, then, inner)
    entry = inner | choice
    table = st.dictionaries(st.sampled_from(["a", "b", "c d", "y", "{{"]), entry, min_size=1, max_size=3)
    certain = table.filter(lambda said: not all(isinstance(each, Choice) for each in said.values()))
    items = st.lists(entry, min_size=1, max_size=3).map(lambda found: Items((Constant("first"), *found)))
    return certain.map(lambda said: Table(tuple(said.items()))) | items


expressions: st.SearchStrategy[Expression] = st.recursive(leaves, grown, max_leaves=6)


def whole(inner: Expression, name: str = "x") -> Table:
    """Return an object with an expression in it."""
    head = {"apiVersion": "acme.example/v1", "kind": "Shop", "metadata": {"name": name}}
    return Table((*((key, Constant(value)) for key, value in head.items()), ("spec", inner)))


class Pretended:
    """An observer of an app that is an expression."""

    refusal = None

    def __init__(self, expression: Expression) -> None:
        self.expression = expression

    def see(self, values: Values) -> list[Seen] | None:
        tree = evaluate(self.expression, values)
        return [Seen("shop/x", "acme.example/v1", "Shop", tree, "shop.py:1", "", "shop")]


def at_random(random: Random) -> dict[str, Any]:
    values = dict(BASE)
    for variable in VARIABLES:
        name = variable.path[0]
        values[name] = random.choice([BASE[name], *tries_for(variable.annotation, BASE[name], CONSTANTS)])
        if random.random() < 0.5:
            values[name] = fresh(random, values[name])
    return values


@pytest.mark.slow
@given(expressions)
@settings(max_examples=6)
def test_what_is_learned_is_right_for_other_values(expression: Expression) -> None:
    """It may be refused, which is no promise, but never wrong."""
    observer: Any = Pretended(whole(expression))
    try:
        learned = learn(observer, BASE, VARIABLES, CONSTANTS)
    except UnfollowedError:
        return

    (found,) = learned.objects.values()
    random = Random(1)
    for _ in range(40):
        values = at_random(random)
        assert is_equal(evaluate(found, values), evaluate(observer.expression, values)), values


def rendered(folder: Path, trees: Sequence[Expression], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what helm makes of expressions, by the names of the objects."""
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: x\nversion: 1.0.0\n")
    text = "".join(to_template(tree, api()) for tree in trees)
    (folder / "templates" / "all.yaml").write_text(text, encoding="utf-8")
    made = HelmRenderer.find(real_helm()).template(str(folder), values=values)
    documents = read_documents(made).documents
    return {document.tree["metadata"]["name"]: document.tree for document in documents}


@given(data=st.data())
@settings(max_examples=5, phases=[Phase.generate])
def test_template_is_what_its_expression_says(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    found = data.draw(st.lists(expressions, min_size=30, max_size=30))
    seed = data.draw(st.integers(0, 1000))
    trees = [whole(each, f"x{number}") for number, each in enumerate(found)]
    values = at_random(Random(seed))

    made = rendered(tmp_path_factory.mktemp("chart"), trees, values)

    for number, tree in enumerate(trees):
        wanted = evaluate(tree, values)
        assert wanted is not MISSING
        assert is_equal(made[f"x{number}"], wanted), json.dumps([values, repr(tree)])
