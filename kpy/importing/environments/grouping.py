"""Which chart each object goes into, the same one in all environments, and what a chart says in each."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from kpy.importing.environments.families import Family
from kpy.importing.grouping import find_common, group, lives_in_namespace
from kpy.importing.subjects import Group, Subject
from kpy.objects import metadata_of
from kpy.schema.scopes import custom_scopes

__all__ = ["ChartFamily", "group_families"]


class ChartFamily:
    """A chart, and what it is in the environments that have it."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.charts: dict[str, Group] = {}


def group_families(
    families: Sequence[Family], environments: Sequence[str], name: str, roots: Mapping[str, str]
) -> list[ChartFamily]:
    """Give every object its chart, and return the charts.

    They are those that one environment would have: by namespace where there are several, else by folder, which is
    looked at below `roots`, the folders of the environments.
    """
    spaces = _spaces(families)
    proxies = [_proxy(family, spaces, roots) for family in families]
    groups = group(proxies, name)
    made = [ChartFamily(each) for each in groups]
    for chart in made:
        members = [family for family, proxy in zip(families, proxies, strict=True) if proxy.group is chart.group]
        for environment in environments:
            subjects = [each.subjects[environment] for each in members if environment in each.subjects]
            if subjects:
                chart.charts[environment] = _chart(chart.group, subjects)
        _keep_what_all_have([*chart.charts.values()])
    return made


def _chart(like: Group, subjects: Sequence[Subject]) -> Group:
    namespace = next((subject.namespace for subject in subjects if subject.namespace), None)
    scopes = custom_scopes(subject.tree for subject in subjects if subject.is_object)
    is_said_by_all = all(subject.namespace for subject in subjects if lives_in_namespace(subject, scopes))
    made = Group(like.name, namespace if like.namespace and is_said_by_all else None)
    for subject in subjects:
        subject.group = made
    find_common(made, subjects)
    return made


def _keep_what_all_have(charts: Sequence[Group]) -> None:
    """Leave out labels and annotations of a chart that it does not have in all environments."""
    for said in ([chart.labels for chart in charts], [chart.annotations for chart in charts]):
        for each in said:
            for key in [key for key in each if not all(key in other for other in said)]:
                del each[key]


def _spaces(families: Sequence[Family]) -> dict[tuple[str, str], str]:
    """Return environment and namespace to what the namespace is called for all environments."""
    home: dict[tuple[str, str], tuple[str, str]] = {}

    def root(space: tuple[str, str]) -> tuple[str, str]:
        while space in home:
            space = home[space]
        return space

    spaces = [[(name, it.namespace) for name, it in each.subjects.items() if it.namespace] for each in families]
    alike: dict[str, list[tuple[str, str]]] = {}
    for space in dict.fromkeys(space for known in spaces for space in known):
        alike.setdefault(_plain(space), []).append(space)
    for known in (*spaces, *(each for each in alike.values() if len({name for name, _ in each}) == len(each))):
        for space in known[1:]:
            if root(space) != root(known[0]):
                home[root(space)] = root(known[0])
    names: dict[tuple[str, str], str] = {}
    found: dict[tuple[str, str], str] = {}
    for space in dict.fromkeys(space for known in spaces for space in known):
        first = root(space)
        if first not in names:
            names[first] = _free(_plain(first), [*names.values()])
        found[space] = names[first]
    return found


def _plain(space: tuple[str, str]) -> str:
    """Return a namespace without the name of its environment."""
    environment, namespace = space
    words = [word for word in namespace.split("-") if word != environment]
    return "-".join(words) or namespace


def _free(name: str, taken: Sequence[str]) -> str:
    numbered = (f"{name}-{number}" if number > 1 else name for number in range(1, len(taken) + 2))
    return next(each for each in numbered if each not in taken)


def _proxy(family: Family, spaces: Mapping[tuple[str, str], str], roots: Mapping[str, str]) -> Subject:
    """Return an object that stands for a family, in the namespace of all environments."""
    placed = [(name, each) for name, each in family.subjects.items() if each.namespace]
    name, subject = (placed or [*family.subjects.items()])[0]
    tree = subject.tree
    if placed:
        tree = {**tree, "metadata": {**metadata_of(tree), "namespace": spaces[name, subject.namespace]}}
    root = roots.get(name, "")
    file = os.path.relpath(subject.file, root) if subject.file and root else subject.file
    return Subject(tree, family.number, subject.document, file)
