"""Files as people read them: from the current folder when they are in it."""

from __future__ import annotations

import os

from kpy.diagnostics import Diagnostic
from kpy.source import Location

__all__ = ["shorten", "shorten_place"]


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
