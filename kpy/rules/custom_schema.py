"""The structural schema of a custom resource: JSON Schema with what Kubernetes adds to it.

jsonschema is imported with the first object that has a schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kpy.rules.check import ROOT, Path
from kpy.rules.custom_formats import FORMATS
from kpy.rules.decode import describe
from kpy.rules.hints import near_word

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

__all__ = ["Fault", "Schema"]

Tree = dict[str, Any]

_PRESERVE: Final = "x-kubernetes-preserve-unknown-fields"
_INT_OR_STRING: Final = "x-kubernetes-int-or-string"
_EMBEDDED: Final = "x-kubernetes-embedded-resource"
_KEPT: Final = frozenset({"apiVersion", "kind", "metadata"})
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
    """The schema of one version of a custom resource."""

    def __init__(self, schema: Tree) -> None:
        self._schema = schema
        self._validator: Validator | None = None

    def faults(self, tree: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield what a server finds wrong with an object, its metadata apart."""
        pruned = _without_nulls(tree, self._schema)
        yield from _unknown(pruned, self._schema, ROOT, is_resource=True)
        yield from _duplicates(pruned, self._schema, ROOT)
        for error in self._errors({key: value for key, value in pruned.items() if key != "metadata"}):
            yield from _faults_of(error)

    def _errors(self, tree: Tree) -> Iterable[Any]:
        if self._validator is None:
            plain = _plain(self._schema)
            plain["required"] = [name for name in plain.get("required", ()) if name not in _KEPT]
            self._validator = _validator_class()(plain, format_checker=_format_checker())
        return self._validator.iter_errors(tree)


def _without_nulls(value: Any, schema: Any) -> Any:
    """Return a copy without the nulls that the schema does not allow: a server drops them."""
    schema = schema if isinstance(schema, dict) else {}
    if isinstance(value, Mapping):
        kept = {}
        for key, item in value.items():
            inner = _schema_of(str(key), schema)
            if item is not None or inner is None or inner.get("nullable"):
                kept[str(key)] = _without_nulls(item, inner)
        return kept
    if isinstance(value, list | tuple):
        return [_without_nulls(item, schema.get("items")) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _schema_of(key: str, schema: Mapping[str, Any]) -> Tree | None:
    found = (schema.get("properties") or {}).get(key)
    if found is None:
        found = schema.get("additionalProperties")
    return found if isinstance(found, dict) else None


def _unknown(value: Any, schema: Any, at: Path, *, is_resource: bool = False) -> Iterator[Fault]:
    """Yield the fields that the schema does not have."""
    if not isinstance(schema, dict):
        return
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown(item, schema.get("items"), at + index)
    if not isinstance(value, dict):
        return
    properties = schema.get("properties") or {}
    others = schema.get("additionalProperties")
    is_resource = is_resource or bool(schema.get(_EMBEDDED))
    for key, item in value.items():
        place = at + key if key.isidentifier() else at.key(key)
        if key in properties:
            if not (is_resource and key == "metadata"):
                yield from _unknown(item, properties[key], place)
        elif others:
            yield from _unknown(item, others, place)
        elif (
            not schema.get(_PRESERVE)
            and not (is_resource and key in _KEPT)
            and schema.get("type", "object") == "object"
        ):
            near = near_word(key, properties)
            yield Fault(
                "unknown", place, f"the schema has no field `{key}` here", f"did you mean `{near}`?" if near else ""
            )


def _duplicates(value: Any, schema: Any, at: Path) -> Iterator[Fault]:
    """Yield the items that stand twice in lists of unique items."""
    if not isinstance(schema, dict):
        return
    if isinstance(value, dict):
        for key, item in value.items():
            inner = _schema_of(key, schema)
            if inner is not None:
                yield from _duplicates(item, inner, at + key if key.isidentifier() else at.key(key))
    if not isinstance(value, list):
        return
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    kind = schema.get("x-kubernetes-list-type")
    seen: set[str] = set()
    for index, item in enumerate(value):
        yield from _duplicates(item, schema.get("items"), at + index)
        if kind not in ("set", "map") or (kind == "map" and not isinstance(item, dict)):
            continue
        said = repr([item.get(key) for key in keys]) if kind == "map" else repr(item)
        if said in seen:
            what = ", ".join(f"{key} {item.get(key)!r}" for key in keys) if kind == "map" else repr(item)
            yield Fault("duplicate", at + index, f"the list has an item with {what} already")
        seen.add(said)


def _plain(schema: Tree) -> Tree:
    """Return a structural schema as JSON Schema: nullable, int-or-string, embedded resources, defaults."""
    plain = {key: value for key, value in schema.items() if not key.startswith("x-kubernetes-")}
    plain.pop("default", None)
    for key in _ONE:
        if isinstance(schema.get(key), dict):
            plain[key] = _plain(schema[key])
    for key in _MANY:
        if key in schema:
            plain[key] = [_plain(each) for each in schema[key]]
    properties = schema.get("properties")
    if properties:
        plain["properties"] = {name: _plain(each) for name, each in properties.items()}
        plain["required"] = [
            name for name in schema.get("required") or () if "default" not in (properties.get(name) or {})
        ]
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
    if "enum" in plain:
        plain["enum"] = [*plain["enum"], None]


@cache
def _validator_class() -> Any:
    """Return the validator: bounds as in draft 4, whole numbers with a point are integers."""
    from jsonschema import Draft4Validator, validators

    types = Draft4Validator.TYPE_CHECKER.redefine("integer", lambda _, value: _is_integer(value))
    extend: Any = validators.extend
    return extend(Draft4Validator, {"pattern": _check_pattern}, type_checker=types)


def _is_integer(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _check_pattern(_: Any, pattern: str, value: Any, schema: Any) -> Iterator[Any]:
    """Yield an error for text that a pattern does not match; patterns that only Go understands are not judged."""
    import re

    from jsonschema import ValidationError

    try:
        found = re.compile(_as_python(pattern), re.ASCII)
    except re.error:
        return
    if isinstance(value, str) and not found.search(value):
        yield ValidationError(f"does not match {pattern}")


def _as_python(pattern: str) -> str:
    """Return a pattern of Go in the syntax of Python, where the two differ in what people write."""
    if pattern.endswith("$") and not pattern.endswith("\\$"):
        pattern = pattern[:-1] + r"\Z"
    return pattern.replace(r"\z", r"\Z")


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
        is_field = isinstance(step, int) or step.isidentifier()
        at = at + step if is_field else at.key(step)
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
            yield Fault("value", at, f"{_short(value)} is not of the format {said}")
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
