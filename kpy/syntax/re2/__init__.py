"""Regular expressions as an API server runs them: the syntax and meaning of Go (RE2), in time linear in the text.

Patterns come from strangers: from definitions and policies. Python's `re` backtracks, so that a short pattern can keep
it busy for years, and reads a few things differently. Here a pattern becomes an automaton that is followed without ever
going back.

See https://github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

from kpy.syntax.re2.errors import PatternError
from kpy.syntax.re2.pattern import Pattern, compile

__all__ = ["Pattern", "PatternError", "compile"]
