"""What kpy says about an app or a document: diagnostics, and reports made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from kpy.printable import printable
from kpy.source import Location

if TYPE_CHECKING:
    from kpy.redaction.mask import Mask

__all__ = ["Diagnostic", "Family", "Related", "Report", "Severity"]

Family = Literal["schema", "api", "admission", "reference", "policy", "internal"]
Severity = Literal["error", "warning", "note"]

#: How many characters of a line are shown.
_LONGEST = 2_000
_RANK = {"error": 0, "warning": 1, "note": 2}


class Related(NamedTuple):
    """Another place that explains a diagnostic."""

    text: str
    where: Location | None = None


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

    def to_dict(self) -> dict[str, object]:
        """Return the diagnostic as plain JSON, for `--format json`."""
        where = self.where
        return {
            "rule": self.rule,
            "family": self.family,
            "severity": self.severity,
            "resource": self.resource,
            "field": self.field,
            "message": self.message,
            "fix": self.fix,
            "where": None if where is None else {"file": where.file, "line": where.line, "column": where.column},
            "see_also": [
                {"text": text, "where": None if place is None else str(place)} for text, place in self.see_also
            ],
        }

    def to_text(self) -> str:
        """Return the diagnostic as lines for people; what a document put into it cannot begin a line of its own."""
        place = f"{self.where}: " if self.where else ""
        lines = [f"{place}{self.severity}[{self.rule}]: {_shown(self.message)}"]
        if self.made_in:
            lines.append("   made in  " + _shown(" > ".join(self.made_in)))
        elif self.resource:
            lines.append("   object   " + _shown(self.resource))
        if self.field:
            lines.append("   field    " + _shown(self.field))
        for text, other in self.see_also:
            lines.append(f"   see also {_shown(text)}" + (f" ({other})" if other else ""))
        if self.fix:
            lines.append("   fix      " + _shown(self.fix))
        return "\n".join(lines)


def _shown(text: str) -> str:
    """Return a text fit to be printed, without the middle of what a document has made too long to be read."""
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]} ... {text[-_LONGEST // 2 :]}"
    return printable(text)


class Report:
    """All findings of one run, errors first, otherwise in the order of the objects."""

    def __init__(self, diagnostics: Iterable[Diagnostic] = (), *, mask: Mask | None = None) -> None:
        self.diagnostics = sorted(diagnostics, key=lambda found: _RANK[found.severity])
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
        counts = {name: sum(found.severity == name for found in self.diagnostics) for name in _RANK}
        said = [f"{count} {name}{'s' if count > 1 else ''}" for name, count in counts.items() if count]
        return ", ".join(said) or "no findings"

    def to_text(self) -> str:
        """Return everything as text for people, one blank line between findings."""
        return "\n\n".join(found.to_text() for found in self.diagnostics)
