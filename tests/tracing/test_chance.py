"""Code that asks for the time or for chance, found in its text."""

from pathlib import Path

import pytest

from kpy.tracing.chance import line_of_chance


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("import datetime\n\nx = datetime.datetime.now()", 3),
        ("from datetime import date\nx = date.today()", 2),
        ("from time import time\n", 1),
        ("    from random import choice", 1),
        ("import secrets\nx = secrets.token_hex(2)", 2),
        ("x = uuid4()", 1),
        ("import random\nx = random.choice([1])", 2),
        ("time = 1\nrandom = 2\nx = until.now", None),
        ("x = known(1)\ny = settings.timeout", None),
    ],
)
def test_line_is_the_first_that_asks(tmp_path: Path, text: str, line: int | None) -> None:
    file = tmp_path / "a.py"
    file.write_text(text)

    assert line_of_chance(str(file)) == line


def test_file_that_is_not_there_asks_for_nothing(tmp_path: Path) -> None:
    assert line_of_chance(str(tmp_path / "a.py")) is None
