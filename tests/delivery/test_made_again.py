"""The law: what is not made again would have come out as it is, whatever has changed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from kpy.cli.main import run
from tests.delivery.workspaces import (
    ELSEWHERE,
    FEATURES,
    FILES,
    NEW,
    app_of,
    files_below,
    settings_of,
    write,
    write_files,
)

_VARIABLES = ("KPY_TEST_ONE", "KPY_TEST_TWO")
Change = Callable[[], None]


@pytest.fixture(autouse=True)
def aside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let nothing of a workspace stay in this process."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # two texts of one length at one time are one
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, Change]:
    what = draw(st.sampled_from(("edit", "add", "delete", "rename", "variable", "settings", "touch", "link")))
    if what == "variable":
        name, value = draw(st.sampled_from(_VARIABLES)), draw(st.sampled_from(("x", "yy", None)))
        return f"{name}={value}", lambda: _set(name, value)
    if what == "settings":
        more = draw(st.sampled_from(("ignore = ['never-added']", "kubernetes = '1.34'", "select = ['image-tag']")))
        return more, lambda: write("pyproject.toml", settings_of(more))
    if what == "link":
        return "link", lambda: _link(draw_link)
    path = draw(st.sampled_from(NEW if what == "add" else sorted(FILES)))
    if what == "rename":
        new = draw(st.sampled_from((*NEW, *sorted(FILES))))
        return f"rename {path} to {new}", lambda: _rename(path, new)
    deed = {"add": _edit, "edit": _edit, "delete": _delete, "touch": _touch}[what]
    return f"{what} {path}", lambda: deed(path)


draw_link = "other.txt"


def _set(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def _link(to: str) -> None:
    Path("data/link").unlink(missing_ok=True)
    os.symlink(to, "data/link")


def _edit(path: str) -> None:
    texts = {".py": 'VALUE = "edited"\n', ".json": '{"edited": 1}', ".yaml": "size: 9\n"}
    text = texts.get(Path(path).suffix, "edited")
    if path.startswith("vendor/"):
        text = FILES["vendor/one.yaml"].replace("a: b", "a: edited").replace("name: one", f"name: {Path(path).stem}")
    write(path, text)


def _delete(path: str) -> None:
    Path(path).unlink(missing_ok=True)


def _touch(path: str) -> None:
    if Path(path).exists():
        os.utime(path, (1, 1))


def _rename(old: str, new: str) -> None:
    if Path(old).exists() and not new.startswith(f"{old}/"):
        text = Path(old).read_text()
        Path(old).unlink()
        write(new, text)


@st.composite
def apps(draw: st.DrawFn) -> dict[str, str]:
    some = st.lists(st.sampled_from(sorted(FEATURES)), min_size=1, max_size=6, unique=True)
    return {
        "a": app_of("a", draw(some), yaml=draw(st.booleans()), other=draw(st.booleans())),
        "b": app_of("b", draw(some), yaml=draw(st.booleans())),
    }


def synth(*words: str) -> tuple[int, dict[str, bytes]]:
    before = set(sys.modules)
    code = run(["synth", "--all", *words])
    for name in set(sys.modules) - before:
        if not name.startswith(("kpy", "_")) and ".kpy-test" in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]
    return code, {path: text for path, text in files_below("rendered").items() if path.endswith(".yaml")}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=apps(), several=st.lists(changes(), min_size=1, max_size=3))
def test_what_is_not_made_again_would_be_as_it_is(
    made: dict[str, str], several: list[tuple[str, Change]], capsys: pytest.CaptureFixture[str]
) -> None:
    with workspace(made):
        synth()
        for name, change in several:
            change()
            note(name)
            capsys.readouterr()
            code, files = synth()
            said = capsys.readouterr().err
            shutil.rmtree("rendered", ignore_errors=True)
            fresh_code, fresh = synth("--no-cache")
            said_fresh = capsys.readouterr().err

            note(f"{said}\n{said_fresh}")
            assert code == fresh_code
            assert {path: files.get(path) for path in fresh} == fresh


class workspace:  # noqa: N801  # reads as `with workspace(...):`
    """A block in a workspace of its own."""

    def __init__(self, made: dict[str, str]) -> None:
        self.made = made

    def __enter__(self) -> None:
        self.folder, self.here = TemporaryDirectory(prefix=".kpy-test"), os.getcwd()
        self.before: dict[str, Any] = {name: os.environ.pop(name, None) for name in _VARIABLES}
        os.environ["KPY_TEST_TWO"] = "two"
        root = os.path.join(self.folder.name, "work")
        os.mkdir(root)
        os.chdir(root)
        write("pyproject.toml", settings_of())
        write_files()
        for name, code in self.made.items():
            write(f"apps/{name}/app.py", code)
        beside = os.path.join(self.folder.name, "beside")
        write(os.path.join(beside, "elsewhere.py"), ELSEWHERE)
        sys.path.append(beside)
        self.beside = beside

    def __exit__(self, *_: object) -> None:
        sys.path.remove(self.beside)
        sys.modules.pop("elsewhere", None)
        os.chdir(self.here)
        self.folder.cleanup()
        for name, value in self.before.items():
            _set(name, value)
