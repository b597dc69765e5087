"""Which ways to call a function fit the types of its arguments."""

from __future__ import annotations

from functools import lru_cache

from kpy.syntax.cel.declarations import Overload, overloads
from kpy.syntax.cel.errors import CelError
from kpy.syntax.cel.types import DYN, Bindings, Type
from kpy.syntax.cel.wording import listed, spoken

__all__ = ["Way", "ground_way", "resolve"]

#: The type of the result, and the ways that fit.
Way = tuple[Type, tuple[Overload, ...]]


@lru_cache(4096)
def ground_way(name: str, release: int, is_method: bool, kinds: tuple[Type, ...]) -> Way | None:
    """Return the ways for types of which nothing is yet to be found; nothing where their result is yet to be found."""
    found = resolve(Bindings(), name, release, is_method, kinds)
    return found if found[0].ground else None


def resolve(bindings: Bindings, name: str, release: int, is_method: bool, kinds: tuple[Type, ...]) -> Way:
    """Return the ways that fit; what is found of types is kept in the bindings."""
    result: Type | None = None
    found: list[Overload] = []
    for way in overloads(name, release):
        if way.is_method != is_method or len(way.args) != len(kinds):
            continue
        args, made = _instantiated(way, bindings) if way.has_params else (way.args, way.result)
        if not bindings.all_assignable(kinds, args):
            continue
        found.append(way)
        made = bindings.substitute(made)
        if result is None:
            result = made
        elif result is not DYN and made is not result:
            result = DYN
    if result is None:
        closed = [bindings.substitute(kind, closed=True) for kind in kinds]
        raise CelError(f"uses {spoken(name, is_method)} with {listed(closed)}, which do not fit")
    return result, tuple(found)


def _instantiated(way: Overload, bindings: Bindings) -> tuple[tuple[Type, ...], Type]:
    """Return the types of arguments and result with new types in the place of `A` and `B`."""
    fresh = Bindings()
    for kind in (*way.args, way.result):
        for each in _params(kind):
            if each not in fresh.found:
                fresh.found[each] = bindings.fresh()
    return tuple(fresh.substitute(kind) for kind in way.args), fresh.substitute(way.result)


def _params(kind: Type) -> tuple[Type, ...]:
    if kind.kind == "param":
        return (kind,)
    return tuple(each for inner in kind.params for each in _params(inner))
