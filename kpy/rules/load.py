"""Loads the modules of rules: those of one API type when a document first has one, or all of them."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import kpy.rules
import kpy.rules.policies
import kpy.rules.references
from kpy.rules.table import MODULES

__all__ = ["load_all", "load_rules", "load_rules_on"]


def load_rules_on(type_name: str) -> dict[str, list[tuple[str, str]]]:
    """Import the modules with rules on the type; for the empty name, those with rules over all objects.

    Return the others, which `load_rules` imports when a value has a field: by its name, each with the field of that
    field that it takes, if any.
    """
    later: dict[str, list[tuple[str, str]]] = {}
    for module in MODULES.get(type_name, "").split():
        name, _, fields = module.partition(":")
        if not fields:
            load_rules(name)
        for field in fields.split(",") if fields else ():
            first, _, inner = field.partition(".")
            later.setdefault(first, []).append((inner, name))
    return later


def load_rules(module: str) -> None:
    """Import a module with rules."""
    import_module(f"kpy.rules.{module}")


def load_all() -> None:
    """Import every module with rules, for what lists them."""
    for package in (kpy.rules, kpy.rules.references, kpy.rules.policies):
        for module in sorted(found.name for found in iter_modules(package.__path__)):
            import_module(f"{package.__name__}.{module}")
