"""Values put into TOML: the file is as it was but for them."""

from datetime import date

import pytest

from kpy.editing import EditError, edit_values


def edited(text: str, changes: dict[str, object]) -> str:
    by_keys = {tuple(dotted.split(".")): value for dotted, value in changes.items()}
    return edit_values(text.encode(), ".toml", by_keys).decode()


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        ("a = 1 # one\nb = 2\n", {"a": 3}, "a = 3 # one\nb = 2\n"),
        ("  a   =  'x'\n", {"a": "z"}, "  a   =  'z'\n"),
        ("a = 'x'\n", {"a": "it's"}, 'a = "it\'s"\n'),
        ("a = '''x'''\n", {"a": "z"}, 'a = "z"\n'),
        ('a = """x\n]"} # no comment\n"""  # c\nb = 1\n', {"a": "q\n"}, 'a = "q\\n"  # c\nb = 1\n'),
        ('"a b" = 1\n', {"a b": True}, '"a b" = true\n'),
        ("a = 1979-05-27 07:32:00 # c\n", {"a": date(2026, 1, 2)}, "a = 2026-01-02 # c\n"),
        ("a = 1\r\nb = 'x'\r\n", {"c": 1.5}, "a = 1\r\nb = 'x'\r\nc = 1.5\r\n"),
        ("a = 1", {"b": 2}, "a = 1\nb = 2"),
        ('a = "\\u007f" # é 😀\n', {"a": "\x7f😀"}, 'a = "\\u007f😀" # é 😀\n'),
        # lists are replaced whole
        ("a = [ # these\n  1, # one\n  2,\n]\nb = 1\n", {"a": [3, {"x": [4]}]}, "a = [3, { x = [4] }]\nb = 1\n"),
        # tables
        (
            "a = 1\n\n[b]\nc = 1 # c\n\n# d\n[d]\ne = 1\n",
            {"b.f": "x"},
            'a = 1\n\n[b]\nc = 1 # c\nf = "x"\n\n# d\n[d]\ne = 1\n',
        ),
        ("[b]\n  c = 1\n[b.d]\n", {"b.f": 1, "b.d.e": {}}, "[b]\n  c = 1\n  f = 1\n[b.d]\ne = {}\n"),
        ("[b.c]\nd = 1\n", {"b.e": 2}, "[b.c]\nd = 1\n\n[b]\ne = 2\n"),
        ("b.c = 1\nx = 1\n", {"b.d": 2}, "b.c = 1\nb.d = 2\nx = 1\n"),
        ("b.c = 1\nx = 1\n", {"b.d.e": 2}, "b.c = 1\nb.d = { e = 2 }\nx = 1\n"),
        ("b.c.d = 1\n", {"b.c.d": 2}, "b.c.d = 2\n"),
        ("b = { c = 1 } # c\n", {"b.d": 2}, "b = { c = 1, d = 2 } # c\n"),
        ("b = {}\n", {"b.d": 2}, "b = { d = 2 }\n"),
        ("b = { c.d = 1 }\n", {"b.c.d": 2}, "b = { c.d = 2 }\n"),
        ("b = { c.d = 1 }\n", {"b.c.e.f": 2}, "b = { c.d = 1, c.e = { f = 2 } }\n"),
        ("b = { c = { d = 1 } }\n", {"b.c.e": "}"}, 'b = { c = { d = 1, e = "}" } }\n'),
        ("a = 1\n", {"b.c": 2, "b.d": 3}, "a = 1\n\n[b]\nc = 2\nd = 3\n"),
        ("[a]\nx = 1", {"b.c.d": 2}, "[a]\nx = 1\n\n[b]\nc = { d = 2 }\n"),
        ("[a]\nx = 1\n", {"a.c.d": 2}, "[a]\nx = 1\nc = { d = 2 }\n"),
        # at the top, before all tables
        ("# all\n\n# of a\n[a]\nx = 1\n", {"b": 2}, "# all\n\nb = 2\n\n# of a\n[a]\nx = 1\n"),
        ("# nothing", {"b": 2}, "# nothing\nb = 2\n"),
        ("", {"b.c": 2}, "[b]\nc = 2\n"),
        # lists of tables
        (
            "[[a]]\nx = 1 # c\n[[a]]\nx = 2\n[a.y]\nz = 1\n\n# b\n[b]\n",
            {"a": [{"x": 3, "y": {"z": 2}}, {"x": 4}]},
            "[[a]]\nx = 3\ny = { z = 2 }\n\n[[a]]\nx = 4\n\n# b\n[b]\n",
        ),
        ("[[a.b]]\nx = 1\n[c]\nx = 1\n", {"c.x": 2}, "[[a.b]]\nx = 1\n[c]\nx = 2\n"),
    ],
)
def test_value_is_changed_in_its_place(text: str, changes: dict[str, object], expected: str) -> None:
    assert edited(text, changes) == expected


@pytest.mark.parametrize(
    ("text", "changes", "message"),
    [
        ("a = 1\n", {"a": None}, "TOML has no way to write the value of `a`"),
        ("a = 1\n", {"a": "\ud800"}, "TOML has no way to write the value of `a`"),
        (
            "[a]\nb = 1\n",
            {"a": 2},
            "`a` cannot be changed: it is a table there, and a single value here: change",
        ),
        ("[[a]]\nb = 1\n", {"a": []}, "`a` cannot be changed: it is a list of tables there: change it by hand"),
        ("[[a]]\nb = 1\n[c]\n[[a]]\nb = 2\n", {"a": [{"b": 3}]}, "`a` cannot be changed: it is a table there"),
        ("a = 1\n", {"a.b": 2}, "`a` is a single value there, and no table with a `b` in it"),
        ("a = \n", {"a": 2}, "Invalid value"),
    ],
)
def test_what_cannot_be_changed_alone_is_refused(text: str, changes: dict[str, object], message: str) -> None:
    with pytest.raises(EditError) as caught:
        edited(text, changes)

    assert message in str(caught.value)
