import json
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kpy.checking.texts import TEXT_RULES
from kpy.documents import Document, read_documents, steps_of

SCALARS = {
    "y": True, "n": False, "Yes": True, "off": False, "tRUE": "tRUE",
    "~": None, "": None, "NULL": None,
    ".5": 0.5, "+.5": 0.5, "-.5e3": -500, "1e3": 1000, "1E+3": 1000, "1.": 1, "1.e5": 100000, "3.0": 3, "-0.0": 0,
    "0o17": 15, "017": 15, "08": 8, "0x1F": 31, "-0x1f": -31, "+0x1F": 31, "0b11": 3, "-0b11": -3, "0b2": "0b2",
    "0o8": "0o8",
    "1_000": 1000, "1_000.5": 1000.5, "_1": "_1", "1__0": 10, "0_x1": 1, "0x": "0x",
    "12:30:45": "12:30:45", "2024-01-01": "2024-01-01", "1.2.3": "1.2.3",
    "1e400": "1e400", "100000000000000000000": 100000000000000000000, "1e21": 1e21, "1e-7": 1e-7,
    "=": "=", "<<": "<<", ".": ".", "+": "+", "e5": "e5",
    "!!str 12": "12", "!!int '12'": 12, "!!float 3": 3, "!!bool 'yes'": True, "!!null ''": None,
    "!!timestamp 2024-01-01": "2024-01-01", "!!binary aGk=": "hi", "!mine 12": "12", "'12'": "12", '"yes"': "yes",
}  # fmt: skip

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff\u2028\u2029")
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc.-/ é", max_size=5), inner, max_size=4),
    max_leaves=20,
)


def trees(text: str) -> list[object]:
    return [document.tree for document in read_documents(text, "f.yaml").documents]


def errors(text: str) -> list[str]:
    return [f"{found.where} {found.rule}: {found.message}" for found in read_documents(text, "f.yaml").errors]


@pytest.mark.parametrize(("written", "meant"), SCALARS.items())
def test_scalar_means_what_kubectl_reads(written: str, meant: object) -> None:
    """The right side is what `kubectl label --local -o json` of 1.32 says."""
    (tree,) = trees(f"v: {written}")

    assert tree == {"v": meant}
    assert type(tree["v"]) is type(meant)  # type: ignore[index]


@given(JSON)
def test_json_reads_back_equal(tree: object) -> None:
    assert trees(json.dumps([tree])) == [[tree]]


class _Quoted(yaml.SafeDumper):
    """Quotes all text: PyYAML leaves `y` and `N` plain, which kubectl reads as booleans."""


_Quoted.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


@given(JSON)
def test_yaml_of_pyyaml_reads_back_equal(tree: object) -> None:
    assert trees(yaml.dump([tree], Dumper=_Quoted, allow_unicode=True)) == [[tree]]


def test_documents_are_read_in_order_and_empty_ones_left_out() -> None:
    assert trees("a: 1\n---\n# nothing\n---\nb: 2\n...\n---\n") == [{"a": 1}, {"b": 2}]


def test_key_that_is_read_as_a_truth_value_is_warned_of() -> None:
    found = read_documents("on: b\n'y': c\ntrue: d", "f.yaml").errors

    assert [(str(each.where), each.severity, each.rule, each.message, each.fix) for each in found] == [
        (
            "f.yaml:1:1",
            "warning",
            "yaml-key",
            "the key `on` is the truth value true in YAML, and becomes the key `true`",
            'quote it: "on"',
        ),
        ("f.yaml:3:1", "error", "duplicate-key", 'the key "true" is given twice', "keep one of them"),
    ]


def test_document_knows_how_a_scalar_is_written() -> None:
    (document,) = read_documents("a: [1.10, 'x']\nb: {c: yes}").documents

    assert document.written(("a", 0), 1.1) == "1.10"
    assert document.written(("b", "c"), True) == "yes"
    assert document.written(("a", 1), "x") == ""
    assert document.written(("a", 0), 7) == ""
    assert document.written(("a", 9), 7) == ""


def test_keys_are_text_as_for_kubectl() -> None:
    assert trees("1: a\non: b\n1.5: c") == [{"1": "a", "true": "b", "1.5": "c"}]


