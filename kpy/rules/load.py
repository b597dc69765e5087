"""Loads the modules of rules: those of one API type when a document first has one, or all of them."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import kpy.rules
import kpy.rules.policies
import kpy.rules.references
from kpy.rules.table import MODULES

__all__ = ["load_all", "load_rules_on"]


def load_rules_on(type_name: str) -> None:
    """Import the modules with rules on the type; for the empty name, those with rules over all objects."""
    for module in MODULES.get(type_name, "").split():
        import_module(f"kpy.rules.{module}")


def load_all() -> None:
    """Import every module with rules, for what lists them."""
    for package in (kpy.rules, kpy.rules.references, kpy.rules.policies):
        for module in sorted(found.name for found in iter_modules(package.__path__)):
            import_module(f"{package.__name__}.{module}")
