"""What a command writes while it is at work."""

from __future__ import annotations

import io
import sys

import pytest

from kpy.cli.output import tell


@pytest.mark.parametrize(("encoding", "written"), [("utf-8", "caf\u00e9 \\x1b\n"), ("ascii", "caf\\xe9 \\x1b\n")])
def test_line_is_written_whatever_the_terminal_holds(
    monkeypatch: pytest.MonkeyPatch, encoding: str, written: str
) -> None:
    stream = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(stream, encoding=encoding))

    tell("caf\u00e9 \x1b")

    assert stream.getvalue() == written.encode(encoding)
