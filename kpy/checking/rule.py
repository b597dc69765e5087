"""What a rule is, and how functions and modules carry rules until a registry collects them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from kpy.diagnostics import Family, Severity
from kpy.schema.constraints import FieldRule

__all__ = ["Mark", "Rule", "declare", "declared_in", "description_of", "mark", "marks_in", "marks_of", "rule_of"]

_ATTRIBUTE: Final = "__kpy_rules__"
_WHY: Final = "Why: "
_Function = TypeVar("_Function", bound=Callable[..., object])


class Rule(NamedTuple):
    """What people choose, waive and read about: a name, and what is refused under it."""

    name: str
    family: Family
    severity: Severity
    #: A page that says so.
    source: str
    #: What is refused and why: the text of the rule's page. A last paragraph that begins with "Why: " is apart.
    description: str
    #: Whether a waiver counts.
    waivable: bool = True

    @property
    def about(self) -> str:
        """What is refused, without the paragraph that says why it matters."""
        return self.description.partition(_WHY)[0].rstrip()

    @property
    def why(self) -> str:
        """Why it matters, in one or two sentences; empty where the rule does not say."""
        return " ".join(self.description.partition(_WHY)[2].split())


class Mark(Protocol):
    """What a decorator leaves at a function: a rule, and when the function is called for it."""

    @property
    def key(self) -> str:
        """What the function is for: the name of an API type, or another word that no type has."""
        ...

    @property
    def rule(self) -> Rule | None:
        """The rule; nothing for a function that reports under several declared ones."""
        ...

    @property
    def check(self) -> Callable[..., None]:
        """The function."""
        ...


def declare(
    name: str, description: str, *, source: str, family: Family = "schema", severity: Severity = "error"
) -> Rule:
    """Return a rule that no function has for itself, such as `unknown-field`, which the walk applies.

    It belongs to the module that has it among its names, alone or in a tuple, list or mapping.
    """
    return Rule(name, family, severity, source, description)


def rule_of(row: FieldRule) -> Rule:
    """Return the rule that a row of the tables of constraints is."""
    return Rule(row.name, "api", row.severity, row.source, row.description)


def description_of(function: Callable[..., object]) -> str:
    """Return what a function says of the rule that it is."""
    return (function.__doc__ or "").strip()


def mark(function: _Function, *marks: Mark) -> _Function:
    """Leave marks at a function, beside those that it has."""
    setattr(function, _ATTRIBUTE, (*marks_of(function), *marks))
    return function


def marks_of(function: object) -> tuple[Mark, ...]:
    """Return the marks of a function."""
    marks: tuple[Mark, ...] = getattr(function, _ATTRIBUTE, ())
    return marks


def marks_in(module: ModuleType) -> Iterator[Mark]:
    """Yield the marks of the functions of a module, in the order in which they were written."""
    for value in _values(module):
        if value.__class__ is FunctionType:
            yield from marks_of(value)


def declared_in(module: ModuleType) -> Iterator[Rule]:
    """Yield the rules that a module declares."""
    for value in _values(module):
        if value.__class__ is Rule:
            yield value


def _values(module: ModuleType) -> Iterator[Any]:
    """Yield the values of a module, and those in its tuples, lists and mappings."""
    for name, value in tuple(vars(module).items()):
        if name.startswith("__"):
            continue  # `__builtins__` alone has more values than most modules
        kind = value.__class__
        if kind is tuple or kind is list:
            yield from value
        elif isinstance(value, Mapping):
            yield from value.values()
        else:
            yield value
