"""Values put into YAML and JSON: the file is as it was but for them."""

import pytest

from kpy.editing import EditError, edit_values


def edited(text: str, changes: dict[str, object], suffix: str = ".yaml") -> str:
    by_keys = {tuple(dotted.split(".")): value for dotted, value in changes.items()}
    return edit_values(text.encode(), suffix, by_keys).decode()


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        # scalars, with what stands around them
        ("a: 1  # one\nb: 2\n", {"a": 3}, "a: 3  # one\nb: 2\n"),
        ("a: 'x'\n", {"a": "it's"}, "a: 'it''s'\n"),
        ('a: "x"\n', {"a": "y"}, 'a: "y"\n'),
        ("a: x\n", {"a": "1.10"}, 'a: "1.10"\n'),
        ("a: x\n", {"a": "z"}, "a: z\n"),
        ("a: x\n", {"a": "y"}, 'a: "y"\n'),
        ("a: 'x'\n", {"a": "two\nlines"}, 'a: "two\\nlines"\n'),
        ("a: x\nb: 1\n", {"a": "two\nlines\n"}, 'a: "two\\nlines\\n"\nb: 1\n'),
        ("a: x\n", {"a": None}, "a: null\n"),
        ("a: x\n", {"a": True}, "a: true\n"),
        ("a: x\n", {"a": 1.5}, "a: 1.5\n"),
        ("a:\nb: 1\n", {"a": 5}, "a: 5\nb: 1\n"),
        ("a: # c\nb: 1\n", {"a": 5}, "a: 5 # c\nb: 1\n"),
        ("a:\n", {"a": [1]}, "a:\n- 1\n"),
        ("a:\nb: 1\n", {"a.b": 1}, "a:\n  b: 1\nb: 1\n"),
        ("? a\n: 1\n", {"a": 2}, "? a\n: 2\n"),
        ("é: 😀 # ü\nb: 😀\n", {"b": "ä"}, 'é: 😀 # ü\nb: "ä"\n'),
        # line ends, marks, missing ends
        ("a: 1\r\nb: x # c\r\n", {"b": "z", "c": 1}, "a: 1\r\nb: z # c\r\nc: 1\r\n"),
        ("a: 1", {"b": [1, 2]}, "a: 1\nb:\n- 1\n- 2"),
        ("\ufeffa: 1\n", {"a": 2}, "\ufeffa: 2\n"),
        ("---\na: 1\n...\n", {"b": 2}, "---\na: 1\nb: 2\n...\n"),
        ("", {"a": {"b": 1}}, "a:\n  b: 1\n"),
        ("# nothing yet", {"a.b": 1}, "# nothing yet\na:\n  b: 1\n"),
        # block scalars
        ("a: |\n  x\n  y\n\nb: 1\n", {"a": "z\n"}, "a: |\n  z\n\nb: 1\n"),
        ("a: | # c\n  x\n\n# d\nb: 1\n", {"a": "y\nz\n"}, "a: | # c\n  y\n  z\n\n# d\nb: 1\n"),
        ("a: >-\n  x\n  y\n", {"a": "one line"}, "a: one line\n"),
        ("a: |- # c\n  x\n", {"a": "z"}, "a: z # c\n"),
        ("a: |+\n  x\n\n\nb: 1\n", {"a": "z"}, "a: z\nb: 1\n"),
        ("a:\n  b: |\n    x\n    y\n", {"a.c": 1}, "a:\n  b: |\n    x\n    y\n  c: 1\n"),
        ("a: |\r\n  x\r\n  y\r\nb: 1\r\n", {"a": "p\nq\n"}, 'a: "p\\nq\\n"\r\nb: 1\r\n'),
        # lists are replaced whole, in their style
        ("a:\n- 1 # one\n- 2\nb: 1\n", {"a": [3]}, "a:\n- 3\nb: 1\n"),
        ("a:\n  # these\n  - 1\n\n# next\nb: 1\n", {"a": ["x", "z"]}, "a:\n  # these\n  - x\n  - z\n\n# next\nb: 1\n"),
        ("a: [1, 2] # c\n", {"a": ["x, y", "z"]}, 'a: ["x, y", z] # c\n'),
        ("a: [\n  1,\n  2,\n]\n", {"a": [3, 4]}, "a: [\n  3,\n  4\n]\n"),
        ("a: 1 # c\nb: 2\n", {"a": [{"x": 1, "z": [2]}]}, "a: # c\n- x: 1\n  z:\n  - 2\nb: 2\n"),
        ("a:\n- 1\nb: 2\n", {"a": 5}, "a: 5\nb: 2\n"),
        ("a: # c\n- 1 # d\nb: 2\n", {"a": []}, "a: [] # c\n # d\nb: 2\n"),
        ("a:\n- 1\nb: 2\n", {"a": {"x": 1}}, "a:\n  x: 1\nb: 2\n"),
        ("a:\n  x: 1\nb: 2\n", {"a": ["z"]}, "a:\n  - z\nb: 2\n"),
        ("a: [1]\n", {"a": {"x": 1}}, "a: {x: 1}\n"),
        # added at the end of their mapping
        ("a:\n    b: 1 # c\n\nd: 2\n", {"a.c": "x"}, "a:\n    b: 1 # c\n    c: x\n\nd: 2\n"),
        ("a: 1\n# the end\n", {"b": "x"}, "a: 1\nb: x\n# the end\n"),
        ("a: {b: 1}\n", {"a.c": 2}, "a: {b: 1, c: 2}\n"),
        ("a: {b: 1,}\n", {"a.c": 2}, "a: {b: 1, c: 2,}\n"),
        ("a: {}\n", {"a.c": "x y"}, 'a: {c: "x y"}\n'),
        ("a: {\n  b: 1, # c\n}\n", {"a.d": 2}, "a: {\n  b: 1,\n  d: 2, # c\n}\n"),
        ("a:\n  b: 1\n", {"a.c.d": 2}, "a:\n  b: 1\n  c:\n    d: 2\n"),
        # anchors, aliases and merge keys
        ("a: &x 1 # c\n", {"a": 2}, "a: &x 2 # c\n"),
        ("a: &x 1\nb: *x # c\n", {"b": 2}, "a: &x 1\nb: 2 # c\n"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", {"c.b": 2}, "a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n"),
        ("a: !!str 1\n", {"a": "2"}, 'a: "2"\n'),
    ],
)
def test_value_is_changed_in_its_place(text: str, changes: dict[str, object], expected: str) -> None:
    assert edited(text, changes) == expected


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        ('{"a": 1, "b": "x"}', {"b": "y", "c": ["z"]}, '{"a": 1, "b": "y", "c": ["z"]}'),
        ('{\n  "a": 1\n}\n', {"b": {"c": "d"}}, '{\n  "a": 1,\n  "b": {"c": "d"}\n}\n'),
        ('{\n  "a": [\n    1\n  ]\n}\n', {"a": [1, 2]}, '{\n  "a": [\n    1,\n    2\n  ]\n}\n'),
        ("{}\n", {"a.b": True}, '{"a": {"b": true}}\n'),
    ],
)
def test_json_stays_json(text: str, changes: dict[str, object], expected: str) -> None:
    assert edited(text, changes, ".json") == expected


