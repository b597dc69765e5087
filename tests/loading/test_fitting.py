"""Values of YAML and TOML, and what annotations make of them."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict

import pytest

from kpy.api.core.v1 import ResourceRequirements
from kpy.loading.fitting import MisfitError, fit
from kpy.loading.values import Keys, Text


class Places(enum.Enum):
    """Where to run."""

    BOTH = ["eu", "us"]


class Size(enum.Enum):
    """Sizes of shirts."""

    SMALL = "small"
    LARGE = "large"


@dataclass
class Database:
    """A dataclass of a user."""

    size: str
    replicas: int = 1
    labels: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse none at all."""
        if self.replicas < 1:
            raise ValueError("a database has one replica at least")


class Host(TypedDict):
    """A TypedDict of a user."""

    name: str
    port: NotRequired[int]


class Point(NamedTuple):
    """A NamedTuple of a user."""

    x: int
    y: int = 0


class Lenient:
    """What a library such as pydantic makes: it checks by itself."""

    def __init__(self, value: Any) -> None:
        self.value = value

    @classmethod
    def model_validate(cls, value: Any) -> "Lenient":
        """Return one, or raise."""
        if value != {"a": 1}:
            raise ValueError("a must be\n  1")
        return cls(value)


def resolve(keys: Keys, reference: Mapping[str, str]) -> str:
    return f"secret of {'.'.join(keys)}"


def fitted(value: object, annotation: Any) -> object:
    return fit(value, annotation, ("it",), resolve)


@pytest.mark.parametrize(
    ("value", "annotation", "wanted"),
    [
        ("a", str, "a"),
        (3, int, 3),
        (3, float, 3.0),
        (0.5, float, 0.5),
        (True, bool, True),
        (None, int | None, None),
        (3, int | str, 3),
        ("3", int | str, "3"),
        ("dev", Literal["dev", "prod"], "dev"),
        (2, Literal[1, 2], 2),
        (1, Literal["a", 1, True], 1),
        (True, Literal[1, True], True),
        ("small", Size, Size.SMALL),
        ("LARGE", Size, Size.LARGE),
        (["eu", "us"], Places, Places.BOTH),
        ("a/b", Path, Path("a/b")),
        (["a"], list[str], ["a"]),
        (["a"], Sequence[str], ["a"]),
        (["a", 1], tuple[str, int], ("a", 1)),
        ([1, 2], tuple[int, ...], (1, 2)),
        ([1, 1], set[int], {1}),
        ({"a": 1}, dict[str, int], {"a": 1}),
        ({"a": 1}, Mapping[str, int], {"a": 1}),
        ({"a": {"b": [1]}}, Any, {"a": {"b": [1]}}),
        ({"1": "a"}, dict[int, str], {1: "a"}),
        ({"size": "1Gi"}, Database, Database("1Gi")),
        ({"size": "1Gi", "labels": {"a": "b"}}, Database | None, Database("1Gi", 1, {"a": "b"})),
        ([{"size": "1Gi"}], list[Database], [Database("1Gi")]),
        ({"name": "a"}, Host, {"name": "a"}),
        ({"x": 1}, Point, Point(1)),
        ({"size": "1Gi", "replicas": Text(("3",))}, Database, Database("1Gi", 3)),
        (3, Annotated[int, "a note"], 3),
        ({"env": "TOKEN"}, str, "secret of it"),
        ({"file": "token"}, str | None, "secret of it"),
        ({"env": "TOKEN"}, dict[str, str], {"env": "TOKEN"}),
        ({"size": {"env": "TOKEN"}}, Database, Database("secret of it.size")),
    ],
)
def test_value_becomes_what_the_annotation_says(value: object, annotation: Any, wanted: object) -> None:
    found = fitted(value, annotation)

    assert found == wanted
    assert type(found) is type(wanted)


def test_models_and_classes_that_check_themselves_are_made() -> None:
    found = fitted({"limits": {"memory": "1Gi"}}, ResourceRequirements)
    assert isinstance(found, ResourceRequirements)
    assert found.limits == {"memory": "1Gi"}
    assert isinstance(fitted({"a": 1}, Lenient), Lenient)


@pytest.mark.parametrize(
    ("value", "annotation", "keys", "message"),
    [
        ("3", int, "it", 'expected a whole number, not the text "3"'),
        (3, str, "it", "expected text, not the number 3; put it in quotes"),
        (True, int, "it", "expected a whole number, not true"),
        (True, str, "it", "expected text, not true; put it in quotes"),
        (1.5, int, "it", "expected a whole number, not the number 1.5"),
        (1, bool, "it", "expected true or false, not the number 1"),
        (None, int, "it", "expected a whole number, and there is nothing"),
        ([1], int | str, "it", "expected a whole number or text, not a list"),
        ("prd", Literal["dev", "prod"], "it", 'it is the text "prd", and not one of dev, prod; did you mean `prod`?'),
        (True, Literal[1, 2], "it", "it is true, and not one of 1, 2"),
        ("a", list[str], "it", 'expected a list, not the text "a"'),
        (["a", 1], list[str], "it.1", "expected text, not the number 1; put it in quotes"),
        (["a"], tuple[str, int], "it", "expected 2 items, not 1"),
        ({"a": "b"}, dict[str, int], "it.a", 'expected a whole number, not the text "b"'),
        ([], dict[str, int], "it", "expected a table (dict[str, int]), not a list"),
        ({"sise": "1Gi"}, Database, "it.sise", "`Database` has no `sise`; did you mean `size`?"),
        ({"replicas": 2}, Database, "it", "`Database` needs a value for `size`"),
        ({"size": "1Gi", "replicas": 0}, Database, "it", "a database has one replica at least"),
        ({"size": "1Gi", "replicas": "2"}, Database | None, "it.replicas", 'expected a whole number, not the text "2"'),
        ({"port": 1}, Host, "it", "`Host` needs a value for `name`"),
        ({"name": "a", "port": "1"}, Host, "it.port", 'expected a whole number, not the text "1"'),
        ({"y": 1}, Point, "it", "`Point` needs a value for `x`"),
        ({"a": 2}, Lenient, "it", "a must be 1"),
        ("a", object(), "it", None),
        (Text(("1", "2")), int, "it", "set 2 times: 1, 2; say it once"),
    ],
)
def test_misfit_says_what_was_expected_and_where(value: object, annotation: Any, keys: str, message: str) -> None:
    with pytest.raises(MisfitError) as caught:
        fitted(value, annotation)

    assert ".".join(caught.value.keys) == keys
    if message is not None:
        assert str(caught.value) == message
    else:
        assert "make it in the function" in str(caught.value)


def test_value_that_may_be_secret_is_not_shown() -> None:
    with pytest.raises(MisfitError) as caught:
        fit("geheim", int, ("database", "password"), resolve)

    assert str(caught.value) == "expected a whole number, not the value that is there"
