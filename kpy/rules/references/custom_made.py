"""What the controllers of well-known custom resources make, as the table of custom kinds says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kpy.checking.object_set import Member, Objects
from kpy.schema.custom import CustomKind, custom_kind
from kpy.schema.custom.places import Made, Place, made, places

__all__ = ["is_described", "made_by", "makers_of", "places_of"]


def makers_of(objects: Objects, group: str, kind: str, name: str, namespace: str = "") -> Iterator[tuple[Member, Made]]:
    """Yield the custom resources that make an object, and how; without a namespace, it may be in any."""
    for member, how in _made(objects).get((group, kind, name), ()):
        is_everywhere = not member.namespace or how.row.options.get("namespace") == "*"
        if is_everywhere or not namespace or member.namespace == namespace:
            yield member, how


def made_by(objects: Objects, group: str, kind: str, name: str, namespace: str = "") -> Member | None:
    """Return the custom resource that makes an object; nothing where none does."""
    return next((member for member, _ in makers_of(objects, group, kind, name, namespace)), None)


def is_described(member: Member) -> CustomKind | None:
    """Return what is known of the kind of a custom resource; nothing where nobody described it."""
    return custom_kind(member.group, member.kind) if member.known is None else None


def places_of(objects: Objects, member: Member) -> Sequence[Place]:
    """Return the fields of a custom resource of which the table says something; of other objects, none."""
    found: dict[int, Sequence[Place]] = objects.kept.setdefault("places in custom resources", {})
    if id(member) not in found:
        known = is_described(member)
        found[id(member)] = [*places(known, member.tree)] if known is not None else ()
    return found[id(member)]


def _made(objects: Objects) -> Mapping[tuple[str, str, str], list[tuple[Member, Made]]]:
    key = "made by custom resources"
    if key not in objects.kept:
        found: dict[tuple[str, str, str], list[tuple[Member, Made]]] = {}
        for member in objects:
            known = is_described(member)
            for each in made(known, member.tree, places_of(objects, member)) if known is not None else ():
                found.setdefault((each.group, each.kind, each.name), []).append((member, each))
        objects.kept[key] = found
    there: Mapping[tuple[str, str, str], list[tuple[Member, Made]]] = objects.kept[key]
    return there
