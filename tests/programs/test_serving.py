"""Programs that run beside kpy, and never longer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kpy.programs import Program, ProgramError, running

PYTHON = Program("python", sys.executable)
#: Writes its process id into a file, and stays.
STAYS = "import os, sys, time; open(sys.argv[1], 'w').write(f'{os.getpid()}\\n'); time.sleep(600)"
#: kpy, while it runs such a program.
KPY = f"""
import sys, time
from kpy.programs import Program, running
with running(Program("python", sys.executable), ["-c", {STAYS!r}, sys.argv[1]]):
    time.sleep(600)
"""


def read_id(file: Path) -> int:
    """Return the process id that was written, as soon as it is."""
    deadline = time.monotonic() + 60
    while not (file.exists() and file.read_text().endswith("\n")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return int(file.read_text())


def has_ended(process: int) -> bool:
    """Return whether a process ends within a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{process}/stat").exists() and " Z " in Path(f"/proc/{process}/stat").read_text():
            return True  # nobody has asked for its exit code yet
        time.sleep(0.02)
    return False


def test_program_runs_as_long_as_the_context(tmp_path: Path) -> None:
    with running(PYTHON, ["-c", STAYS, str(tmp_path / "id")]) as is_running:
        process = read_id(tmp_path / "id")
        assert is_running()

    assert has_ended(process)


def test_program_that_ends_by_itself_is_seen() -> None:
    deadline = time.monotonic() + 60
    with running(PYTHON, ["-c", "pass"]) as is_running:
        while is_running():
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda how: how.name)
def test_program_ends_with_a_kpy_that_is_stopped(tmp_path: Path, how: signal.Signals) -> None:
    file = tmp_path / "id"
    kpy = subprocess.Popen([sys.executable, "-c", KPY, str(file)], stderr=subprocess.DEVNULL)
    process = read_id(file)

    kpy.send_signal(how)
    kpy.wait()

    assert has_ended(process)


def test_program_is_not_started_without_a_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "")

    with pytest.raises(ProgramError) as caught, running(PYTHON, []):
        pass

    assert str(caught.value) == "python: there is no Python to run it beside kpy"
