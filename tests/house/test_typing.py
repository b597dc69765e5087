"""Type checkers accept what users write, and refuse what is wrong, for the reason that stands on the line."""

import json
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1] / "typing"
ROOT = Path(__file__).parents[2]

#: File, line, and the name of the error.
Finding = tuple[str, int, str]


def mypy() -> list[Finding]:
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-error-summary",
        str(HERE / "good.py"),
        str(HERE / "bad.py"),
    ]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    found = re.findall(r"^(\S+?):(\d+): error: .*\[([\w-]+)\]$", output, re.MULTILINE)
    return [(Path(file).name, int(line), name) for file, line, name in found]


def pyright() -> list[Finding]:
    command = [sys.executable, "-m", "pyright", "--outputjson", str(HERE / "good.py"), str(HERE / "bad.py")]
    output = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout)
    return [
        (Path(each["file"]).name, each["range"]["start"]["line"] + 1, each["rule"])
        for each in output["generalDiagnostics"]
        if each["severity"] == "error"
    ]


def test_what_type_checks_runs_too() -> None:
    runpy.run_path(str(HERE / "good.py"))


@pytest.mark.slow
@pytest.mark.parametrize("checker", [mypy, pyright])
def test_checker_finds_what_stands_on_each_line(checker: Callable[[], list[Finding]]) -> None:
    lines = (HERE / "bad.py").read_text().splitlines()
    said = [re.search(rf"# .*\b{checker.__name__}: ([\w-]+)", line) for line in lines]
    expected = {("bad.py", number, found[1]) for number, found in enumerate(said, start=1) if found}

    found = checker()

    assert {finding for finding in found if finding[0] == "good.py"} == set()
    assert expected - set(found) == set()
    assert {line for _, line, _ in found} == {line for _, line, _ in expected}
