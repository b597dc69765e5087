"""Which chart each object goes into, and what all objects of a chart have in common."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

from kpy.importing.subjects import Group, Subject, group_of
from kpy.objects import metadata_of
from kpy.redaction.encrypted import is_encrypted
from kpy.schema import api
from kpy.schema.scopes import custom_scopes, is_custom_namespaced

__all__ = ["find_common", "group", "lives_in_namespace"]

#: Group and kind of custom resources to whether they live in a namespace.
Scopes = dict[tuple[str, str], bool]


def group(subjects: Sequence[Subject], name: str) -> list[Group]:
    """Give every object its chart: by namespace, where there are several, else by folder; return the charts."""
    scopes = custom_scopes(subject.tree for subject in subjects if subject.is_object)
    spaces = {subject.namespace for subject in subjects if lives_in_namespace(subject, scopes)}
    if len(spaces) > 1:
        groups = _by_namespace(subjects, name, scopes)
    elif len({_folder(subject) for subject in subjects}) > 1:
        groups = _by_folder(subjects, name, next(iter(spaces), ""))
    else:
        only = Group(name, next(iter(spaces), "") or None)
        for subject in subjects:
            subject.group = only
        groups = [only]
    for each in groups:
        find_common(each, [subject for subject in subjects if subject.group is each])
    return groups


def lives_in_namespace(subject: Subject, scopes: Scopes) -> bool:
    """Return whether a chart's namespace would reach an object that says none."""
    if subject.namespace:
        return True
    known = api().kind(subject.api_version, subject.kind)
    if known is not None:
        return known.namespaced
    group = group_of(subject.api_version)
    return any(is_custom_namespaced(group, subject.kind, known) for known in (scopes, {}))  # its definition may go


def _by_namespace(subjects: Sequence[Subject], name: str, scopes: Scopes) -> list[Group]:
    """Return a chart for each namespace; what belongs to the whole cluster goes to what stands beside it.

    What says no namespace has a chart too, called as the app where no namespace is.
    """
    groups: dict[str, Group] = {}
    namespaces = {subject.namespace for subject in subjects if subject.namespace}
    last = ""
    for subject in subjects:
        if lives_in_namespace(subject, scopes):
            last = subject.namespace
        elif subject.kind == "Namespace" and subject.name in namespaces:
            last = subject.name
        if last not in groups:
            groups[last] = Group(last or _apart(name, namespaces), last or None)
        subject.group = groups[last]
    return [*groups.values()]


def _apart(name: str, taken: Collection[str]) -> str:
    """Return a name for the chart of what says no namespace: none of those of the other charts."""
    said = name if name not in taken else "no-namespace"
    while said in taken:
        said += "-2"
    return said


def _by_folder(subjects: Sequence[Subject], name: str, namespace: str) -> list[Group]:
    groups: dict[str, Group] = {}
    taken: set[str] = set()
    for subject in subjects:
        folder = _folder(subject)
        if folder not in groups:
            said = os.path.basename(folder) or name
            if said in taken:
                said = folder.strip("./").replace(os.sep, "-") or name
            while said in taken:
                said += "-2"
            taken.add(said)
            groups[folder] = Group(said, namespace or None)
        subject.group = groups[folder]
    return [*groups.values()]


def _folder(subject: Subject) -> str:
    return os.path.dirname(subject.file) if subject.file else ""


def find_common(group: Group, subjects: Sequence[Subject]) -> None:
    """Find the labels and annotations that all objects of a chart have."""
    if len(subjects) < 2 or not all(subject.is_object for subject in subjects):
        return
    if any(is_encrypted(subject.tree) for subject in subjects):
        return
    for key, common in (("labels", group.labels), ("annotations", group.annotations)):
        said = [metadata_of(subject.tree).get(key) for subject in subjects]
        maps = [each for each in said if isinstance(each, dict)]
        if len(maps) < len(said):
            continue
        first = {name: value for name, value in maps[0].items() if isinstance(value, str) and isinstance(name, str)}
        common.update({name: value for name, value in first.items() if all(each.get(name) == value for each in maps)})
