"""Another revision of the project, beside the one that is checked out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from kpy.errors import LoadError
from kpy.programs import Program, ProgramError, find_program

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
    command = ["-P", "-c", _SYNTH, folders, "synth", *words, "--", target]
    try:
        done = Program("python", sys.executable).run(command, folder=folder)
    except ProgramError as problem:
        raise LoadError(f"{shown}: it cannot be synthesised: {problem}") from None
    if done.code:
        error = LoadError(f"{shown}: it cannot be synthesised:")
        error.add_note(done.err.strip().removeprefix("error: "))
        raise error
    return done.out


def _git(*words: str, about: str = "", folder: str | None = None, environment: dict[str, str] | None = None) -> str:
    """Return what Git prints. Raises `LoadError`."""
    try:
        done = find_program("git").run(words, folder=folder, environment=environment)
    except ProgramError as error:
        raise LoadError(str(error)) from None
    if done.code:
        why = done.err.strip() or f"there is no revision {about!r} in this repository"
        raise LoadError(f"git {words[0]}: {why}")
    return done.out.strip()
