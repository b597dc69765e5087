"""Laws of generated types, tried on schemas that nobody wrote."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpy.constructs.custom import CustomObject
from kpy.custom.types.module import module_text
from kpy.custom.types.schemas import KindSchema
from kpy.pipeline.draft import Links

Schema = Mapping[str, Any]

ODD_NAMES = [
    *("name", "namespace", "secretName", "from", "class", "labels", "spec", "kind", "self", "cls", "extra", "int"),
    *("fooRef", "selector", "tlsConfig", "TLSConfig", "a-b", "a.b", "aB", "a_b", "$ref", "x", "items", "str", "type"),
]
NAMES = st.one_of(st.sampled_from(ODD_NAMES), st.text(max_size=8))
DESCRIPTIONS = st.one_of(st.none(), st.text(max_size=200))
LEAVES: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "integer"},
    {"type": "boolean"},
    {"type": "string", "format": "date-time"},
    {"x-kubernetes-int-or-string": True},
    {"type": "object"},
    {"x-kubernetes-preserve-unknown-fields": True},
]


def described(schemas: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda schema, text: schema if text is None else {**schema, "description": text}, schemas, DESCRIPTIONS
    )


def structs(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda fields, is_open: (
            {"type": "object", "properties": fields}
            | ({"x-kubernetes-preserve-unknown-fields": True} if is_open else {})
        ),
        st.dictionaries(NAMES, inner, max_size=4),
        st.booleans(),
    )


SCHEMAS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    described(
        st.one_of(
            st.sampled_from(LEAVES),
            st.lists(st.text(max_size=30), min_size=1, max_size=6).map(lambda v: {"type": "string", "enum": v}),
        )
    ),
    lambda inner: described(
        st.one_of(
            structs(inner),
            inner.map(lambda item: {"type": "array", "items": item}),
            inner.map(lambda item: {"type": "object", "additionalProperties": item}),
        )
    ),
    max_leaves=12,
)
NAMES_OF_KINDS = ["Lamp", "Mapping", "Literal", "Struct", "Sequence", "Broker"]
KINDS = st.dictionaries(st.sampled_from(NAMES_OF_KINDS), structs(SCHEMAS), min_size=1, max_size=3)


def text_of(specs: Mapping[str, Schema]) -> str:
    return module_text(
        KindSchema("a.example.com", "v1", kind, kind.lower(), True, {"properties": {"spec": spec}}, True)
        for kind, spec in specs.items()
    )


def value_of(schema: Schema, data: st.DataObject) -> Any:
    """Return a value that the schema allows."""
    if "enum" in schema:
        return data.draw(st.sampled_from(schema["enum"]))
    match schema.get("type"):
        case "integer":
            return data.draw(st.integers(-9, 9))
        case "boolean":
            return data.draw(st.booleans())
        case "array":
            return [value_of(schema["items"], data) for _ in range(data.draw(st.integers(0, 2)))]
        case "object" if schema.get("properties"):
            return {
                name: value_of(inner, data) for name, inner in schema["properties"].items() if data.draw(st.booleans())
            }
        case "object" if schema.get("additionalProperties"):
            keys = data.draw(st.lists(st.sampled_from("abc"), unique=True))
            return {key: value_of(schema["additionalProperties"], data) for key in keys}
        case "object":
            return {"a": {"b": [1]}}
    return data.draw(st.sampled_from(["x", "1"]))


@pytest.mark.slow
@settings(max_examples=60)
@given(KINDS, st.data())
def test_what_a_schema_allows_comes_out_as_it_went_in(specs: Mapping[str, Schema], data: st.DataObject) -> None:
    module = ModuleType("lamps")
    module.__dict__["__name__"] = "kpy_test_lamps"
    sys.modules["kpy_test_lamps"] = module
    exec(compile(text_of(specs), "lamps.py", "exec"), module.__dict__)
    for kind, spec in specs.items():
        cls: type[CustomObject] = getattr(module, kind)
        head = {"apiVersion": "a.example.com/v1", "kind": kind, "metadata": {"name": "x"}}
        document = {**head, "spec": value_of(spec, data)}
        tree: dict[str, Any] = {}

        cls.from_dict(document).lower_into(tree, Links())

        assert tree == document


@settings(max_examples=30)
@given(KINDS)
def test_order_changes_nothing(specs: Mapping[str, Schema]) -> None:
    turned = {
        kind: {**spec, "properties": dict(reversed(spec["properties"].items()))}
        for kind, spec in reversed(list(specs.items()))
    }

    assert text_of(turned) == text_of(specs)


@pytest.mark.slow
def test_formatter_changes_nothing_of_any(tmp_path: Path) -> None:
    count = 0

    @settings(max_examples=60)
    @given(KINDS)
    def write(specs: Mapping[str, Schema]) -> None:
        nonlocal count
        count += 1
        (tmp_path / f"m{count}.py").write_text(text_of(specs), encoding="utf-8")

    write()
    ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", "--no-cache", str(tmp_path)]
    done = subprocess.run(ruff, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, ""), done.stderr
