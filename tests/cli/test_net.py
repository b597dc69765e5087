"""What nobody expected: whose fault it is, what kpy was doing, where to report it, and the exit codes."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from kpy.cli.commands import COMMANDS
from kpy.cli.main import run
from kpy.cli.parsing import parse
from kpy.manifest import Resource

APP = """\
from kpy import App, Chart, ConfigMap, Secret

app = App("shop")
chart = app.add(Chart("shop"))
chart.add(ConfigMap("config"))
chart.add(Secret.from_literals("creds", {"password": "hunter22"}))
"""
REPORT = "please report it with this text: https://pypi.org/project/kpy-k8s/"
HINT = "; KPY_DEBUG=1 in the environment adds the traceback, which may hold secrets"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KPY_DEBUG", raising=False)
    Path("shop.py").write_text(APP)


@pytest.fixture
def kpy(capsys: pytest.CaptureFixture[str]) -> Run:
    def kpy(*words: str) -> tuple[int, str, str]:
        code = run(words)
        out, err = capsys.readouterr()
        return code, out, re.sub(r"\.py:\d+|kpy \d\S+, Python \S+, \S+", _shortened, err)

    return kpy


def _shortened(match: re.Match[str]) -> str:
    return ".py:LINE" if match[0].startswith(".py") else "VERSIONS"


def _break_emit(monkeypatch: pytest.MonkeyPatch, error: Exception = KeyError("hunter22")) -> None:  # noqa: B008
    def to_yaml(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr(import_module("kpy.pipeline.run"), "to_yaml", to_yaml)


def test_failure_says_whose_fault_it_is_what_was_done_and_where_to_report_it(
    kpy: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message of the exception is not a part of it, since that may be a secret."""
    _break_emit(monkeypatch)

    code, out, err = kpy("synth", "shop.py", "-o", "out")

    assert (code, out) == (3, "")
    assert err == (
        "error: this is a fault of kpy itself, not yours: KeyError (kpy/pipeline/run.py:LINE)\n"
        "   doing    kpy synth shop.py\n"
        f'   object   ConfigMap "config", shop.py:LINE\n'
        "   running  VERSIONS\n"
        f"   fix      {REPORT}{HINT}\n"
    )
    assert not Path("out").exists()


