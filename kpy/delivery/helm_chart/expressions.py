"""What a place in the objects of an app is, as a function of the values: what is written as a template, and run here.

A value set is a plain JSON tree, the parameters by their names. A path leads to a value in it.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

__all__ = [
    "MISSING",
    "Choice",
    "Constant",
    "Each",
    "Equals",
    "Expression",
    "Follow",
    "Greater",
    "Guarded",
    "Items",
    "Linear",
    "Missing",
    "Part",
    "Path",
    "Spread",
    "Table",
    "Text",
    "Truthy",
    "Values",
    "at",
    "evaluate",
    "holds",
    "is_equal",
    "key_of_values",
    "paths_of",
    "spreads_of",
    "word_of",
]

Path: TypeAlias = tuple[str, ...]
Values: TypeAlias = Mapping[str, Any]


class _Missing:
    """What stands for a key, an item or an object that is not there."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


class Constant(NamedTuple):
    """What is the same for all values."""

    value: Any


class Missing(NamedTuple):
    """What is not there."""


class Follow(NamedTuple):
    """A value as it is."""

    path: Path


class Linear(NamedTuple):
    """A whole number that grows with another: `factor * value + offset`."""

    path: Path
    factor: int
    offset: int


#: A piece of a text: a constant text, a text or a whole number that follows a value.
Part: TypeAlias = "str | Follow | Linear"


class Text(NamedTuple):
    """A text with parts that follow values; `is_base64` says that the whole is written in base64."""

    parts: tuple[Part, ...]
    is_base64: bool = False


class Spread(NamedTuple):
    """All entries of a table of values, within a table.

    `over` has the keys of the latter that they may replace, and `under` those that stay as they are.
    """

    path: Path
    over: tuple[str, ...] = ()
    under: tuple[str, ...] = ()


class Table(NamedTuple):
    """A mapping; entries may be missing. Those of a table of values come after its own."""

    entries: tuple[tuple[str, Expression], ...]
    spread: Spread | None = None


class Items(NamedTuple):
    """A list whose items may be missing, or stand for one item for each of a list of values."""

    items: tuple[Expression, ...]


class Each(NamedTuple):
    """Within a list: one item for each item of a list of values, or for each entry of a table in the order of keys.

    In the body, the path `(name,)` leads to what is gone through, and `(name + "_key",)` to the key of an entry. The
    name begins with a dollar sign, as no parameter does.
    """

    path: Path
    name: str
    body: Expression
    is_table: bool = False


class Truthy(NamedTuple):
    """Whether a value counts as true, which Python and Helm's templates see alike."""

    path: Path


class Equals(NamedTuple):
    """Whether a value is this one; `is_mixed` says that it may be of several types."""

    path: Path
    value: Any
    is_mixed: bool = False


class Greater(NamedTuple):
    """Whether a whole number is greater than this one."""

    path: Path
    bound: int


Guarded: TypeAlias = Truthy | Equals | Greater


class Choice(NamedTuple):
    """The first of several whose condition holds, else the last resort."""

    cases: tuple[tuple[Guarded, Expression], ...]
    otherwise: Expression


Expression: TypeAlias = "Constant | Missing | Follow | Linear | Text | Table | Items | Each | Choice"


def at(values: Values, path: Path) -> Any:
    """Return the value that a path leads to; None where there is none."""
    found: Any = values
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def holds(condition: Guarded, values: Values) -> bool:
    """Return whether a condition holds for values."""
    value = at(values, condition.path)
    match condition:
        case Truthy():
            return bool(value)
        case Equals():
            return is_equal(value, condition.value)
        case Greater():
            return isinstance(value, int) and value > condition.bound


def evaluate(expression: Expression, values: Values) -> Any:
    """Return what an expression is for values; MISSING for what is not there."""
    match expression:
        case Constant():
            return expression.value
        case Missing():
            return MISSING
        case Follow():
            return at(values, expression.path)
        case Linear():
            value = at(values, expression.path)
            is_whole = isinstance(value, int) and not isinstance(value, bool)
            return expression.factor * value + expression.offset if is_whole else MISSING
        case Text():
            return _text(expression, values)
        case Choice():
            met = (then for condition, then in expression.cases if holds(condition, values))
            return evaluate(next(met, expression.otherwise), values)
        case Table():
            table = {key: found for key, each in expression.entries if (found := evaluate(each, values)) is not MISSING}
            more = at(values, expression.spread.path) if expression.spread else None
            under = expression.spread.under if expression.spread else ()
            more = more if isinstance(more, Mapping) else {}
            return {**table, **{key: each for key, each in more.items() if key not in under}}
        case Items():
            return [item for each in expression.items for item in _items(each, values)]
        case Each():
            raise TypeError("a loop stands in a list")


def _text(expression: Text, values: Values) -> str:
    text = "".join(part if isinstance(part, str) else word_of(evaluate(part, values)) for part in expression.parts)
    return b64encode(text.encode()).decode() if expression.is_base64 else text


def word_of(value: Any) -> str:
    """Return a text or a whole number as a part of a text.

    All else is not written alike by Python and by Helm, and becomes what no object has.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return f"\0{value!r}\0"


def _items(expression: Expression, values: Values) -> Sequence[Any]:
    """Return the items of a list that one of its expressions makes."""
    if not isinstance(expression, Each):
        found = evaluate(expression, values)
        return [] if found is MISSING else [found]
    through = at(values, expression.path)
    if expression.is_table:
        entries = sorted(through.items()) if isinstance(through, Mapping) else []
        inner = [{**values, f"{expression.name}_key": key, expression.name: value} for key, value in entries]
    else:
        inner = [{**values, expression.name: item} for item in through or ()]
    return [item for each in inner if (item := evaluate(expression.body, each)) is not MISSING]


def is_equal(one: Any, other: Any) -> bool:
    """Return whether two JSON values are the same data: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(is_equal(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_equal, one, other))
    return bool(one == other)


def spreads_of(expression: Expression) -> list[tuple[Path, str]]:
    """Return the tables of values whose entries stand among others, each with a key of these."""
    match expression:
        case Table():
            own = [(expression.spread.path, key) for key, _ in expression.entries] if expression.spread else []
            return own + [found for _, each in expression.entries for found in spreads_of(each)]
        case Items():
            return [found for each in expression.items for found in spreads_of(each)]
        case Each():
            return spreads_of(expression.body)
        case Choice():
            branches = (*(then for _, then in expression.cases), expression.otherwise)
            return [found for each in branches for found in spreads_of(each)]
    return []


def paths_of(expression: Expression | Part | Guarded | Spread | None) -> set[Path]:
    """Return the paths of all values that an expression follows."""
    match expression:
        case Follow() | Linear() | Truthy() | Equals() | Greater() | Spread():
            return {expression.path}
        case Text():
            return {path for part in expression.parts for path in paths_of(part)}
        case Table():
            inner = {path for _, each in expression.entries for path in paths_of(each)}
            return inner | paths_of(expression.spread)
        case Items():
            return {path for each in expression.items for path in paths_of(each)}
        case Each():
            return {expression.path} | paths_of(expression.body)
        case Choice():
            said = {path for case in expression.cases for each in case for path in paths_of(each)}
            return said | paths_of(expression.otherwise)
    return set()


def key_of_values(values: Any) -> str:
    """Return a text by which equal value sets are told."""
    return json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
