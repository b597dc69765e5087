"""Updates of custom resources that an API server refuses: by the schemas and the rules of their definitions.

A definition among the new objects judges, as it comes first; else the old one, which is there. The object as it stood
is read as a server reads it then: by the new schema. What an update leaves as it was is not judged again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kpy.compare.changes import Change
from kpy.objects import Key, Tree, key_of
from kpy.schema import Api, api

__all__ = ["NO_DEFINITIONS", "Definitions", "refusal_of", "with_refusals"]

_DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")
#: How many faults are told.
_TOLD = 5


class Definitions(NamedTuple):
    """Where definitions are, beside those among the objects."""

    #: Files and folders.
    paths: tuple[str, ...] = ()
    #: The folder of the project that keeps them; empty where none does.
    project: str = ""


NO_DEFINITIONS = Definitions()


def with_refusals(
    changes: Sequence[Change],
    before: Iterable[Tree],
    after: Iterable[Tree],
    definitions: Definitions = NO_DEFINITIONS,
    release: str | None = None,
) -> list[Change]:
    """Return changes of which those are `refused` that a server does not take."""
    known = api(release)
    asked = {_key_of(change) for change in changes if change.differences and not change.replaces}
    asked = {key for key in asked if "." in key.group and key.group not in known.groups}
    if not asked:
        return list(changes)
    old, new = ({key_of(tree): tree for tree in trees} for trees in (before, after))
    found = _refusals(
        {key: (old[key], new[key]) for key in asked if key in old and key in new}, old, new, definitions, known
    )
    return [_refused(change, found.get(_key_of(change), ())) for change in changes]


def refusal_of(change: Change, old: Tree, new: Tree, among: Iterable[Tree], release: str | None = None) -> Change:
    """Return a change of one object, `refused` where a server does not take it; `among` has its definition."""
    return with_refusals([change], [old], [new, *(tree for tree in among if _is_definition(tree))], release=release)[0]


def _refused(change: Change, reasons: Sequence[str]) -> Change:
    return change._replace(effect="refused", reasons=(*reasons, *change.reasons)) if reasons else change


def _key_of(change: Change) -> Key:
    return Key(change.api_version.rpartition("/")[0], change.kind, change.namespace, change.name)


def _is_definition(tree: Tree) -> bool:
    key = key_of(tree)
    return (key.group, key.kind) == _DEFINITION


def _refusals(
    pairs: Mapping[Key, tuple[Tree, Tree]],
    before: Mapping[Key, Tree],
    after: Mapping[Key, Tree],
    definitions: Definitions,
    known: Api,
) -> dict[Key, tuple[str, ...]]:
    """Return why updates are refused."""
    judging = [tree for tree in ({**before, **after}).values() if _is_definition(tree)]
    if not pairs or not (judging or definitions.paths):
        return {}
    updates = _faults(
        [new for _, new in pairs.values()], [old for old, _ in pairs.values()], judging, definitions, known
    )
    alone = _faults([pairs[key][1] for key in updates], [], judging, definitions, known) if updates else {}
    return {key: _reasons(faults, key not in alone) for key, faults in updates.items()}


def _reasons(faults: Sequence[str], is_sound: bool) -> tuple[str, ...]:
    more = (f"and {len(faults) - _TOLD} more",) if len(faults) > _TOLD else ()
    remedy = ("the object must be deleted and created anew",) if is_sound else ()
    return (*(f"the API server refuses it: {fault}" for fault in faults[:_TOLD]), *more, *remedy)


def _faults(
    trees: Sequence[Tree], before: Sequence[Tree], judging: Sequence[Tree], definitions: Definitions, known: Api
) -> dict[Key, list[str]]:
    """Return what definitions have against objects, `field: message`."""
    from kpy.checking.choice import Choice
    from kpy.checking.object_set import Member, Objects
    from kpy.checking.setting import Setting
    from kpy.custom.resources import check_custom

    kind = known.kind("apiextensions.k8s.io/v1", _DEFINITION[1])
    members = [Member(tree, number) for number, tree in enumerate(trees)]
    beside = [Member(tree, -1, known=kind) for tree in judging]
    objects = Objects([*members, *beside], known, Setting(before=before))
    found: dict[Key, list[str]] = {}
    for finding in check_custom(objects, Choice(crds=definitions.paths, project=definitions.project)):
        told = finding.diagnostic
        if told.severity == "error" and finding.member is not None:
            said = f"{told.field}: {told.message}" if told.field else told.message
            found.setdefault(key_of(finding.member.tree), []).append(said)
    return found
