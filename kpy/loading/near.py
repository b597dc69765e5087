"""What is said of a word that is none of those that there are."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["near_or_known"]


def near_or_known(word: str, words: Iterable[str]) -> str:
    """Return the end of a sentence: the nearest of the words that there are, else all of them; empty for none."""
    from difflib import get_close_matches

    known = list(words)
    near = get_close_matches(word, known, n=1)
    return f"; did you mean `{near[0]}`?" if near else f"; there is {', '.join(known)}" if known else ""
