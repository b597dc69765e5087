"""Trees in, text out; each fault has its message."""

from __future__ import annotations

import json
import re
from collections import OrderedDict, defaultdict
from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kpy import App, Chart, Raw, SynthError
from kpy.errors import EmitError
from kpy.output.emit import to_json, to_yaml
from kpy.output.kyaml import to_kyaml
from kpy.output.scalars import KEYS, WORDS
from kpy.schema import api

CASES = Path(__file__).parents[1] / "cases/emit"
WRITERS = {"yaml": to_yaml, "kyaml": to_kyaml, "json": to_json}
EVERY_WRITER = pytest.mark.parametrize("write", [pytest.param(write, id=name) for name, write in WRITERS.items()])


@pytest.mark.parametrize(
    "output", sorted(CASES.glob("*/output.*")), ids=lambda path: f"{path.parent.name}{path.suffix}"
)
def test_case(output: Path) -> None:
    trees = json.loads((output.parent / "input.json").read_bytes())

    assert WRITERS[output.suffix[1:]](trees) == output.read_bytes().decode()


def test_nothing_in_nothing_out() -> None:
    assert to_yaml([]) == to_kyaml([]) == ""
    assert json.loads(to_json([])) == {"apiVersion": "v1", "kind": "List", "items": []}


def test_order_of_keys_is_that_of_the_release() -> None:
    """A pod has had `resources` since 1.32; before, the field is unknown and goes last."""
    tree = {"kind": "Pod", "apiVersion": "v1", "spec": {"tolerations": [], "resources": {}}}

    assert list(yaml.safe_load(to_yaml([tree]))["spec"]) == ["resources", "tolerations"]
    assert list(yaml.safe_load(to_yaml([tree], schema=api("1.25")))["spec"]) == ["tolerations", "resources"]


@EVERY_WRITER
def test_order_of_fields_given_makes_no_difference(write: Any) -> None:
    containers = [{"name": "a", "image": "b", "env": [{"name": "c", "value": "d"}]}]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "x", "namespace": "y"},
        "spec": {"containers": containers},
    }

    def backwards(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: backwards(value[key]) for key in reversed(value)}
        return [*map(backwards, value)] if isinstance(value, list) else value

    assert write([backwards(pod)]) == write([pod])


@EVERY_WRITER
def test_trees_are_left_as_they_are(write: Any) -> None:
    tree = {"kind": "Pod", "apiVersion": "v1", "spec": {"containers": [{"image": "a", "name": "b"}]}}
    before = json.dumps(tree)

    assert write([tree]) == write([tree])
    assert json.dumps(tree) == before


class Colour(StrEnum):
    RED = "yes"


class Share(str, Enum):  # noqa: UP042  # unlike a StrEnum, it hashes by its name
    HALF = "50%"


class Level(IntEnum):
    HIGH = 3


@EVERY_WRITER
def test_subclasses_are_written_as_what_they_are(write: Any) -> None:
    tree = OrderedDict(text=Colour.RED, share=Share.HALF, number=Level.HIGH, mapping=defaultdict(int, {Colour.RED: 1}))
    plain = {"text": "yes", "share": "50%", "number": 3, "mapping": {"yes": 1}}

    assert write([tree]) == write([plain])


def test_memory_of_words_is_bounded() -> None:
    tree = {f"key-{index}": f"value-{index}" for index in range(20_000)}

    assert to_yaml([tree]).splitlines() == [f"{key}: {value}" for key, value in tree.items()]
    assert max(len(KEYS), len(WORDS)) <= 16384


@given(
    st.dictionaries(st.text(st.sampled_from("abc\n é"), max_size=3), st.text(st.sampled_from("ab \n\t:'é"), max_size=9))
)
def test_lines_end_plainly(data: dict[str, str]) -> None:
    """No tabs, no carriage returns, one line feed at the end, but for the empty lines that a block keeps."""
    text = to_yaml([{"data": data}])

    assert "\t" not in text
    assert text.isprintable() or set(filter(lambda character: not character.isprintable(), text)) == {"\n"}
    assert text.endswith("\n")


def pod(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec}


