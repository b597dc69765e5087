"""Laws of expressions: whatever the text is, it is read and written back, run, or refused."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kpy.syntax.cel.errors import CelError
from kpy.syntax.cel.parser import parse
from kpy.syntax.cel.program import compile
from kpy.syntax.cel.tree import Node, written
from kpy.syntax.cel.typed import Environment
from kpy.syntax.cel.types import DYN

WORDS = (
    *("self", "self.l", "self.m", "x", "1", "0", "2u", "1.5", "'a'", "'é'", "b'a'", "true", "null", "has(self.m.k)"),
    *("[", "]", "(", ")", "{", "}", ",", ".", "?", ":", "+", "-", "*", "/", "%", "==", "<", ">=", "&&", "||", "!"),
    *("in", ".all(x,", ".map(x,", ".filter(x,", ".exists_one(x,", ".transformMap(k,v,", ".sortBy(x,", ".orValue("),
    *("size(", "string(", "int(", "duration('1h')", "optional.of(", "quantity('1')", "timestamp(0)", ".?a"),
    *(".contains('a')", ".split('')", ".join()", ".replace('','ab')", ".format([", ".matches('a*')"),
    *("lists.range(99999999)", ".getHours('+01:00')"),
)
VALUES = {"self": {"l": [1, "a", None, 2.5], "m": {"k": True, "a": {}}}}
ENVIRONMENT = Environment({"self": DYN}, release=36)
TEXTS = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map("".join),
)


def _plain(node: Node) -> object:
    return node.kind, repr(node.value), tuple(map(_plain, node.parts))


def _leaves() -> st.SearchStrategy[str]:
    return st.sampled_from(
        ["1", "-2", "0.5", "'a'", "true", "null", "self", "self.l", "[1, 2]", "{'a': 1}", "b'\\x00'"]
    )


def _trees(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<", ">=", "in", "&&", "||"])
    binary = st.tuples(inner, signs, inner).map(lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})")
    choice = st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]}) ? ({parts[1]}) : ({parts[2]})")
    loops = st.tuples(inner, st.sampled_from(["all", "exists", "map", "filter"]), inner)
    loop = loops.map(lambda parts: f"({parts[0]}).{parts[1]}(x, {parts[2]})")
    return st.one_of(
        binary, choice, loop, inner.map("!({})".format), inner.map("-({})".format), inner.map("[{}]".format)
    )


@given(st.recursive(_leaves(), _trees, max_leaves=12))
def test_what_is_written_parses_to_the_same_tree(text: str) -> None:
    tree = parse(text)

    assert _plain(parse(written(tree))) == _plain(tree)


@settings(max_examples=300)
@given(TEXTS)
def test_any_text_has_a_value_or_a_fault_within_its_budget(text: str) -> None:
    try:
        program = compile(text, ENVIRONMENT, limit=10_000)
        program.run(VALUES)
    except CelError:
        return

    assert program.spent <= 10_000


@given(st.recursive(_leaves(), _trees, max_leaves=12))
def test_any_tree_has_a_value_or_a_fault(text: str) -> None:
    try:
        compile(text, ENVIRONMENT).run(VALUES)
    except CelError as error:
        assert str(error)  # noqa: PT017  # nothing else may be raised
