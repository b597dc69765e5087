"""The targets of the Makefile, and what calls them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from kpy.cli.commands import COMMANDS
from kpy.cli.parsing import parse
from tools.programs import LAYERS

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
#: The rules that are not files, with what they need.
TARGETS = dict(re.findall(r"^([a-z0-9-]+):(.*?)(?:##.*)?$", MAKEFILE, re.MULTILINE))


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_help_lists_every_target(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text(MAKEFILE + "\nbench-10k:  ## a name with digits\n")

    # a make that calls this test would make this one say which folder it enters
    outside = {name: value for name, value in os.environ.items() if name not in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS")}
    done = subprocess.run(["make", "help"], cwd=tmp_path, capture_output=True, text=True, check=True, env=outside)

    assert {line.partition("\t")[0] for line in done.stdout.splitlines()} == {*TARGETS, "bench-10k"}


def test_every_target_is_no_file() -> None:
    phony = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)", MAKEFILE, re.MULTILINE)

    assert phony is not None
    assert set(phony[1].replace("\\\n", " ").split()) == set(TARGETS)


def test_check_does_everything_and_ci_runs_all_but_other_pythons() -> None:
    assert set(TARGETS["check"].split()) == {"lint", "types", "drift", "coverage", "pythons", "lowest"}
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(r"^ *make lint types drift coverage\b", ci, re.MULTILINE)


def test_kubectls_are_the_oldest_and_the_newest() -> None:
    assert f"KUBECTLS ?= {min(LAYERS)} {max(LAYERS)}\n" in MAKEFILE


def test_demo_says_what_can_be_tried_next() -> None:
    """All of it goes to standard error, so that `make demo > shop.yaml` has the YAML alone."""
    recipe = re.search(r"^demo:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe is not None
    lines = [line.strip().strip(' "\\') for line in recipe[1].splitlines()]
    commands = [line.partition("#")[0].partition(">")[0].split() for line in lines if line.startswith("kpy ")]

    assert [words[1] for words in commands] == ["synth", "graph", "explain", "init"]
    assert all(parse(COMMANDS[words[1]], words[2:]) is not None for words in commands)
    assert all((ROOT / word).exists() for words in commands for word in words if word.startswith("examples/"))
    assert recipe[1].count(">&2") == 2


def test_hooks_call_what_there_is() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    entries = [hook["entry"].split() for repo in config["repos"] for hook in repo["hooks"]]

    assert {words[1] for words in entries if words[0] == "make"} <= set(TARGETS)
    assert all((ROOT / word).exists() for words in entries for word in words if word.startswith("tests/"))
