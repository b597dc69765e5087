"""Objects that are named and not here: misspelled, in another namespace, or of somebody else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from kpy.checking.hints import near_word
from kpy.checking.object_set import Member, Objects, See, SetCheck
from kpy.checking.rule import Rule
from kpy.objects import title
from kpy.paths import Path
from kpy.rules.programs import OTHER_NAMESPACE
from kpy.rules.references.elsewhere import is_elsewhere, reason_for_absence
from kpy.rules.references.spelling import misspelled

__all__ = ["Wanted", "report_unfound"]

#: How many absent names get a look for near ones, which is slow.
_HINTS: Final = 50
#: Among how many names a near one is looked for.
_NAMES: Final = 500


class Wanted(NamedTuple):
    """The object that a name means."""

    group: str
    kind: str
    name: str
    #: Empty for kinds without, and where none is said.
    namespace: str = ""

    def __str__(self) -> str:
        """Return kind and name for messages: `Service "web"`."""
        return f'{self.kind} "{self.name}"'


def report_unfound(
    objects: Objects, check: SetCheck, member: Member, at: Path, wanted: Wanted, rule: Rule | None
) -> bool:
    """Report what is wrong where an object is named that is not here; return whether the object is not here.

    An object that an app gave, and that is in another namespace, is always an error. A name of plain text is how an app
    speaks of what lives outside, so that it is reported only where the app has an object of nearly that name.
    """
    meant = objects.given(member, at)
    if meant is not None and _is_out_of_sight(meant, wanted):
        _report_other_namespace(check, member, at, wanted, meant)
        return True
    if objects.find(*wanted):
        return False
    if not objects.is_given(member, at):
        _report_absent(objects, check, member, at, wanted, rule)
    return True


def _is_out_of_sight(meant: Member, wanted: Wanted) -> bool:
    is_kind = (meant.group, meant.kind) == (wanted.group, wanted.kind)
    return is_kind and bool(meant.namespace and wanted.namespace) and meant.namespace != wanted.namespace


def _report_other_namespace(check: SetCheck, member: Member, at: Path, wanted: Wanted, meant: Member) -> None:
    check.report(
        member,
        at,
        f'{wanted} is in namespace "{meant.namespace}"; "{wanted.namespace}" does not see it',
        fix=f'declare one in namespace "{wanted.namespace}" too, or move one of both',
        see_also=[See(title(meant.tree), meant)],
        rule=OTHER_NAMESPACE,
    )


def _report_absent(
    objects: Objects, check: SetCheck, member: Member, at: Path, wanted: Wanted, rule: Rule | None
) -> None:
    """Report an object that is named and not here, unless it lives elsewhere, or its name could not be read.

    Where something here may well make it at run time, or only a cluster can have it, this is a note.
    """
    group, kind, name, namespace = wanted
    if is_elsewhere(objects, *wanted) or _is_foreign(objects, group, kind):
        return
    if objects.has_nameless(group, kind) or objects.may_be_unread(member):
        return
    others = objects.by_name.get((group, kind, name), [])
    near = None if others else _near(objects, wanted)
    is_app = objects.setting.is_app
    if is_app and not others and near is None and not _is_asked_for(objects, check, rule):
        return
    within = f' in namespace "{namespace}"' if namespace else ""
    is_slip = near is not None and misspelled(name, [near]) is not None
    reason = "" if is_slip else reason_for_absence(objects, member, at, wanted)
    check.report(
        member,
        at,
        f"{wanted} is not {'part of the app' if is_app else 'among the documents'}{within}"
        + (f"; {reason}" if reason else ""),
        fix=_fix(wanted, others, near, is_app=is_app),
        severity="note" if reason else "warning",
        see_also=[See(title(other.tree), other) for other in others[:3]],
        rule=rule,
        topic=("absent", wanted),
    )


def _is_asked_for(objects: Objects, check: SetCheck, rule: Rule | None) -> bool:
    """Return whether the settings give a severity to the rule, and so want to hear of all that an app does not have."""
    asked = rule or check.rule
    return asked is not None and objects.setting.asks_for(asked.name, asked.family)


def _is_foreign(objects: Objects, group: str, kind: str) -> bool:
    """Return whether a kind is neither built in nor one of which there are objects here."""
    is_known = group in objects.api.groups
    return not is_known and not any(there == (group, kind) for there in objects.by_kind)


def _near(objects: Objects, wanted: Wanted) -> str | None:
    """Return the name of an object of the kind that is meant, most likely; in an app only a misspelled one counts."""
    hints: dict[Wanted, str | None] = objects.kept.setdefault("hints", {})
    if wanted not in hints:
        is_much = len(hints) >= _HINTS and not objects.setting.is_app
        hints[wanted] = None if is_much else _nearest(objects, wanted)
    return hints[wanted]


def _nearest(objects: Objects, wanted: Wanted) -> str | None:
    names = [other for (group, kind, other) in objects.by_name if (group, kind) == wanted[:2]]
    return (misspelled if objects.setting.is_app else near_word)(wanted.name, names[:_NAMES])


def _fix(wanted: Wanted, others: Iterable[Member], near: str | None, *, is_app: bool) -> str:
    for other in others:
        return f'write `namespace: {other.namespace}` where that one is meant, or declare one in "{wanted.namespace}"'
    outside = f'`external = ["{wanted.kind}/{wanted.name}"]` under [tool.kpy]'
    if near is not None:
        return f'did you mean "{near}"?' + (f" If it lives outside, say so: {outside}" if is_app else "")
    return f"declare it; if it lives outside, say so: {outside}"