def config(data: dict[Any, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config"}, "data": data}


FAULTS: list[tuple[Any, str]] = [
    (
        config({8080: "x"}),
        'ConfigMap "config", field data: the key 8080 is of type int, and keys are text; write "8080"',
    ),
    (
        config({True: "x"}),
        'ConfigMap "config", field data: the key True is of type bool, and keys are text; write "true"',
    ),
    (
        pod(containers=[{"name": "a"}, {None: 1}]),
        'Pod "web", field spec.containers[1]: the key None is of type NoneType, and keys are text; write "null"',
    ),
    (
        config({"a": "b", "PORT": float("nan")}),
        'ConfigMap "config", field data[PORT]: nan is a number that neither JSON nor Kubernetes has; '
        "give a finite number, or text",
    ),
    (
        pod(priority=float("-inf")),
        'Pod "web", field spec.priority: -inf is a number that neither JSON nor Kubernetes has; '
        "give a finite number, or text",
    ),
    (
        config({"a": "x\ud800y"}),
        'ConfigMap "config", field data[a]: the text has half a character, U+D800, which no file can hold; '
        "read it with its right encoding, or keep bytes as base64",
    ),
    (
        config({"\udfff": "x"}),
        "ConfigMap \"config\", field data: the key '\\udfff' has half a character, U+DFFF, which no file can hold; "
        "read it with its right encoding, or keep bytes as base64",
    ),
    (
        pod(containers=({"name": "a"},)),
        "Pod \"web\", field spec.containers: ({'name': 'a'},) is of type tuple, which JSON does not have; "
        "make a list of it: `[*value]`",
    ),
    (
        pod(containers=[{"env": {"a"}}]),
        "Pod \"web\", field spec.containers[0].env: {'a'} is of type set, which JSON does not have; "
        "make a list of it: `[*value]`",
    ),
    (
        config({"a": b"x"}),
        "ConfigMap \"config\", field data[a]: b'x' is of type bytes, which JSON does not have; decode it: "
        "`value.decode()`, or `base64.b64encode(value).decode()` where the field wants base64",
    ),
    (
        config({"a": date(2024, 1, 2)}),
        'ConfigMap "config", field data[a]: datetime.date(2024, 1, 2) is of type date, which JSON does not have; '
        "make text of it: `value.isoformat()`",
    ),
    (
        pod(priority=Decimal(3)),
        "Pod \"web\", field spec.priority: Decimal('3') is of type Decimal, which JSON does not have; "
        "make text of it, `str(value)`, or a number, `int(value)`",
    ),
    (
        pod(nodeSelector=MappingProxyType({"a": "b"})),
        "Pod \"web\", field spec.nodeSelector: mappingproxy({'a': 'b'}) is of type mappingproxy, "
        "which JSON does not have; make a dict of it: `{**value}`",
    ),
    (
        pod(containers=[1j]),
        'Pod "web", field spec.containers[0]: 1j is of type complex, which JSON does not have; '
        "make plain JSON of it first",
    ),
    (
        pod(priority=10**5000),
        'Pod "web", field spec.priority: a whole number of 16610 bits is more than readers take; '
        "give a smaller number, or text",
    ),
    (
        {"apiVersion": "e/v1", "kind": "Thing", "spec": {"a": {"b c": [[object]]}}},
        "Thing without a name, field spec.a[b c][0][0]: <class 'object'> is of type type, which JSON does not have; "
        "make plain JSON of it first",
    ),
    (
        {"a": (1,)},
        "an object without a name, field a: (1,) is of type tuple, which JSON does not have; "
        "make a list of it: `[*value]`",
    ),
    (["x"], "a document: ['x'] is not an object; pass a dict with apiVersion and kind"),
]


@EVERY_WRITER
@pytest.mark.parametrize(("tree", "message"), FAULTS)
def test_fault_is_explained(write: Any, tree: Any, message: str) -> None:
    with pytest.raises(EmitError) as caught:
        write([config({}), tree])
    assert str(caught.value) == message


@EVERY_WRITER
def test_tree_that_contains_itself_is_explained(write: Any) -> None:
    tree = pod()
    tree["spec"]["self"] = tree

    with pytest.raises(EmitError) as caught:
        write([tree])
    assert str(caught.value) == (
        'Pod "web": it is nested too deeply to be written, or contains itself; write it with fewer levels'
    )


@EVERY_WRITER
def test_fault_in_a_tree_that_contains_itself_is_found(write: Any) -> None:
    tree = pod(hostname=1j)
    tree["spec"]["self"] = tree["spec"]

    with pytest.raises(EmitError, match=r"^Pod \"web\", field spec\.hostname: 1j is of type complex"):
        write([tree])


def test_fault_in_an_app_names_the_line() -> None:
    app = App("shop")
    app.add(Chart("shop")).add(
        Raw({"apiVersion": "shop.io/v1", "kind": "Shop", "metadata": {"name": "x"}, "spec": {8: ""}})
    )

    with pytest.raises(EmitError) as caught:
        app.synth()
    place, _, message = str(caught.value).partition(": ")
    assert re.sub(r".*/|[0-9]+", "", place) == "test_emit.py:"
    assert message == 'Shop "x", field spec: the key 8 is of type int, and keys are text; write "8"'


def test_key_that_is_no_text_is_found_with_all_other_faults() -> None:
    app = App("shop")
    app.add(Chart("shop")).add(
        Raw({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "X"}, "data": {8: "", True: ""}})
    )

    with pytest.raises(SynthError) as caught:
        app.synth()
    assert [(found.rule, found.field, found.fix) for found in caught.value.report] == [
        ("name-format", "metadata.name", ""),
        ("key-not-text", "data[8]", 'write "8"'),
        ("key-not-text", "data[true]", 'write "true"'),
    ]
