"""What holds for all policies and objects, however odd."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import kpy
from kpy.admission.patches import TestFailedError, patched
from kpy.syntax.cel.errors import EvaluationError
from tests.admission.shapes import binding, deployment, mutation, policy

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.sampled_from(["", "web", "a b", "1Gi"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "spec", "a"]), inner, max_size=2)
    ),
    max_leaves=4,
)
PATHS = st.sampled_from(
    [
        "/spec",
        "/metadata",
        "/metadata/labels",
        "/metadata/namespace",
        "/spec/replicas",
        "/spec/strategy",
        "/spec/template",
        "/spec/template/metadata",
        "/spec/template/spec",
        "/spec/template/spec/volumes",
        "/spec/template/spec/containers",
        "/spec/template/spec/containers/0",
        "/spec/template/spec/containers/0/resources",
        "/spec/template/spec/containers/0/resources/limits",
        "/status",
        "/kind",
        "",
        "/nowhere/a",
        "a",
    ]
)
OPERATIONS = st.sampled_from(["add", "replace", "remove", "test", "copy", "move", "none"])


def literal(value: Any) -> str:
    """Return a value as CEL writes it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case list():
            return f"[{', '.join(f'dyn({literal(each)})' for each in value)}]"
        case dict():
            return f"{{{', '.join(f'{key!r}: dyn({literal(each)})' for key, each in value.items())}}}"
    return repr(value)


@given(OPERATIONS, PATHS, PATHS, VALUES)
def test_no_patch_breaks_the_check(word: str, path: str, source: str, value: Any) -> None:
    text = f"[JSONPatch{{op: '{word}', path: '{path}', from: '{source}', value: dyn({literal(value)})}}]"
    trees = [mutation(text), binding("Mutating"), policy({"expression": "object.spec.replicas == 1"}), binding()]
    report = kpy.validate([*trees, deployment()], kubernetes="1.36")

    assert report.internal == []


@given(VALUES, OPERATIONS, st.text("/a0-~1", max_size=6), st.text("/a0-", max_size=4), VALUES)
def test_patch_gives_a_tree_or_says_why_not(tree: Any, word: str, path: str, source: str, value: Any) -> None:
    with suppress(EvaluationError, TestFailedError):
        patched(tree, [{"op": word, "path": path, "from": source, "value": value}])


@given(PATHS, VALUES)
def test_no_object_before_breaks_the_check(path: str, value: Any) -> None:
    before: Any = deployment()
    try:
        before = patched(before, [{"op": "add", "path": path, "value": value}])
    except EvaluationError:
        return
    trees = [policy({"expression": "oldObject == null || has(oldObject.spec)"}), binding(), deployment()]
    report = kpy.validate(trees, before=[before] if isinstance(before, dict) else [], kubernetes="1.36")

    assert report.internal == []
