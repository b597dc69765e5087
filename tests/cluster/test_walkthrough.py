"""The walk-through of `docs/cluster.md`, command by command, with the output that the page shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.servers import Cluster

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("nodes")]

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")


def commands() -> Iterator[tuple[list[str], list[str]]]:
    """Yield each command of the page, and the lines that it writes."""
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL):
        for part in block.split("$ ")[1:]:
            command, *lines = part.splitlines()
            yield command.split(), lines


def settled(lines: list[str]) -> list[str]:
    """Return the lines without those that depend on how fast the cluster is, and on the other tests in it."""
    return [line for line in lines if not line.startswith(("waiting ", "note: "))]


def test_walk_through_is_as_the_page_says(cluster: Cluster, tmp_path: Path) -> None:
    (app,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "shop.py").write_text(app)
    cluster.kubectl("delete", "namespace", "shop", "--ignore-not-found")  # where the examples were tried before
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KUBECONFIG": str(cluster.kubeconfig)}
    run = 0

    for (program, *words), lines in commands():
        if program == "kpy":
            command = [sys.executable, "-m", "kpy", *words, f"--kubectl={cluster.program('kubectl')}"]
            done = subprocess.run(
                command, env=environment, cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            assert [words, *settled(done.stdout.splitlines())] == [words, *settled(lines)]
            run += 1
        elif program == "kubectl":
            cluster.kubectl(*words)

    assert run == 7