def test_anchors_are_resolved_without_sharing() -> None:
    (tree,) = trees("a: &x [1]\nb: *x")

    assert tree == {"a": [1], "b": [1]}
    assert tree["a"] is not tree["b"]  # type: ignore[index]


def test_merge_keys_fill_what_is_not_said() -> None:
    assert trees("a: &a {x: 1, z: 2}\nb: {<<: *a, x: 3}\nc: {<<: [*a, {x: 4, w: 5}]}")[0] == {
        "a": {"x": 1, "z": 2},
        "b": {"x": 3, "z": 2},
        "c": {"x": 1, "z": 2, "w": 5},
    }


def test_json_that_is_no_yaml_is_read() -> None:
    long = "k" * 2000

    assert trees(json.dumps({long: "😀"})) == [{long: "😀"}]


def test_stream_of_json_is_read_with_places() -> None:
    text = '{"a": 1} {"a":\n2}\n\n{"b": 3, "b": 4}\n{"' + "k" * 2000 + '": 5}'
    reading = read_documents(text, "f.yaml")

    assert [list(document.tree.values()) for document in reading.documents] == [[1], [2], [4], [5]]
    assert [str(document.where()) for document in reading.documents] == [
        "f.yaml:1:1",
        "f.yaml:1:10",
        "f.yaml:4:1",
        "f.yaml:5:1",
    ]
    assert errors(text) == ['f.yaml:4:10 duplicate-key: the key "b" is given twice']


def test_byte_order_marks_of_joined_files_do_not_count() -> None:
    assert trees("\ufeffa: 1\n---\n\ufeffb: 2\nc: \ufeff") == [{"a": 1}, {"b": 2, "c": "\ufeff"}]


PLACES = """\
kind: Pod
metadata:
  labels: {a.b/c: "1"}
spec:
  containers:
  - name: web
    ports: [{containerPort: 80}]
"""


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("", "f.yaml:1:1"),
        ("kind", "f.yaml:1:7"),
        ("metadata.labels[a.b/c]", "f.yaml:3:19"),
        ("spec.containers", "f.yaml:5:3"),
        ("spec.containers[0]", "f.yaml:6:5"),
        ("spec.containers[0].ports[0].containerPort", "f.yaml:7:29"),
        ("spec.containers[0].image", "f.yaml:6:5"),
        ("spec.containers[7].image", "f.yaml:5:3"),
        ("status", "f.yaml:1:1"),
    ],
)
def test_field_has_line_and_column(field: str, place: str) -> None:
    """A field that is not there is placed at the nearest value around it."""
    (document,) = read_documents(PLACES, "f.yaml").documents

    assert str(document.where_of(field)) == place


def test_key_of_a_field_has_a_place_of_its_own() -> None:
    (document,) = read_documents(PLACES, "f.yaml").documents

    assert str(document.where(("kind",), key=True)) == "f.yaml:1:1"


@given(JSON)
def test_every_value_is_placed_where_it_is_written(tree: object) -> None:
    text = json.dumps([tree], indent=1, ensure_ascii=False)
    lines = text.splitlines()
    (document,) = read_documents(text).documents

    def check(value: object, steps: tuple[str | int, ...]) -> None:
        where = document.where(steps)
        if isinstance(value, dict | list):
            for step, item in value.items() if isinstance(value, dict) else enumerate(value):
                check(item, (*steps, step))
        else:
            assert lines[where.line - 1][where.column - 1 :].startswith(json.dumps(value, ensure_ascii=False))

    check(document.tree, ())


def test_steps_follow_the_tree_where_keys_have_dots_and_brackets() -> None:
    tree = {"data": {"a.b[0]": [{"c": 1}]}}

    assert steps_of("data[a.b[0]][0].c", tree) == ("data", "a.b[0]", 0, "c")


def test_list_is_taken_apart_with_places() -> None:
    reading = read_documents("kind: List\nitems:\n- kind: A\n- kind: PodList\n  items: [{kind: B}]\n", "f.yaml")
    items = list(reading.documents[0].items())

    assert [item.tree for item in items] == [{"kind": "A"}, {"kind": "B"}]
    assert [str(item.where()) for item in items] == ["f.yaml:3:3", "f.yaml:5:11"]


