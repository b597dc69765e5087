"""What was given to this run of the program as a secret: no text shows it, wherever it ends up."""

from __future__ import annotations

from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpy.redaction.finder import Finder

__all__ = ["forget_given", "given_secrets", "hide_from_now_on", "hide_given"]

_GIVEN: ContextVar[tuple[str, ...]] = ContextVar("given", default=())


def hide_from_now_on(secret: str) -> None:
    """Let no text show a secret from now on, also where it stands in no Secret: as a name, or in an error."""
    if secret not in _GIVEN.get():
        _GIVEN.set((*_GIVEN.get(), secret))


def forget_given() -> None:
    """Begin a run to which nothing was given yet."""
    _GIVEN.set(())


def given_secrets() -> tuple[str, ...]:
    """Return what was given as secrets, in the order in which it was."""
    return _GIVEN.get()


def hide_given(text: str) -> str:
    """Return a text without what was given as a secret, in all the forms in which it may be quoted."""
    given = _GIVEN.get()
    if not given:
        return text
    from kpy.redaction.fields import HIDDEN

    return _finder(given).replace(text, HIDDEN)


@lru_cache(1)
def _finder(given: tuple[str, ...]) -> Finder:
    """Return what finds secrets, which is made when the first text is to be shown."""
    from kpy.redaction.finder import Finder
    from kpy.redaction.quoting import forms_elsewhere

    return Finder({form for secret in given for form in forms_elsewhere("", secret)})
