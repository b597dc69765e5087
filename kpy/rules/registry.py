"""The table of rules: which function checks which API type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from kpy.diagnostics import Family, Severity
from kpy.rules.check import Check, Path

__all__ = ["Rule", "rule", "rules_on"]

RuleFunction = Callable[[Any, Path, Check], None]


class Rule(NamedTuple):
    """A named check of one API type."""

    name: str
    #: The API type it checks: `core/v1 Container`.
    on: str
    check: RuleFunction
    family: Family
    severity: Severity
    #: A page that says so.
    source: str

    @property
    def description(self) -> str:
        """What is refused and why: the text of the rule's page."""
        return (self.check.__doc__ or "").strip()


_RULES: dict[str, list[Rule]] = {}


def rule(
    name: str,
    *,
    on: str | tuple[str, ...],
    source: str,
    family: Family = "api",
    severity: Severity = "error",
) -> Callable[[RuleFunction], RuleFunction]:
    """Register the decorated function as a rule on one API type or several."""

    def register(function: RuleFunction) -> RuleFunction:
        for type_name in (on,) if isinstance(on, str) else on:
            _RULES.setdefault(type_name, []).append(Rule(name, type_name, function, family, severity, source))
        return function

    return register


def rules_on(type_name: str) -> tuple[Rule, ...]:
    """Return the rules of an API type, in the order in which they were written."""
    return tuple(_RULES.get(type_name, ()))
