"""Find where the first match of a pattern stands: the one that Perl, Python and Go would find."""

from __future__ import annotations

from kpy.syntax.re2.closure import Surroundings, closure
from kpy.syntax.re2.program import Program

__all__ = ["find"]


def find(program: Program, text: str, start: int = 0) -> tuple[int, int] | None:
    """Return begin and end of the first match at or after a place; all threads go through the text side by side."""
    found: tuple[int, int] | None = None
    #: The states to go on with, and where each began, the preferred first.
    threads: list[tuple[int, int]] = []
    for at in range(start, len(text) + 1):
        if found is None:
            threads.append((program.start, at))
        if not threads:
            break
        surroundings = Surroundings(text[at - 1] if at else None, text[at] if at < len(text) else None)
        visited: set[int] = set()
        following: list[tuple[int, int]] = []
        code = ord(text[at]) if at < len(text) else None
        for state, began in threads:
            reading, is_match = closure(program, (state,), surroundings, visited, stops=True)
            if code is not None:
                following.extend((target, began) for number, target in reading if code in program.charsets[number])
            if is_match:
                found = (began, at)
                break  # the threads behind are preferred less
        threads = following
    return found
