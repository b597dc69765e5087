"""Where the code of an app comes from, for people who find it in a cluster: repository, branch, commit."""

from __future__ import annotations

import re
from typing import NamedTuple

from kpy.programs import Program, ProgramError, find_program

__all__ = ["NOWHERE", "Origin", "origin_of"]

_SECONDS = 10.0
#: The user and the password of a URL.
_USER = re.compile(r"(?<=://)[^/@]*@")


class Origin(NamedTuple):
    """A commit; empty texts for what git does not know. It is shown, and never compared."""

    #: The repository, without user and password.
    remote: str = ""
    #: Empty on a detached head, such as CI checks out.
    branch: str = ""
    commit: str = ""
    #: What was written for the commit, where it is not the one that is checked out: `v1.2` of `git:v1.2`.
    revision: str = ""
    #: What the files have beside the commit: nothing, or `uncommitted changes`.
    state: str = ""

    def __str__(self) -> str:
        """Return it for messages: `https://example.com/shop.git, main, 3f2a91c with uncommitted changes`."""
        commit = " with ".join(word for word in (self.commit[:7], self.state) if word)
        revision = f"git:{self.revision}" if self.revision else ""
        return ", ".join(word for word in (self.remote, self.branch, revision, commit) if word)


#: An origin of which nothing is known.
NOWHERE = Origin()


def origin_of(folder: str) -> Origin:
    """Return where the code of a folder comes from; empty where it is in no git repository, or there is no git."""
    try:
        git = find_program("git")
        commit = _said(git, folder, "rev-parse", "HEAD")
        if not commit:
            return Origin()
        branch = _said(git, folder, "rev-parse", "--abbrev-ref", "HEAD")
        remote = _said(git, folder, "remote", "get-url", "origin")
        changed = _said(git, folder, "status", "--porcelain", "--untracked-files=no")
    except ProgramError:
        return Origin()
    state = "uncommitted changes" if changed else ""
    return Origin(_USER.sub("", remote), "" if branch == "HEAD" else branch, commit, state=state)


def _said(git: Program, folder: str, *words: str) -> str:
    done = git.run(["-C", folder or ".", *words], timeout=_SECONDS)
    return "" if done.code else done.out.strip()
