"""Whatever environments there are, the module makes each as it was, in code that tools have nothing to say about."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given

from kpy.importing import environments_to_source
from tests.fuzz.examples import bases
from tests.importing.environments.variants import NAMES, environments, varied
from tests.importing.test_laws import snapshots, trees


@given(environments())
def test_every_environment_comes_out_again(objects: dict[str, list[Any]]) -> None:
    made = environments_to_source(objects)

    assert made.differences == ()
    assert [*made.environments] == [*objects]


def test_importing_twice_gives_the_same_text() -> None:
    objects = varied(bases()[::8], NAMES, Random(1))

    assert environments_to_source(objects).text == environments_to_source(objects).text


@pytest.mark.slow
def test_formatters_linters_and_type_checkers_find_nothing(tmp_path: Path) -> None:
    random = Random(7)
    sources = [bases()[::3], *map(trees, snapshots()[::4])]
    for number, objects in enumerate(sources):
        made = environments_to_source(varied(objects, NAMES[: 2 + number % 2], random))
        assert made.differences == ()
        (tmp_path / f"app_{number}.py").write_text(made.text, encoding="utf-8")

    def run(*words: str) -> str:
        command = [sys.executable, "-m", *words, str(tmp_path)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout.strip().splitlines()[-1] if done.returncode == 0 else done.stdout + done.stderr

    assert run("ruff", "format", "--check", "--isolated") == f"{len(sources)} files already formatted"
    assert run("ruff", "check", "--isolated", "--select", "E4,E7,E9,F,I") == "All checks passed!"
    assert "Success" in run("mypy", "--strict", "--cache-dir", str(tmp_path / ".mypy"))
    assert "0 errors" in run("pyright", "--pythonpath", sys.executable)
