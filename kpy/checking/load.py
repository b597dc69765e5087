"""Loads the modules of rules: those of one API type when a document first has one, or all of them."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages
from typing import Final

from kpy.checking.table import MODULES

__all__ = ["load_all", "load_rules", "load_rules_on"]

#: Where rules are; by name, since they stand above the engine.
_ROOMS: Final = ("kpy.rules", "kpy.checking", "kpy.custom")


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
    """Import a module with rules, by its name in the table."""
    import_module(f"kpy.rules.{module}")


def load_all() -> None:
    """Import every module with rules, for what lists them."""
    for package in (import_module(name) for name in _ROOMS):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    import_module("kpy.validation")