@pytest.mark.parametrize("text", ["kind: AllowList\nspec: {}", "kind: List\nitems: {a: 1}", "[1]", "text"])
def test_what_is_no_list_is_one_object(text: str) -> None:
    (document,) = read_documents(text).documents

    assert [item.tree for item in document.items()] == [document.tree]


BROKEN = {
    "a: [\n---\nb: 1": (
        "f.yaml:1:5 yaml-syntax: did not find expected node content while parsing a flow node: the document ends here"
    ),
    "a:\n\t- b": (
        "f.yaml:2:1 yaml-syntax: found character that cannot start any token while scanning for the next token"
    ),
    "a: 'b\nc: d": (
        "f.yaml:2:5 yaml-syntax: found unexpected end of stream while scanning a quoted scalar from line 1"
    ),
    "é: 1\nb: \x00": "f.yaml:2:4 yaml-syntax: the character U+0000 may not stand in YAML",
    "a: \ud800": "f.yaml:1:4 yaml-syntax: the character U+D800 may not stand in YAML",
    "a: 1\nb: 2\na: 3": 'f.yaml:3:1 duplicate-key: the key "a" is given twice',
    "a: &a [*a]": "f.yaml:1:8 yaml-recursion: the alias `*a` stands inside its own anchor `&a`",
    "a: *b": "f.yaml:1:4 yaml-syntax: the alias `*b` has no anchor `&b` before it",
    "a: .nan": "f.yaml:1:4 yaml-value: JSON has no number `.nan`",
    "a: !!int x": "f.yaml:1:4 yaml-value: the value does not fit its tag: `!!int` is for whole numbers",
    "a: !!bool 1": "f.yaml:1:4 yaml-value: the value does not fit its tag: `!!bool` is for true and false",
    "~: 1": "f.yaml:1:1 yaml-key: a key is null",
    "? [a]\n: 1": "f.yaml:1:3 yaml-key: a key is a list",
    "? {a: b}\n: 1": "f.yaml:1:3 yaml-key: a key is a mapping",
    "a: {<<: 3}": "f.yaml:1:9 yaml-value: `<<` merges mappings, and this is none",
    "[" * 301: "f.yaml:1:301 yaml-too-deep: the document is nested deeper than 300 levels",
    "a: &a " + "[" * 290 + "]" * 290 + "\nb: [[[[[[[[[[*a]]]]]]]]]]": (
        "f.yaml:2:14 yaml-too-deep: the document is nested deeper than 300 levels"
    ),
}


@pytest.mark.parametrize(("text", "error"), BROKEN.items(), ids=[error.split(": ")[0] for error in BROKEN.values()])
def test_error_says_where_and_what(text: str, error: str) -> None:
    assert errors(text) == [error]


def test_tab_is_named() -> None:
    (found,) = read_documents("a:\n\t- b").errors

    assert found.fix == "indent with spaces: YAML takes no tabs there"


ADVICE = {
    "a: 1\nb: x: y": ("f.yaml:2:5", "a second `: ` in one line", "put the text in quotes"),
    "a: 1\n   b: 2": ("f.yaml:2:5", "no `:` may stand here", "look at the indentation of this line"),
    "a: @b": ("f.yaml:1:4", "no value begins with '@'", "put the text in quotes"),
    "a: 1\n----\nb: 1": (
        "f.yaml:2:4",
        "kubectl takes nothing but a comment behind `---`",
        "begin the document on the next line",
    ),
    "a: 1\n<<<<<<< HEAD\nb: 1": ("f.yaml:2:1", "no `:` stands behind this key", "resolve the merge conflict"),
    "a: 1\n...\nb: 1": ("f.yaml:3:1", "a document ended before this line", "write `---` between documents"),
    '{"a": {"b":\n': (
        "f.yaml:1:12",
        "did not find expected node content while parsing a flow node: the document ends here",
        "",
    ),
    "{% if x %}\na: 1": (
        "f.yaml:1:2",
        "found character that cannot start any token while scanning for the next token",
        "this is a template: render it first, `helm template ... | kpy validate -`",
    ),
    "a: !!binary 'b'": (
        "f.yaml:1:4",
        "the value does not fit its tag: `!!binary` is for text in base64",
        "put it in quotes if text is meant",
    ),
}


