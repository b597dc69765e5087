"""The one engine that judges values by the structural schemas of definitions: objects and defaults alike.

A schema is compiled once into closures; a closure is called with a value and its place, and reports what a server
would refuse. The words mean what a server takes them to mean: bounds as in draft 4, patterns as Go reads them, whole
numbers with a point as integers.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, Final, NamedTuple

from kpy.checking.decode import describe
from kpy.checking.hints import near_word
from kpy.custom.formats import NEWEST, format_of
from kpy.paths import Path

__all__ = ["EMBEDDED", "INT_OR_STRING", "Fault", "Judge", "compile_schema", "place_of"]

#: Keywords of the API in schemas.
INT_OR_STRING: Final = "x-kubernetes-int-or-string"
EMBEDDED: Final = "x-kubernetes-embedded-resource"

_LONGEST: Final = 60


class Fault(NamedTuple):
    """What is wrong at a place."""

    #: `unknown`, `required`, `value`, `duplicate`, `rule` or `version`.
    what: str
    at: Path
    message: str
    fix: str = ""
    #: Whether a server does not run the rules of an object with such a fault.
    stops: bool = False


#: Says what is wrong with a value at a place.
Judge = Callable[[Any, Path], Iterator[Fault]]
#: Says what is wrong with a value of the right type, as the end of a sentence that begins with the value.
_Bound = Callable[[Any], str]
#: The types that a bound is for, the bound, and whether a server does not run the rules after it.
_BoundOf = tuple[type | tuple[type, ...], _Bound, bool]


def compile_schema(schema: Mapping[str, Any], minor: int = NEWEST) -> Judge:
    """Return what judges values by a structural schema; fields that the schema does not mention are not its matter."""
    in_enum = _enum(schema["enum"]) if schema.get("enum") else None
    judges = [_type(schema)] if _kinds(schema) else []
    judges += [in_enum] if in_enum else []
    judges += [_bounds(bounds) for bounds in [tuple(_bounds_of(schema, minor))] if bounds]
    judges += list(_alternatives(schema, minor))
    judges += [compile_schema(each, minor) for each in schema.get("allOf") or ()]
    judges += [_fields(schema, minor)] if _has_fields(schema) else []
    if isinstance(schema.get("items"), Mapping):
        judges.append(_items(schema["items"], minor))
    is_nullable = bool(schema.get("nullable"))

    def judge(value: Any, at: Path) -> Iterator[Fault]:
        if value is None and is_nullable:
            yield from in_enum(value, at) if in_enum else ()
            return
        for each in judges:
            yield from each(value, at)

    return judge


def place_of(at: Path, key: str) -> Path:
    """Return the path of a key of a mapping: of a field, or in brackets where it could not be one."""
    return at + key if key.isidentifier() else at.key(key)


def _is_integer(value: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, float):
        return value.is_integer() and -(2.0**63) <= value < 2.0**63
    return isinstance(value, int) and -(1 << 63) <= value < 1 << 63


_TYPES: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "object": (lambda value: isinstance(value, Mapping), "a mapping"),
    "array": (lambda value: isinstance(value, list), "a list"),
    "string": (lambda value: isinstance(value, str), "text"),
    "integer": (_is_integer, "an integer"),
    "number": (lambda value: isinstance(value, int | float) and not isinstance(value, bool), "a number"),
    "boolean": (lambda value: isinstance(value, bool), "true or false"),
}


def _kinds(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the types that a schema allows."""
    if schema.get(INT_OR_STRING):
        return "integer", "string"
    kind = schema.get("type")
    return (kind,) if isinstance(kind, str) and kind else ()


def _type(schema: Mapping[str, Any]) -> Judge:
    kinds = _kinds(schema)
    checks = [_TYPES[kind][0] for kind in kinds if kind in _TYPES]
    expected = " or ".join(_TYPES[kind][1] if kind in _TYPES else kind for kind in kinds)

    def judge(value: Any, at: Path) -> Iterator[Fault]:
        for check in checks:
            if check(value):
                return
        yield Fault("value", at, f"must be {expected}, not {describe(value)}", stops=True)

    return judge