@pytest.mark.parametrize(
    ("text", "changes", "message"),
    [
        ("a: &x 1\nb: *x\n", {"a": 2}, "`a` cannot be changed: other values follow it by *x: change it by hand"),
        (
            "a: &x {b: 1}\nc: *x\n",
            {"a.b": 2},
            "changing `a.b` would change `c.b` as well: change it by hand",
        ),
        (
            "a: &x {b: 1}\nc: *x\n",
            {"c.b": 2},
            "`c.b` cannot be changed: `c` is an alias, so that this would change what it stands for as well: "
            "change it by hand",
        ),
        ("a: &x\n  b: 1\nc:\n  <<: *x\n", {"a.b": 2}, "changing `a.b` would change `c.b` as well"),
        ("a: &x\n- 1\n", {"a": [2]}, "`a` cannot be changed: there is more on the line where it begins"),
        ("x: &x {a: {b: 1, c: 1}}\n<<: *x\n", {"a.b": 2}, "changing `a.b` would change `a.c` as well"),
        ("a: [1]\n", {"a.b": 2}, "`a` is a list there, and no table with a `b` in it"),
        ("a: 1\n", {"a.b": 2}, "`a` is a single value there, and no table with a `b` in it"),
        ("a: 1\n", {"a": float("inf")}, "YAML has no way to write the value of `a`"),
        ("a: |\n  x", {"b": 2}, "changing `b` would change `a` as well: change it by hand"),
        ("a: 1\n---\na: 2\n", {"a": 3}, "a file of values is one mapping"),
        ("- 1\n", {"a": 3}, "a file of values is one mapping"),
        ("a: [1\n", {"a": 3}, "did not find expected ',' or ']'"),
        ("~\n", {"a": 3}, "`a` cannot be changed: the file is no table: change it by hand"),
    ],
)
def test_what_cannot_be_changed_alone_is_refused(text: str, changes: dict[str, object], message: str) -> None:
    with pytest.raises(EditError) as caught:
        edited(text, changes)

    assert message in str(caught.value)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(EditError, match="no text in UTF-8"):
        edit_values(b"a: \xff\n", ".yaml", {("a",): 1})


def test_equal_value_changes_nothing() -> None:
    assert edited("a:   0x10\nb: [ 1,2 ]\n", {"a": 16, "b": [1, 2]}) == "a:   0x10\nb: [ 1,2 ]\n"
    assert edited("a: 1\n", {"a": True}) == "a: true\n"
