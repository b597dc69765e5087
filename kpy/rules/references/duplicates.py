"""Objects that are declared twice."""

from __future__ import annotations

from typing import Final

from kpy.checking.object_set import Member, Objects, See, SetCheck, rule_on_all
from kpy.diagnostics import Severity
from kpy.objects import title
from kpy.paths import ROOT

__all__: list[str] = []

_SOURCE: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"


@rule_on_all("duplicate-object", source=_SOURCE, severity="error")
def duplicate_object(objects: Objects, check: SetCheck) -> None:
    """Two objects of one kind, namespace and name are one object to a cluster: the later one replaces the other.

    In two files of a folder they may be alternatives, which is a warning, said once for both files; in two folders
    they surely are.
    """
    first: dict[tuple[str, str, str, str], Member] = {}
    alternatives: dict[tuple[str, str], list[tuple[Member, Member]]] = {}
    for member in objects:
        if not member.name:
            continue
        other = first.setdefault((member.group, member.kind, member.namespace, member.name), member)
        if other is member or not objects.together(member, other):
            continue
        if objects.are_alternatives(member, other):
            files = objects.setting.files[member.number], objects.setting.files[other.number]
            alternatives.setdefault(files, []).append((member, other))
        else:
            _report(check, member, other)
    for (member, other), *more in alternatives.values():
        _report(check, member, other, alike=len(more), severity="warning")


def _report(
    check: SetCheck, member: Member, other: Member, *, alike: int = 0, severity: Severity | None = None
) -> None:
    many = f"; {alike} more of its file {'is' if alike == 1 else 'are'} declared there too" if alike else ""
    fix = "give one of them another name or namespace"
    check.report(
        member,
        ROOT + "metadata" + "name",
        f"{title(member.tree)} is declared twice; a cluster keeps one object of a kind, namespace and name{many}",
        fix=f"{fix}; check files that are alternatives one by one" if severity else fix,
        severity=severity,
        see_also=[See(f"first declared as {title(other.tree)}", other)],
    )