def _enum(values: Sequence[Any]) -> Judge:
    def judge(value: Any, at: Path) -> Iterator[Fault]:
        if value is not None and any(_is_allowed(value, allowed) for allowed in values):
            return
        words = [str(each) for each in values if each is not None]
        near = near_word(str(value), words)
        fix = f"did you mean {near}?" if near else ""
        yield Fault("value", at, f"{_short(value)} is not one of {', '.join(words)}", fix, stops=True)

    return judge


def _is_allowed(value: Any, allowed: Any) -> bool:
    """Return whether a value of an enumeration allows a value: a whole number allows what begins with it."""
    if isinstance(value, float) and isinstance(allowed, int | float) and allowed == int(allowed) and isfinite(value):
        return bool(int(value) == allowed)
    return _is_equal(value, allowed)


def _is_equal(value: Any, other: Any) -> bool:
    """Return whether two JSON values are equal: true is not 1, and 1.0 is 1."""
    if isinstance(value, bool) or isinstance(other, bool):
        return value is other
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(_is_equal, value, other))
    if isinstance(value, Mapping) and isinstance(other, Mapping):
        return value.keys() == other.keys() and all(_is_equal(item, other[key]) for key, item in value.items())
    return bool(value == other)


def _bounds(bounds: tuple[_BoundOf, ...]) -> Judge:
    def judge(value: Any, at: Path) -> Iterator[Fault]:
        for types, bound, stops in bounds:
            if isinstance(value, types) and not isinstance(value, bool):
                wrong = bound(value)
                if wrong:
                    yield Fault("value", at, f"{_short(value)} {wrong}", stops=stops)

    return judge


def _bounds_of(schema: Mapping[str, Any], minor: int) -> Iterator[_BoundOf]:
    """Yield the bounds of a schema."""
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and pattern:
        yield str, _pattern(pattern), False
    is_sound = format_of(schema, minor)
    if is_sound is not None:
        wrong = f"is not of the format {schema['format']}"
        yield (str, int, float), lambda value: "" if is_sound(value) else wrong, True
    for what, types, noun in (
        ("Length", str, "characters"),
        ("Items", list, "items"),
        ("Properties", Mapping, "fields"),
    ):
        yield from _sizes(schema, what, types, noun)
    # a server makes a whole number of a bound that it compares with one
    yield from ((int, bound, False) for bound in _number_bounds(schema, int))
    yield from ((float, bound, False) for bound in _number_bounds(schema, float))


def _pattern(pattern: str) -> _Bound:
    from kpy.syntax import re2

    try:
        compiled = re2.compile(pattern)
    except re2.PatternError:
        return lambda value: ""  # what is no pattern is told of the definition
    return lambda value: "" if compiled.search(value) else f"does not match the pattern {pattern}"


def _sizes(schema: Mapping[str, Any], what: str, types: type, noun: str) -> Iterator[_BoundOf]:
    least, most = schema.get(f"min{what}"), schema.get(f"max{what}")
    if isinstance(least, int | float) and least > 0:
        wanted = f"needs at least {_count(least, noun)}"
        yield types, lambda value: f"{wanted}, and has {len(value)}" if len(value) < least else "", False
    if isinstance(most, int | float):
        allowed = f"may have at most {_count(most, noun)}"
        yield types, lambda value: f"{allowed}, and has {len(value)}" if len(value) > most else "", True


def _count(number: float, noun: str) -> str:
    return f"{number} {noun.removesuffix('s') if number == 1 else noun}"


