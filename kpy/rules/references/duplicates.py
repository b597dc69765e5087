"""Objects that are declared twice."""

from __future__ import annotations

from typing import Final

from kpy.rules.check import ROOT
from kpy.rules.whole import Member, Objects, See, SetCheck, rule_on_all, title

__all__: list[str] = []

_SOURCE: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"


@rule_on_all("duplicate-object", source=_SOURCE, severity="error")
def duplicate_object(objects: Objects, check: SetCheck) -> None:
    """Two objects of one kind, namespace and name are one object to a cluster: the later one replaces the other.

    In two files of a folder they may be alternatives, which is a warning; in two folders they surely are.
    """
    first: dict[tuple[str, str, str, str], Member] = {}
    for member in objects.all:
        if not member.name:
            continue
        other = first.setdefault((member.group, member.kind, member.namespace, member.name), member)
        if other is member or not objects.together(member, other):
            continue
        check.report(
            member,
            ROOT + "metadata" + "name",
            f"{title(member.tree)} is declared twice; a cluster keeps one object of a kind, namespace and name",
            fix="give one of them another name or namespace",
            severity="warning" if objects.are_alternatives(member, other) else "error",
            see_also=[See(f"first declared as {title(other.tree)}", other)],
        )
