"""Pool the schemas of all minor releases into one small file, `kpy/schema/pool.gz`.

The file is text, a line per entry, and is read lazily (see `kpy.schema.pool`):

    {"releases": [...], "kinds": {"apps/v1 Deployment": [type, plural, namespaced, on by default, short names], ...}}
    apps/v1 DeploymentSpec<TAB>mask<TAB>{"fields": {...}, "required": [...]}

A type has one line per distinct definition; bit n of the mask says that the n-th release has it so. A field is a shape
code (`[]@core/v1 Container`, `{}q`, `i32`) or a list of the code and an object with the rest: `enum`, `keys` (of a list
map), `list` (its type when not atomic), `merge` (patch key), `strategy`.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kpy.schema import RELEASES
from tools.codegen.published import SourceError, definitions, fact, served_kind

__all__ = ["POOL", "build_pool", "compressed"]

POOL = Path(__file__).parents[2] / "kpy" / "schema" / "pool.gz"

_SHAPES = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "q",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "is",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "t",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "mt",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "o",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": "o",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": "a",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": "schema|list",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": "schema|bool",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": "schema|strings",
}
_PREFIXES = ("io.k8s.api.", "io.k8s.apimachinery.pkg.apis.", "io.k8s.apiextensions-apiserver.pkg.apis.")
_PREFIX_OF_AGGREGATOR = "io.k8s.kube-aggregator.pkg.apis."
_NOT_CREATED = {"TokenRequest", "Scale", "Eviction"}  # served only below another resource


def compressed(text: str) -> bytes:
    """Return a text as a gzip file whose header is the same whoever writes it.

    The `gzip` of Python puts the system or "unknown" into it, one version the one and another the other.
    """
    data = text.encode()
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = b"\x1f\x8b\x08" + bytes(5) + b"\x02\x03"  # deflated, no name, no time, as small as can be, written on Unix
    return head + squeeze.compress(data) + squeeze.flush() + struct.pack("<II", zlib.crc32(data), len(data))


def build_pool() -> str:
    """Return the text of `kpy/schema/pool.gz`."""
    masks: dict[str, dict[str, int]] = {}
    kinds: dict[str, list[object]] = {}
    for bit, release in enumerate(RELEASES):
        for full_name, definition in definitions(release).items():
            name = _type_name(full_name)
            if name is None:
                continue
            texts = masks.setdefault(name, {})
            try:
                text = json.dumps(_definition(name, definition), separators=(",", ":"))
            except SourceError as error:
                raise SourceError(f"Kubernetes {release}: `{name}`: {error}") from None
            texts[text] = texts.get(text, 0) | 1 << bit
            kinds.update(_kind(name, definition, release))
    head = {"releases": RELEASES, "kinds": dict(sorted(kinds.items()))}
    lines = [json.dumps(head, separators=(",", ":"))]
    lines += [f"{name}\t{mask}\t{text}" for name in sorted(masks) for text, mask in masks[name].items()]
    return "\n".join(lines)


def _type_name(full_name: str) -> str | None:
    """Return `core/v1 Container` for `io.k8s.api.core.v1.Container`, nothing for what is a shape and not a struct."""
    if full_name in _SHAPES:
        return None
    for prefix in (*_PREFIXES, _PREFIX_OF_AGGREGATOR):
        if full_name.startswith(prefix):
            words = full_name.removeprefix(prefix).split(".")
            if len(words) != 3:
                raise SourceError(f"`{full_name}` is not a type of a group and a version")
            group, version, name = words
            return f"{group}/{version} {name}"
    return None


def _definition(type_name: str, definition: Mapping[str, Any]) -> dict[str, object]:
    enums = fact("enums").get(type_name, {})
    fields = {name: _field(field, enums.get(name)) for name, field in definition.get("properties", {}).items()}
    return {"fields": fields, "required": sorted(definition.get("required", ()))}


def _field(field: Mapping[str, Any], enum: list[str] | None) -> object:
    extra: dict[str, object] = {}
    if enum is not None:
        extra["enum"] = enum
    list_type = field.get("x-kubernetes-list-type")
    if list_type in ("map", "set"):
        extra["list"] = list_type
    for key, short in (
        ("x-kubernetes-list-map-keys", "keys"),
        ("x-kubernetes-patch-merge-key", "merge"),
        ("x-kubernetes-patch-strategy", "strategy"),
        ("x-kubernetes-map-type", "map"),
    ):
        if key in field:
            extra[short] = field[key]
    code = _code(field)
    return [code, extra] if extra else code


def _code(field: Mapping[str, Any]) -> str:
    """Return the shape code of a field or of an element of one."""
    reference = field.get("$ref")
    if reference:
        full_name = reference.removeprefix("#/$defs/")
        name = _SHAPES.get(full_name) or _type_name(full_name)
        if name is None:
            raise SourceError(f"`{full_name}` is not known: give it a shape in tools/codegen/pool.py")
        return name if full_name in _SHAPES else f"@{name}"
    types = field.get("type", ())
    match types if isinstance(types, str) else next(name for name in types if name != "null"):
        case "array":
            return "[]" + _code(field["items"])
        case "object" if "additionalProperties" in field:
            return "{}" + _code(field["additionalProperties"])
        case "object":
            return "o"
        case "string":
            return {"byte": "y", "date-time": "t"}.get(field.get("format", ""), "s")
        case "integer":
            return "i64" if field.get("format") == "int64" else "i32"
        case "number":
            return "n"
        case "boolean":
            return "b"
    raise SourceError(f"no shape for {dict(field)}: give it one in tools/codegen/pool.py")


def _kind(type_name: str, definition: Mapping[str, Any], release: str) -> Iterator[tuple[str, list[object]]]:
    """Yield the kind of a top-level object that a server lets people create."""
    said = definition.get("x-kubernetes-group-version-kind", ())
    metadata = definition.get("properties", {}).get("metadata", {})
    if len(said) != 1 or not metadata.get("$ref", "").endswith(".ObjectMeta") or said[0]["kind"] in _NOT_CREATED:
        return
    group, version, kind = said[0]["group"], said[0]["version"], said[0]["kind"]
    api_version = f"{group}/{version}" if group else version
    name = f"{api_version} {kind}"
    served = served_kind(name, release)
    betas = fact("kinds")["betas_on_by_default"]
    on = ("alpha" not in version and "beta" not in version) or api_version in betas or name in betas
    yield name, [type_name, served.plural, served.namespaced, on, fact("kinds")["short_names"].get(kind, [])]
