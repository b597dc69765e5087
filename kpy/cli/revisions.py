"""Another revision of the project, beside the one that is checked out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import NamedTuple

from kpy.cli.codes import CANNOT, DocumentError
from kpy.errors import LoadError
from kpy.programs import Program, ProgramError, find_program

__all__ = ["Checkout", "checked_out", "synth"]

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
def checked_out(revision: str) -> Iterator[Checkout]:
    """Lay out a revision in a temporary folder, whole.

    The repository and its index stay as they are. Raises `LoadError` where there is no such revision.
    """
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", about=revision)
    top, here = _git("rev-parse", "--show-toplevel"), _git("rev-parse", "--show-prefix")
    with TemporaryDirectory(prefix="kpy-") as folder:
        index = {"GIT_INDEX_FILE": os.path.join(folder, "index")}
        root = os.path.join(folder, "files")
        files = os.path.join(root, "")
        _git("read-tree", commit, folder=top, environment=index)
        _git("checkout-index", "--all", "--quiet", f"--prefix={files}", folder=top, environment=index)
        place = os.path.join(files, here)
        os.makedirs(place, exist_ok=True)
        yield Checkout(root, os.path.normpath(place))


class Checkout(NamedTuple):
    """A revision that is laid out."""

    #: The folder of the whole repository, and the one in it that stands for the current one.
    root: str
    folder: str

    def place_of(self, path: str, shown: str) -> str:
        """Return where a path of the revision is. Raises `LoadError` where it, or a link, leads out of the revision."""
        place = os.path.normpath(os.path.join(self.folder, path))
        if not _is_in(place, self.root):
            raise LoadError(f"{shown}: the path leads out of the revision")
        if not _is_in(os.path.realpath(place), os.path.realpath(self.root)):
            raise LoadError(f"{shown}: a symbolic link leads out of the revision")
        return place


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))


def synth(revision: Checkout, target: str, shown: str, *, set_: Sequence[str], kubernetes: str | None) -> str:
    """Return the YAML of an app in a folder that a revision was laid out in; its code runs in a process of its own."""
    root = revision.root
    home = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    folders = os.pathsep.join(path for path in (home, root, os.path.join(root, "src")) if os.path.isdir(path))
    words = [word for value in set_ for word in ("--set", value)]
    words += ["--kubernetes", kubernetes] if kubernetes else []
    command = ["-P", "-c", _SYNTH, folders, "synth", *words, "--", target]
    try:
        done = Program("python", sys.executable).run(command, folder=revision.folder)
    except ProgramError as problem:
        raise LoadError(f"{shown}: it cannot be synthesised: {problem}") from None
    if done.code:
        error = DocumentError(f"{shown}: it cannot be synthesised:", code=done.code if done.code > 0 else CANNOT)
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
