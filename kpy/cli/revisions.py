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
from kpy.programs import Done, Program, ProgramError, find_program

__all__ = ["IN_GIT", "Checkout", "ask_git", "checked_out", "commit_of", "git", "run_in", "synth"]

#: What a revision begins with: `git:main`, `git:v1.2:shop.py`.
IN_GIT = "git:"
#: kpy as it runs now, with the project's modules as they were: kpy is found before the project's folders join in.
_START = """
import os, sys
home, *folders = sys.argv.pop(1).split(os.pathsep)
sys.path.insert(0, home)
import kpy.cli
sys.path[:1] = folders
"""


@contextmanager
def checked_out(revision: str) -> Iterator[Checkout]:
    """Lay out a revision in a temporary folder, whole.

    The repository and its index stay as they are. Raises `LoadError` where there is no such revision.
    """
    commit = commit_of(revision)
    top, here = git("rev-parse", "--show-toplevel"), git("rev-parse", "--show-prefix")
    with TemporaryDirectory(prefix="kpy-") as folder:
        index = {"GIT_INDEX_FILE": os.path.join(folder, "index")}
        root = os.path.join(folder, "files")
        files = os.path.join(root, "")
        git("read-tree", commit, folder=top, environment=index)
        git("checkout-index", "--all", "--quiet", f"--prefix={files}", folder=top, environment=index)
        place = os.path.join(files, here)
        os.makedirs(place, exist_ok=True)
        yield Checkout(root, os.path.normpath(place), commit)


class Checkout(NamedTuple):
    """A revision that is laid out."""

    #: The folder of the whole repository, and the one in it that stands for the current one.
    root: str
    folder: str
    #: The hash of its commit.
    commit: str

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


def synth(
    revision: Checkout,
    target: str,
    shown: str,
    *,
    set_: Sequence[str],
    kubernetes: str | None,
    environment: str | None = None,
) -> str:
    """Return the YAML of an app in a folder that a revision was laid out in."""
    words = [word for value in set_ for word in ("--set", value)]
    words += ["--kubernetes", kubernetes] if kubernetes else []
    words += ["--env", environment, "-o", "-"] if environment else []
    return run_in(revision, "kpy.cli.main()", ["synth", *words, "--", target], shown).out


def run_in(revision: Checkout, code: str, words: Sequence[str], shown: str) -> Done:
    """Run code of kpy with the modules of a revision, in a process of its own, and return what it said.

    Raises `LoadError` when it cannot run, `DocumentError` with what it said when it ends with a code.
    """
    root = revision.root
    home = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    folders = os.pathsep.join(path for path in (home, root, os.path.join(root, "src")) if os.path.isdir(path))
    command = ["-P", "-c", f"{_START}{code}", folders, *words]
    try:
        done = Program("python", sys.executable).run(command, folder=revision.folder)
    except ProgramError as problem:
        raise LoadError(f"{shown}: it cannot be synthesised: {problem}") from None
    if done.code:
        error = DocumentError(f"{shown}: it cannot be synthesised:", code=done.code if done.code > 0 else CANNOT)
        error.add_note(done.err.strip().removeprefix("error: "))
        raise error
    return done


def commit_of(revision: str, *, folder: str | None = None) -> str:
    """Return the commit that a revision is. Raises `LoadError` where there is none, or no repository."""
    if not revision:
        raise LoadError(f"{IN_GIT}: name a revision, such as {IN_GIT}main or {IN_GIT}v1.2:FILE")
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    done = ask_git(*words, folder=folder)
    if not done.code:
        return done.out.strip()
    if ask_git("rev-parse", "--git-dir", folder=folder).code:
        raise LoadError(f"{IN_GIT}{revision}: this folder is in no git repository")
    shallow = ask_git("rev-parse", "--is-shallow-repository", folder=folder).out.strip() == "true"
    fix = "; the clone is shallow, fetch the rest with `git fetch --unshallow --tags`" if shallow else ""
    raise LoadError(f"{IN_GIT}{revision}: there is no revision {revision!r} in this repository{fix}")


def git(*words: str, folder: str | None = None, environment: dict[str, str] | None = None) -> str:
    """Return what Git prints. Raises `LoadError`."""
    done = ask_git(*words, folder=folder, environment=environment)
    if done.code:
        raise LoadError(f"git {words[0]}: {done.err.strip()}")
    return done.out.strip()


def ask_git(*words: str, folder: str | None = None, environment: dict[str, str] | None = None) -> Done:
    """Return what Git says, whatever its exit code. Raises `LoadError` where it cannot be run."""
    try:
        return find_program("git").run(words, folder=folder, environment=environment)
    except ProgramError as error:
        raise LoadError(str(error)) from None
