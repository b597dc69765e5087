"""The structural schema of a custom resource: JSON Schema with what Kubernetes adds to it.

jsonschema is imported with the first object that has a schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kpy.checking.decode import describe
from kpy.checking.hints import near_word
from kpy.custom.formats import FORMATS
from kpy.paths import ROOT, Path

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

__all__ = ["Fault", "Schema"]

Tree = dict[str, Any]

_PRESERVE: Final = "x-kubernetes-preserve-unknown-fields"
_INT_OR_STRING: Final = "x-kubernetes-int-or-string"
_EMBEDDED: Final = "x-kubernetes-embedded-resource"
_KEPT: Final = frozenset({"apiVersion", "kind", "metadata"})
#: What no schema on a server has: jsonschema would fetch what is referred to, and search with Python's `re`.
_LEFT_OUT: Final = frozenset(
    {"default", "id", "$id", "$schema", "$ref", "additionalItems", "definitions", "dependencies", "patternProperties"}
)
#: Keywords that hold one schema, a list of them, or a map.
_ONE: Final = ("not", "items", "additionalProperties")
_MANY: Final = ("allOf", "anyOf", "oneOf")


class Fault(NamedTuple):
    """What is wrong at a place."""

    #: `unknown`, `required`, `value` or `duplicate`.
    what: str
    at: Path
    message: str
    fix: str = ""


class Schema:
    """The schema of one version of a custom resource; where `status` is a subresource, a server drops what is given."""

    def __init__(self, schema: Tree, *, drops_status: bool = False) -> None:
        self._schema = schema
        self._drops_status = drops_status
        self._validator: Validator | None = None

    def faults(self, tree: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield what a server finds wrong with an object, of its metadata only what the schema says of the name."""
        whole = _completed(tree, self._schema)
        yield from _unknown(whole, self._schema, ROOT, is_resource=True)
        if self._drops_status:
            whole.pop("status", None)
        yield from _duplicates(whole, self._schema, ROOT)
        for error in self._errors({**whole, "metadata": _names(whole.get("metadata"))}):
            yield from _faults_of(error)

    def embedded(self, tree: Mapping[str, Any]) -> Iterator[tuple[Path, Tree]]:
        """Yield the objects within an object that have metadata of their own."""
        yield from _embedded(_completed(tree, self._schema), self._schema, ROOT)

    def _errors(self, tree: Tree) -> Iterable[Any]:
        validator = self._validator
        if validator is None:
            plain = _plain(self._schema)
            plain["required"] = [name for name in plain.get("required", ()) if name not in _KEPT]
            validator = self._validator = _validator_class()(plain, format_checker=_format_checker())
        return validator.iter_errors(tree)


def _names(metadata: Any) -> dict[str, str]:
    """Return the name and what it is generated from, with the name that a server would make."""
    found = metadata if isinstance(metadata, dict) else {}
    names = {key: found[key] for key in ("name", "generateName") if isinstance(found.get(key), str)}
    if "generateName" in names:
        names.setdefault("name", names["generateName"] + "xxxxx")
    return names


