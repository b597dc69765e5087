"""Objects within custom resources that have a kind and metadata of their own: `x-kubernetes-embedded-resource`.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#rawextension
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.checking.decode import describe
from kpy.checking.walk import check_document
from kpy.custom.schema import Fault, Schema
from kpy.paths import Path
from kpy.schema import Api
from kpy.syntax.formats import rfc1035_label_fault

__all__ = ["faults_of_embedded"]

#: In place of what is embedded; a server looks at labels and the like, but not at the form of the name.
_STAND_IN: Final = {"apiVersion": "embedded.kpy.dev/v1", "kind": "Embedded"}
_NAMES: Final = ("name", "generateName")


def faults_of_embedded(schema: Schema, tree: Mapping[str, Any], known: Api) -> Iterator[Fault]:
    """Yield what is wrong with the kinds and the metadata of embedded objects."""
    for at, embedded in schema.embedded(tree):
        yield from _type_faults(embedded, at)
        metadata = embedded.get("metadata")
        if metadata is None:
            continue
        if isinstance(metadata, dict):
            metadata = {key: value for key, value in metadata.items() if key not in _NAMES} | {"name": "embedded"}
        check = check_document({**_STAND_IN, "metadata": metadata}, known)
        for found, place in zip(check.diagnostics, check.paths, strict=True):
            if found.severity == "error":
                what = "unknown" if found.rule == "unknown-field" else "value"
                yield Fault(what, _below(at, place), found.message, found.fix)


def _type_faults(embedded: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    for name in ("apiVersion", "kind"):
        value = embedded.get(name)
        if name not in embedded:
            continue  # the schema asks for it
        if not isinstance(value, str) or not value:
            said = "must not be empty" if value == "" else f"must be text, not {describe(value)}"
            yield Fault("value", at + name, f"`{name}` {said}")
        elif name == "apiVersion" and value.count("/") > 1:
            yield Fault("value", at + name, f'`apiVersion` must be "group/version", not {value!r}')
        elif name == "kind" and (fault := rfc1035_label_fault(value.lower())):
            yield Fault("value", at + name, f"kind {value!r} {fault}, upper case aside")


def _below(at: Path, place: Path) -> Path:
    for step in place.steps:
        at = at + step if isinstance(step, int) or step.isidentifier() else at.key(step)
    return at
