"""Another revision of the project, beside the one that is checked out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from kpy.errors import LoadError

__all__ = ["checked_out", "synth"]

#: kpy as it runs now, with the project's modules as they were: kpy is found before the project's folders join in.
_SYNTH = """
import os, sys
home, *folders = sys.argv.pop(1).split(os.pathsep)
sys.path.insert(0, home)
import kpy.cli
sys.path[:1] = folders
kpy.cli.main()
"""


@contextmanager
def checked_out(revision: str) -> Iterator[str]:
    """Lay out a revision in a temporary folder, whole, and give the folder that stands for the current one.

    The repository and its index stay as they are. Raises `LoadError` where there is no such revision.
    """
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", about=revision)
    top, here = _git("rev-parse", "--show-toplevel"), _git("rev-parse", "--show-prefix")
    with TemporaryDirectory(prefix="kpy-") as folder:
        index = {"GIT_INDEX_FILE": os.path.join(folder, "index")}
        files = os.path.join(folder, "files", "")
        _git("read-tree", commit, folder=top, environment=index)
        _git("checkout-index", "--all", "--quiet", f"--prefix={files}", folder=top, environment=index)
        place = os.path.join(files, here)
        os.makedirs(place, exist_ok=True)
        yield place


def synth(folder: str, target: str, shown: str, *, set_: Sequence[str], kubernetes: str | None) -> str:
    """Return the YAML of an app in a folder that a revision was laid out in; its code runs in a process of its own."""
    root = folder[: folder.index(f"{os.sep}files{os.sep}") + len(f"{os.sep}files")]
    home = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    folders = os.pathsep.join(path for path in (home, root, os.path.join(root, "src")) if os.path.isdir(path))
    words = [word for value in set_ for word in ("--set", value)]
    words += ["--kubernetes", kubernetes] if kubernetes else []
    command = [sys.executable, "-P", "-c", _SYNTH, folders, "synth", *words, "--", target]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        error = LoadError(f"{shown}: it cannot be synthesised:")
        error.add_note(done.stderr.strip().removeprefix("error: "))
        raise error
    return done.stdout


def _git(*words: str, about: str = "", folder: str | None = None, environment: dict[str, str] | None = None) -> str:
    """Return what Git prints. Raises `LoadError`."""
    variables = {**os.environ, **(environment or {})}
    try:
        done = subprocess.run(["git", *words], cwd=folder, env=variables, capture_output=True, text=True)
    except FileNotFoundError:
        raise LoadError("git is not installed, or not on PATH") from None
    if done.returncode:
        why = done.stderr.strip() or f"there is no revision {about!r} in this repository"
        raise LoadError(f"git {words[0]}: {why}")
    return done.stdout.strip()
