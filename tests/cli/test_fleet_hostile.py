"""`kpy synth --all` with apps that do what no app should: the others come out as if it were not there."""

import builtins
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SETTINGS = """\
[tool.kpy]
apps = "apps/*.py"
output = "rendered/{env}/{app}"
[tool.kpy.environments.dev]
[tool.kpy.environments.prod]
"""
APP = """\
from kpy import App, Chart, ConfigMap


def app(env: str) -> App:
    import builtins, decimal, json, os, signal, sys, time, warnings
    CODE
    app = App("NAME")
    app.add(Chart("web", namespace=f"NAME-{env}")).add(ConfigMap.from_literals("web", {"a": "b"}))
    return app
"""
#: Looks at all that another app may have changed.
HONEST = """\
assert os.environ.get("EVIL") is None and "/evil" not in sys.path and os.getcwd() == FOLDER
    assert not hasattr(builtins, "evil") and json.dumps({}) == "{}" and time.time() > 1
    assert sys.stdout is not None and sys.stderr is not None and sys.getrecursionlimit() > 500
    assert decimal.getcontext().prec == 28 and sys.modules["json"] is json
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN and sys.argv
    assert os.umask(0o22) == MASK; os.umask(MASK)"""
FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a workspace of three apps, of which the one in the middle may be hostile."""
    monkeypatch.chdir(tmp_path)
    Path("apps").mkdir()
    Path("pyproject.toml").write_text(SETTINGS)
    mask = os.umask(0o22)
    os.umask(mask)
    honest = HONEST.replace("FOLDER", repr(os.getcwd())).replace("MASK", str(mask))
    write("aaa", "pass")
    write("zzz", honest)


def write(name: str, code: str) -> None:
    Path(f"apps/{name}.py").write_text(APP.replace("CODE", code).replace("NAME", name))


def files() -> list[str]:
    return sorted(path.parent.as_posix() for path in Path("rendered").rglob("*.yaml"))


HONEST_FILES = ["rendered/dev/aaa", "rendered/dev/zzz", "rendered/prod/aaa", "rendered/prod/zzz"]


@pytest.mark.parametrize(
    "code",
    [
        'os.environ["EVIL"] = "1"; os.environ.pop("PATH", None)',
        'os.chdir("/")',
        'sys.path.insert(0, "/evil")',
        "builtins.evil = 1",
        'json.dumps = lambda *_, **__: "evil"; json.loads = None',
        "time.time = lambda: 0",
        "sys.stdout = sys.stderr = None",
        "sys.setrecursionlimit(150)",
        "decimal.getcontext().prec = 2",
        'sys.modules["json"] = None; sys.modules.pop("decimal")',
        "signal.signal(signal.SIGINT, signal.SIG_IGN)",
        "sys.argv = []",
        "os.umask(0o77)",
        'warnings.simplefilter("error")',
        'print("evil")',
    ],
)
def test_what_one_app_changes_reaches_no_other(kpy: Run, code: str) -> None:
    write("evil", code)

    code_of_all, out, err = kpy("synth", "--all")

    assert (code_of_all, out) == (0, ""), err
    assert len(files()) == 6
    for folder in HONEST_FILES:
        assert json.loads(Path(folder, ".kpy-files").read_text())


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("sys.exit(0)", "SystemExit: 0"),
        ("os._exit(0)", "SystemExit: 0"),
        ("os.waitpid(os.fork() or os._exit(0), 0); raise ValueError", "ValueError"),
        ("raise MemoryError", "MemoryError"),
        ("return app(env)", "UnboundLocalError"),
        ("(f := lambda: f())()", "RecursionError: maximum recursion depth exceeded"),
        ("time.time = None; raise ValueError", "ValueError"),
    ],
)
def test_what_ends_one_app_ends_no_other(kpy: Run, code: str, said: str) -> None:
    write("evil", code)

    found, out, err = kpy("synth", "--all")

    assert (found, out) == (1, ""), err
    assert said in err
    assert err.count("error: evil dev, evil prod: ") == 1
    assert files() == HONEST_FILES, err


@FORKS
def test_process_that_ends_takes_its_output_alone(kpy: Run) -> None:
    write("bbb", "import posix; posix._exit(0)")
    write("ccc", "os.kill(os.getpid(), signal.SIGKILL)")

    code, out, err = kpy("synth", "--all", "-j", "2")

    assert (code, out) == (2, "")
    assert "error: bbb dev, bbb prod: its code ended the process, with the exit code 0\n" in err
    assert "error: ccc dev, ccc prod: the process that made it was ended by SIGKILL; is there enough memory?\n" in err
    assert err.endswith("8 outputs of 4 apps, 4 changed, 4 failed\n")
    assert files() == HONEST_FILES, err

    _, _, err = kpy("synth", "--all", "-j", "2", "--report", "json")
    found = json.loads(err)["diagnostics"]
    assert [(each["rule"], each["see_also"][0]["text"]) for each in found] == [
        ("output-failed", "in the outputs bbb dev, bbb prod"),
        ("output-failed", "in the outputs ccc dev, ccc prod"),
    ]


@FORKS
def test_half_a_report_is_none() -> None:
    from io import BytesIO

    from kpy.delivery.fleet import _read

    assert _read(BytesIO((99).to_bytes(8, "big") + b"half")) is None
    assert _read(BytesIO(b"half")) is None


@FORKS
def test_interrupt_ends_all_processes_and_leaves_whole_files() -> None:
    for name in ("bbb", "ccc", "ddd"):
        write(name, "open('started', 'a').close(); time.sleep(60)")
    command = [sys.executable, "-m", "kpy", "synth", "--all", "-j", "3"]

    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as run:
        while not Path("started").exists() and run.poll() is None:
            time.sleep(0.02)
        os.killpg(run.pid, signal.SIGINT)
        _, err = run.communicate(timeout=50)

    assert (run.returncode, err) == (130, "error: interrupted\n")
    assert not list(Path("rendered").rglob(".kpy-staging"))


def test_full_disk_is_told_for_each_output_and_leaves_whole_files(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    kpy("synth", "--all")
    before = {path: path.read_bytes() for path in Path("rendered").rglob("*") if path.is_file()}
    write("aaa", "env = 'other'")
    write("zzz", "env = 'other'")
    real = builtins.open

    def full(file: object, mode: str = "r", *args: object, **words: object) -> object:
        if "w" in mode or "x" in mode:
            raise OSError(28, "No space left on device", str(file))
        return real(file, mode, *args, **words)  # type: ignore[call-overload]

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "open", full)
        patch.setattr("pathlib.Path.write_bytes", lambda path, _: full(path, "w"))
        code, out, err = kpy("synth", "--all")

    assert (code, out) == (2, ""), err
    assert err.count("No space left on device") >= 4
    assert "4 outputs of 2 apps, 0 changed, 4 failed" in err
    assert {path: path.read_bytes() for path in Path("rendered").rglob("*") if path.is_file()} == before


def test_list_that_cannot_be_written_hides_no_finding(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write("evil", "raise ValueError(env)")
    Path("rendered").mkdir()
    Path("rendered/.kpy-outputs").write_text("mine")

    code, _, err = kpy("synth", "--all")

    assert code == 2
    assert "ValueError: prod" in err
    assert err.endswith(
        "rendered/.kpy-outputs is not as kpy wrote it: restore it, or remove it, and run `kpy synth --all` again\n"
    )

    Path("rendered/.kpy-outputs").write_text("<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n")
    said = "has the marks of a merge conflict: take either side, and run `kpy synth --all` again\n"
    assert kpy("synth", "--all")[2].endswith(said)
