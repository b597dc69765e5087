"""What people install: small, whole, and nothing that only makes kpy."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Bytes; what is installed in every CI run of every user should not be noticed.
MOST = 2_250_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def test_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < MOST


def test_wheel_has_the_package_and_nothing_else(wheel: Path) -> None:
    made = {name for name in zipfile.ZipFile(wheel).namelist() if not name.split("/")[0].endswith(".dist-info")}
    names = {name for name in made if not name.split("/")[0].endswith(".data")}

    there = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "kpy").rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    assert names == there
    manuals = {f"data/share/man/man1/{path.name}" for path in (ROOT / "man").iterdir()}
    assert {name.partition("/")[2] for name in made - names} == manuals
    assert {"kpy/py.typed", "kpy/graph/viewer.js", "kpy/schema/pool.gz", "kpy/schema/meanings/core.txt"} <= names


def test_what_is_installed_draws_explains_and_synthesises(wheel: Path, tmp_path: Path) -> None:
    """With the files of the wheel alone: data that is not packed would be missed here and nowhere else."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    (tmp_path / "shop.py").write_bytes((ROOT / "examples" / "shop.py").read_bytes())

    def kpy(*words: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
        code = "import sys, kpy; assert 'installed' in kpy.__file__; from kpy.cli import main; main()"
        run = [sys.executable, "-c", code, *words]
        return subprocess.run(run, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True).stdout

    assert "kind: Deployment" in kpy("synth", "shop.py")
    assert "<script>" in kpy("graph", "shop.py", "--format", "html")
    assert "strategy" in kpy("explain", "deployment.spec.strategy")
