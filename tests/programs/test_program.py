"""Programs are found, run to their end, and held to a time and a size."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kpy.programs import Done, Program, ProgramError, find_program

PYTHON = Program("python", sys.executable)


def python(code: str, **options: object) -> Done:
    return PYTHON.run(["-c", code], **options)  # type: ignore[arg-type]


def test_both_streams_and_the_exit_code_come_back() -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"

    assert python(code) == Done(3, "out\n", "err\n")


def test_large_input_and_output_pass_each_other() -> None:
    """A program that writes while it reads would wait for ever if one stream were served after the other."""
    text = "x" * 3_000_000

    done = python("import sys; d = sys.stdin.read(); sys.stderr.write(d); sys.stdout.write(d)", stdin=text)

    assert done == Done(0, text, text)


def test_program_may_leave_its_input_unread() -> None:
    assert python("print('done')", stdin="x" * 1_000_000) == Done(0, "done\n", "")


def test_folder_and_environment_are_those_asked_for(tmp_path: Path) -> None:
    done = python("import os; print(os.getcwd(), os.environ['WORD'], 'PATH' in os.environ)", folder=str(tmp_path),
                  environment={"WORD": "said"})  # fmt: skip

    assert done.out == f"{tmp_path} said True\n"


def test_program_that_takes_too_long_is_ended() -> None:
    start = time.monotonic()

    with pytest.raises(ProgramError) as error:
        python("import time; time.sleep(60)", timeout=0.2)

    assert str(error.value) == "python -c: no end after 0.2 seconds"
    assert time.monotonic() - start < 20


def test_program_that_says_too_much_is_ended() -> None:
    with pytest.raises(ProgramError) as error:
        python("import sys\nwhile True: sys.stdout.write('x' * 4096)", limit=100_000)

    assert str(error.value) == "python -c: it wrote more than 100000 bytes"


def test_arguments_pass_no_shell() -> None:
    done = PYTHON.run(["-c", "import sys; print(sys.argv[1:])", "$(id)", "a b", ";"])

    assert done.out == "['$(id)', 'a b', ';']\n"


def test_output_that_is_no_text_is_replaced() -> None:
    assert python("import sys; sys.stdout.buffer.write(b'a\\xff')").out == "a\N{REPLACEMENT CHARACTER}"


def test_version_is_the_first_that_it_prints() -> None:
    assert PYTHON.version() == sys.version_info[:3]
    assert PYTHON.version("-c", "print('helm v4.1')") == (4, 1, 0)


def test_program_without_a_version_is_named() -> None:
    with pytest.raises(ProgramError) as error:
        PYTHON.version("-c", "print('none')")

    assert str(error.value) == "python: it does not say which version it is"


def test_missing_programs_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "text").write_text("no program")

    for path, message in (
        (None, "helm is not installed, or not on PATH"),
        ("gone", "gone: there is no such program"),
        (str(tmp_path / "text"), f"{tmp_path / 'text'}: this is not a program that can be run"),
    ):
        with pytest.raises(ProgramError) as error:
            find_program("helm", path)
        assert str(error.value) == message


def test_program_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken"
    path.write_text("#!/no/such/interpreter\n")
    path.chmod(0o755)

    with pytest.raises(ProgramError) as error:
        find_program("helm", str(path)).run(["version"])

    assert str(error.value) == f"{path}: helm cannot be started: No such file or directory"


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_interrupt_ends_the_program_too(tmp_path: Path) -> None:
    """No program goes on after kpy was interrupted, even one that does not listen to Ctrl-C."""
    deaf = (
        "import os, pathlib, signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); "
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid())); time.sleep(60)"
    )
    caller = f"import sys; from kpy.programs import Program; Program('p', sys.executable).run(['-c', {deaf!r}])"
    process = subprocess.Popen(
        [sys.executable, "-c", caller],
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores it
    )
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        time.sleep(0.01)
    child = int((tmp_path / "pid").read_text())

    process.send_signal(signal.SIGINT)
    process.wait(20)

    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
