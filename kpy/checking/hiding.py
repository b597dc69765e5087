"""Findings as they may be shown: without the values of Secrets, and no longer than people read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kpy.checking.object_set import Finding, Member
from kpy.diagnostics import Diagnostic
from kpy.redaction.fields import is_secret, is_secret_field
from kpy.redaction.given import given_secrets, hide_given

if TYPE_CHECKING:
    from kpy.redaction.mask import Mask

__all__ = ["hide_secrets", "presentable"]

#: The longest message, or advice, in characters.
_LONGEST = 1000


def hide_secrets(findings: Iterable[Finding], members: Iterable[Member]) -> Iterator[Finding]:
    """Yield the findings on these objects as they may be shown."""
    mask: Mask | None = None
    for finding in findings:
        from kpy.redaction.mask import Mask, hide_value

        mask = mask or Mask(member.written for member in members)
        diagnostic = finding.diagnostic
        if (value := _secret_at(finding)) is not None:
            diagnostic = diagnostic._replace(
                message=hide_value(diagnostic.message, value), fix=hide_value(diagnostic.fix, value)
            )
        shown = presentable(diagnostic, mask)
        yield finding if shown is finding.diagnostic else finding._replace(diagnostic=shown)


def presentable(diagnostic: Diagnostic, mask: Mask) -> Diagnostic:
    """Return a diagnostic whose texts have no value of a Secret, and are bounded."""
    message, fix = (_bounded(mask.hide(text)) for text in (diagnostic.message, diagnostic.fix))
    see_also = tuple(related._replace(text=_bounded(mask.hide(related.text))) for related in diagnostic.see_also)
    diagnostic = _without_given(diagnostic)
    if (message, fix, see_also) == (diagnostic.message, diagnostic.fix, diagnostic.see_also):
        return diagnostic
    return diagnostic._replace(message=message, fix=fix, see_also=see_also)


def _without_given(diagnostic: Diagnostic) -> Diagnostic:
    """Return a diagnostic in which nothing that was given as a secret stands as a name, or in a path."""
    if not given_secrets():
        return diagnostic
    places = tuple(
        place._replace(
            **{key: hide_given(getattr(place, key)) for key in ("resource", "field", "anchor", "origin")}  # type: ignore[arg-type]
        )
        for place in diagnostic.places
    )
    return diagnostic._replace(
        resource=hide_given(diagnostic.resource),
        field=hide_given(diagnostic.field),
        anchor=hide_given(diagnostic.anchor),
        origin=hide_given(diagnostic.origin),
        made_in=tuple(map(hide_given, diagnostic.made_in)),
        changed_by=tuple(map(hide_given, diagnostic.changed_by)),
        places=places,
    )


def _secret_at(finding: Finding) -> Any:
    """Return the secret value that a finding is about; nothing where it is about anything else."""
    member = finding.member
    if member is None or not is_secret(member.written):
        return None
    steps = finding.steps[len(member.at.steps) :]
    if not is_secret_field(steps):
        return None
    value: Any = member.written
    for step in steps:
        inside = value[step] if isinstance(value, Mapping) and step in value else None
        if inside is None and isinstance(value, list) and isinstance(step, int) and step < len(value):
            inside = value[step]
        if inside is None:
            break
        value = inside
    return value if value is not member.written else None


def _bounded(text: str) -> str:
    """Return a text, shortened where it is long: its beginning and its end, which often says what was expected."""
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2 - 20
    return f"{text[:half]} … {text[-half:]}"
