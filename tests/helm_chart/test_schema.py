"""values.schema.json takes what kpy takes, and nothing that kpy refuses."""

from __future__ import annotations

import enum
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from kpy.delivery.helm_chart.parameters import Parameter
from kpy.delivery.helm_chart.schema import NoValueError, schema_of, to_schema
from kpy.loading.fitting import MisfitError, fit


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Port:
    name: str
    number: int = 80


class Point(NamedTuple):
    x: int
    y: int = 0


class Options(TypedDict, total=False):
    a: str


ANNOTATIONS: list[Any] = [
    str,
    int,
    float,
    bool,
    str | None,
    int | str,
    list[str],
    list[int] | None,
    tuple[int, str],
    tuple[int, ...],
    Sequence[Port],
    dict[str, int],
    dict[str, Port],
    Literal["a", "b", 3],
    Annotated[int, "how many"],
    Port,
    Point,
    Options,
    Any,
]

values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-100, 100) | st.sampled_from([0.5, "a", "b", "", "red", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "x", "y", "name", "number"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.sampled_from(ANNOTATIONS), values)
def test_schema_takes_what_kpy_takes(annotation: Any, value: Any) -> None:
    try:
        fit(value, annotation, ("x",), lambda *_: "")
        is_fine = True
    except MisfitError:
        is_fine = False

    assert Draft7Validator(schema_of(annotation)).is_valid(value) == is_fine


def test_enumeration_is_its_values_and_a_path_is_as_it_is_written() -> None:
    assert schema_of(Colour) == {"enum": ["red", "blue"]}
    paths = Draft7Validator(schema_of(Path))

    assert [text for text in ("/", ".", "a/b", "/a/.b", "../a") if not paths.is_valid(text)] == []
    assert [text for text in ("", "a//b", "a/", "./a", "a/./b", "//a") if paths.is_valid(text)] == []
    assert all(str(Path(text)) == text for text in ("/", ".", "a/b", "/a/.b", "../a"))


def test_table_has_the_fields_that_were_tried() -> None:
    schema = schema_of(Options | Port, {"name": "x", "number": 1})

    assert schema["anyOf"][1]["required"] == ["name", "number"]
    with pytest.raises(NoValueError, match="a file of values has none of `type`"):
        schema_of(type)


def test_narrowed_and_forbidden_values_stand_where_they_are() -> None:
    parameters = [Parameter("port", Port, {"name": "a", "number": 1}), Parameter("labels", dict[str, str], {})]
    base = {"port": {"name": "a", "number": 1}, "labels": {}}
    only, forbidden = {("port", "name"): ["a", "b"]}, {("labels",): {"app"}}

    schema = json.loads(to_schema(parameters, base, name="x", only=only, forbidden=forbidden))

    assert schema["properties"]["port"]["properties"]["name"] == {"enum": ["a", "b"]}
    assert schema["properties"]["labels"]["propertyNames"] == {"not": {"enum": ["app"]}}
    assert schema["required"] == ["port", "labels"]
