"""Texts and numbers that follow values: found by where the values stand in one text, held against all others."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64Error
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import Any, Final, NamedTuple

from kpy.delivery.helm_chart.expressions import (
    Follow,
    Linear,
    Part,
    Path,
    Text,
    Values,
    at,
    evaluate,
    paths_of,
    word_of,
)

__all__ = ["find_linear", "find_text"]

#: In how many places of one text values may stand, for all ways to read it to be tried.
_MOST_PLACES: Final = 12
#: How many texts are read as the pattern of the others.
_PIVOTS: Final = 4
#: Among how many texts these are looked for.
_MOST_RANKED: Final = 24
#: How many different numbers have to fit a line.
_LEAST_NUMBERS: Final = 4
_DIGITS: Final = re.compile(r"(?<![0-9])(0|[1-9][0-9]*)")


class _Place(NamedTuple):
    begin: int
    end: int
    part: Part


def find_linear(paths: Sequence[Path], sets: Sequence[Values], nodes: Sequence[Any]) -> Linear | None:
    """Return the line on which whole numbers grow with a whole number of the values; nothing where there is none."""
    if not all(isinstance(node, int) and not isinstance(node, bool) for node in nodes):
        return None
    for path in paths:
        values = [at(each, path) for each in sets]
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
            continue
        by_value = sorted(set(zip(values, nodes, strict=True)))
        if len(by_value) < _LEAST_NUMBERS or len({value for value, _ in by_value}) != len(by_value):
            continue
        (first, low), (last, high) = by_value[0], by_value[-1]
        factor, rest = divmod(high - low, last - first)
        offset = low - factor * first
        if not rest and factor and all(node == factor * value + offset for value, node in by_value):
            return Linear(path, factor, offset)
    return None


def find_text(paths: Sequence[Path], sets: Sequence[Values], nodes: Sequence[Any]) -> Text | None:
    """Return the text whose parts follow values, which all of these texts are; nothing where there is none."""
    if not all(isinstance(node, str) for node in nodes):
        return None
    found = _plain_text(paths, sets, nodes) or _numbered(paths, sets, nodes)
    if found is not None:
        return found
    decoded = [_decoded(node) for node in nodes]
    if any(text is None for text in decoded):
        return None
    within = _plain_text(paths, sets, [str(text) for text in decoded])
    return within._replace(is_base64=True) if within is not None else None


def _decoded(text: str) -> str | None:
    try:
        return b64decode(text, validate=True).decode()
    except (NotBase64Error, UnicodeDecodeError, ValueError):
        return None


def _plain_text(paths: Sequence[Path], sets: Sequence[Values], nodes: Sequence[str]) -> Text | None:
    some = range(0, len(nodes), 1 + len(nodes) // _MOST_RANKED)
    ranked = sorted(some, key=lambda index: _vagueness(paths, sets[index], nodes[index]))
    for pivot in ranked[:_PIVOTS]:
        for reading in _readings(paths, sets[pivot], nodes[pivot]):
            if all(evaluate(reading, values) == node for values, node in zip(sets, nodes, strict=True)):
                return reading
    return None


def _vagueness(paths: Sequence[Path], values: Values, text: str) -> tuple[bool, int, int]:
    """Return how hard it is to tell where in a text the values stand."""
    places = _places(paths, values, text)
    words = [word_of(at(values, path)) for path in paths]
    return not all(words), len(places), -min((len(word) for word in words), default=0)


def _places(paths: Sequence[Path], values: Values, text: str) -> list[_Place]:
    places = []
    for path in paths:
        value = at(values, path)
        part: Part = Follow(path) if isinstance(value, str) else Linear(path, 1, 0)
        if word := word_of(value):
            begins = (match.start() for match in re.finditer(f"(?={re.escape(word)})", text))
            places += [_Place(begin, begin + len(word), part) for begin in begins]
    return sorted(places, key=lambda place: (place.begin, -place.end))


def _readings(paths: Sequence[Path], values: Values, text: str) -> Iterator[Text]:
    """Yield the ways to read a text as one with values in it, those with the most values first."""
    places = _places(paths, values, text)
    if len(places) > _MOST_PLACES:
        return
    for count in range(len(places), 0, -1):
        for chosen in combinations(places, count):
            if all(one.end <= other.begin for one, other in pairwise(chosen)):
                yield _text_of(text, chosen)


def _text_of(text: str, chosen: Sequence[_Place]) -> Text:
    parts: list[Part] = []
    begin = 0
    for place in chosen:
        parts += [text[begin : place.begin], place.part]
        begin = place.end
    return Text(tuple(part for part in (*parts, text[begin:]) if part != ""))


def _numbered(paths: Sequence[Path], sets: Sequence[Values], nodes: Sequence[str]) -> Text | None:
    """Return a text that differs in its whole numbers alone, each of which grows with a value."""
    frames = [_DIGITS.sub("\0", node) for node in nodes]
    frame = max(frames, key=frames.count)  # where a number is less than zero, its sign is a part of the frame
    like = [index for index, each in enumerate(frames) if each == frame]
    columns = list(zip(*([int(digits) for digits in _DIGITS.findall(nodes[index])] for index in like), strict=True))
    found = [_number(paths, [sets[index] for index in like], column) for column in columns]
    words = frame.split("\0")
    parts: list[Part] = [words[0]]
    for number, word in zip(found, words[1:], strict=True):
        if number is None:
            return None
        parts += [number, word]
    text = _joined(parts)
    fits = all(evaluate(text, values) == node for values, node in zip(sets, nodes, strict=True))
    return text if fits and paths_of(text) else None


def _number(paths: Sequence[Path], sets: Sequence[Values], column: Sequence[int]) -> Part | None:
    if len(set(column)) == 1:
        return str(column[0])
    return find_linear(paths, sets, column)


def _joined(parts: Sequence[Part]) -> Text:
    """Return a text of parts, those that are constant made one."""
    found: list[Part] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return Text(tuple(found))
