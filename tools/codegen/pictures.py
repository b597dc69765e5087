"""The pictures of the README and the docs: what kpy says of a mistake, and what it draws."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tools.codegen.terminal import terminal_to_svg

__all__ = ["PICTURES", "mistaken", "pictures"]

ROOT: Final = Path(__file__).parents[2]
PICTURES: Final = ROOT / "docs" / "pictures"
#: What stands in the first app of the README, and what somebody has written instead.
_MISTAKES: Final = {'config["GREETING"]': 'config["GREETNG"]', 'memory="128Mi"': 'memory="128MB"'}


def pictures() -> dict[str, str]:
    """Return each picture by the name of its file."""
    shop = "examples/shop.py"
    return {
        "error.svg": _error(),
        "shop.svg": _kpy("graph", shop, "--set", "env=prod", "--format", "svg").stdout,
        "traffic.svg": _kpy("graph", shop, "--set", "env=prod", "--traffic", "--format", "svg").stdout,
    }


def mistaken(app: str) -> str:
    """Return the first app of the README with two mistakes in it."""
    for right, wrong in _MISTAKES.items():
        if app.count(right) != 1:
            raise ValueError(f"the first app of the README has no longer {right} once: choose other mistakes")
        app = app.replace(right, wrong)
    return app


def _error() -> str:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (app,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)[:1]
    with TemporaryDirectory() as folder:
        (Path(folder) / "app.py").write_text(mistaken(app), encoding="utf-8")
        done = _kpy("synth", "app.py", "--color", "always", folder=folder)
    return terminal_to_svg("kpy synth app.py", done.stderr, "What kpy says of a misspelt key and a wrong unit")


def _kpy(*words: str, folder: str | Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run kpy as a person does, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-m", "kpy", *words], cwd=folder, env=environment, capture_output=True, encoding="utf-8"
    )
