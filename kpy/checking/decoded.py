"""Checks of the types alone, for what a server reads and does not judge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kpy.checking.check import Check
from kpy.checking.faults import UNSUPPORTED_VALUE
from kpy.diagnostics import Diagnostic
from kpy.paths import Path

__all__ = ["Checker", "decoded"]

#: Checks a value at a path; returns whether it decodes.
Checker = Callable[[Any, Path, Check], bool]


def decoded(checker: Checker, inner: str = "") -> Checker:
    """Return a check of the types alone: of the value, or of an inner field of it."""

    def check_decoded(value: Any, at: Path, check: Check) -> bool:
        before = len(check.diagnostics)
        sound = checker(value, at, check)
        judged = (at + inner if inner else at).steps
        kept = [
            index
            for index in range(before, len(check.paths))
            if _is_about_types(check.diagnostics[index]) or check.paths[index].steps[: len(judged)] != judged
        ]
        check.paths[before:] = [check.paths[index] for index in kept]
        check.diagnostics[before:] = [check.diagnostics[index] for index in kept]
        return sound

    return check_decoded


def _is_about_types(diagnostic: Diagnostic) -> bool:
    return diagnostic.family == "schema" and diagnostic.rule != UNSUPPORTED_VALUE.name
