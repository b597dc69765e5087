"""Loads the modules of rules."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import kpy.rules

for _module in iter_modules(kpy.rules.__path__):
    if _module.name not in ("load", "walk", "documents"):
        import_module(f"kpy.rules.{_module.name}")
