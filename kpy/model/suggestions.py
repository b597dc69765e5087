"""What somebody may have meant by a name that is not there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kpy.model.fields import FieldOwner, annotations_of
from kpy.model.names import python_name

__all__ = ["Hint", "hint_for", "listed"]

_MOST = 3


class Hint(NamedTuple):
    """What to do about a wrong name; empty when there is nothing to say."""

    text: str = ""
    #: The name that was meant, where it is one.
    meant: str = ""

    @property
    def after(self) -> str:
        """The hint as the end of a sentence."""
        return f"; {self.text}" if self.text else ""

    @property
    def aside(self) -> str:
        """The hint in parentheses."""
        return f" ({self.text})" if self.text else ""


def hint_for(name: str, names: Iterable[str], owner: type | None = None) -> Hint:
    """Return what may be meant by a name: another spelling, a word from elsewhere, a near miss.

    `names` are those that are there, and `owner` the class that was called or whose method was.
    """
    names = tuple(names)
    plain = python_name(name)
    if plain in names and plain != name:
        return Hint(f"did you mean `{plain}`?", plain)
    return _as_advised(plain, owner) or _as_declared(name, owner) or _by_words(plain, names) or _near(plain, names)


def _by_words(name: str, names: tuple[str, ...]) -> Hint | None:
    from kpy.model.synonyms import WORDS

    meant = [word for word in WORDS.get(name, "").split() if word in names]
    return Hint(f"did you mean {listed((f'`{word}`' for word in meant[:2]), 'or')}?", meant[0]) if meant else None


def _as_advised(name: str, owner: type | None) -> Hint | None:
    if owner is None:
        return None
    from kpy.model.synonyms import ADVICE

    for base in owner.__mro__:
        advice = ADVICE.get(base.__name__, {}).get(name)
        if advice and base.__module__.startswith("kpy."):
            return Hint(advice.replace("{cls}", owner.__name__))
    elsewhere = owner._elsewhere(name) if issubclass(owner, FieldOwner) else ""
    return Hint(elsewhere) if elsewhere else None


def _as_declared(name: str, owner: type | None) -> Hint | None:
    """Return what to do about a name that the class has, though not as a field."""
    if owner is None or not hasattr(owner, name) or name.startswith("_"):
        return None
    home = next(base for base in owner.__mro__ if name in vars(base))
    if name in annotations_of(home):
        return None
    if home.__module__.startswith("kpy."):
        return Hint(f"it is a method: `.{name}(...)`") if callable(getattr(owner, name)) else None
    return Hint(
        f"the name in its class body has no annotation, so it is not a field: write `{name}: <type> = ...` there"
    )


def _near(name: str, names: tuple[str, ...]) -> Hint:
    from difflib import get_close_matches

    near = get_close_matches(name, names, n=1, cutoff=0.7)
    if near:
        return Hint(f"did you mean `{near[0]}`?", near[0])
    longer = [each for each in names if each.startswith(f"{name}_") or each.endswith(f"_{name}")]
    if not 0 < len(longer) <= _MOST:
        return Hint()
    return Hint(f"did you mean {listed((f'`{each}`' for each in longer), 'or')}?", longer[0])


def listed(words: Iterable[str], last: str = "and") -> str:
    """Return words as people write them: `a`, `a and b`, `a, b and c`."""
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end
