"""`kpy compare`: two manifests side by side, and what changes in a cluster. A cluster is never asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpy.cli.compared import definitions_for, read_objects, release_for
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say
from kpy.cli.revisions import IN_GIT
from kpy.reporting.formats import write_changes

if TYPE_CHECKING:
    from kpy.compare import Comparison, Effect

__all__ = ["run", "too_bad"]

#: What `--fail-on` calls the effects.
_EFFECTS: dict[str, Effect] = {
    "create": "create",
    "update": "update in place",
    "restart": "rolling restart",
    "scale-down": "scale down",
    "delete": "delete",
    "replace": "replace",
    "outage": "outage",
    "immutable": "immutable field changed",
    "refused": "refused",
    "data-loss": "data loss",
}


def run(given: Given) -> int:
    """Compare the two sides and write what changes; return 1 where a change is as bad as `--fail-on` says."""
    sides = given.texts("sides")
    if len(sides) != 2:
        raise MisuseError("kpy compare takes two sides: kpy compare OLD NEW, such as: kpy compare git:main shop.py")
    old, new = sides
    with Product() as product:
        from kpy.compare.comparison import changes_between

        after = read_objects(new, given, beside=_path(old))
        before = read_objects(old, given, beside=_path(new))
        found = changes_between(before, after, kubernetes=release_for(new, given), definitions=definitions_for(new))
        product.write(write_changes(found, given.text("format"), product.view(given)))
    for text in found.refused:
        say(f"error: {text}")
    if found.refused:
        return 1
    if bad := too_bad(found, given.text("fail_on")):
        say(f"{bad} change{'s are' if bad > 1 else ' is'} as bad as --fail-on {given.text('fail_on')}, or worse")
        return 1
    return 0


def _path(side: str) -> str:
    """Return the path that a side speaks of, for the other to take."""
    return side.removeprefix(IN_GIT).partition(":")[2] if side.startswith(IN_GIT) else side


def too_bad(found: Comparison, least: str | None) -> int:
    """Return how many changes are as bad as `--fail-on` says, or worse."""
    from kpy.compare import EFFECTS

    if least is None:
        return 0
    rank = EFFECTS.index(_EFFECTS[least])
    return sum(EFFECTS.index(change.effect) >= rank for change in found.changes)
