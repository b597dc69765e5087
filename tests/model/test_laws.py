"""Laws of models, for trees of any type of the API: nothing is lost on the way in, out, and in again."""

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kpy.model.model import Model
from kpy.model.registry import model_class
from kpy.schema import Field
from tools.codegen.union import union

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
SAID = JSON.filter(lambda value: value is not None)
NO_MAP = SAID.filter(lambda value: not isinstance(value, dict))
SCALARS = {
    "integer": st.integers(),
    "number": st.floats(allow_nan=False),
    "boolean": st.booleans(),
    "int-or-string": st.integers() | st.text(max_size=5),
    "object": st.dictionaries(st.text(max_size=5), JSON, max_size=3),
    "any": SAID,
}


@st.composite
def trees(draw: st.DrawFn, name: str, depth: int = 3) -> dict[str, Any]:
    """Draw a tree of a type: some of its fields, some unknown ones, and now and then a value of a wrong type."""
    each = union()[name]
    head = {"apiVersion": each.kind.api_version, "kind": each.kind.kind} if each.kind else {}
    names = [key for key in each.fields if key not in head]
    chosen = draw(st.lists(st.sampled_from(names), max_size=4, unique=True)) if names else []
    tree = dict(head)
    for key in chosen:
        wrong = NO_MAP if each.fields[key].container.startswith("map") else SAID
        tree[key] = draw(wrong) if draw(st.integers(0, 9)) == 0 else draw(values(each.fields[key], depth))
    unknown = draw(st.dictionaries(st.text(max_size=3).map(lambda text: f"x{text}"), JSON, max_size=1))
    return tree | {key: value for key, value in unknown.items() if key not in each.fields}


def values(field: Field, depth: int) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of a field."""
    struct = field.type or ("apiextensions/v1 JSONSchemaProps" if field.shape.startswith("schema-") else None)
    if struct and depth == 0:
        one: st.SearchStrategy[Any] = st.just({})
    elif struct:
        one = trees(struct, depth - 1)
    else:
        one = SCALARS.get(field.shape, st.text(max_size=5))
    match field.container:
        case "list":
            return st.lists(one, max_size=2)
        case "map":
            return st.dictionaries(st.text(max_size=5), one, max_size=2)
        case "map-list":
            return st.dictionaries(st.text(max_size=5), st.lists(one, max_size=2), max_size=2)
    return one


@st.composite
def typed_trees(draw: st.DrawFn) -> tuple[type[Model], dict[str, Any]]:
    name = draw(st.sampled_from(sorted(union())))
    return model_class(name), draw(trees(name))


@settings(max_examples=60)
@given(typed_trees())
def test_nothing_is_lost_on_the_way_in_and_out(drawn: tuple[type[Model], dict[str, Any]]) -> None:
    cls, tree = drawn

    assert cls.from_dict(tree).to_dict() == tree


@settings(max_examples=60)
@given(typed_trees())
def test_nothing_is_lost_on_the_way_out_and_in(drawn: tuple[type[Model], dict[str, Any]]) -> None:
    cls, tree = drawn
    model = cls.from_dict(tree)

    assert cls.from_dict(model.to_dict()) == model


@settings(max_examples=60)
@given(typed_trees())
def test_model_and_trees_share_nothing(drawn: tuple[type[Model], dict[str, Any]]) -> None:
    cls, tree = drawn
    before = copy.deepcopy(tree)
    model = cls.from_dict(tree)

    _spoil(tree)
    _spoil(model.to_dict())

    assert model.to_dict() == before


@settings(max_examples=60)
@given(typed_trees())
def test_known_fields_come_in_the_order_of_the_schema(drawn: tuple[type[Model], dict[str, Any]]) -> None:
    cls, tree = drawn
    known = list(union()[cls._type].fields)

    said = [key for key in cls.from_dict(tree).to_dict() if key in known]

    assert said == sorted(said, key=known.index)


def _spoil(value: Any) -> None:
    """Change every list and mapping in a tree."""
    if isinstance(value, dict):
        for inner in list(value.values()):
            _spoil(inner)
        value["spoilt"] = True
    elif isinstance(value, list):
        for inner in value:
            _spoil(inner)
        value.append("spoilt")
