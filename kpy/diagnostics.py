"""What kpy says about an app or a document: diagnostics, and reports made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from kpy.printable import printable
from kpy.source import Location

if TYPE_CHECKING:
    from kpy.redaction.mask import Mask

__all__ = ["RANK", "Diagnostic", "Family", "Place", "Related", "Report", "Severity"]

Family = Literal["schema", "api", "admission", "reference", "policy", "internal"]
Severity = Literal["error", "warning", "note"]

#: How many characters of a line are shown.
_LONGEST = 2_000
#: The severities, worst first.
RANK: Mapping[Severity, int] = {"error": 0, "warning": 1, "note": 2}
#: How many further places of a finding people are shown.
_PLACES = 3


class Related(NamedTuple):
    """Another place that explains a diagnostic."""

    text: str
    where: Location | None = None


class Place(NamedTuple):
    """A further place of a finding: where else the absent object is named, which peer selects nothing."""

    #: The object, as `Kind "name"`.
    resource: str
    #: The path in it.
    field: str
    where: Location | None = None
    #: The path with the names of list items in the place of their numbers.
    anchor: str = ""
    #: The object as the file names it that it was made of, where a kustomization gives it another name.
    origin: str = ""

    def __str__(self) -> str:
        """Return the place for people: `Deployment "web", spec.template (web.yaml:3:5)`."""
        text = ", ".join(filter(None, (self.resource, self.field)))
        return f"{text} ({self.where})" if self.where and text else text or str(self.where)


class Diagnostic(NamedTuple):
    """One finding: what is wrong, where, and what to do."""

    #: The stable kebab-case name of the rule.
    rule: str
    #: Which part of kpy says so.
    family: Family
    severity: Severity
    #: The path in the object as an API server writes it (`data[key]`, `spec.ports[0].name`); empty for the object.
    field: str
    #: What is wrong, with the value.
    message: str
    #: What to do about it; empty when the message says it.
    fix: str = ""
    #: The object, as `Kind "name"` or `Kind "namespace/name"`; empty for a whole file.
    resource: str = ""
    #: The user's Python line, or the line and column of the YAML.
    where: Location | None = None
    #: The way through the construct tree, outermost first: `Shop "staging" (shop.py:51)`.
    made_in: tuple[str, ...] = ()
    see_also: tuple[Related, ...] = ()
    #: The other rules that say so, where one finding stands for several.
    also: tuple[str, ...] = ()
    #: The further places of the same thing, and how many more there are than these.
    places: tuple[Place, ...] = ()
    more_places: int = 0
    #: The field with the names of list items in the place of their numbers, `spec.containers[web].image`, so that it
    #: stays the same when others are added; empty where no object is at hand.
    anchor: str = ""
    #: The transforms that have changed the object: `scrape (platform.py:12)`.
    changed_by: tuple[str, ...] = ()
    #: The object as the file names it that it was made of, where a kustomization gives it another name.
    origin: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return the diagnostic as plain JSON, for `--format json`."""
        where = self.where
        return {
            "rule": self.rule,
            "also": list(self.also),
            "family": self.family,
            "severity": self.severity,
            "resource": self.resource,
            "field": self.field,
            "message": self.message,
            "fix": self.fix,
            "where": _where(where),
            "raised_in": _where(where.inside if where is not None else None),
            "made_in": list(self.made_in),
            "changed_by": list(self.changed_by),
            "see_also": [
                {"text": text, "where": None if place is None else str(place)} for text, place in self.see_also
            ],
            "places": [
                {"resource": place.resource, "field": place.field, "where": _where(place.where)}
                for place in self.places
            ],
            "more_places": self.more_places,
        }

    def to_text(self, *, places: int | None = _PLACES) -> str:
        """Return the diagnostic as lines for people; what a document put into it cannot begin a line of its own.

        `places` is how many of the further places are named; nothing for all.
        """
        place = f"{self.where}: " if self.where else ""
        lines = [f"{place}{self.severity}[{self.rule}]: {_shown(self.message)}"]
        if self.made_in:
            lines.append("   made in  " + _shown(" > ".join(self.made_in)))
        elif self.resource:
            lines.append("   object   " + _shown(self.resource))
        if self.where is not None and self.where.inside is not None:
            lines.append(f"   raised in {self.where.inside}")
        if self.field:
            lines.append("   field    " + _shown(self.field))
        if self.also:
            lines.append("   rules    " + ", ".join((self.rule, *self.also)))
        if self.changed_by:
            lines.append("   changed by " + _shown(", ".join(self.changed_by)))
        for text, other in self.see_also:
            lines.append(f"   see also {_shown(text)}" + (f" ({other})" if other else ""))
        lines += [f"   also in  {_shown(text)}" for text in self._other_places(places)]
        if self.fix:
            lines.append("   fix      " + _shown(self.fix))
        return "\n".join(lines)

    def _other_places(self, most: int | None) -> Iterator[str]:
        """Yield the first further places, and how many more there are."""
        shown = self.places[:most]
        yield from map(str, shown)
        if more := len(self.places) - len(shown) + self.more_places:
            yield f"{more:,} more place{'s' if more > 1 else ''}"


def _where(where: Location | None) -> dict[str, object] | None:
    return None if where is None else {"file": where.file, "line": where.line, "column": where.column}


def _shown(text: str) -> str:
    """Return a text fit to be printed, without the middle of what a document has made too long to be read."""
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]} ... {text[-_LONGEST // 2 :]}"
    return printable(text)


class Report:
    """All findings of one run, errors first, otherwise in the order of the objects."""

    def __init__(self, diagnostics: Iterable[Diagnostic] = (), *, mask: Mask | None = None) -> None:
        self.diagnostics = sorted(diagnostics, key=lambda found: RANK[found.severity])
        #: What hides secret values in the lines of source that are shown below findings.
        self.mask = mask

    def only(self, *severities: Severity) -> Report:
        """Return the findings of these severities."""
        return Report((found for found in self.diagnostics if found.severity in severities), mask=self.mask)

    @property
    def errors(self) -> list[Diagnostic]:
        """The findings that stop synthesis."""
        return [found for found in self.diagnostics if found.severity == "error"]

    @property
    def internal(self) -> list[Diagnostic]:
        """The faults of kpy itself; where there is one, nobody knows what else would have been found."""
        return [found for found in self.diagnostics if found.family == "internal"]

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings and notes may be there."""
        return not self.diagnostics or self.diagnostics[0].severity != "error"

    def __iter__(self) -> Iterator[Diagnostic]:
        """Iterate over all findings, errors first."""
        return iter(self.diagnostics)

    def __len__(self) -> int:
        """Return the number of findings."""
        return len(self.diagnostics)

    def __repr__(self) -> str:
        """Return a short description for a prompt."""
        return f"<Report: {self.summary()}>"

    def summary(self) -> str:
        """Return the counts in words, such as `2 errors, 1 warning`."""
        counts = {name: sum(found.severity == name for found in self.diagnostics) for name in RANK}
        said = [f"{count} {name}{'s' if count > 1 else ''}" for name, count in counts.items() if count]
        return ", ".join(said) or "no findings"

    def to_text(self) -> str:
        """Return everything as text for people, one blank line between findings."""
        return "\n\n".join(found.to_text() for found in self.diagnostics)
