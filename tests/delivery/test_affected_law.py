"""The law: whatever has changed since a revision, outputs that are not affected come out as they did there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from kpy.cli.main import run
from tests.delivery.test_made_again import apps, aside, changes, synth, workspace
from tests.delivery.workspaces import write

__all__ = ["aside"]

OUTPUTS = {f"{app} {env}": f"rendered/{env}/{app}/" for app in ("a", "b") for env in ("dev", "prod")}


def git(*words: str) -> None:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "core.excludesFile=", *words]
    subprocess.run(command, check=True, capture_output=True)


def affected(capsys: pytest.CaptureFixture[str]) -> set[str]:
    capsys.readouterr()
    assert run(["affected", "--since", "git:HEAD", "--format", "json"]) == 0
    return {each["name"] for each in json.loads(capsys.readouterr().out)["outputs"]}


def differing(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {
        name
        for name, folder in OUTPUTS.items()
        if any(before.get(path) != after.get(path) for path in {*before, *after} if path.startswith(folder))
    }


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=apps(), several=st.lists(changes(), min_size=1, max_size=3))
def test_what_is_not_affected_is_as_it_was(
    made: dict[str, str], several: list[tuple[str, Callable[[], None]]], capsys: pytest.CaptureFixture[str]
) -> None:
    with workspace(made):
        write(".gitignore", "rendered/\n")
        git("init", "-q")
        git("add", "-A")
        git("commit", "-qm", "first")
        _, before = synth()
        for name, change in several:
            note(name)
            change()
        hit = affected(capsys)  # with the index of before
        shutil.rmtree("rendered", ignore_errors=True)
        _, after = synth("--no-cache")

        note(f"affected: {sorted(hit)}")
        assert differing(before, after) <= hit
        if not any(name.startswith("KPY_TEST") for name, _ in several):  # of which there is no revision
            assert differing(before, after) <= affected(capsys)  # with the index of now


def test_unrelated_change_affects_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    from tests.delivery.workspaces import app_of

    with workspace({name: app_of(name, ["beside", "package", "pathlib", "glob", "variable"]) for name in ("a", "b")}):
        write(".gitignore", "rendered/\n")
        git("init", "-q")
        git("add", "-A")
        git("commit", "-qm", "first")
        synth()
        os.utime("lib/names.py", (1, 1))
        write("docs/unrelated.py", "")
        write("lib/deep/more.py", "")
        assert affected(capsys) == set()

        write("apps/a/helpers.py", "VALUE = 'more'\n")
        assert affected(capsys) == {"a dev", "a prod"}
