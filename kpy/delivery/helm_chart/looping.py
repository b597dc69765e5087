"""Lists that have one item for each item of a list of values, or for each entry of a table."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from kpy.delivery.helm_chart.evidence import Evidence
from kpy.delivery.helm_chart.expressions import Path, Values, at
from kpy.delivery.helm_chart.source_constants import Constants
from kpy.delivery.helm_chart.variables import Variable, fields_in
from kpy.loading.conversion import collection_of, parts_of
from kpy.loading.fitting import is_mapping

__all__ = ["Loop", "loops"]

#: From how many items a loop is learned.
_MOST_ITEMS: Final = 250


class Loop(NamedTuple):
    """A way to read lists as some items, those of a loop, and some more."""

    path: Path
    name: str
    is_table: bool
    #: How many items stand before those of the loop, and how many after them.
    before: int
    after: int
    #: What the items of the loop are, each with the values and what is gone through.
    evidence: Evidence
    nodes: Mapping[int, Any]


def loops(
    evidence: Evidence,
    nodes: Mapping[int, Any],
    followed: Sequence[Variable],
    constants: Constants,
    *,
    is_ordered: bool = True,
) -> Iterator[Loop]:
    """Yield the loops by which lists may be read, for all value sets.

    Where the order of the items is of no account, a table is gone through as it was given.
    """
    name = f"$item{sum(1 for each in evidence.variables if each.path[0].startswith('$')) or ''}"
    for variable in followed:
        element = _element_of(variable.annotation)
        if element is None:
            continue
        through = {index: _through(evidence.sets[index], variable.path, is_sorted=is_ordered) for index in nodes}
        extra = {len(node) - len(through[index]) for index, node in nodes.items()}
        if len(extra) != 1 or min(extra) < 0 or not any(through.values()):
            continue
        more = extra.pop()
        for before in range(more + 1):
            rows = [
                (_inner(evidence.sets[index], name, entry), node[before + number])
                for index, node in nodes.items()
                for number, entry in enumerate(through[index])
            ]
            rows = (
                [rows[number * len(rows) // _MOST_ITEMS] for number in range(_MOST_ITEMS)]
                if len(rows) > _MOST_ITEMS
                else rows
            )
            is_table = is_mapping_type(variable.annotation)
            inner = [*followed, *_variables(name, element, is_table, [values for values, _ in rows])]
            yield Loop(
                variable.path,
                name,
                is_table,
                before,
                more - before,
                Evidence(inner, [values for values, _ in rows], constants),
                {number: node for number, (_, node) in enumerate(rows)},
            )


def _some(rows: list[tuple[Values, Any]]) -> list[tuple[Values, Any]]:
    """Return as many items as a loop is learned from, from all over the list."""
    if len(rows) <= _MOST_ITEMS:
        return rows
    return [rows[number * len(rows) // _MOST_ITEMS] for number in range(_MOST_ITEMS)]


def _element_of(annotation: Any) -> Any:
    """Return the type of what a list or a table has; None for what is neither."""
    for part in parts_of(annotation):
        arguments: tuple[Any, ...] = typing.get_args(part)
        if collection_of(part) in (list, tuple) and (len(arguments) < 2 or arguments[1] is ...):
            return next(iter(arguments), Any)
        if is_mapping(typing.get_origin(part) or part):
            return arguments[1] if len(arguments) > 1 else Any
    return None


def is_mapping_type(annotation: Any) -> bool:
    """Return whether an annotation is that of a table of any keys."""
    return any(is_mapping(typing.get_origin(part) or part) for part in parts_of(annotation))


def _through(values: Values, path: Path, *, is_sorted: bool) -> list[tuple[Any, Any]]:
    """Return what is gone through, each with its key; a template goes through a table in the order of keys."""
    found = at(values, path)
    if isinstance(found, Mapping):
        return sorted(found.items()) if is_sorted else list(found.items())
    return [(None, item) for item in found or ()]


def _inner(values: Values, name: str, entry: tuple[Any, Any]) -> Values:
    key, item = entry
    return {**values, name: item} if key is None else {**values, f"{name}_key": key, name: item}


def _variables(name: str, element: Any, is_table: bool, sets: Sequence[Values]) -> list[Variable]:
    keys = [Variable((f"{name}_key",), str)] if is_table else []
    if any(isinstance(values[name], dict) for values in sets):
        base: dict[str, Any] = {}
        for values in sets:
            base |= values[name] if isinstance(values[name], dict) else {}
        return [*keys, *fields_in((name,), element, base)]
    return [*keys, Variable((name,), element)]
