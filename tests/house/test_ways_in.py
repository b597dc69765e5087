"""What others start kpy by: the commands of the package, and the hook for pre-commit."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml

from kpy.cli import main
from kpy.cli.commands import COMMANDS
from kpy.cli.options import Given
from kpy.cli.parsing import parse

ROOT = Path(__file__).parents[2]


def test_package_name_is_a_command_too() -> None:
    """`uvx NAME` and `pipx run NAME` look for a command that is named as the package is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["scripts"]["kpy"] == project["scripts"][project["name"]] == "kpy.cli:main"
    assert {entry.load() for entry in entry_points(group="console_scripts", name="kpy")} == {main}


HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}


def given(hook: dict[str, Any]) -> Given:
    """Return what the command of a hook is given."""
    program, command, *words = [*hook["entry"].split(), *hook["args"]]
    found = parse(COMMANDS[command], words)
    assert program == "kpy"
    assert found is not None
    assert hook["pass_filenames"] is False
    return found


def test_hooks_check_the_whole_project() -> None:
    assert set(HOOKS) == {"kpy-validate", "kpy-check"}
    assert given(HOOKS["kpy-validate"]).texts("targets") == ["."]
    assert given(HOOKS["kpy-check"]).has("check")
    assert given(HOOKS["kpy-check"]).has("all")


@pytest.mark.parametrize(
    ("hook", "more"),
    [("kpy-validate", ["x/pyproject.toml"]), ("kpy-check", ["values/prod.toml", "rendered/.kpy-outputs", "kpy.lock"])],
)
def test_hook_runs_when_a_file_changes_that_counts(hook: str, more: list[str]) -> None:
    names = ["a.yaml", "k/b.yml", "c.json", "charts/x/_helpers.tpl", "shop.py", "pyproject.toml", *more]

    assert [name for name in [*names, "README.md", "a.yaml.bak"] if re.search(HOOKS[hook]["files"], name)] == names
