"""The table of rules: which function checks which API type."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from kpy.checking.check import Check
from kpy.diagnostics import Family, Severity
from kpy.paths import Path

__all__ = [
    "Rule",
    "all_rules",
    "closed_here",
    "closes",
    "declare",
    "implied_here",
    "implies",
    "own_rules",
    "rule",
    "rules_on",
]

RuleFunction = Callable[[Any, Path, Check], None]


class Rule(NamedTuple):
    """A named check of one API type."""

    name: str
    #: The API type it checks: `core/v1 Container`; empty for what the walk itself checks everywhere.
    on: str
    check: RuleFunction
    family: Family
    severity: Severity
    #: A page that says so.
    source: str
    #: What is refused and why: the text of the rule's page.
    description: str
    #: The module that has it.
    module: str
    #: The fields without which, all of them absent, a value has nothing to check; none when it always has.
    needs: tuple[str, ...] = ()
    #: The field with which, absent or empty excluded, a value has nothing to check.
    without: str = ""


_RULES: dict[str, list[Rule]] = {}
#: Fields whose closed set a rule checks, with the module that says so.
_CLOSED: dict[tuple[str, str], str] = {}
#: Structs that are checked where they are absent, with the module that says so.
_IMPLIED: dict[tuple[str, str], str] = {}
#: Modules with rules on all objects together.
_ON_ALL: set[str] = set()
_POLICIES: list[Rule] = []


def rule(
    name: str,
    *,
    on: str | tuple[str, ...],
    source: str,
    family: Family = "api",
    severity: Severity = "error",
    needs: str | tuple[str, ...] = (),
    without: str = "",
) -> Callable[[RuleFunction], RuleFunction]:
    """Register the decorated function as a rule on one API type or several.

    With `needs` it is called only for values that have this field, or one of these fields; `metadata.annotations` is
    a field of a field. With `without` it is called only for values that do not have the field, or have it empty. Both
    cost less than a look by the rule itself.
    """
    needed = (needs,) if isinstance(needs, str) else needs

    def register(function: RuleFunction) -> RuleFunction:
        text = (function.__doc__ or "").strip()
        module = function.__module__
        for type_name in (on,) if isinstance(on, str) else on:
            found = Rule(name, type_name, function, family, severity, source, text, module, needed, without)
            _RULES.setdefault(type_name, []).append(found)
        return function

    return register


def declare(
    name: str,
    description: str,
    *,
    source: str,
    family: Family = "schema",
    severity: Severity = "error",
    module: str | None = None,
) -> Rule:
    """Register and return a rule that no type has for itself, such as `unknown-field`, which the walk applies."""
    owner = module or sys._getframe(1).f_globals["__name__"]
    found = Rule(name, "", _nothing, family, severity, source, description, owner)
    _RULES.setdefault("", []).append(found)
    return found


def _nothing(value: Any, at: Path, check: Check) -> None:
    """Do nothing: the walk reports."""


def closes(type_name: str, *fields: str) -> None:
    """Say that rules check the closed sets of these fields, so that the walk does not.

    For fields where the server is more lenient than the published set, or names another place.
    """
    module = sys._getframe(1).f_globals["__name__"]
    _CLOSED.update({(type_name, field): module for field in fields})


def closed_here(type_name: str, field: str) -> bool:
    """Return whether a rule checks the closed set of the field itself."""
    return (type_name, field) in _CLOSED


def implies(type_name: str, *fields: str) -> None:
    """Say that a server takes these structs for empty ones, and checks them, where a document does not have them.

    The `spec` of what has metadata is always implied.
    """
    module = sys._getframe(1).f_globals["__name__"]
    _IMPLIED.update({(type_name, field): module for field in fields})


def implied_here(type_name: str, field: str) -> bool:
    """Return whether a server takes the struct for an empty one where it is absent."""
    return (type_name, field) in _IMPLIED


def rules_on(type_name: str) -> tuple[Rule, ...]:
    """Return the rules of an API type, by module and then in the order in which they were written."""
    return tuple(sorted(_RULES.get(type_name, ()), key=lambda found: found.module))


def all_rules() -> Iterator[Rule]:
    """Iterate over all loaded rules; one on several types comes once for each."""
    for rules in _RULES.values():
        yield from rules
    yield from _POLICIES


def own_rules() -> Iterator[Rule]:
    """Iterate over the loaded rules that come with kpy, and not those of users."""
    return (found for found in all_rules() if found.module.startswith("kpy."))


def add_policy(found: Rule) -> None:
    """Remember a policy, which is checked only when it is selected."""
    _POLICIES.append(found)


def looks_at_all(module: str) -> None:
    """Remember that a module has rules on all objects together."""
    _ON_ALL.add(module)


def fields_for(type_name: str, module: str) -> set[str] | None:
    """Return the fields of a type without which the rules of a module have nothing to check; none when they always do.

    What a module says beside its rules counts always.
    """
    if module in {*(said for (on, _), said in (*_CLOSED.items(), *_IMPLIED.items()) if on == type_name)}:
        return None
    needs = [registered.needs for registered in _RULES.get(type_name, ()) if registered.module == module]
    return set().union(*needs) if all(needs) else None


def owners() -> dict[str, set[str]]:
    """Return the modules that have to be loaded for each API type; the empty name stands for all objects together."""
    found: dict[str, set[str]] = {"": set(_ON_ALL)}
    for type_name, rules in _RULES.items():
        if type_name:
            found.setdefault(type_name, set()).update(registered.module for registered in rules)
    for (type_name, _), module in (*_CLOSED.items(), *_IMPLIED.items()):
        found.setdefault(type_name, set()).add(module)
    return found