@pytest.mark.parametrize(("text", "said"), ADVICE.items())
def test_mistakes_that_people_make_are_named(text: str, said: tuple[str, str, str]) -> None:
    (found,) = read_documents(text, "f.yaml").errors

    assert (str(found.where), found.message, found.fix) == said


def test_every_rule_on_texts_is_tested_here() -> None:
    source = "".join(file.read_text() for file in Path(__file__).parents[1].glob("*/test_*.py"))

    assert [rule.name for rule in TEXT_RULES if rule.name not in source] == []


@pytest.mark.parametrize("levels", [9, 60])
def test_billion_laughs_are_refused(levels: int) -> None:
    names = [f"a{level}" for level in range(levels)]
    text = f"{names[0]}: &{names[0]} [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in pairwise(names)
    )

    assert errors(text) == ["f.yaml:4:15 yaml-expansion: nearly all of the document is repetition by aliases"]


def test_broken_document_does_not_hide_the_others() -> None:
    text = "a: 1\n---\nb: [\n---\nc: 3\n---\nd: &d [*d]\n---\ne: \x00\n---\nf: 6\n"
    reading = read_documents(text, "f.yaml")

    assert [document.tree for document in reading.documents] == [{"a": 1}, {"c": 3}, {"f": 6}]
    assert [str(found.where) for found in reading.errors] == ["f.yaml:3:5", "f.yaml:7:8", "f.yaml:9:4"]
    assert [str(document.where()) for document in reading.documents] == ["f.yaml:1:1", "f.yaml:5:1", "f.yaml:11:1"]


def test_error_belongs_to_its_document() -> None:
    first, second = read_documents("a: 1\na: 2\n---\nb: 1").documents

    assert [found.rule for found in first.errors] == ["duplicate-key"]
    assert second.errors == []


def test_document_shows_its_place() -> None:
    assert repr(read_documents("a: 1", "f.yaml").documents[0]) == "<Document f.yaml:1:1>"
    assert isinstance(read_documents("a: 1").documents[0], Document)


def test_values_of_a_stream_on_one_line_have_their_columns() -> None:
    documents, errors = read_documents('{"a":1} {"b":{"c":2}} {"d":\n1} {"e":3}')

    assert errors == []
    places = [(each.where().line, each.where().column) for each in documents]
    assert places == [(1, 1), (1, 9), (1, 23), (2, 4)]
    assert documents[1].where(("b", "c")).column == 19


def test_stream_of_many_values_costs_what_it_is_long() -> None:
    """Ten thousand values on one line took a quarter of a minute when each was padded to its column."""
    documents, _ = read_documents('{"a":1} ' * 20_000)

    assert len(documents) == 20_000


def test_template_is_told_whatever_ends_the_lines() -> None:
    _, errors = read_documents("x: 1\r{{ x }}: 2\r")

    assert [(error.rule, str(error.where)) for error in errors] == [("yaml-syntax", "<text>:2:2")]


def test_many_mappings_as_keys_cost_what_they_are() -> None:
    _, errors = read_documents("{a: b}: c\n" * 20_000)

    assert [error.rule for error in errors] == ["yaml-key"] * 101


def test_what_stands_in_a_document_very_often_is_told_with_its_number() -> None:
    _, errors = read_documents("a: 1\n" * 1700 + "---\nb: 1\nb: 1\n")

    assert [error.message for error in errors[98:]] == [
        'the key "a" is given twice',
        'the key "a" is given twice',
        "and 1,599 more like this in the same document",
        'the key "b" is given twice',
    ]
    assert str(errors[100].where) == "<text>:1701:1"


def test_why_a_text_breaks_is_told_after_all_else() -> None:
    _, errors = read_documents("a: 1\n" * 300 + "b: [\n")

    assert [error.rule for error in errors[99:]] == ["duplicate-key", "duplicate-key", "yaml-syntax"]
    assert errors[100].message == "and 199 more like this in the same document"
