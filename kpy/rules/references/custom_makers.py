"""What the controllers of custom resources here make: by the texts in these, by their names, and by labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.checking.object_set import Member, Objects
from kpy.rules.references.custom_made import is_described, places_of
from kpy.rules.references.operators import (
    FIXED_NAMES,
    LABEL_VALUES,
    LABELS_OF_OPERATORS,
    LABELS_OF_THE_CLUSTER,
    is_deployer,
    is_maker,
    is_reader,
)
from kpy.rules.references.selected_pods import Pods, Selector

__all__ = [
    "are_labelled_by_operators",
    "is_made_by_name",
    "is_named",
    "is_spoken_of",
    "maker_of",
    "maker_of_pods",
    "speaker_of",
    "texts_beside",
]

#: The longest name that an object can have.
_LONGEST: Final = 253
#: Fields of containers, and of their variables, that tell programs something.
_TELLS: Final = ("args", "command", "value")


def speaker_of(objects: Objects, name: str, namespace: str) -> tuple[Member | None, bool]:
    """Return a custom resource with a text that is a name, and whether its controller works in the namespace.

    Controllers make Secrets and more of the names that their resources have in them.
    """
    speakers = _spoken(objects).get(name, ())
    near = next((member for member in speakers if _is_in_sight(member, namespace)), None)
    return (near, True) if near is not None else (next(iter(speakers), None), False)


def is_spoken_of(objects: Objects, name: str, namespace: str) -> bool:
    """Return whether a custom resource whose controller works in a namespace has a text that is a name."""
    return speaker_of(objects, name, namespace)[1]


def is_named(objects: Objects, name: str, namespace: str) -> bool:
    """Return whether a custom resource of a namespace names an object, or may make it."""
    key = "names in custom resources"
    if key not in objects.kept:
        objects.kept[key] = {
            (place.value, member.namespace)
            for member in objects
            for place in places_of(objects, member)
            if place.row.verb == "names"
        }
    named: set[tuple[str, str]] = objects.kept[key]
    is_there = any((name, other) in named for other in {namespace, ""})
    return is_there or is_spoken_of(objects, name, namespace)


def texts_beside(objects: Objects, member: Member) -> frozenset[str]:
    """Return the texts in all custom resources but one: their controllers may make objects of these names."""
    key = "texts of each custom resource"
    if key not in objects.kept:
        objects.kept[key] = [(each, frozenset(_texts(each.tree))) for each in _sources(objects)]
    texts: list[tuple[Member, frozenset[str]]] = objects.kept[key]
    return frozenset().union(*(words for each, words in texts if each is not member))


def _spoken(objects: Objects) -> Mapping[str, list[Member]]:
    """Return the custom resources by the texts in them, one of each namespace."""
    key = "texts of custom resources"
    if key not in objects.kept:
        spoken: dict[str, dict[str, Member]] = {}
        for member in _sources(objects):
            for text in _unexplained(objects, member):
                if len(text) <= _LONGEST:
                    place = "" if is_deployer(member.group, member.kind) else member.namespace
                    spoken.setdefault(text, {}).setdefault(place, member)
        objects.kept[key] = {text: [*members.values()] for text, members in spoken.items()}
    speakers: Mapping[str, list[Member]] = objects.kept[key]
    return speakers


def is_made_by_name(objects: Objects, name: str, namespace: str) -> bool:
    """Return whether a well-known operator makes an object of this name of a custom resource here."""
    member = maker_of(objects, name, namespace)
    return member is not None and is_maker(member.group, member.kind)


def maker_of(objects: Objects, name: str, namespace: str) -> Member | None:
    """Return the custom resource whose name a name begins or ends with, or has between dots; the best known first."""
    makers = [member for part in _parts(name) for member in _named(objects).get(part, ())]
    makers = [member for member in makers if _is_in_sight(member, namespace)]
    fixed = _fixed(objects).get(name)
    if fixed is not None and _is_in_sight(fixed, namespace):
        return fixed
    return min(makers, key=lambda member: not is_maker(member.group, member.kind), default=None)


def maker_of_pods(objects: Objects, selector: Selector, namespace: str) -> tuple[Member | None, bool]:
    """Return the custom resource of which a controller makes pods that a selector selects, and whether it surely does.

    Its labels, or those in it, are selected, or its name is the value of a label.
    """
    for member, labels in _labelled(objects):
        if _is_in_sight(member, namespace) and Pods.fits(selector, labels):
            return member, True
    values = _values(selector)
    makers = [member for value in values for member in _named(objects).get(value, ())]
    makers += [
        member
        for (group, kind), words in LABEL_VALUES.items()
        if not words.isdisjoint(values)
        for member in objects.by_kind.get((group, kind), ())
    ]
    makers = [member for member in makers if _is_in_sight(member, namespace)]
    best = min(makers, key=lambda member: not is_maker(member.group, member.kind), default=None)
    if best is not None and is_maker(best.group, best.kind):
        return best, True
    by_domain = _of_label_domain(objects, selector, namespace)
    return (by_domain, True) if by_domain is not None else (best, False)


def are_labelled_by_operators(selector: Selector) -> bool:
    """Return whether a selector asks for a label that well-known operators or clusters give to pods of their own."""
    if not LABELS_OF_THE_CLUSTER.isdisjoint((selector.get("matchLabels") or {}).items()):
        return True
    return any(key.partition("/")[0] in LABELS_OF_OPERATORS for key in _keys(selector))


def _of_label_domain(objects: Objects, selector: Selector, namespace: str) -> Member | None:
    """Return a custom resource whose group is that of a label: `kafka.strimzi.io` for `strimzi.io/cluster`."""
    domains = {key.partition("/")[0] for key in _keys(selector) if "/" in key}
    if not domains:
        return None
    return next(
        (
            member
            for member in _sources(objects)
            if _is_in_sight(member, namespace)
            and any(f".{member.group}".endswith(f".{domain}") for domain in domains if "." in domain)
        ),
        None,
    )


def _keys(selector: Selector) -> Iterator[str]:
    yield from selector.get("matchLabels") or ()
    for requirement in selector.get("matchExpressions") or ():
        yield requirement.get("key") or ""


def _values(selector: Selector) -> list[str]:
    values = [str(value) for value in (selector.get("matchLabels") or {}).values()]
    for requirement in selector.get("matchExpressions") or ():
        values += requirement.get("values") or () if requirement.get("operator") == "In" else ()
    return values


def _is_in_sight(member: Member, namespace: str) -> bool:
    """Return whether the controller of a custom resource makes objects in a namespace."""
    is_there = not member.namespace or not namespace or member.namespace == namespace
    return is_there or is_deployer(member.group, member.kind)


def _parts(name: str) -> Iterator[str]:
    """Yield what a name may be made of: itself, its beginnings and ends at dashes and dots, its parts between dots."""
    if len(name) > _LONGEST:
        return
    yield name
    for at, mark in enumerate(name):
        if mark in "-.":
            yield name[:at]
            yield name[at + 1 :]
    yield from name.split(".")


def _sources(objects: Objects) -> Iterator[Member]:
    """Yield the objects of kinds that nobody here knows and that make something.

    What the table of custom kinds says completely is no matter of guessing.
    """
    for member in _unknown(objects):
        kind = is_described(member)
        if kind is None or not kind.makes_nothing_else:
            yield member


def _unknown(objects: Objects) -> Iterator[Member]:
    """Yield the objects of kinds that nobody here knows: custom ones but for readers, those without a kind."""
    for member in objects:
        if member.known is None and not is_reader(member.group, member.kind):
            yield member


def _named(objects: Objects) -> Mapping[str, list[Member]]:
    key = "custom resources by name"
    if key not in objects.kept:
        named: dict[str, list[Member]] = {}
        for member in _sources(objects):
            if member.name and member.group:
                named.setdefault(member.name, []).append(member)
        objects.kept[key] = named
    members: Mapping[str, list[Member]] = objects.kept[key]
    return members


def _fixed(objects: Objects) -> Mapping[str, Member]:
    key = "fixed names"
    if key not in objects.kept:
        objects.kept[key] = {
            name: member
            for kind, names in FIXED_NAMES.items()
            for member in objects.by_kind.get(kind, ())[:1]
            for name in names
        }
    members: Mapping[str, Member] = objects.kept[key]
    return members


def _labelled(objects: Objects) -> list[tuple[Member, Mapping[str, Any]]]:
    key = "labels of custom resources"
    if key not in objects.kept:
        objects.kept[key] = [(member, labels) for member in _unknown(objects) for labels in _labels(member.tree)]
    labelled: list[tuple[Member, Mapping[str, Any]]] = objects.kept[key]
    return labelled


def _labels(value: object) -> Iterator[Mapping[str, Any]]:
    match value:
        case dict():
            for key, item in value.items():
                if key == "labels" and isinstance(item, dict):
                    yield item
                else:
                    yield from _labels(item)
        case list():
            for item in value:
                yield from _labels(item)


def _unexplained(objects: Objects, member: Member) -> Iterator[str]:
    """Yield the texts in a custom resource of which nobody knows that they name what has to be there."""
    kind = is_described(member)
    if kind is None:
        yield from _texts(member.tree)
        return
    counts = Counter(_texts(member.tree))
    for place in places_of(objects, member):
        if place.row.verb == "names":
            counts[place.value] -= 1
        elif place.row.verb == "holds":
            counts.subtract(_texts(place.value))
            counts.update(_told(place.value))
    yield from (text for text, count in counts.items() if count > 0)


def _told(value: object) -> Iterator[str]:
    """Yield what the programs of containers within a value are told."""
    match value:
        case dict():
            for key, item in value.items():
                yield from _texts(item) if key in _TELLS else _told(item)
        case list():
            for item in value:
                yield from _told(item)


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for item in value.values():
                yield from _texts(item)
        case list():
            for item in value:
                yield from _texts(item)
