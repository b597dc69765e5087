"""What others start kpy by: the commands of the package, and the hook for pre-commit."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import yaml

from kpy.cli import main
from kpy.cli.commands import COMMANDS
from kpy.cli.parsing import parse

ROOT = Path(__file__).parents[2]


def test_package_name_is_a_command_too() -> None:
    """`uvx NAME` and `pipx run NAME` look for a command that is named as the package is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["scripts"]["kpy"] == project["scripts"][project["name"]] == "kpy.cli:main"
    assert {entry.load() for entry in entry_points(group="console_scripts", name="kpy")} == {main}


def test_hook_checks_the_whole_project() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, command, *words = [*hook["entry"].split(), *hook["args"]]

    given = parse(COMMANDS[command], words)

    assert program == "kpy"
    assert given is not None
    assert given.texts("targets") == ["."]
    assert hook["pass_filenames"] is False


def test_hook_runs_when_a_file_changes_that_counts() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    names = ["a.yaml", "k/b.yml", "c.json", "charts/x/_helpers.tpl", "shop.py", "pyproject.toml", "x/pyproject.toml"]

    assert [name for name in [*names, "README.md", "a.yaml.bak"] if re.search(hook["files"], name)] == names
