"""Expressions of CEL: their syntax, their names, and results that are plainly wrong."""

from __future__ import annotations

import pytest

from kpy.syntax.cel.types import BOOL, INT
from kpy.syntax.expressions import expression_fault, expression_type

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
        "{'a': 1, 'b': 2,}.a == -1",
        "r'\\d+' == '''multi\nline''' && b'x' != b'y'",
        "[1].map(x, x + 2) == [3] // done",
        "0x1F == 31 && 1e3 > .5 && 2.5 < 3.0",
        "has(object.spec.ab) && object['c'][?0].d.value() == null",
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
        ("9223372036854775808", "has 9223372036854775808 at column 1, which is too large"),
        ("a.`b`", "has the name `b` at column 3, but servers know no names in backticks"),
        ("cel.bind(x, 1, x)", "uses the name 'cel', which does not exist here"),
        ("has(a)", "calls has() with something that is not a field, such as `has(self.name)`"),
        ("a.all(1, true)", "has no plain name as a variable of all() at column 7"),
        ("a.all(x, x, true)", "names both variables of all() 'x'"),
        ("1 == 'a'", "uses '==' with an int and a string, which do not fit"),
        ("'a'.size(1)", "uses .size() with a string and an int, which do not fit"),
        ("[1, 'a']", "has a string at column 5 among values of the type int"),
        ("'a' && true", "has a string at column 1, where a condition must be a bool"),
        ("true ? 1 : 'a'", "gives either an int or a string at column 6, which must be of one type"),
        ("1.all(x, true)", "goes through an int at column 1, which is not a list or map"),
        ("'a'.b", "uses the field 'b' of a string, which has none"),
        ("[?1]", "has an int at column 3, where an optional value must be"),
        ("Other{a: 1}", "makes a 'Other', which does not exist here"),
        ("JSONPatch{op: 1}", "has an int at column 15, where a string must be"),
        ("int('x')", "can never have a value: type conversion error from 'string' to 'int'"),
        ("'a'.matches('(')", "has the pattern '(', which missing closing ): `(`"),
        ("'%d'.format(['a'])", "formats a string with %d, which takes int or uint"),
        ("'%d'.format([1, 2])", "formats 2 values in 1 places"),
        ("'%d %d'.format([1])", "formats 1 values in more places"),
        ("'%q'.format([1])", "formats with '%q', which is not a clause"),
    ],
)
def test_expression_is_faulty(text: str, fault: str) -> None:
    assert expression_fault(text, NAMES) == fault


def test_variable_must_be_declared() -> None:
    assert expression_fault("variables.x > 1", NAMES, (), {"x": INT}) is None
    assert expression_fault("variables.y > 1", NAMES, (), {"x": INT}) == (
        "uses the variable 'y', which is not declared before it"
    )


def test_variable_has_the_type_of_its_expression() -> None:
    found = expression_type("object.spec.replicas + 1 > 2", NAMES)

    assert found is BOOL
    assert expression_fault("variables.x == 'a'", NAMES, (), {"x": found}) == (
        "uses '==' with a bool and a string, which do not fit"
    )


def test_request_has_its_fields() -> None:
    assert expression_fault("request.operation == 'CREATE'", ("request",)) is None
    assert expression_fault("request.verb == 'create'", ("request",)) == (
        "uses the field 'verb', which kubernetes.AdmissionRequest does not have"
    )


def test_release_has_its_functions() -> None:
    assert expression_fault("[1].sort() == [1]", (), minor=33) == (
        "calls the function 'sort', which only newer releases of Kubernetes have"
    )
    assert expression_fault("[1].sort() == [1]", (), minor=34) is None
    assert expression_fault("sets.contains([1], [1])", (), minor=28) == (
        "calls the function 'sets.contains', which only newer releases of Kubernetes have"
    )
    assert expression_fault("[1].all(i, v, true)", (), minor=31) == "calls the function 'all', which does not exist"
    assert expression_fault("1 < 1.5", (), minor=27) == "uses '<' with an int and a double, which do not fit"


@pytest.mark.parametrize("text", ["1", "'a'", "[true]", "null", "object.spec.paused", "string", "size(a)", "a ? 1 : 2"])
def test_result_is_wrong(text: str) -> None:
    assert "must have a result of type bool" in str(expression_fault(text, NAMES, ("bool",)))


@pytest.mark.parametrize("text", ["a == b", "!a", "a.all(x, x)", "self.contains('a')", "a ? true : false"])
def test_result_is_right(text: str) -> None:
    assert expression_fault(text, NAMES, ("bool",)) is None
