"""Progress on a terminal and elsewhere."""

from __future__ import annotations

import io

import pytest

from kpy.cli.progress import progress
from kpy.kubectl import Key, State

KEY = Key("apps", "Deployment", "shop", "web")
STATES = [State("waiting", "0 of 1"), State("waiting", "0 of 1"), State("ready", "1 of 1")]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_elsewhere_a_line_is_written_for_what_changed(capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as show:
        for state in STATES:
            show({KEY: state})

    assert (
        capsys.readouterr().err == 'waiting   Deployment "shop/web": 0 of 1\nready     Deployment "shop/web": 1 of 1\n'
    )


def test_on_a_terminal_a_table_is_kept_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")

    with progress() as show:
        for state in STATES:
            show({KEY: state})

    assert 'Deployment "shop/web"' in terminal.getvalue()
    assert "1 of 1" in terminal.getvalue()
