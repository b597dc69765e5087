"""Warnings of constructs about how they are used, and fields that are changed too late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpy.diagnostics import Diagnostic
from kpy.pipeline.draft import Draft
from kpy.rules.programs import CHANGED_TOO_LATE
from kpy.tree.part import describe, way_to
from kpy.tree.walk import below

__all__ = ["find_remarks", "own_rules"]


def find_remarks(draft: Draft) -> Iterator[Diagnostic]:
    """Yield the warnings that constructs gave and that nobody waived, and changes that come too late."""
    for part in (draft.app, *below(draft.app, made=True)):
        if "_remarks" in part.__dict__ or "_deprecated" in part.__dict__:
            yield from _of(part, draft)
        if "_kept_fields" in part.__dict__:
            yield from _changed(part, draft)


def own_rules(draft: Draft) -> frozenset[str]:
    """Return the rules under which constructs of users may warn."""
    from kpy.tree.remarks import rules_of

    return frozenset(rule for part in (draft.app, *below(draft.app, made=True)) for rule in rules_of(part))


def _of(part: Any, draft: Draft) -> Iterator[Diagnostic]:
    from kpy.tree.remarks import remarks_of
    from kpy.tree.shared import waivers_of

    waived = waivers_of(part, draft.shared)
    for remark in remarks_of(part):
        is_waived = bool(str(waived.get(remark.rule) or "").strip())
        if not is_waived or draft.choice.is_mandatory(remark.rule, "policy"):
            yield Diagnostic(
                rule=remark.rule,
                family="policy",
                severity="warning",
                field=remark.field,
                message=remark.message,
                fix=remark.fix,
                where=part._where,
                made_in=way_to(part),
            )


def _changed(part: Any, draft: Draft) -> Iterator[Diagnostic]:
    """Yield an error for each field that was changed in place when the parts were made."""
    from kpy.tree.in_place import changed_in_place

    for name in changed_in_place(part):
        yield Diagnostic(
            rule=CHANGED_TOO_LATE.name,
            family=CHANGED_TOO_LATE.family,
            severity="error",
            field=name,
            message=f"`{name}` of {describe(part)} was changed in place after its parts were made: none has the change",
            fix="give all of it when the construct is made, or change the parts, `.find(Deployment)`",
            where=part._where,
            made_in=way_to(part),
            changed_by=tuple(draft.changed.get(id(part), ())),
        )
