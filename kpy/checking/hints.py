"""What somebody may have meant by a name that is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from kpy.checking.check import Check
from kpy.paths import Path
from kpy.schema import RELEASES, Api, Type

__all__ = ["field_hint", "near_word", "when"]

_DEEPEST = 3
#: How long a word may be that something else can be near, and how many are compared with it.
_LONGEST, _MOST_WORDS = 100, 2000


def near_word(word: str, words: Iterable[str]) -> str | None:
    """Return the word that was most likely meant, if there is one near enough.

    Of very many words only the first are looked at, and nothing is near a very long one.
    """
    if len(word) > _LONGEST:
        return None
    by_lower = {candidate.lower(): candidate for candidate in islice(words, _MOST_WORDS)}
    matches = _nearest(word.lower(), tuple(by_lower))
    return by_lower[matches] if matches else None


@lru_cache(1024)
def _nearest(word: str, words: tuple[str, ...]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, words, 1, 0.7)), "")


def when(mask: int, release: str) -> str:
    """Say when something comes or went that other releases have: a mask as `kpy.schema` gives it."""
    first, last = (mask & -mask).bit_length() - 1, mask.bit_length() - 1
    if first > RELEASES.index(release):
        return f"it is new in {RELEASES[first]}"
    return f"it was removed in {RELEASES[last + 1]}" if last < RELEASES.index(release) else "others have it"


def field_hint(check: Check, at: Path, owner: Type, name: str) -> str:
    """Return what to do about a field that the type does not have; empty when there is nothing to say.

    A name that is right further up or further down was put at the wrong place; else it may be misspelled.
    """
    for place, above in reversed(list(_way_to(check, at.parent))):
        if name in above.fields and above is not owner:
            return f"move it to `{place + name}`: it is a field of {above.short_name}"
    near = near_word(name, owner.fields)
    if near is not None and near.lower() == name.lower():
        return f"did you mean `{near}`?"
    below = _below(check.api, owner, name)
    if below is not None:
        return f"move it to `{at.parent + below}`" if str(at.parent) else f"move it to `{below}`"
    return f"did you mean `{near}`?" if near else ""


def _way_to(check: Check, at: Path) -> Iterator[tuple[Path, Type]]:
    """Yield the structs on the way from the object to a place in it."""
    kind = check.api.kind(check.api_version, check.kind)
    struct = check.api.type(kind.type) if kind else None
    place, field = check.at, None
    for step in (None, *at.steps[len(check.at.steps) :]):
        if step is not None:
            place = place + step
            field = struct.fields.get(str(step)) if struct else field
            if field is None:
                return
            struct = check.api.type(field.type) if field.type and (not field.container or struct is None) else None
        if struct is not None:
            yield place, struct


def _below(api: Api, owner: Type, name: str) -> str | None:
    """Return the way down to the nearest single struct that has the field."""
    level = [("", owner)]
    for _ in range(_DEEPEST):
        deeper = []
        for way, above in level:
            for field in above.fields.values():
                struct = api.type(field.type) if field.type and not field.container else None
                if struct is None or field.name == "status" or (field.name == "metadata" and way):
                    continue
                if name in struct.fields:
                    return f"{way}{field.name}.{name}"
                deeper.append((f"{way}{field.name}.", struct))
        level = deeper
    return None
