"""What was tried: value sets, which values are told apart, and which of them a place in the objects follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kpy.delivery.helm_chart.candidates import choices_of
from kpy.delivery.helm_chart.expressions import (
    MISSING,
    Equals,
    Greater,
    Guarded,
    Truthy,
    Values,
    at,
    holds,
    key_of_values,
)
from kpy.delivery.helm_chart.source_constants import Constants
from kpy.delivery.helm_chart.variables import Variable, fields_in
from kpy.loading.conversion import parts_of

__all__ = ["Evidence", "node_key"]


def node_key(node: Any) -> str:
    """Return a text by which equal parts of objects are told, and what is missing."""
    return "" if node is MISSING else key_of_values(node)


class Evidence:
    """The value sets that were tried, and the variables in them."""

    def __init__(self, variables: Sequence[Variable], sets: Sequence[Values], constants: Constants) -> None:
        self.variables = variables
        self.sets = sets
        self._values = {each: [at(values, each.path) for values in sets] for each in variables}
        self._keys = {each: [key_of_values(value) for value in self._values[each]] for each in variables}
        self._groups = {each: self._grouped(each) for each in variables}
        self._within = {each: self._fields(each) for each in variables}
        self._met: dict[Guarded, frozenset[int]] = {}
        self._node_keys: dict[int, tuple[Any, str]] = {}
        self._conditions = {each: self._told_apart(each, constants) for each in self._values}

    def values_of(self, variable: Variable, indexes: Sequence[int]) -> list[Any]:
        """Return the values of a variable in some sets."""
        values = self._values[variable]
        return [values[index] for index in indexes]

    def varies(self, variable: Variable, indexes: Sequence[int]) -> bool:
        """Return whether a variable has several values in some sets."""
        keys = self._keys[variable]
        return any(keys[index] != keys[indexes[0]] for index in indexes)

    def followed(self, indexes: Sequence[int], keys: Mapping[int, str]) -> list[Variable]:
        """Return the variables that a place is seen to follow: two sets differ in nothing else, and the place differs.

        Where no such sets were tried, it may be any that varies.
        """
        varying = [each for each in self.variables if self.varies(each, indexes)]
        return [each for each in varying if any(_differs(group, keys) for group in self._groups[each])] or varying

    def with_fields(self, variables: Sequence[Variable]) -> list[Variable]:
        """Return variables, each with the fields that it has."""
        return [each for one in variables for each in (one, *self._within.get(one, ()))]

    def telling(self, indexes: Sequence[int], keys: Mapping[int, str], variables: Sequence[Variable]) -> list[int]:
        """Return the sets that are needed to tell what a place is: of those that are alike, one."""
        columns = [self._keys[each] for each in variables]
        kept: dict[tuple[str, ...], int] = {}
        for index in indexes:
            kept.setdefault((keys[index], *(column[index] for column in columns)), index)
        return list(kept.values())

    def met(self, condition: Guarded) -> frozenset[int]:
        """Return the sets for which a condition holds."""
        if condition not in self._met:
            self._met[condition] = frozenset(
                index for index, values in enumerate(self.sets) if holds(condition, values)
            )
        return self._met[condition]

    def key_of(self, node: Any) -> str:
        """Return a text by which equal parts of objects are told."""
        if not isinstance(node, dict | list):
            return node_key(node)
        if id(node) not in self._node_keys:
            self._node_keys[id(node)] = (node, node_key(node))  # which keeps the node, and so its id
        return self._node_keys[id(node)][1]

    def conditions(self, variable: Variable) -> list[Guarded]:
        """Return the conditions that can tell values of a variable apart."""
        return self._conditions[variable]

    def _fields(self, variable: Variable) -> list[Variable]:
        """Return the fields of a variable that is a table with fields, or nothing, as a whole."""
        base: dict[str, Any] = {}
        for value in self._values[variable]:
            base |= value if isinstance(value, dict) else {}
        found = [each for each in fields_in(variable.path, variable.annotation, base) if each.path != variable.path]
        for each in found:
            self._values[each] = [at(values, each.path) for values in self.sets]
            self._keys[each] = [key_of_values(value) for value in self._values[each]]
        return found

    def _grouped(self, variable: Variable) -> list[list[int]]:
        """Return the sets that are equal but for a variable, where there are several."""
        others = [keys for each, keys in self._keys.items() if each != variable]
        groups: dict[tuple[str, ...], list[int]] = {}
        for index in range(len(self.sets)):
            groups.setdefault(tuple(keys[index] for keys in others), []).append(index)
        return [group for group in groups.values() if len(group) > 1]

    def _told_apart(self, variable: Variable, constants: Constants) -> list[Guarded]:
        path, kinds = variable.path, parts_of(variable.annotation)
        seen = dict(zip(self._keys[variable], self._values[variable], strict=True))
        if kinds == [bool]:
            return [Truthy(path)]
        if (choices := choices_of(variable.annotation)) is not None:
            is_mixed = len({type(choice) for choice in choices if choice is not None}) > 1
            return [Equals(path, choice, is_mixed) for choice in choices if key_of_values(choice) in seen]
        found: list[Guarded] = []
        if any(not value for value in seen.values()):
            found.append(Truthy(path))
        if None in seen.values() and any(value is not None and not value for value in seen.values()):
            found.append(Equals(path, None))
        if str in kinds:
            is_mixed = not set(kinds) <= {str, type(None)}
            found += [Equals(path, text, is_mixed) for text in constants.texts if key_of_values(text) in seen]
        if kinds == [int]:
            found += [Equals(path, each) for each in constants.numbers if key_of_values(each) in seen]
            bounds = dict.fromkeys(bound for each in (*constants.numbers, 0, 1) for bound in (each, each - 1))
            found += [Greater(path, bound) for bound in bounds]
        return found


def _differs(group: Sequence[int], keys: Mapping[int, str]) -> bool:
    """Return whether a place differs in sets that are equal but for one variable."""
    return len({keys[index] for index in group if index in keys}) > 1
