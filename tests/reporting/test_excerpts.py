"""Lines of source below findings: the mark below the value, the cut, and nothing secret."""

from pathlib import Path

import pytest

from kpy.diagnostics import Diagnostic
from kpy.redaction.mask import Mask
from kpy.reporting.excerpts import Excerpts
from kpy.reporting.view import View
from kpy.source import Location


def shown(
    text: str,
    line: int,
    message: str,
    field: str = "",
    *,
    column: int = 0,
    file: str = "app.py",
    width: int = 108,
    mask: Mask | None = None,
) -> list[str]:
    view = View(width=width, sources={file: text})
    found = Diagnostic("rule", "api", "error", field, message)
    return Excerpts(view, mask).of(Location(file, line, column), found)


@pytest.mark.parametrize(
    ("text", "message", "field", "marked"),
    [
        ('Resources(memory="128MB")', '"128MB" must be a quantity', "spec.resources.limits[memory]", '"128MB"'),
        ("Deployment('a', replicas=-1)", "`replicas` is -1", "spec.replicas", "-1"),
        (
            "Container(ports={'http': 80800})",
            "`containerPort` is 80800",
            "containers[0].ports[0].containerPort",
            "80800",
        ),
        (
            "Service('a', ports=['80:htp'])",
            'no container has a port named "htp"',
            "spec.ports[0].targetPort",
            "'80:htp'",
        ),
        (
            'e(env={"A": config["GREETNG"]})',
            'it has no key "GREETNG"',
            "env[0].valueFrom.configMapKeyRef.key",
            '"GREETNG"',
        ),
        ("C(image=IMAGE, name='web')", '`image` is ""', "spec.containers[0].image", "IMAGE"),
        ("C('Shop')", 'name "Shop" must be lower-case letters', "metadata.name", "'Shop'"),
        ("App('shop', kubernets='1.33')", "App has no argument `kubernets`", "kubernets", "kubernets"),
        ("Raw({'spec': {'prots': 1}})", "ServiceSpec has no field `prots`", "spec.prots", "'prots'"),
        ("f(labels={'Bad Key': 'b'})", 'key "Bad Key" must be letters', "metadata.labels[Bad Key]", "'Bad Key'"),
        ("f(labels={'ok': 'Bad Value'})", '"Bad Value" must be letters', "metadata.labels[ok]", "'Bad Value'"),
    ],
)
def test_mark_is_below_the_value_in_python(text: str, message: str, field: str, marked: str) -> None:
    line, mark = shown(text, 1, message, field)

    assert line == f"    1 | {text}"
    assert text[mark.index("^") - 8 : mark.rindex("^") - 7] == marked


def test_value_on_a_later_line_of_the_call_is_shown_with_its_own_line() -> None:
    text = 'x = Deployment(\n    "web",\n    replicas=-1,\n    containers=[],\n)\n'

    assert shown(text, 1, "`replicas` is -1; it must not be negative", "spec.replicas") == [
        "    3 | replicas=-1,",
        "      |          ^^",
    ]


def test_calls_within_have_lines_of_their_own() -> None:
    """What stands in an inner call would have been reported at the line of that call."""
    text = "Deployment(\n    containers=[\n        Container(image='')\n    ]\n)\n"

    assert shown(text, 1, '`image` is ""', "spec.template.spec.containers[0].image") == [
        "    2 | containers=[",
        "      |            ^",
    ]


def test_line_without_a_sign_of_the_value_has_no_mark() -> None:
    assert shown("make_it(1, 2)", 1, "something is missing", "spec.selector") == ["    1 | make_it(1, 2)"]


def test_program_that_does_not_parse_is_shown_all_the_same() -> None:
    assert shown("def f(:\n", 1, "invalid", "spec") == ["    1 | def f(:"]


@pytest.mark.parametrize(
    ("text", "column", "marked"),
    [
        ("memory: 128MB  # much", 9, "128MB"),
        ('a: {b: "x y", c: d}', 8, '"x y"'),
        ("{replicas: two words, c: d}", 12, "two words"),
        ('{"dta":{}}', 2, '"dta"'),
        ("url: http://x:80/a", 6, "http://x:80/a"),
    ],
)
def test_mark_is_as_wide_as_the_value_in_yaml(text: str, column: int, marked: str) -> None:
    _, mark = shown(text, 1, "", column=column, file="a.yaml")

    assert text[mark.index("^") - 8 : mark.rindex("^") - 7] == marked


@pytest.mark.parametrize("width", [40, 80, 120])
def test_long_line_is_cut_around_the_value(width: int) -> None:
    text = "{a: " + "x" * 300 + ', fault: "here it is", b: ' + "y" * 300 + "}"

    line, mark = shown(text, 1, "", column=text.index('"') + 1, file="a.yaml", width=width)

    assert len(line) <= width
    assert line[8] == line[-1] == "…"
    assert line[mark.index("^") : mark.rindex("^") + 1] == '"here it is"'


def test_line_that_fits_is_not_cut() -> None:
    assert shown("  a: b", 1, "", column=6, file="a.yaml", width=80) == ["    1 | a: b", "      |    ^"]


def test_secret_values_are_hidden_and_the_mark_stays_in_place() -> None:
    text = '{"kind": "Secret", "data": {"a": "aGVsbG8gd29ybGQgaGVsbG8=", "b": 5, "c": "x"}, "tpye": "y"}'

    line, mark = shown(text, 1, "", column=text.index('"tpye"') + 1, file="a.json")

    assert line == '    1 | {"kind": "Secret", "data": {"a": (hidden), "b": (hidden), "c": (hidden)}, "tpye": (hidden)}'
    assert line[mark.index("^") : mark.rindex("^") + 1] == '"tpye"'


def test_secret_value_elsewhere_is_hidden_by_the_mask() -> None:
    mask = Mask([{"kind": "Secret", "stringData": {"token": "s3cr3t-token"}}])

    assert shown("TOKEN_OF_MINE = 's3cr3t-token'", 1, "", mask=mask) == ["    1 | TOKEN_OF_MINE = '(hidden)'"]


def test_secret_in_utf_16_is_hidden(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes("kind: Secret\ndata: {a: hunter2}\n".encode("utf-16"))

    found = Diagnostic("rule", "api", "error", "", "")

    assert Excerpts(View()).of(Location(str(file), 2, 11), found)[0] == "    2 | data: {a: (hidden)}"


def test_colours_change_nothing_but_the_colour() -> None:
    view = View(is_coloured=True, sources={"a.yaml": "a: b"})

    line, mark = Excerpts(view).of(Location("a.yaml", 1, 4), Diagnostic("r", "api", "warning", "", ""))

    assert line == "\x1b[2m    1 | \x1b[0ma: b"
    assert mark == "\x1b[2m      | \x1b[0m   \x1b[1;33m^\x1b[0m"
