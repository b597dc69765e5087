"""Build what is uploaded, look at it, and run the tests with it.

    python -m tools.package           # dist/: both distributions; build/release/: the list of parts, what has changed
    python -m tools.package --test    # the tests, with the wheel of dist/ installed and the sources out of the way

The wheel is built out of the source distribution, so that one holds all that the other needs. The programs come from
`tools/programs.py`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.lowest import extra_of
from tools.programs import ProgramError, program
from tools.release import notes

__all__ = ["main"]

ROOT = Path(__file__).resolve().parents[1]
#: Tests of the tree and not of what is installed: they read the sources.
OF_SOURCES = (
    "tests/house",
    "tests/tools",
    "tests/checking/test_internal.py",
    "tests/graph/test_page.py",
    "tests/schema/test_schema.py::test_pool_has_not_drifted_from_its_sources",
    "tests/checking/test_rules.py::test_table_of_modules_is_what_the_rules_say",
)
TESTS = ["-q", "-n", "auto", "-m", "not slow and not cluster and not browser", "-p", "no:cacheprovider"]


class PackageError(RuntimeError):
    """Something cannot be built, or is not as it should be; the text says what."""


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Build, or test with what was built; return 1 where that fails."""
    parser = argparse.ArgumentParser(prog="python -m tools.package", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--test", action="store_true", help="run the tests with the wheel of dist/")
    given = parser.parse_args(arguments)
    try:
        if given.test:
            _test(root)
        else:
            _build(root)
    except (PackageError, ProgramError) as error:
        print(f"package: {error}", file=sys.stderr)
        return 1
    return 0


def _build(root: Path) -> None:
    dist, release = root / "dist", root / "build" / "release"
    for folder in (dist, release):
        shutil.rmtree(folder, ignore_errors=True)
    release.mkdir(parents=True)
    _run(root, str(program("pyproject-build")), "--outdir", str(dist))
    _run(root, str(program("twine")), "--no-color", "check", "--strict", *map(str, sorted(dist.iterdir())))
    (release / "notes.md").write_text(notes(root), encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        python = _environment(Path(scratch), [str(_wheel(root))])
        for told in Path(scratch).rglob("kpy_k8s-*.dist-info/direct_url.json"):
            told.unlink()  # it names the folder of this machine
        out = ["--output-reproducible", "--of", "JSON", "-o", str(release / "kpy.cdx.json")]
        _run(root, str(program("cyclonedx-py")), "environment", *out, str(python))


def _test(root: Path) -> None:
    wheel = _wheel(root)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        wanted = [each for extra in ("dev", "codegen") for each in extra_of(root / "pyproject.toml", extra)]
        python = _environment(folder / "environment", [str(wheel), *wanted])
        tree = folder / "tree"
        shutil.copytree(root, tree, ignore=shutil.ignore_patterns(".git", ".venv*", ".mypy_cache", "__pycache__"))
        shutil.rmtree(tree / "kpy")
        skipped = [word for name in OF_SOURCES for word in ("--deselect" if "::" in name else "--ignore", name)]
        _run(tree, str(python), "-m", "pytest", *TESTS, *skipped)


def _wheel(root: Path) -> Path:
    found = sorted((root / "dist").glob("*.whl"))
    if len(found) != 1:
        raise PackageError(f"expected one wheel in dist/, and there are {len(found)}: `make dist` builds it")
    return found[0]


def _environment(folder: Path, wanted: Sequence[str]) -> Path:
    """Return the Python of a new environment that has nothing but what is wanted and what that needs."""
    _run(folder.parent, sys.executable, "-m", "venv", "--without-pip", str(folder))
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    _run(folder.parent, *pip, "install", "-q", *wanted)
    return python


def _run(folder: Path, *command: str) -> None:
    print(f"package: {' '.join(command)}", file=sys.stderr, flush=True)
    if subprocess.run(command, cwd=folder, check=False).returncode:
        raise PackageError(f"{Path(command[0]).name} failed; it says why above")


if __name__ == "__main__":
    sys.exit(main())