def _completed(value: Any, schema: Any) -> Any:
    """Return a copy as a server completes it: with defaults, and without nulls that the schema does not allow."""
    schema = schema if isinstance(schema, dict) else {}
    if value is None and not schema.get("nullable"):
        value = schema.get("default")
    if isinstance(value, Mapping):
        kept = {}
        for key, item in value.items():
            inner = _schema_of(str(key), schema)
            found = _completed(item, inner)
            if found is not None or inner is None or inner.get("nullable"):
                kept[str(key)] = found
        for key, inner in (schema.get("properties") or {}).items():
            if key not in kept and inner.get("default") is not None:
                kept[key] = _completed(inner["default"], inner)
        return kept
    if isinstance(value, list | tuple):
        return [_completed(item, schema.get("items")) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _schema_of(key: str, schema: Mapping[str, Any]) -> Tree | None:
    found = (schema.get("properties") or {}).get(key)
    if found is None:
        found = schema.get("additionalProperties")
    return found if isinstance(found, dict) else None


def _step(at: Path, key: str) -> Path:
    return at + key if key.isidentifier() else at.key(key)


def _unknown(value: Any, schema: Any, at: Path, *, is_resource: bool = False, keeps: bool = False) -> Iterator[Fault]:
    """Yield the fields that the schema does not have; a list that keeps them does so for its items."""
    if not isinstance(schema, dict):
        schema = {}
    keeps = keeps or bool(schema.get(_PRESERVE))
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown(item, schema.get("items"), at + index, keeps=keeps)
    if not isinstance(value, dict):
        return
    properties = schema.get("properties") or {}
    others = schema.get("additionalProperties")
    is_resource = is_resource or bool(schema.get(_EMBEDDED))
    for key, item in value.items():
        if key in properties:
            if not (is_resource and key == "metadata"):
                yield from _unknown(item, properties[key], _step(at, key))
        elif others:
            yield from _unknown(item, others, _step(at, key))
        elif not keeps and not (is_resource and key in _KEPT) and schema.get("type", "object") == "object":
            near = near_word(key, properties)
            fix = f"did you mean `{near}`?" if near else ""
            yield Fault("unknown", _step(at, key), f"the schema has no field `{key}` here", fix)


def _inside(value: Any, schema: Mapping[str, Any], at: Path) -> Iterator[tuple[Any, Tree, Path]]:
    """Yield the values of a mapping or list that the schema describes, with their schemas and places."""
    if isinstance(value, dict):
        for key, item in value.items():
            inner = _schema_of(key, schema)
            if inner is not None:
                yield item, inner, _step(at, key)
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for index, item in enumerate(value):
            yield item, schema["items"], at + index


def _embedded(value: Any, schema: Tree, at: Path) -> Iterator[tuple[Path, Tree]]:
    if schema.get(_EMBEDDED) and isinstance(value, dict):
        yield at, value
    for inner in _inside(value, schema, at):
        yield from _embedded(*inner)


def _duplicates(value: Any, schema: Tree, at: Path) -> Iterator[Fault]:
    """Yield the items that stand twice in lists of unique items."""
    for inner in _inside(value, schema, at):
        yield from _duplicates(*inner)
    kind = schema.get("x-kubernetes-list-type")
    if not isinstance(value, list) or kind not in ("set", "map"):
        return
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    seen: set[str] = set()
    for index, item in enumerate(value):
        if kind == "map" and not isinstance(item, dict):
            continue
        said = _said([item.get(key) for key in keys] if kind == "map" else item)
        if said in seen:
            what = ", ".join(f"{key} {item.get(key)!r}" for key in keys) if kind == "map" else repr(item)
            yield Fault("duplicate", at + index, f"the list has an item with {what} already")
        seen.add(said)


def _said(value: Any) -> str:
    """Return a text that equal values have in common, and other values do not."""
    import json

    return json.dumps(value, sort_keys=True)


def _plain(schema: Tree) -> Tree:
    """Return a structural schema as JSON Schema: nullable, int-or-string, embedded resources."""
    plain = {
        key: value for key, value in schema.items() if not key.startswith("x-kubernetes-") and key not in _LEFT_OUT
    }
    if isinstance(plain.get("format"), str):
        plain["format"] = plain["format"].replace("-", "")
    for key in _ONE:
        if isinstance(schema.get(key), dict):
            plain[key] = _plain(schema[key])
    for key in _MANY:
        if key in schema:
            plain[key] = [_plain(each) for each in schema[key]]
    properties = schema.get("properties")
    if properties:
        plain["properties"] = {name: _plain(each) for name, each in properties.items()}
    if not plain.get("required"):
        plain.pop("required", None)
    if schema.get(_INT_OR_STRING):
        plain["type"] = ["integer", "string"]
    if schema.get(_EMBEDDED):
        plain["required"] = [*plain.get("required", ()), "apiVersion", "kind"]
    if plain.pop("nullable", False):
        _allow_null(plain)
    return plain


def _allow_null(plain: Tree) -> None:
    if isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    elif isinstance(plain.get("type"), list):
        plain["type"].append("null")


@cache
def _validator_class() -> Any:
    """Return the validator: bounds as in draft 4, whole numbers with a point are integers."""
    from jsonschema import Draft4Validator, validators

    types = Draft4Validator.TYPE_CHECKER.redefine("integer", lambda _, value: _is_integer(value))
    extend: Any = validators.extend
    return extend(Draft4Validator, {"pattern": _check_pattern, "multipleOf": _check_multiple}, type_checker=types)


def _is_integer(value: object) -> bool:
    if isinstance(value, bool):
        return False
    is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return is_whole and -(1 << 63) <= value < 1 << 63  # type: ignore[operator]  # it is a number


def _check_multiple(_: Any, factor: float, value: Any, schema: Any) -> Iterator[Any]:
    """Yield an error for a number that is no multiple; 0.3 is one of 0.1, although the quotient is not quite whole.

    Of integers, a server takes no factor below 1.
    """
    from jsonschema import ValidationError

    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    quotient = value / factor
    is_off = abs(quotient - round(quotient)) > 1e-9 * abs(quotient)
    if value % int(factor) if isinstance(value, int) and factor >= 1 else is_off or isinstance(value, int):
        yield ValidationError(f"is no multiple of {factor}")


def _check_pattern(_: Any, pattern: str, value: Any, schema: Any) -> Iterator[Any]:
    """Yield an error for text that a pattern does not match; what is no pattern is told of the definition."""
    from jsonschema import ValidationError

    from kpy.syntax import re2

    try:
        is_off = isinstance(value, str) and not re2.compile(pattern).search(value)
    except re2.PatternError:
        return
    if is_off:
        yield ValidationError(f"does not match {pattern}")


@cache
def _format_checker() -> Any:
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    for name, is_sound in FORMATS.items():
        checker.checks(name)(is_sound)
    return checker


def _faults_of(error: Any) -> Iterator[Fault]:
    """Yield the faults that an error of jsonschema stands for."""
    at = ROOT
    for step in error.absolute_path:
        at = at.key(step) if isinstance(step, str) and not step.isidentifier() else at + step
    value, said = error.instance, error.validator_value
    match error.validator:
        case "required":
            name = next((each for each in said if f"'{each}' is a required" in error.message), "")
            yield Fault("required", at + name, f"`{name}` is missing", f"set `{name}`")
        case "type":
            wanted = [said] if isinstance(said, str) else [each for each in said if each != "null"]
            yield Fault("value", at, f"must be {' or '.join(map(_type_word, wanted))}, not {describe(value)}")
        case "enum":
            values = [str(each) for each in said if each is not None]
            near = near_word(str(value), values)
            fix = f"did you mean {near}?" if near else ""
            yield Fault("value", at, f"{_short(value)} is not one of {', '.join(values)}", fix)
        case "anyOf" | "oneOf" | "allOf" | "not":
            yield Fault("value", at, f"the value fits no way that the schema allows (`{error.validator}`)")
        case "pattern":
            yield Fault("value", at, f"{_short(value)} does not match the pattern {said}")
        case "format":
            yield Fault("value", at, f"{_short(value)} is not of the format {error.schema['format']}")
        case word:
            yield Fault("value", at, f"{_short(value)} breaks the schema: `{word}` is {_short(said)}")


def _type_word(name: str) -> str:
    return {
        "object": "a mapping",
        "array": "a list",
        "string": "text",
        "integer": "an integer",
        "number": "a number",
        "boolean": "true or false",
    }.get(name, name)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
