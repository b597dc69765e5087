"""Expressions of CEL: their syntax, their names, and results that are plainly wrong."""

from __future__ import annotations

import pytest

from kpy.syntax.expressions import expression_fault

NAMES = ("object", "params", "Object", "JSONPatch", "a", "b", "c", "self")


@pytest.mark.parametrize(
    "text",
    [
        "object.spec.replicas <= 5",
        "!has(object.metadata.labels) || 'a' in object.metadata.labels",
        "object.spec.containers.all(c, c.image.startsWith('a/') && !(c.name in ['x', \"y\"]))",
        "Object{spec: Object.spec{initContainers: [Object.spec.initContainers{name: 'x'}]}}",
        "[JSONPatch{op: 'add', path: '/a', value: {'a': 1}},]",
        "object.a.?b.orValue([]).size() > 0 ? a : b",
        "{'a': 1, 'b': 2u,}.a == -1",
        "r'\\d+' == '''multi\nline''' && b'x' != b'y'",
        "cel.bind(x, 1, x + 2) == 3 // done",
        "0x1F == 31 && 1e3 > .5 && 2.5 < 3.0",
        "has(object.spec.`a-b`) && object['c'][?0].d == null",
        "quantity('1Gi').isGreaterThan(quantity('1Mi')) && ip.isCanonical('1.2.3.4')",
        "type(a) == int",
    ],
)
def test_expression_is_fine(text: str) -> None:
    assert expression_fault(text, NAMES) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "ends too early"),
        ("a(", "ends too early"),
        ("a b", "has 'b' at column 3, where it does not fit"),
        ("[1,,2]", "has ',' at column 4, where it does not fit"),
        ("a.in", "has 'in' at column 3, where it does not fit"),
        ("if", "has 'if' at column 1, which is a reserved word"),
        ("'a", 'has "\'" at column 1, where nothing can be read'),
        ("x", "uses the name 'x', which does not exist here"),
        ("sets", "uses the name 'sets', which does not exist here"),
        ("HAS(a)", "calls the function 'HAS', which does not exist"),
        ("9223372036854775809", "has 9223372036854775809 at column 1, which is too large"),
    ],
)
def test_expression_is_faulty(text: str, fault: str) -> None:
    assert expression_fault(text, NAMES) == fault


def test_variable_must_be_declared() -> None:
    assert expression_fault("variables.x > 1", NAMES, (), ("x",)) is None
    assert expression_fault("variables.y > 1", NAMES, (), ("x",)) == (
        "uses the variable 'y', which is not declared before it"
    )


@pytest.mark.parametrize("text", ["1", "'a'", "[true]", "null", "object.spec.paused", "string", "size(a)", "a ? 1 : 2"])
def test_result_is_plainly_wrong(text: str) -> None:
    assert "must have a result of type bool" in str(expression_fault(text, NAMES, ("bool",)))


@pytest.mark.parametrize("text", ["a == b", "!a", "a.all(x, x)", "self.f()", "a ? true : b"])
def test_result_may_be_right(text: str) -> None:
    assert expression_fault(text, NAMES, ("bool",)) is None
