"""Warnings of constructs about how they are used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpy.diagnostics import Diagnostic
from kpy.pipeline.draft import Draft
from kpy.tree.part import way_to
from kpy.tree.walk import below

__all__ = ["find_remarks", "own_rules"]


def find_remarks(draft: Draft) -> Iterator[Diagnostic]:
    """Yield the warnings that constructs gave and that nobody waived, in the order of the tree."""
    for part in (draft.app, *below(draft.app, made=True)):
        if "_remarks" in part.__dict__ or "_deprecated" in part.__dict__:
            yield from _of(part, draft)


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
