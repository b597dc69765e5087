"""Files as people read them, from the current folder, and as code hosts do, from the top of the repository."""

from __future__ import annotations

import os
from typing import Final

from kpy.diagnostics import Diagnostic
from kpy.source import Location

__all__ = ["from_top", "shorten", "shorten_place"]

#: What GitHub and GitLab call the folder that they have checked out.
_TOPS: Final = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")


def shorten(found: Diagnostic) -> Diagnostic:
    """Return a finding with files named from the current folder where they are in it."""
    see_also = tuple(each._replace(where=shorten_place(each.where)) for each in found.see_also)
    places = tuple(place._replace(where=shorten_place(place.where)) for place in found.places)
    made_in = tuple(step.replace(f"({os.getcwd()}{os.sep}", "(") for step in found.made_in)
    changed_by = tuple(step.replace(f"({os.getcwd()}{os.sep}", "(") for step in found.changed_by)
    where = shorten_place(found.where)
    return found._replace(where=where, see_also=see_also, made_in=made_in, changed_by=changed_by, places=places)


def shorten_place(where: Location | None) -> Location | None:
    """Return a place with its file named from the current folder."""
    if where is None:
        return None
    here = os.path.join(os.getcwd() if os.path.isabs(where.file) else os.curdir, "")
    return where._replace(file=where.file.removeprefix(here))


def from_top(found: Diagnostic) -> Diagnostic:
    """Return a shortened finding with its files as a code host finds them: from the folder that its job checked out.

    Where no job runs, or the current folder is not part of what it checked out, nothing changes.
    """
    said = next((said for name in _TOPS if os.path.isabs(said := os.environ.get(name, ""))), "")
    top, here = os.path.realpath(said), os.path.realpath(os.getcwd())
    if not said or not os.path.join(here, "").startswith(os.path.join(top, "")):
        return found

    def placed(where: Location | None) -> Location | None:
        if where is None or not os.path.exists(where.file):  # standard input is no file
            return where
        path = os.path.realpath(where.file)
        inside = path.removeprefix(os.path.join(top, ""))
        return where if inside == path else where._replace(file=inside)

    see_also = tuple(each._replace(where=placed(each.where)) for each in found.see_also)
    places = tuple(place._replace(where=placed(place.where)) for place in found.places)
    return found._replace(where=placed(found.where), see_also=see_also, places=places)
