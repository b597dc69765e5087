"""What is written is the same data to every reader: PyYAML (YAML 1.1), ruamel.yaml (1.2) and kubectl's Go."""

from __future__ import annotations

import io
import json
import math
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from kpy.output.emit import to_json, to_yaml
from kpy.output.kyaml import to_kyaml

KUBECTL = shutil.which("kubectl")

#: Each is something else to some reader, or is lost, when it stands as it is.
TEXTS: list[str] = json.loads((Path(__file__).parents[1] / "cases/emit/texts.json").read_text())

#: Characters that YAML or its readers treat in some special way, thrown together.
NASTY = st.text([*" \n\t\r:#-?|>&*!%@`'\"\\[]{},=~<.+_/$()0189eExXoObByYnNTz\x85\u2028\ufeff\0é"], max_size=12)
WORDS = st.text([*"aeiflnorstuyx EINFO019 ./:-_@+=,$%()"], max_size=8)
NUMBERS = st.from_regex(r"[-+.]?[0-9][0-9a-fxk_:.e+-]*", fullmatch=True)
TEXT = NASTY | WORDS | NUMBERS | st.sampled_from(TEXTS) | st.text(max_size=20)
WHOLE = st.integers(-(2**63), 2**63 - 1)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
SCALAR = TEXT | st.none() | st.booleans() | WHOLE | NUMBER
VALUE = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12
)
#: Keys that do not fit on one line together with their colons.
LONG = {"k" * 3000: {"é" * 3000: ["v" * 3000, {"\\" * 1000: {"a" * 1001: 1}}]}, "short": "v " * 3000}
FEW = settings(max_examples=30)


def pyyaml(text: str) -> list[Any]:
    return list(yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def pyyaml_in_python(text: str) -> list[Any]:
    return list(yaml.safe_load_all(text))


def ruamel(text: str) -> list[Any]:
    return list(YAML(typ="safe", pure=True).load_all(io.StringIO(text)))


def kubectl(text: str) -> list[Any]:
    """Read objects as kubectl does: it prints them as JSON, one after the other, with a label more."""
    assert KUBECTL is not None
    command = [KUBECTL, "label", "--local", "--output=json", "--filename=-", "read=yes"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    decoder, output, found = json.JSONDecoder(), done.stdout.decode().lstrip(), []
    while output:
        tree, end = decoder.raw_decode(output)
        found.append(tree)
        output = output[end:].lstrip()
    return found


WRITERS = [pytest.param(to_yaml, id="yaml"), pytest.param(to_kyaml, id="kyaml")]
READERS = [
    pytest.param(pyyaml, id="pyyaml"),
    pytest.param(pyyaml_in_python, id="pyyaml-in-python"),
    pytest.param(ruamel, id="ruamel"),
]


def exact(value: object) -> object:
    """Return a value in which 1, 1.0, True and -0.0 differ."""
    match value:
        case dict():
            return {key: exact(inner) for key, inner in value.items()}
        case list():
            return [exact(inner) for inner in value]
        case float():
            return type(value).__name__, value, math.copysign(1, value)
        case _:
            return type(value).__name__, value


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("read", READERS)
def test_ambiguous_text_stays_text(read: Any, write: Any) -> None:
    tree = {"values": TEXTS, "keys": {text: index for index, text in enumerate(TEXTS)}, "in": [[{"a": TEXTS}]]}

    assert read(write([tree])) == [tree]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("read", READERS)
@given(tree=st.dictionaries(TEXT, VALUE, max_size=5))
@example(tree={"a": [[[[]]], [{}], [[{}, [{"b": []}]]], {"c": {"d": {}}}]})
@example(tree=LONG)
@example(tree={"a": 10**300, "b": -(10**30), "c": 1e16, "d": 1e-7, "e": -0.0, "f": 5e-324, "g": 1.7976931348623157e308})
@FEW
def test_everything_is_read_back(read: Any, write: Any, tree: dict[str, Any]) -> None:
    assert exact(read(write([tree, tree]))) == exact([tree, tree])


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("read", READERS)
def test_deep_nesting_is_read_back(read: Any, write: Any) -> None:
    tree: dict[str, Any] = {"leaf": "x"}
    for depth in range(40):
        tree = {"a": [tree]} if depth % 2 else {"b": tree, "c": [[depth]]}

    assert read(write([tree])) == [tree]


@given(trees=st.lists(st.dictionaries(TEXT, VALUE, max_size=5), max_size=3))
@FEW
def test_everything_is_read_back_from_json(trees: list[dict[str, Any]]) -> None:
    assert exact(json.loads(to_json(trees))["items"]) == exact(trees)


def things(contents: list[Any]) -> list[dict[str, Any]]:
    return [
        {"apiVersion": "example.org/v1", "kind": "Thing", "metadata": {"name": f"t{index}"}, "content": content}
        for index, content in enumerate(contents)
    ]


def same_in_go(found: Any, expected: Any) -> bool:
    """Compare after a trip through Go's JSON, which writes a whole float without its point."""
    match expected:
        case dict():
            return found.keys() == expected.keys() and all(same_in_go(found[key], expected[key]) for key in expected)
        case list():
            return len(found) == len(expected) and all(map(same_in_go, found, expected))
        case float():
            return type(found) in (int, float) and float(found) == expected
        case _:
            return exact(found) == exact(expected)


def assert_kubectl_reads(contents: list[Any], text: str) -> None:
    found = [tree["content"] for tree in kubectl(text)]

    assert same_in_go(found, contents), found


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")
@pytest.mark.parametrize("write", [*WRITERS, pytest.param(to_json, id="json")])
class TestKubectl:
    def test_ambiguous_text_stays_text(self, write: Any) -> None:
        contents = [TEXTS, {text: str(index) for index, text in enumerate(TEXTS)}, [[{"a": TEXTS}]]]

        assert_kubectl_reads(contents, write(things(contents)))

    def test_config_map_keeps_its_files(self, write: Any) -> None:
        data = {f"file-{index}": text for index, text in enumerate(TEXTS)}
        metadata = {"name": "config", "annotations": data}

        (found,) = kubectl(write([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}]))

        assert found["data"] == found["metadata"]["annotations"] == data

    @given(contents=st.lists(VALUE.filter(lambda value: value is not None), min_size=20, max_size=40))
    @example(contents=[LONG])
    @example(contents=[[1e16, 1e-7, 5e-324, 1.7976931348623157e308, 2**63 - 1, -(2**63), 0.1, 1.0]])
    @settings(FEW, max_examples=6)
    def test_everything_is_read_back(self, write: Any, contents: list[Any]) -> None:
        assert_kubectl_reads(contents, write(things(contents)))