def test_debug_adds_the_traceback(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _break_emit(monkeypatch)
    monkeypatch.setenv("KPY_DEBUG", "1")

    code, _, err = kpy("synth", "shop.py")

    assert code == 3
    assert f"   fix      {REPORT}\n\nTraceback (most recent call last):\n" in err
    assert err.endswith("KeyError: 'hunter22'\n")


def test_options_are_not_repeated(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("shop.py").write_text(
        "from kpy import App, Chart, ConfigMap\n\n\ndef app(password: str) -> App:\n    app = App('shop')\n"
        "    app.add(Chart('shop')).add(ConfigMap('config', data={'a': password}))\n    return app\n"
    )
    _break_emit(monkeypatch)

    code, _, err = kpy("synth", "shop.py", "--set", "password=hunter22")

    assert (code, "hunter22" in err) == (3, False)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_the_net(name: str, kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(given: object) -> int:
        raise RuntimeError("hunter22")

    module, _, function = COMMANDS[name].run.partition(":")
    monkeypatch.setattr(f"{module}.{function}", fail)

    code, out, err = kpy(name)

    assert (code, out) == (3, "")
    assert err == (
        "error: this is a fault of kpy itself, not yours: RuntimeError (kpy/cli/main.py:LINE)\n"
        f"   doing    kpy {name} with no app named\n"
        "   running  VERSIONS\n"
        f"   fix      {REPORT}{HINT}\n"
    )


def test_net_holds_for_help_and_parsing_too(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kpy.cli.help.help_of_kpy", lambda *words: 1 / 0)
    monkeypatch.setattr("kpy.cli.help.help_of_command", lambda *words: 1 / 0)

    assert kpy("--help")[2].startswith("error: this is a fault of kpy itself, not yours: ZeroDivisionError")
    assert kpy("synth", "--help")[0] == 3


def test_app_of_the_settings_is_named(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("pyproject.toml").write_text('[tool.kpy]\napp = "shop.py"\n')
    _break_emit(monkeypatch)

    assert "   doing    kpy synth shop.py, the app of [tool.kpy]\n" in kpy("synth")[2]


def test_many_targets_are_counted() -> None:
    from kpy.cli.net import failure_to_text

    command = COMMANDS["validate"]

    text = failure_to_text(ValueError(), command, parse(command, ["a", "b", "c", "d", "e"]))

    assert "   doing    kpy validate a b c and 2 more\n" in text


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (MemoryError(), "there is not enough memory"),
        (OSError(errno.ENOSPC, "No space left on device", "out/a"), "out/a: No space left on device"),
        (OSError(errno.EMFILE, "Too many open files"), "Too many open files"),
    ],
)
def test_what_the_machine_lacks_is_no_fault_of_kpy(
    kpy: Run, monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    _break_emit(monkeypatch, error)

    assert kpy("synth", "shop.py") == (2, "", f"error: {message}\n")


def test_folder_that_is_gone_is_named(tmp_path: Path, kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    assert kpy("synth") == (2, "", "error: the current folder is gone: change to one that is there\n")


def test_finding_of_a_failed_rule_has_a_code_of_its_own(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("pod.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    monkeypatch.setattr("kpy.validation.check_document", _failing_check)
    monkeypatch.setattr("kpy.pipeline.validate.check_document", _failing_check, raising=False)

    assert kpy("validate", "pod.yaml")[0] == 3
    for words in (
        ("synth", "shop.py"),
        ("validate", "shop.py"),
        ("graph", "shop.py"),
        ("compare", "shop.py", "shop.py"),
    ):
        assert kpy(*words)[0] == 3, words


def _failing_check(*args: object, **options: object) -> object:
    from kpy.checking.internal import internal_error
    from kpy.checking.walk import check_document

    check = check_document(*args, **options)  # type: ignore[arg-type]
    check.diagnostics.append(internal_error(ZeroDivisionError()))
    from kpy.paths import ROOT

    check.paths.append(ROOT)
    return check


@pytest.mark.parametrize(
    ("code", "words", "files"),
    [
        (0, ["synth", "shop.py"], {}),
        (0, ["validate", "warned.yaml"], {"warned.yaml": "apiVersion: v1\nkind: Endpoints\nmetadata: {name: a}\n"}),
        (1, ["validate", "bad.yaml"], {"bad.yaml": "a: [\n"}),
        (1, ["compare", "bad.yaml", "bad.yaml"], {"bad.yaml": "a: [\n"}),
        (1, ["graph", "bad.yaml"], {"bad.yaml": "a: [\n"}),
        (1, ["compare", "bad.yaml", "bad.yaml"], {"bad.yaml": "a: 1\n"}),
        (1, ["synth", "bad.py"], {"bad.py": "1 / 0\n"}),
        (2, ["synth", "none.py"], {}),
        (2, ["compare", "none.yaml", "none.yaml"], {}),
        (2, ["synth", "--nothing"], {}),
        (2, ["diff", "shop.py", "--kubectl", "./none"], {}),
    ],
)
def test_exit_code(kpy: Run, code: int, words: list[str], files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).write_text(text)

    found = kpy(*words)

    assert found[0] == code, found


def test_exception_inside_kpy_is_not_blamed_on_the_app(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from kpy.tree import chart

    monkeypatch.setattr(chart.Chart, "add", _as_of_kpy("def add(self, *parts):\n    return {}[1]\n"))

    code, out, err = kpy("synth", "shop.py")

    assert (code, out) == (3, "")
    assert err.startswith("error: shop.py: its code raised\nTraceback (most recent call last):\n")
    assert err.endswith(
        "KeyError: 1\nkpy itself raised this (kpy/tree/made.py:LINE), where it should have said what is wrong: "
        f"that is a fault of kpy; {REPORT}\n"
    )


def test_debug_shows_all_frames_of_an_exception_inside_kpy(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from kpy.tree import chart

    monkeypatch.setattr(chart.Chart, "add", _as_of_kpy("def add(self, *parts):\n    return {}[1]\n"))
    monkeypatch.setenv("KPY_DEBUG", "1")

    _, _, err = kpy("synth", "shop.py")

    _, _, shown = err.partition(REPORT)
    assert shown.startswith("\n\nTraceback (most recent call last):\n")
    assert "kpy/loading/broken.py" in shown


def _as_of_kpy(code: str) -> object:
    """Return the function of a code that seems to be a file of kpy's."""
    import kpy

    names: dict[str, object] = {}
    exec(compile(code, str(Path(kpy.__file__).parent / "tree" / "made.py"), "exec"), names)
    return names["add"]


@pytest.mark.parametrize(
    "code",
    [
        "import kpy\nkpy.Deploymnet\n",
        "from kpy import Deploymnet\n",
        "x = {}['a']\n",
        "import re\nre.compile('(')\n",
        "def app(:\n",
        "from kpy import App, Construct\nclass A(Construct):\n    def build(self):\n        {}['a']\nA('a')\n",
        "from kpy import App, Construct\nclass A(Construct):\n    def build(self):\n        A('a')\nA('a')\n",
        "raise SystemExit(5)\n",
    ],
)
def test_exception_of_the_app_is_its_own(kpy: Run, code: str) -> None:
    Path("shop.py").write_text(code)

    found, _, err = kpy("synth", "shop.py")

    assert (found, "fault of kpy" in err) == (1, False), err


def test_messages_that_nobody_reads_stop_nothing() -> None:
    """As in `kpy synth shop.py 2>&1 >out | head -0`."""
    Path("warned.py").write_text(APP.replace("chart.add(Secret", "ConfigMap('never'); chart.add(Secret"))
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run([sys.executable, "-m", "kpy", "synth", "warned.py"], stdout=subprocess.PIPE, stderr=writer)

    os.close(writer)
    assert (done.returncode, done.stdout.count(b"kind:")) == (0, 2)


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize(
    ("number", "code", "message"), [(signal.SIGTERM, 143, "terminated"), (signal.SIGINT, 130, "interrupted")]
)
def test_stopped_command_ends_in_order(number: int, code: int, message: str) -> None:
    Path("slow.py").write_text("import pathlib, time\npathlib.Path('ready').touch()\ntime.sleep(60)\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "kpy", "synth", "slow.py"],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores it
    )
    while not Path("ready").exists():
        time.sleep(0.01)

    process.send_signal(number)
    _, err = process.communicate(timeout=20)

    assert (process.returncode, err) == (code, f"error: {message}\n")


@pytest.mark.parametrize(
    "code",
    [
        "class A:\n    def __set_name__(self, *_):\n        raise KeyboardInterrupt\n\n\nclass B:\n    a = A()\n",
        "try:\n    raise KeyboardInterrupt\nfinally:\n    1 / 0\n",
        "try:\n    raise KeyboardInterrupt\nexcept KeyboardInterrupt as stop:\n    raise ValueError from stop\n",
    ],
    ids=["set-name", "finally", "from"],
)
def test_ctrl_c_that_became_another_exception_is_still_one(kpy: Run, code: str) -> None:
    """Python 3.11 makes a `RuntimeError` of one that arrives while a class names its attributes."""
    Path("shop.py").write_text(code)

    assert kpy("synth", "shop.py") == (130, "", "error: interrupted\n")


def test_ctrl_c_that_became_another_exception_within_kpy_is_still_one(
    kpy: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = RuntimeError("Error calling __set_name__")
    error.__cause__ = KeyboardInterrupt()
    _break_emit(monkeypatch, error)

    assert kpy("synth", "shop.py") == (130, "", "error: interrupted\n")


def test_ctrl_c_within_a_rule_is_no_finding() -> None:
    from kpy.checking.internal import internal_error

    error = KeyError()
    error.__context__ = KeyboardInterrupt()

    with pytest.raises(KeyboardInterrupt):
        internal_error(error)


def test_object_is_known_by_its_kind_and_name_alone() -> None:
    """Nothing of what is in it is told."""
    from kpy.cli.net import failure_to_text

    names: dict[str, object] = {}
    code = "def fail(resource):\n    raise ValueError(resource.tree)\n"
    import kpy

    exec(compile(code, str(Path(kpy.__file__).parent / "made.py"), "exec"), names)
    secret = Resource({"kind": "Secret", "metadata": {"name": "creds"}, "stringData": {"password": "hunter22"}})

    with pytest.raises(ValueError, match="hunter22") as caught:
        names["fail"](secret)  # type: ignore[operator]

    text = failure_to_text(caught.value)
    assert '   object   Secret "creds"\n' in text
    assert "hunter22" not in text
