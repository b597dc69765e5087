"""Values to try: near the one that is known to be fine, so that what kpy checks lets many of them through."""

from __future__ import annotations

import enum
import re
import typing
from collections.abc import Iterator
from pathlib import PurePath
from random import Random
from typing import Any, Final

from kpy.delivery.helm_chart.plain import words_of
from kpy.delivery.helm_chart.source_constants import Constants
from kpy.loading.conversion import collection_of, parts_of
from kpy.loading.fitting import fields_of, is_mapping, takes_table

__all__ = ["PATH", "choices_of", "first_guesses", "fresh", "tries_for"]

#: Texts that find what a text is not simply copied for: quotes, templates, words of YAML, spaces, an empty one.
_HOSTILE: Final = (
    "",
    "a\"b\\c'd",
    "{{ .Values.x }} }}",
    "two\nlines\n",
    " é ü ",
    "true",
    "007",
    "1e3",
    "null",
    "#x: - y",
    "%s %d 100%",
    "a&b<c>",
    "A-b_C.d",
    "x/y:z",
    "1.10",
)
_PLAIN_TEXTS: Final = ("example", "example.com", "web2", "a1b2c3", "1.2.3", "10Gi", "250m")
_NUMBERS: Final = (0, 1, 2, 3, 4, 5, 7, 10, 33, 50, 100, 443, 1000, 8081, 30080, 65536, 1000000, -1)
_MOST_CHOICES: Final = 40
#: Paths that stay as they are when they become a `Path`.
PATH: Final = r"/|\.|/?([^/.][^/]*|\.[^/]+)(/([^/.][^/]*|\.[^/]+))*"


def choices_of(annotation: Any) -> list[Any] | None:
    """Return all values of an annotation that has but few, as plain data; None where there are many."""
    found: list[Any] = []
    for part in parts_of(annotation):
        if typing.get_origin(part) is typing.Literal:
            found += typing.get_args(part)
        elif isinstance(part, type) and issubclass(part, enum.Enum):
            found += words_of(part)
        elif part is bool:
            found += [False, True]
        elif part is type(None):
            found.append(None)
        else:
            return None
    return found if 0 < len(found) <= _MOST_CHOICES else None


def tries_for(annotation: Any, base: Any, constants: Constants) -> list[Any]:
    """Return values for an annotation, other than the one that is known, each once, the most telling ones first."""
    choices = choices_of(annotation)
    found = (
        choices
        if choices is not None
        else [each for part in parts_of(annotation) for each in _of(part, base, constants)]
    )
    kept: list[Any] = []
    for each in found:
        if not any(type(each) is type(other) and each == other for other in (base, *kept)):
            kept.append(each)
    return kept


def first_guesses(annotation: Any) -> list[Any]:
    """Return values that a parameter without a default may take, the likeliest first."""
    choices = choices_of(annotation)
    return choices if choices is not None else tries_for(annotation, None, Constants())


def fresh(random: Random, value: Any) -> Any:
    """Return a value near one that is accepted, which was most likely not tried yet."""
    match value:
        case bool():
            return value
        case int():
            return value + random.randint(-3, 40) * random.choice((1, 1, 1, 11))
        case float():
            return round(value * random.choice((1, 2, 3)) + random.randint(0, 8) / 4, 6)
        case str():
            letters = "".join(random.choice("abcdefghijkmnpqrstuvwxyz0123456789") for _ in range(random.randint(1, 4)))
            where = random.randint(0, len(value))
            return value[:where] + letters + value[where:] if random.random() < 0.5 else value + letters
        case list():
            return [fresh(random, item) for item in value]
        case dict():
            return {key: fresh(random, item) for key, item in value.items()}
    return value


