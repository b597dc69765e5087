"""What of many findings is shown: no more than people read, equal ones once, and together what they want together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kpy.diagnostics import Diagnostic, Place, Report, Severity
from kpy.reporting.view import View

__all__ = ["ALL_FINDINGS", "MOST", "MOST_FOR_PROGRAMS", "Fold", "Shown", "each_shown", "notes_of", "shown"]

#: How many findings are shown to people, and how many a program gets, unless all are asked for.
MOST, MOST_FOR_PROGRAMS = 100, 1_000
#: What shows all findings of an app that another command stops at.
ALL_FINDINGS = "kpy validate --all-findings"


class Fold(NamedTuple):
    """A finding, and those that say the same of other places."""

    found: Diagnostic
    others: list[Diagnostic]

    @property
    def size(self) -> int:
        """How many findings it stands for."""
        return 1 + len(self.others)

    def whole(self, most: int | None = None) -> Diagnostic:
        """Return the finding with the places of all of them, or with the first and how many more there are."""
        if not self.others:
            return self.found
        places = [*self.found.places]
        for other in self.others[:most]:
            places += [Place(other.resource, other.field, other.where, other.anchor, other.origin), *other.places]
        more = sum(each.more_places for each in (self.found, *self.others))
        more += sum(1 + len(other.places) for other in self.others[len(self.others[:most]) :])
        return self.found._replace(places=tuple(places), more_places=more)


class Shown(NamedTuple):
    """What is shown of a report."""

    #: By what they are put together by, which is empty when nothing was asked for.
    groups: dict[str, list[Fold]]
    #: How many findings are not shown, beside notes that nobody asked for.
    left_out: int
    #: How many findings of each severity a group has, those that are not shown among them.
    counts: dict[str, dict[Severity, int]]


def each_shown(report: Report, view: View) -> tuple[list[Diagnostic], int]:
    """Return the findings that are shown, one by one, and how many are left out."""
    found = [each for each in report if view.has_notes or each.severity != "note"]
    kept = found if view.most is None else found[: view.most]
    return kept, len(found) - len(kept)


def shown(report: Report, view: View, *, folds: bool = True) -> Shown:
    """Return what is shown of a report, in its order; a group stands where its first finding does."""
    found = [each for each in report if view.has_notes or each.severity != "note"]
    kept = _folded(found, view) if folds else [Fold(each, []) for each in found]
    left_out = 0
    if view.most is not None:
        left_out = sum(fold.size for fold in kept[view.most :])
        kept = kept[: view.most]
    groups: dict[str, list[Fold]] = {}
    for fold in kept:
        groups.setdefault(_group_of(fold.found, view), []).append(fold)
    counts: dict[str, dict[Severity, int]] = {}
    for each in found if view.group else ():
        of_group = counts.setdefault(_group_of(each, view), {})
        of_group[each.severity] = of_group.get(each.severity, 0) + 1
    return Shown(groups, left_out, counts)


def _folded(found: Iterable[Diagnostic], view: View) -> list[Fold]:
    folds: dict[tuple[str, ...], Fold] = {}
    for each in found:
        key = (_group_of(each, view), each.rule, each.severity, each.message, each.fix)
        if key in folds:
            folds[key].others.append(each)
        else:
            folds[key] = Fold(each, [])
    return [*folds.values()]


def _group_of(found: Diagnostic, view: View) -> str:
    file = found.where.file if found.where is not None else ""
    match view.group:
        case "file":
            return file
        case "object":
            return found.resource or file
        case "rule":
            return found.rule
    return ""


def notes_of(found: Diagnostic) -> list[str]:
    """Return what is said beside a finding and is about no place, such as the outputs that have it."""
    return [text for text, where in found.see_also if where is None]
