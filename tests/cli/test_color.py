"""Colours are where a terminal is, unless somebody says otherwise."""

from io import StringIO
from pathlib import Path

import pytest

from kpy.cli.commands import COMMANDS
from kpy.cli.main import run
from kpy.cli.options import Given
from kpy.cli.output import view


class Stream(StringIO):
    """A stream that is a terminal or is none."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    ("terminal", "variables", "color", "expected"),
    [
        (True, {}, None, True),
        (False, {}, None, False),
        (True, {"NO_COLOR": "1"}, None, False),
        (True, {"NO_COLOR": ""}, None, True),
        (False, {"FORCE_COLOR": "1"}, None, True),
        (False, {"FORCE_COLOR": "0"}, None, False),
        (True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, None, False),
        (True, {"TERM": "dumb"}, None, False),
        (False, {}, "always", True),
        (True, {"NO_COLOR": "1"}, "always", True),
        (True, {"FORCE_COLOR": "1"}, "never", False),
        (False, {}, "auto", False),
    ],
)
def test_colours(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, variables: dict[str, str], color: str | None, expected: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert view(Given({"color": color}), stream=Stream(is_terminal=terminal)).is_coloured is expected


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_the_option(name: str) -> None:
    assert "--color" in {flag for option in COMMANDS[name].options for flag in option.flags}


def test_findings_are_coloured_and_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndta: {}\n")

    run(["validate", "a.yaml", "--color", "always"])
    coloured = "".join(capsys.readouterr())
    run(["validate", "a.yaml", "--color", "never"])
    plain = "".join(capsys.readouterr())

    assert "\x1b[1;31merror[unknown-field]\x1b[0m" in coloured
    assert "\x1b" not in plain
    stripped = coloured
    for code in ("0", "1", "2", "1;31"):
        stripped = stripped.replace(f"\x1b[{code}m", "")
    assert stripped == plain
