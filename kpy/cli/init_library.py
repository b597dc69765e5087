"""`kpy init --library`: a package for a platform team: constructs, policies, settings, and an app that uses them."""

from __future__ import annotations

import os
import re
import shlex

from kpy.cli.library_starters import FILES, NEXT
from kpy.cli.options import MisuseError
from kpy.cli.starters import GITHUB, GITLAB, IGNORED

__all__ = ["library_files", "next_for_library"]

_CI = {"github": (".github/workflows/check.yaml", GITHUB), "gitlab": (".gitlab-ci.yml", GITLAB)}
_INSTALL = "pip install -e '.[testing]'"


def library_files(folder: str, service: str | None) -> dict[str, str]:
    """Return the files of a library, path to text. Raises `MisuseError` where one of them is there already."""
    files = {_named(path, folder): _named(text, folder) for path, text in FILES.items()}
    if not os.path.lexists(os.path.join(folder, ".gitignore")):  # a repository made elsewhere brings one
        files[".gitignore"] = IGNORED
    if (service or "github") != "none":
        path, text = _CI[service or "github"]
        said = text.replace("INSTALL", _INSTALL).replace("TESTED", "pytest").replace("FILE.py", "sample/app.py")
        files[path] = said
    there = [path for path in files if os.path.lexists(os.path.join(folder, path))]
    if there:
        them = "them" if len(there) > 1 else "it"
        raise MisuseError(
            f"{folder}: there is {', '.join(there)} already; `kpy init --library` needs a folder without {them}"
        )
    return files


def next_for_library(folder: str) -> str:
    """Return what to type next."""
    enter = f"    cd {shlex.quote(folder)}\n" if folder != "." else ""
    return _named(NEXT, folder).replace("\n\n", f"\n\n{enter}", 1)


def _named(text: str, folder: str) -> str:
    """Return a text with the names of the library: those of its folder, `acme-kpy`, or of `acme`."""
    words = re.sub(r"[^a-z0-9]+", "-", os.path.basename(os.path.abspath(folder)).lower()).strip("-")
    short = words.removesuffix("-kpy").removeprefix("kpy-")[:30].strip("-")
    short = short if short not in ("", "kpy") else "house"
    short = f"team-{short}" if short[0].isdigit() else short
    package = f"{short.replace('-', '_')}_kpy"
    return text.replace("PACKAGE", package).replace("DIST", f"{short}-kpy").replace("SHORT", short)
