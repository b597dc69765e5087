"""Defaults in the schemas of custom resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.custom.schema import default_faults
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.apiextensions.places import Place, schemas
from kpy.rules.apiextensions.schemas import DEFAULTING, DEFINITION
from kpy.rules.apiextensions.structure import is_structural


@rule("crd-default", on=DEFINITION, source=DEFAULTING)
def default(definition: Tree, at: Path, check: Check) -> None:
    """A default fits its own schema and its rules, and has no fields that the schema does not mention."""
    for version in schemas(definition, at):
        if not is_structural(version.schema):
            continue
        for schema, place in _with_defaults(version.schema, version.place, is_resource=True):
            value, here = schema["default"], place.field("default")
            if schema is version.schema or schema.get("x-kubernetes-embedded-resource"):
                _check_resource(value, here, check)
            for fault in default_faults(value, dict(schema), check.minor):
                there = here
                for step in fault.at.steps:
                    there = there.field(step)
                there.report(check, f"the default: {fault.message}", fix=fault.fix if fault.what == "rule" else "")


def _check_resource(value: Any, place: Place, check: Check) -> None:
    """Check the default of a whole resource, which needs what every resource has."""
    for name in ("apiVersion", "kind") if isinstance(value, Mapping) else ():
        if not value.get(name):
            place.field(name).report(check, f"the default is a resource without {name}")


def _with_defaults(schema: Tree, place: Place, *, is_resource: bool) -> Iterator[tuple[Tree, Place]]:
    """Yield the schemas that have a default, but those in the metadata of a resource and below free keys.

    A server does not look there.
    """
    if schema.get("default") is not None:
        yield schema, place
    if isinstance(schema.get("items"), Mapping):
        yield from _with_defaults(schema["items"], place.field("items"), is_resource=False)
    is_resource = is_resource or bool(schema.get("x-kubernetes-embedded-resource"))
    for name, value in (schema.get("properties") or {}).items():
        if not (is_resource and name in ("apiVersion", "kind", "metadata")):
            yield from _with_defaults(value, place.field("properties").key(name), is_resource=False)
