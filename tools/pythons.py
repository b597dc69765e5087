"""Run the tests on the other Pythons of this machine, and with the lowest versions that `pyproject.toml` allows.

    python -m tools.pythons            # every other minor version from 3.11 on that PATH or pyenv has
    python -m tools.pythons --lowest   # the oldest Python found, with the lowest versions
    python -m tools.pythons --list     # say which are found, and run nothing

Each has a virtual environment of its own (`.venv-3.13`, `.venv-lowest`), made anew when `pyproject.toml` changes, and
runs all tests but the slow ones, after the first command of the README.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tools.lowest import lowest

__all__ = ["pythons"]

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = ROOT / "pyproject.toml"
OLDEST = (3, 11)
#: Returns the arguments of each call of pip that fills an environment.
Install = Callable[[], list[list[str]]]
TESTS = ["-m", "pytest", "-q", "-n", "auto", "-m", "not slow and not cluster and not browser", "-p", "no:cacheprovider"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tests and return 0 when all of them pass."""
    parser = argparse.ArgumentParser(prog="python -m tools.pythons", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lowest", action="store_true", help="the lowest versions of what kpy needs")
    parser.add_argument("--list", action="store_true", help="say which Pythons are found, and run nothing")
    given = parser.parse_args(arguments)
    found = pythons()
    if given.list:
        print("\n".join(f"{_dotted(version)}\t{path}" for version, path in found.items()))
        return 0
    if given.lowest:
        return _try("the lowest versions", found.get(OLDEST, Path(sys.executable)), ".venv-lowest", _lowest)
    others = {version: path for version, path in found.items() if version != sys.version_info[:2]}
    if not others:
        print(f"no Python but {_dotted(sys.version_info[:2])} was found: other versions were NOT tried")
    codes = [_try(f"Python {_dotted(each)}", path, f".venv-{_dotted(each)}", _newest) for each, path in others.items()]
    return max(codes, default=0)


def pythons() -> dict[tuple[int, int], Path]:
    """Return one Python for each minor version from 3.11 on, the running one first of its version."""
    found: dict[tuple[int, int], Path] = {}
    for path in _candidates():
        done = subprocess.run([path, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True)
        words = done.stdout.split()
        if done.returncode == 0 and len(words) == 2:  # a shim of pyenv may stand for a version that is not installed
            found.setdefault((int(words[0]), int(words[1])), path)
    return {version: path for version, path in sorted(found.items()) if version >= OLDEST}


def _candidates() -> Iterator[Path]:
    yield Path(sys.executable)
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    folders += [path / "bin" for path in sorted(pyenv.glob("3.*"), key=_numbers, reverse=True)]
    for folder in folders:
        yield from sorted(path for path in folder.glob("python3.*") if re.fullmatch(r"python3\.\d+(\.exe)?", path.name))


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _numbers(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", path.name)]


def _try(what: str, python: Path, folder: str, install: Install) -> int:
    """Run the first command of the README and the tests; return their exit code."""
    begin = time.monotonic()
    own = _environment(python, ROOT / folder, install)
    for command in (["-m", "kpy", "synth", "examples/shop.py", "--set", "env=prod"], TESTS):
        done = subprocess.run([own, *command], cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{done.stdout}{done.stderr}\n{what}: FAILED: python {' '.join(command)}", flush=True)
            return 1
    last = done.stdout.strip().splitlines()[-1]
    print(f"{what}: {last}; {time.monotonic() - begin:.0f} s with its environment", flush=True)
    return 0


def _environment(python: Path, folder: Path, install: Install) -> Path:
    """Return the Python of a virtual environment, made where it is not there or was made for another project file."""
    own = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    made_for, wanted = folder / ".made-for", hashlib.sha256(PYPROJECT.read_bytes()).hexdigest()
    if not made_for.exists() or made_for.read_text() != wanted:
        subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
        pip = [str(own), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        for words in install():
            subprocess.run([*pip, *words], cwd=ROOT, check=True)
        made_for.write_text(wanted)
    return own


def _newest() -> list[list[str]]:
    return [["-e", ".[dev,codegen]"]]


def _lowest() -> list[list[str]]:
    text = PYPROJECT.read_text(encoding="utf-8")
    data = tomllib.loads(text)["project"]["optional-dependencies"]["codegen"]
    return [lowest(text), ["--no-deps", "-e", ".", *data]]


if __name__ == "__main__":
    sys.exit(main())
