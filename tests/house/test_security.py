"""What SECURITY.md says of limits is what the code has."""

from __future__ import annotations

from pathlib import Path

import kpy.diagnostics
from kpy.checking import bounds
from kpy.custom import resources
from kpy.documents import composer, files
from kpy.project import trust
from kpy.reporting import sources

PAGE = (Path(__file__).parents[2] / "docs" / "SECURITY.md").read_text(encoding="utf-8")


def test_limits_are_those_of_the_code() -> None:
    rows = dict(line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| "))

    assert rows["a file, and standard input"] == f"{files._MAX_BYTES >> 20} MiB"
    assert files._MAX_BYTES == sources.MOST_BYTES
    assert rows["levels of nesting in a document"] == str(composer._MAX_HEIGHT)
    assert rows["findings of one rule in one object, or in the text of one document"].startswith(f"{bounds._MOST},")
    assert bounds._MOST == composer._MOST_OF_A_RULE
    assert rows["a line of a finding"].startswith(f"{kpy.diagnostics._LONGEST:,} characters")
    assert rows["alternatives of one definition"] == str(resources._MOST_ALTERNATIVES)


def test_variable_that_lifts_the_question_of_trust_is_named() -> None:
    assert f"`{trust._VARIABLE}=1`" in PAGE
