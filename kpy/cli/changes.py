"""What has changed since a Git revision: files of the working tree, committed or not, and the settings."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from kpy.cli.options import Given, MisuseError
from kpy.cli.output import say
from kpy.cli.revisions import IN_GIT, ask_git, commit_of, git
from kpy.delivery.changes import Changes
from kpy.errors import LoadError
from kpy.source import shown_file

if TYPE_CHECKING:
    from kpy.delivery.affected import Verdict
    from kpy.delivery.index import Index
    from kpy.project import Project
    from kpy.project.settings import Settings
    from kpy.project.workspace import Output

__all__ = ["Since", "since", "verdicts_of"]

#: Stands for what is not UTF-8 in what Git says.
_UNREADABLE = "\ufffd"


class Since(NamedTuple):
    """What has changed since a revision."""

    revision: str
    #: The commit that it is compared with: where the revision and the one that is checked out have parted.
    commit: str
    #: The folder of the repository, as the project sees it.
    top: str
    changes: Changes
    #: What pyproject.toml said and says; nothing where there was none that can be read.
    then: Mapping[str, Any] | None
    now: Mapping[str, Any]
    settings_then: Settings | None


def since(given: Given, project: Project) -> Since:
    """Return what has changed since the revision that `--since` names.

    Raises `MisuseError` for what names none, `LoadError` where Git knows none.
    """
    said = given.text("since") or ""
    if not said.startswith(IN_GIT) or said == IN_GIT:
        raise MisuseError(f"--since {said}: name a Git revision, such as --since git:main")
    revision = said.removeprefix(IN_GIT)
    folder = os.path.abspath(project.folder)
    commit = _base(revision, commit_of(revision, folder=folder), folder)
    real = git("rev-parse", "--show-toplevel", folder=folder)
    prefix = os.path.normpath(git("rev-parse", "--show-prefix", folder=folder) or ".")
    top = os.path.normpath(os.path.join(folder, os.path.relpath(".", prefix)))
    changed = dict(_changed(commit, real))
    folders = _listed("ls-tree", "-r", "-d", "-z", "--name-only", "--full-tree", commit, folder=folder)
    tops = {top, real}
    changes = Changes(
        _from(tops, changed),
        _from(tops, (path for path, is_moved in changed.items() if is_moved)),
        {*tops, *_from(tops, folders)},
    )
    file = os.path.join(folder, "pyproject.toml")
    with open(file, "rb") as stream:
        content = stream.read()
    then = content.decode()
    if changes.has(file) is not None:
        shown = ask_git("show", f"{commit}:./pyproject.toml", folder=folder)
        then = "" if shown.code else shown.out
    return Since(revision, commit, top, changes, _tree(then), _tree(content.decode()) or {}, _settings(file, then))


def verdicts_of(
    project: Project, outputs: Sequence[Output], changed: Since, index: Index | None, why: str
) -> list[Verdict]:
    """Return whether each output is affected; `why` says why the index says nothing, and then all are."""
    from kpy.delivery.affected import Verdict, affected, said_then, why_everything

    settings = project.settings
    folder = os.path.abspath(project.folder)
    everything = why_everything(folder, changed.top, changed.changes, settings, changed.then, changed.now)
    if everything is not None:
        say(f"note: everything is affected: {shown_file(everything)} has changed")
        return [Verdict(output, (everything,)) for output in outputs]
    if why or index is None:
        say(f"note: everything counts as affected: {why}; kpy synth --all makes one")
        return [Verdict(output, (why,)) for output in outputs]
    return affected(index, changed.changes, outputs, settings, said_then(changed.settings_then))


def _base(revision: str, commit: str, folder: str) -> str:
    """Return the commit where a revision and what is checked out have parted; the revision where they never met."""
    done = ask_git("merge-base", commit, "HEAD", folder=folder)
    if not done.code:
        return done.out.strip()
    if ask_git("rev-parse", "--is-shallow-repository", folder=folder).out.strip() == "true":
        raise LoadError(
            f"{IN_GIT}{revision}: the clone is shallow and does not reach back to where the two have parted: "
            "fetch the rest with `git fetch --unshallow`, or check out with a depth of 0"
        )
    return commit


def _changed(commit: str, top: str) -> Iterator[tuple[str, bool]]:
    """Yield the paths that have changed, from the top, and whether each came or went; those not committed, too."""
    words = ("diff", "--name-status", "-z", "--no-renames", "--no-ext-diff", "--ignore-submodules=none", commit, "--")
    said = _listed(*words, folder=top)
    for status, path in zip(said[::2], said[1::2], strict=True):
        yield _known(path), not status.startswith("M")
    for path in _listed("ls-files", "--others", "--exclude-standard", "-z", folder=top):
        yield _known(path), True


def _listed(*words: str, folder: str) -> list[str]:
    """Return what Git lists, each with a zero behind it; a name may begin with a space."""
    done = ask_git(*words, folder=folder)
    if done.code:
        raise LoadError(f"git {words[0]}: {done.err.strip()}")
    return done.out.split("\0")[:-1]


def _known(path: str) -> str:
    """Return a path as it is on the disk; of one that cannot be read, the folder that is known."""
    while _UNREADABLE in path:
        path = os.path.dirname(path)
    return path.rstrip("/")


def _from(tops: set[str], paths: Iterator[str] | Mapping[str, bool] | list[str]) -> list[str]:
    return [os.path.normpath(os.path.join(top, path)) for path in paths for top in tops]


def _tree(text: str) -> Mapping[str, Any] | None:
    try:
        return tomllib.loads(text) or None
    except tomllib.TOMLDecodeError:
        return None


def _settings(file: str, text: str) -> Settings | None:
    from kpy.project.settings import parse_settings

    try:
        return parse_settings(file, text.encode()) if text else None
    except LoadError:
        return None
