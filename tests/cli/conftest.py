"""What tests of commands share: a command line is run in this process."""

from collections.abc import Callable

import pytest

from kpy.cli.main import run

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def kpy(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line and return the exit code and both streams."""

    def kpy(*words: str) -> tuple[int, str, str]:
        code = run(words)
        out, err = capsys.readouterr()
        return code, out, err

    return kpy
