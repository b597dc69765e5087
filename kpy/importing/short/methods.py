"""Objects that another makes: an autoscaler or a budget by its workload, a binding by its role."""

from __future__ import annotations

from collections.abc import Callable

from kpy.importing.subjects import Subject
from kpy.importing.writer import Writer
from kpy.python_source.expressions import Bracket, Item, Node, Text, Variable

__all__ = ["MADE_BY", "made_by"]

#: What all of these methods take, beside what each has of its own.
_COMMON = frozenset({"namespace=", "labels=", "annotations=", "metadata="})
_SCALED = ("Deployment", "ReplicaSet", "StatefulSet")
_MEASURES = frozenset({"cpu=", "memory=", "metrics=", "scale_up=", "scale_down="})

Items = dict[str, Item]


def made_by(writer: Writer, made: Bracket) -> Node | None:
    """Return an object as a call of what it serves; nothing where it serves nothing of the import, or says more."""
    name, *rest = made.items
    items = {item.head: item for item in rest}
    if not isinstance(name.value, Text):
        return None
    return MADE_BY[writer.subject.kind](writer, name.value.value, items)


def _scaled(writer: Writer, name: str, items: Items) -> Node | None:
    target = _subject(writer, items.pop("scale_target_ref=", None))
    least, most = items.pop("min_replicas=", None), items.pop("max_replicas=", None)
    if target is None or target.kind not in _SCALED or least is None or most is None:
        return None
    if not items.keys() <= _COMMON | _MEASURES:
        return None
    return _call(target, "scale", name, [_plain(least), _plain(most)], items)


def _budget(writer: Writer, name: str, items: Items) -> Node | None:
    target = _subject(writer, items.pop("selector=", None))
    numbers = [each for each in ("min_available=", "max_unavailable=") if each in items]
    if target is None or not numbers or not items.keys() <= _COMMON | {*numbers}:
        return None
    return _call(target, "budget", name, [], items)


def _bound(writer: Writer, name: str, items: Items) -> Node | None:
    role, subjects = _subject(writer, items.pop("role=", None)), items.pop("subjects=", None)
    if role is None or subjects is None or not items.keys() <= _COMMON:
        return None
    if not isinstance(subjects.value, Bracket) or not subjects.value.items:
        return None
    is_narrower = (role.kind, writer.subject.kind) == ("ClusterRole", "RoleBinding")
    verb = "bind_in_namespace" if is_narrower else "bind"
    return _call(role, verb, name, subjects.value.items, items)


def _subject(writer: Writer, item: Item | None) -> Subject | None:
    """Return the object of the import that an argument is."""
    value = item.value if item is not None else None
    found = writer.needs.get(value.key) if isinstance(value, Variable) and isinstance(value.key, int) else None
    return found if found is not None and found.is_construct else None


def _call(target: Subject, verb: str, name: str, first: list[Item] | tuple[Item, ...], items: Items) -> Bracket:
    named = [] if name == target.name else [Item(Text(name), "name=")]
    return Bracket(target.variable._replace(rest=f".{verb}"), "()", (*first, *named, *items.values()))


def _plain(item: Item) -> Item:
    return item._replace(head="")


#: Kinds to who writes them as a call of another object.
MADE_BY: dict[str, Callable[[Writer, str, Items], Node | None]] = {
    "ClusterRoleBinding": _bound,
    "HorizontalPodAutoscaler": _scaled,
    "PodDisruptionBudget": _budget,
    "RoleBinding": _bound,
}
