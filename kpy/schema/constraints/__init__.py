"""What a server asks of single fields beside their types: bounds, lengths, forms, closed sets.

    facts_of("core/v1 ServicePort", "port")

Each rule is a row of a table in the modules of this folder, by API group, and is read by whoever checks a document,
explains a field or writes the pages of rules. What spans several fields is code, in `kpy.rules`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Final

from kpy.schema.constraints.facts import (
    Bounds,
    Count,
    Fact,
    FieldRule,
    Form,
    Format,
    NotEmpty,
    OneOf,
    Required,
    Size,
    Unique,
    field_rule,
)

__all__ = [
    "Bounds",
    "Count",
    "Fact",
    "FieldRule",
    "Form",
    "Format",
    "NotEmpty",
    "OneOf",
    "Required",
    "Size",
    "Unique",
    "all_field_rules",
    "facts_of",
    "facts_on",
    "field_rule",
]

#: The modules that have rules on the types of a group.
MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    "admissionregistration": (
        "admissionregistration",
        "others",
    ),
    "apiregistration": ("others",),
    "apps": ("apps",),
    "autoscaling": ("autoscaling",),
    "batch": ("batch",),
    "certificates": ("others",),
    "coordination": ("others",),
    "core": (
        "apps",
        "containers",
        "core",
        "others",
        "pods",
        "storage",
        "volumes",
    ),
    "discovery": (
        "core",
        "others",
    ),
    "events": ("core",),
    "flowcontrol": ("others",),
    "networking": (
        "networking",
        "others",
    ),
    "node": ("others",),
    "rbac": ("others",),
    "resource": ("resource",),
    "scheduling": ("others",),
    "storage": ("storage",),
}


def facts_on(type_name: str) -> tuple[tuple[FieldRule, Fact], ...]:
    """Return what is true of the fields of an API type, each with its rule."""
    found: list[tuple[FieldRule, Fact]] = []
    for module in MODULES.get(type_name.partition("/")[0], ()):
        found += _by_type(module).get(type_name, ())
    return tuple(found)


def facts_of(type_name: str, field: str) -> tuple[tuple[FieldRule, Fact], ...]:
    """Return what is true of one field of an API type, each with its rule."""
    return tuple((rule, fact) for rule, fact in facts_on(type_name) if fact.field == field)


def all_field_rules() -> Iterator[FieldRule]:
    """Iterate over all rules on single fields."""
    for module in sorted({module for modules in MODULES.values() for module in modules}):
        yield from _rules_in(module)


def _rules_in(module: str) -> tuple[FieldRule, ...]:
    rules: tuple[FieldRule, ...] = import_module(f"{__name__}.{module}").RULES
    return rules


@cache
def _by_type(module: str) -> dict[str, list[tuple[FieldRule, Fact]]]:
    found: dict[str, list[tuple[FieldRule, Fact]]] = {}
    for rule in _rules_in(module):
        for fact in rule.facts:
            for type_name in fact.on or rule.on:
                found.setdefault(type_name, []).append((rule, fact))
    return found
