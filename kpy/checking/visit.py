"""Finds the values of certain API types in a document, without looking at the rest of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final, Generic, NamedTuple, TypeVar

from kpy.paths import ROOT, Path
from kpy.schema import Api, Field
from kpy.schema.pool import pool

__all__ = ["Place", "Visitor"]

_Load = TypeVar("_Load")
_STRUCT: Final = re.compile(r'@([^"]+)"')


class Place(NamedTuple):
    """A value that was looked for."""

    #: What was said about its type.
    load: Any
    value: dict[str, Any]
    at: Path


#: Collects the places in a value, or in a list or map of values.
_Way = Callable[[Any, Path, list[Place]], None]


class Visitor(Generic[_Load]):
    """Visits the values of the types for which a function has something to say.

    The way to them is made type by type when a document first has one, from the fields that lead there.
    """

    def __init__(self, api: Api, load_of: Callable[[str], _Load | None]) -> None:
        self._known = api
        self._load_of = load_of
        self._leads: dict[str, bool] = {}
        self._routes: dict[str, _Way] = {}

    def visit(self, tree: dict[str, Any], type_name: str, at: Path = ROOT) -> list[Place]:
        """Return the places in a sound document of the type, outermost first."""
        places: list[Place] = []
        if self._leads_on(type_name):
            self._route(type_name)(tree, at, places)
        return places

    def _leads_on(self, name: str) -> bool:
        """Return whether values of the type are looked for, or may have such values within them."""
        leads = self._leads.get(name)
        if leads is None:
            leads = self._leads[name] = any(self._load_of(inner) is not None for inner in _within(name))
        return leads

    def _route(self, name: str) -> _Way:
        route = self._routes.get(name)
        if route is None:
            route = self._routes[name] = self._make_route(name)
        return route

    def _make_route(self, name: str) -> _Way:
        load = self._load_of(name)
        struct = self._known.type(name)
        fields = struct.fields.values() if struct else ()
        ways = {field.name: way for field in fields if field.name != "status" and (way := self._way(field))}

        def visit_struct(value: Any, at: Path, places: list[Place]) -> None:
            if load is not None:
                places.append(Place(load, value, at))
            for key, item in value.items():
                way = ways.get(key)
                if way is not None and item:
                    way(item, Path(at, key), places)

        return visit_struct

    def _way(self, field: Field) -> _Way | None:
        name = field.type
        if name is None or not self._leads_on(name):
            return None
        route: _Way | None = None

        def visit_one(value: Any, at: Path, places: list[Place]) -> None:
            nonlocal route
            if route is None:
                route = self._route(name)
            route(value, at, places)

        def visit_list(values: Any, at: Path, places: list[Place]) -> None:
            nonlocal route
            if route is None:
                route = self._route(name)
            for index, value in enumerate(values):
                route(value, Path(at, index), places)

        def visit_map(values: Any, at: Path, places: list[Place]) -> None:
            for key, value in values.items():
                visit_one(value, at.key(key), places)

        return {"list": visit_list, "map": visit_map}.get(field.container, visit_one)


@cache
def _within(name: str) -> frozenset[str]:
    """Return a type and all types that its values may have within them, in any release."""
    names, left = {name}, [name]
    while left:
        new = _structs_in(left.pop()) - names
        names |= new
        left += new
    return frozenset(names)


@cache
def _structs_in(name: str) -> frozenset[str]:
    """Return the types of the fields of a type, in any release."""
    return frozenset(inner for _, text in pool().definitions.get(name, ()) for inner in _STRUCT.findall(text))