def _of(part: Any, base: Any, constants: Constants) -> Iterator[Any]:
    if part is type(None):
        yield None
    elif part is str:
        yield from _texts(base if isinstance(base, str) else "", constants)
    elif isinstance(part, type) and issubclass(part, PurePath):
        texts = _texts(base if isinstance(base, str) else "", constants)
        yield from (text for text in texts if re.fullmatch(PATH, text))
    elif part is int:
        yield from _whole_numbers(base if isinstance(base, int) else 2, constants)
    elif part is float:
        start = base if isinstance(base, float | int) else 1.5
        yield from (start + 1, start * 2, start / 2, 1.0, 0.5, 2.25, 0.0, 3)
    elif part in (Any, object):
        yield from _like(base, constants)
    elif (choices := choices_of(part)) is not None:
        yield from choices
    elif (collection := collection_of(part)) is not None:
        yield from _lists(part, collection, base if isinstance(base, list) else [], constants)
    elif takes_table(part):
        yield from _tables(part, base if isinstance(base, dict) else {}, constants)


def _like(base: Any, constants: Constants) -> Iterator[Any]:
    """Yield values like one whose type nobody says."""
    for kind in (bool, int, float, str):
        if isinstance(base, kind):
            yield from _of(kind, base, constants)
            return


def _texts(base: str, constants: Constants) -> Iterator[str]:
    if base:
        yield re.sub(r"[a-z](?![a-z])", lambda match: _next(match[0]), base)
        yield re.sub(r"[a-z]", lambda match: _next(match[0]), base)
        yield re.sub(r"\d+", lambda match: str(int(match[0]) + 1), base)
        yield re.sub(r"\d+", lambda match: str(int(match[0]) * 4 + 7), base)
        yield from (f"{base}7", f"x{base}", f"{base}-q3", f"{base}.q4", base[:1], base[:-1], base.upper(), base.title())
        yield re.sub(r"\d+", "1024", base)
        yield re.sub(r"\d+", "1000", base)
    yield from _PLAIN_TEXTS
    yield from constants.texts
    yield from _HOSTILE


def _next(letter: str) -> str:
    return chr((ord(letter) - ord("a") + 1) % 26 + ord("a"))


def _whole_numbers(base: int, constants: Constants) -> Iterator[int]:
    yield from (base + 1, base + 2, base * 2, base - 1, base * 10 + 3)
    for number in constants.numbers:
        yield from (number - 1, number, number + 1)
    yield from _NUMBERS


def _lists(part: Any, collection: Any, base: list[Any], constants: Constants) -> Iterator[list[Any]]:
    elements: tuple[Any, ...] = typing.get_args(part) or (Any,)
    if collection is tuple and len(elements) > 1 and elements[-1] is not ...:
        for index, element in enumerate(elements):
            for each in tries_for(element, base[index] if index < len(base) else None, constants)[:4]:
                yield [*base[:index], each, *base[index + 1 :]]
        return
    first = base[0] if base else None
    others = tries_for(next(iter(elements)), first, constants)[:8]
    yield from ([*base, each] for each in others[:3])
    yield from ([each] for each in others)
    yield [*others[:2], *base]
    yield base[1:]
    yield base[::-1]
    yield others[:5]
    yield []


def _tables(part: Any, base: dict[str, Any], constants: Constants) -> Iterator[dict[str, Any]]:
    origin = typing.get_origin(part) or part
    if not is_mapping(origin):
        if not (hasattr(origin, "from_dict") or hasattr(origin, "model_validate")):
            yield from _records(origin, base, constants)
        return
    _, element = typing.get_args(part) or (str, Any)
    known = next(iter(base.values()), None)
    others = tries_for(element, known, constants)[:10] or (["v1", "v2", "v3"] if element in (Any, object) else [])
    for each in others:
        yield {**base, "example": each}
        for key in base:
            yield {**base, key: each}
    keys = ("zeta", "alpha", "EXAMPLE_KEY", "k8s.example/part", "delta")
    yield dict(zip(keys, others, strict=False))
    yield dict(zip(keys[:2], others[1:], strict=False))
    yield {key: base[key] for key in list(base)[1:]}
    yield {}


def _records(origin: Any, base: dict[str, Any], constants: Constants) -> Iterator[dict[str, Any]]:
    """Yield tables whose keys are fields, with one of them changed."""
    fields, required = fields_of(origin)
    whole = dict(base)
    for name in required:
        if name not in whole:
            whole[name] = next(iter(first_guesses(fields[name])), None)
    yield whole
    yield {name: whole[name] for name in required}
    for name, annotation in fields.items():
        for each in tries_for(annotation, whole.get(name), constants)[:8]:
            yield {**whole, name: each}