def _number_bounds(schema: Mapping[str, Any], kind: type[int] | type[float]) -> Iterator[_Bound]:
    """Yield the bounds of numbers; one that is not whole lets no whole number through where they are integers."""
    given = [schema.get(word) for word in ("minimum", "maximum")]
    broken = [each for each in given if isinstance(each, float) and not each.is_integer()]
    if broken and schema.get("type") == "integer":
        yield (
            lambda value: f"cannot be: the schema compares integers with {broken[0]}, and a server refuses all of them"
        )
        return
    least, most = (kind(each) if isinstance(each, int | float) else None for each in given)
    factor = schema.get("multipleOf")
    if least is not None and schema.get("exclusiveMinimum"):
        yield lambda value: f"must be more than {least}" if value <= least else ""
    elif least is not None:
        yield lambda value: f"must be at least {least}" if value < least else ""
    if most is not None and schema.get("exclusiveMaximum"):
        yield lambda value: f"must be less than {most}" if value >= most else ""
    elif most is not None:
        yield lambda value: f"must be at most {most}" if value > most else ""
    if factor:
        yield lambda value: "" if _is_multiple(value, factor) else f"must be a multiple of {factor}"


def _is_multiple(value: float, factor: float) -> bool:
    """Return whether a number is a multiple; 0.3 is one of 0.1, although the quotient is not quite whole.

    Of integers, a server takes no factor below 1.
    """
    if isinstance(value, int):
        return factor >= 1 and not value % int(factor)
    quotient = value / factor
    return abs(quotient) < 1 << 53 and abs(quotient - round(quotient)) <= 1e-9 * abs(quotient)


def _alternatives(schema: Mapping[str, Any], minor: int) -> Iterator[Judge]:
    """Yield what judges by `anyOf`, `oneOf` and `not`."""
    for word, is_met in (("anyOf", any), ("oneOf", lambda fits: sum(fits) == 1)):
        if schema.get(word):
            yield _alternative(word, [compile_schema(each, minor) for each in schema[word]], is_met)
    if isinstance(schema.get("not"), Mapping):
        yield _alternative("not", [compile_schema(schema["not"], minor)], lambda fits: not any(fits))


def _alternative(word: str, ways: Sequence[Judge], is_met: Callable[[Iterator[bool]], bool]) -> Judge:
    def judge(value: Any, at: Path) -> Iterator[Fault]:
        if not is_met(next(way(value, at), None) is None for way in ways):
            yield Fault("value", at, f"the value fits no way that the schema allows (`{word}`)")

    return judge


def _has_fields(schema: Mapping[str, Any]) -> bool:
    return any(schema.get(word) for word in ("properties", "required", "additionalProperties", EMBEDDED))


def _fields(schema: Mapping[str, Any], minor: int) -> Judge:
    given = schema.get("properties") or {}
    #: Compiled when a value first has the field: of large schemas, objects use little.
    properties: dict[str, Judge] = {}
    extra = schema.get("additionalProperties")
    others = compile_schema(extra, minor) if isinstance(extra, Mapping) else None
    required = tuple(schema.get("required") or ())
    if schema.get(EMBEDDED):
        required = tuple(dict.fromkeys((*required, "apiVersion", "kind")))

    def judge(value: Any, at: Path) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            return
        for name in required:
            if name not in value:
                yield Fault("required", place_of(at, name), f"`{name}` is missing", f"set `{name}`", stops=True)
        for key, item in value.items():
            inner = properties.get(key, others)
            if key in given and key not in properties:
                inner = properties[key] = compile_schema(given[key], minor)
            if inner is not None:
                yield from inner(item, place_of(at, key))

    return judge


def _items(schema: Mapping[str, Any], minor: int) -> Judge:
    compiled: list[Judge] = []

    def judge(value: Any, at: Path) -> Iterator[Fault]:
        if isinstance(value, list):
            if value and not compiled:
                compiled.append(compile_schema(schema, minor))
            for index, item in enumerate(value):
                yield from compiled[0](item, at + index)

    return judge


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
