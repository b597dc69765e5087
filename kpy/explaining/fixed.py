"""Which fields a server does not let change, by the type that has them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from kpy.compare.immutable import Fixed, fixed_fields
from kpy.schema import Kind, api

__all__ = ["ALWAYS", "SOMETIMES", "fixed"]

ALWAYS = "It cannot be changed later."
SOMETIMES = "Later it can be changed only in some cases."

#: What a workload makes by the template is not the object that cannot be changed.
_SHARED = frozenset({"core/v1 PodSpec"})


def fixed(type_name: str, field: str) -> str:
    """Return what a server says to a change of a field, in a sentence; nothing where it lets it change."""
    return _fixed().get((type_name, field), "")


@cache
def _fixed() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for kind in api().kinds:
        for row in fixed_fields(kind.group, kind.kind):
            for place in _places(kind, row):
                found[place] = SOMETIMES if row.unless else ALWAYS
    return found


def _places(kind: Kind, row: Fixed) -> Iterator[tuple[str, str]]:
    """Yield type and field of what a row is about: the field, or those within it where some of them may change."""
    owner, name = kind.type, ""
    for step in row.path.split("."):
        if name:
            owner = _type_of(owner, name)
        name = step
    inner = _type_of(owner, name)
    free = {path.removeprefix(f"{row.path}.") for path in row.but}
    if name == "spec" and inner and inner not in _SHARED:
        known = api().type(inner)
        fields = known.fields if known is not None else {}
        yield from ((inner, each) for each in fields if each not in free)
    else:
        yield owner, name


def _type_of(owner: str, field: str) -> str:
    known = api().type(owner)
    found = known.fields.get(field) if known is not None else None
    return (found.type or "") if found is not None else ""
