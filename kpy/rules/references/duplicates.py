"""Objects that are declared twice."""

from __future__ import annotations

from typing import Final

from kpy.checking.object_set import Member, Objects, See, SetCheck, rule_on_all
from kpy.objects import title
from kpy.paths import ROOT

__all__: list[str] = []

_SOURCE: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"


@rule_on_all("duplicate-object", source=_SOURCE, severity="error")
def duplicate_object(objects: Objects, check: SetCheck) -> None:
    """Two objects of one kind, namespace and name are one object to a cluster: the later one replaces the other.

    In two files, equal ones do not matter, and different ones are variants.
    """
    first: dict[tuple[str, ...], Member] = {}
    files = objects.setting.files
    for member in objects:
        if member.name:
            file = files[member.number] if files else ""
            key = (member.group, member.kind, member.namespace, member.name, file)
            other = first.setdefault(key, member)
            if other is not member:
                _report(check, member, other)


def _report(check: SetCheck, member: Member, other: Member) -> None:
    check.report(
        member,
        ROOT + "metadata" + "name",
        f"{title(member.tree)} is declared twice; a cluster keeps one object of a kind, namespace and name",
        fix="give one of them another name or namespace",
        see_also=[See(f"first declared as {title(other.tree)}", other)],
    )
