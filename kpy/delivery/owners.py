"""Who owns a file, by the CODEOWNERS of a repository: the last line that matches counts.

https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple

__all__ = ["Owners", "read_owners"]

_PLACES = ("CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS")


class _Line(NamedTuple):
    pattern: re.Pattern[str]
    owners: tuple[str, ...]


class Owners:
    """The lines of a CODEOWNERS."""

    def __init__(self, text: str = "") -> None:
        self._lines = [line for each in text.splitlines() if (line := _parse(each)) is not None]

    def of(self, path: str) -> tuple[str, ...]:
        """Return the owners of a file, from the folder of the repository; nothing where it has none."""
        return next((line.owners for line in reversed(self._lines) if line.pattern.fullmatch(path)), ())


def read_owners(folder: str) -> tuple[Owners, str]:
    """Return the owners in the nearest repository above a folder, and that repository's folder; none where none are."""
    above = os.path.abspath(folder)
    while True:
        for place in _PLACES:
            try:
                with open(os.path.join(above, place), encoding="utf-8", errors="replace") as file:
                    return Owners(file.read()), above
            except OSError:
                continue
        if os.path.exists(os.path.join(above, ".git")) or os.path.dirname(above) == above:
            return Owners(), above
        above = os.path.dirname(above)


def _parse(line: str) -> _Line | None:
    words = line.partition("#")[0].split()
    if not words or words[0].startswith(("[", "^[")):  # the sections of GitLab
        return None
    return _Line(re.compile(_regex(words[0])), tuple(words[1:]))


def _regex(pattern: str) -> str:
    """Return a pattern as Git has them in .gitignore, as a regular expression of whole paths."""
    is_anchored = "/" in pattern.rstrip("/")
    parts = re.split(r"(\*\*/|/\*\*|\*\*|\*|\?)", pattern.strip("/"))
    special = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    body = "".join(special.get(part) or re.escape(part) for part in parts)
    # what is below a folder belongs to its owners; `docs/*` means the files in it alone
    below = "" if pattern.endswith("/*") else "/.+" if pattern.endswith("/") else "(?:/.+)?"
    return f"{'' if is_anchored else '(?:.*/)?'}{body}{below}"
