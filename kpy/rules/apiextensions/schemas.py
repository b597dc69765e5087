"""The schemas of custom resources, part by part: what a server refuses in each of them.

A schema is walked once. Each check here sees one part of it, a `Part`, and is a rule of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from kpy.checking.check import Check
from kpy.checking.rule import Rule, description_of, mark
from kpy.checking.type_rules import rule
from kpy.diagnostics import Severity
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.apiextensions.places import Place, SchemaOfVersion, schemas

__all__ = ["Part", "is_said", "parts", "schema_rule"]

STRUCTURAL = (
    "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/"
    "#specifying-a-structural-schema"
)
DEFAULTING = STRUCTURAL.partition("#")[0] + "#defaulting"
LISTS = "https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy"
DEFINITION = "apiextensions/v1 CustomResourceDefinition"


_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_UNSUPPORTED = ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")
_META = ("metadata", "kind", "apiVersion")
#: Texts and booleans of which a server knows whether they were said at all.
_KNOWN_WHEN_EMPTY = ("$ref", "additionalProperties", "x-kubernetes-list-type", "x-kubernetes-map-type")


class Part(NamedTuple):
    """A part of a schema: the schema of a field, of an element, or an alternative."""

    schema: Tree
    place: Place
    #: Whether this is the schema of a whole resource.
    is_root: bool = False
    #: Whether it stands under `not`, `allOf` or the like, where values are only checked further.
    is_alternative: bool = False
    #: Why it may have no default, or nothing.
    no_default: str = ""
    #: Whether it belongs to the metadata of a resource.
    in_metadata: bool = False
    #: Whether old and new values belong together, so that rules may compare them.
    is_followed: bool = True


def parts(part: Part) -> Iterator[Part]:
    """Yield a schema and all that it consists of, inner parts before outer ones."""
    for child in _children(part):
        yield from parts(child)
    yield part


def _children(part: Part) -> Iterator[Part]:
    schema, place = part.schema, part.place
    inner = part._replace(is_root=False)
    extra = schema.get("additionalProperties")
    if isinstance(extra, Mapping):
        no_default = "among properties of metadata" if part.in_metadata else part.no_default
        yield inner._replace(schema=extra, place=place.field("additionalProperties"), no_default=no_default)
    for name, value in (schema.get("properties") or {}).items():
        child = inner._replace(schema=value, place=place.field("properties").key(name))
        if name in _META and (part.is_root or schema.get("x-kubernetes-embedded-resource")):
            no_default = f"in the {name} of a resource" if part.is_root else part.no_default
            child = child._replace(in_metadata=True, no_default=no_default)
        yield child
    yield from _alternatives(part, inner._replace(is_alternative=True))
    items = schema.get("items")
    followed = part.is_followed and schema.get("x-kubernetes-list-type") == "map"
    if isinstance(items, Mapping):
        yield inner._replace(schema=items, place=place.field("items"), is_followed=followed)
    for index, value in enumerate(items if isinstance(items, list) else ()):
        yield inner._replace(schema=value, place=place.field("items").field(index), is_followed=followed)


def _alternatives(part: Part, inner: Part) -> Iterator[Part]:
    schema, place = part.schema, part.place
    if schema.get("not") is not None:
        yield inner._replace(schema=schema["not"], place=place.field("not"))
    for name in ("allOf", "oneOf", "anyOf"):
        for index, value in enumerate(schema.get(name) or ()):
            yield inner._replace(schema=value, place=place.field(name).field(index))
    for name in ("definitions", "dependencies"):
        for key, value in (schema.get(name) or {}).items():
            if isinstance(value, Mapping):
                yield inner._replace(schema=value, place=place.field(name).key(key))


def is_said(schema: Tree, name: str) -> bool:
    """Return whether a keyword says anything to a server: an empty text and a false mostly do not."""
    value = schema.get(name)
    if isinstance(value, str | bool):
        return bool(value) or name in _KNOWN_WHEN_EMPTY
    return value is not None


PartCheck = Callable[[Part, Check], None]
_PARTS = "parts of schemas"


class PartRule(NamedTuple):
    """A rule on each part of a schema."""

    rule: Rule
    check: PartCheck
    key: str = _PARTS


def schema_rule(
    name: str, *, source: str = STRUCTURAL, severity: Severity = "error"
) -> Callable[[PartCheck], PartCheck]:
    """Make the decorated function a rule on each part of a schema."""

    def decorate(function: PartCheck) -> PartCheck:
        return mark(function, PartRule(Rule(name, "api", severity, source, description_of(function)), function))

    return decorate


@rule("crd-schema-keyword", on=DEFINITION, source=STRUCTURAL)
def check_schemas(definition: Tree, at: Path, check: Check) -> None:
    """A schema has none of the keywords `id`, `$ref`, `definitions`, `patternProperties`, `uniqueItems` or the like."""
    own = check.rule
    part_rules = [part_rule for part_rule in check.registry.all_marks(_PARTS) if isinstance(part_rule, PartRule)]
    for version in schemas(definition, at):
        before = len(check.diagnostics)
        for part in parts(Part(version.schema, version.place, is_root=True)):
            check.rule = own
            _check_keywords(part, check)
            for part_rule in part_rules:
                check.rule = part_rule.rule
                part_rule.check(part, check)
        check.rule = own
        if not any(part_rule.severity == "error" for part_rule in check.diagnostics[before:]):
            _check_dialect(version, check)


def _check_dialect(version: SchemaOfVersion, check: Check) -> None:
    """Check `$schema`, of which a server speaks only when it has nothing else to say."""
    for part in parts(Part(version.schema, version.place, is_root=True)):
        if part.schema.get("$schema"):
            place = Place(part.place.at + "$schema", version.place.said)
            place.report(check, "`$schema` is not supported", fix="drop it")


def _check_keywords(part: Part, check: Check) -> None:
    schema = part.schema
    for name in _UNSUPPORTED:
        value = schema.get(name)
        if value is not None and (value or name in ("dependencies", "additionalItems", "$ref")):
            fix = "write out what it refers to; nobody follows it" if name == "$ref" else ""
            part.place.field(name).report(check, f"`{name}` is not supported in schemas of custom resources", fix=fix)
    if schema.get("items") and isinstance(schema["items"], list):
        part.place.field("items").report(check, "`items` must be one schema, not a list of them")
    if schema.get("uniqueItems"):
        fix = "write `x-kubernetes-list-type: set`"
        part.place.field("uniqueItems").report(check, "`uniqueItems` is not supported", fix=fix)


@schema_rule("crd-schema-type")
def type_known(part: Part, check: Check) -> None:
    """The type is array, boolean, integer, number, object or string; for null there is `nullable`."""
    type_name = part.schema.get("type")
    if type_name and type_name not in _TYPES:
        fix = "write `nullable: true` beside the type of other values" if type_name == "null" else ""
        part.place.field("type").report(check, f"type {type_name!r} is not one of {', '.join(_TYPES)}", fix=fix)


@schema_rule("crd-schema-default-forbidden", source=DEFAULTING)
def default_forbidden(part: Part, check: Check) -> None:
    """There are no defaults in apiVersion, kind and metadata of a resource: it has them already."""
    if part.no_default and part.schema.get("default") is not None:
        part.place.field("default").report(check, f"there can be no default {part.no_default}")


@schema_rule("crd-schema-properties")
def properties_exclusive(part: Part, check: Check) -> None:
    """A schema has properties or additionalProperties, not both."""
    extra = part.schema.get("additionalProperties")
    if part.schema.get("properties") and extra is not None and extra is not True:
        message = "`additionalProperties` cannot be combined with `properties`"
        part.place.field("additionalProperties").report(check, message, fix="drop one of them")


@schema_rule("crd-schema-preserve")
def preserve(part: Part, check: Check) -> None:
    """Unknown fields are preserved or not mentioned: `x-kubernetes-preserve-unknown-fields` is not false."""
    name = "x-kubernetes-preserve-unknown-fields"
    if part.schema.get(name) is False:
        part.place.field(name).report(check, f"`{name}` is false", fix="drop it")


@schema_rule("crd-schema-embedded")
def embedded(part: Part, check: Check) -> None:
    """No resource is embedded in the metadata of a resource."""
    name = "x-kubernetes-embedded-resource"
    if part.in_metadata and part.schema.get(name):
        part.place.field(name).report(check, "there can be no resource in the metadata of a resource")


@schema_rule("crd-schema-map-type", source=LISTS)
def map_type(part: Part, check: Check) -> None:
    """Objects, and only they, merge as the map type says: atomic or granular."""
    merge = part.schema.get("x-kubernetes-map-type")
    if merge is None:
        return
    if part.schema.get("type") != "object":
        part.place.field("type").report(
            check, "`x-kubernetes-map-type` is for objects only", fix="write `type: object`"
        )
    if merge not in ("atomic", "granular"):
        place = part.place.field("x-kubernetes-map-type")
        place.report(check, f"map type {merge!r} is neither 'atomic' nor 'granular'")


@schema_rule("crd-schema-list-type", source=LISTS)
def list_type(part: Part, check: Check) -> None:
    """Arrays, and only they, merge as the list type says: atomic, set or map. Elements of a set are atomic."""
    schema, merge = part.schema, part.schema.get("x-kubernetes-list-type")
    if merge is None:
        return
    items = schema.get("items")
    if schema.get("type") != "array":
        part.place.field("type").report(check, "`x-kubernetes-list-type` is for arrays only", fix="write `type: array`")
    elif merge == "set" and isinstance(items, Mapping):
        name = {"array": "x-kubernetes-list-type", "object": "x-kubernetes-map-type"}.get(items.get("type", ""))
        implied = "atomic" if items.get("type") == "array" else None
        if name and (items.get(name) if items.get(name) is not None else implied) != "atomic":
            part.place.field("items").field(name).report(check, "elements of a set must be atomic", "write `atomic`")
    if merge not in ("atomic", "set", "map"):
        place = part.place.field("x-kubernetes-list-type")
        place.report(check, f"list type {merge!r} is not atomic, set or map")
    if merge in ("set", "map") and isinstance(items, Mapping) and items.get("nullable"):
        part.place.field("items").field("nullable").report(check, f"elements of a {merge} cannot be null")


@schema_rule("crd-schema-map-keys", source=LISTS)
def map_keys(part: Part, check: Check) -> None:
    """A list of type map, and only that, has keys: scalar properties of its elements, required or with a default."""
    schema, place = part.schema, part.place
    keys, said, items = (
        schema.get("x-kubernetes-list-map-keys") or (),
        schema.get("x-kubernetes-list-type"),
        schema.get("items"),
    )
    if keys and said != "map":
        place.field("x-kubernetes-list-type").report(check, "only a list of type map has keys", "write `map`")
    if said != "map":
        return
    if not keys:
        place.field("x-kubernetes-list-map-keys").report(check, "list of type map has no keys")
    if not isinstance(items, Mapping):
        place.field("items").report(check, "list of type map has no schema of its elements")
        return
    if items.get("type") != "object":
        place.field("items").field("type").report(check, "elements of a list of type map must be objects")
    for index, key in enumerate(keys):
        if key in keys[:index] and items.get("type") == "object":
            place.field("x-kubernetes-list-map-keys").report(check, f"key {key!r} is listed twice")
        _check_key(key, items, place, check)


def _check_key(key: str, items: Tree, place: Place, check: Check) -> None:
    key_schema = (items.get("properties") or {}).get(key)
    if key_schema is None:
        if items.get("type") == "object":
            message = f"elements have no property {key!r}"
            place.field("x-kubernetes-list-map-keys").report(check, message)
        return
    here = place.field("items").field("properties").key(key)
    if items.get("type") == "object" and key_schema.get("type") in ("array", "object"):
        here.field("type").report(check, f"key {key!r} must be a scalar")
    if key not in (items.get("required") or ()) and key_schema.get("default") is None:
        fix = f"add {key!r} to `required`, or give it a default"
        here.field("default").report(check, f"key {key!r} is neither required nor has a default", fix=fix)
    if key_schema.get("nullable"):
        here.field("nullable").report(check, f"key {key!r} cannot be null")


_FORMATS = {
    "integer": ("int32", "int64"),
    "number": ("float", "double"),
    "string": (
        "bsonobjectid", "uri", "email", "hostname", "ipv4", "ipv6", "cidr", "mac", "uuid", "uuid3", "uuid4", "uuid5",
        "isbn", "isbn10", "isbn13", "creditcard", "ssn", "hexcolor", "rgbcolor", "byte", "password", "date", "duration",
        "datetime",
    ),
}  # fmt: skip
_NEW_FORMATS = ("k8sshortname", "k8slongname")


@schema_rule("crd-schema-format", severity="note")
def format_known(part: Part, check: Check) -> None:
    """A format that servers do not know for a type checks nothing."""
    format_name, kind = part.schema.get("format"), part.schema.get("type") or "string"
    if not format_name or not check.at_least("1.36"):
        return
    formats = _FORMATS.get(kind, ())
    plain = format_name.replace("-", "") if kind == "string" else format_name
    if plain not in formats and not (kind == "string" and plain in _NEW_FORMATS):
        topic = "format", format_name, kind
        message = f"servers know no format {format_name!r} for the type {kind}"
        part.place.field("format").report(check, message, topic=topic)


_ALLOWED_AT_ROOT = frozenset(
    (
        "description", "type", "format", "title", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum",
        "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "multipleOf", "required", "items",
        "properties", "externalDocs", "example", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-validations",
    )
)  # fmt: skip
_BEFORE_TYPE = ("id", "$schema", "$ref")


@rule("crd-schema-root", on=DEFINITION, source=STRUCTURAL)
def root(definition: Tree, at: Path, check: Check) -> None:
    """The root of a schema is not nullable; with the subresource status it is an object with nothing but properties."""
    for schema, place, has_status in schemas(definition, at):
        if schema.get("nullable"):
            place.field("nullable").report(check, "a resource cannot be null")
        if not has_status:
            continue
        odd = [name for name in schema if name not in _ALLOWED_AT_ROOT and is_said(schema, name)]
        if schema.get("type", "") not in ("", "object") and not set(odd) & set(_BEFORE_TYPE):
            place.field("type").report(check, "a resource with a status is of type object")
        elif odd:
            odd_place = Place(place.at + odd[0], place.said)
            odd_place.report(check, f"`{odd[0]}` cannot stand at the root of a resource with the subresource status")
