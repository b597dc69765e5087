"""The structural schema of a custom resource: what a server completes, drops and refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.checking.hints import near_word
from kpy.custom.compact import compact
from kpy.custom.formats import NEWEST
from kpy.custom.scale import scale_faults
from kpy.custom.updates import is_unchanged
from kpy.custom.validations import BrokenRule, Rules
from kpy.custom.values import EMBEDDED, INT_OR_STRING, Fault, Judge, compile_schema, place_of
from kpy.paths import ROOT, Path

__all__ = ["Fault", "Schema", "default_faults"]

Tree = dict[str, Any]

_PRESERVE: Final = "x-kubernetes-preserve-unknown-fields"
_LONGEST_RULE: Final = 300
_KEPT: Final = frozenset({"apiVersion", "kind", "metadata"})


class Schema:
    """The schema of one version of a custom resource; where `status` is a subresource, a server drops what is given."""

    def __init__(
        self, schema: Tree, *, drops_status: bool = False, minor: int = NEWEST, scale: Mapping[str, Any] | None = None
    ) -> None:
        self._schema = schema
        self._drops_status = drops_status
        self._minor = minor
        self._scale = scale or {}
        self._rules = Rules(schema, minor)
        self._judge: Judge | None = None

    def faults(self, tree: Mapping[str, Any], old: Mapping[str, Any] | None = None) -> Iterator[Fault]:
        """Yield what a server finds wrong with an object, of its metadata only what the schema says of the name.

        `old` is the object as it stood: a server does not judge again what an update leaves as it was.
        """
        whole = _completed(tree, self._schema)
        unknown = list(_unknown(whole, self._schema, ROOT, is_resource=True))
        yield from unknown
        before = None if old is None else self.stored(old)
        self._drop_status(whole, before)
        stops = not _names(whole.get("metadata"))
        for fault in self._judged(whole):
            if before is not None and is_unchanged(_judged_place(fault), whole, before, self._schema):
                continue
            stops = stops or fault.stops
            yield fault
        if not stops:
            whole["metadata"] = {**(whole.get("metadata") or {}), **_names(whole.get("metadata"))}
            yield from self._broken(_without(whole, unknown), before, unknown)

    def stored(self, tree: Mapping[str, Any]) -> Tree:
        """Return an object as a server keeps it."""
        whole: Tree = _completed(tree, self._schema)
        return _without(whole, list(_unknown(whole, self._schema, ROOT, is_resource=True)))

    @property
    def tree(self) -> Mapping[str, Any]:
        """The schema as the definition has it."""
        return self._schema

    def _drop_status(self, whole: Tree, before: Tree | None) -> None:
        """Take the status away where it is a subresource; an update keeps it as it was."""
        if self._drops_status:
            whole.pop("status", None)
            if before is not None and "status" in before:
                whole["status"] = before["status"]

    def _judged(self, whole: Tree) -> Iterator[Fault]:
        yield from _duplicates(whole, self._schema, ROOT)
        if self._judge is None:
            required = [name for name in self._schema.get("required") or () if name not in _KEPT]
            self._judge = compile_schema({**self._schema, "required": required}, self._minor)
        yield from self._judge({**whole, "metadata": _names(whole.get("metadata"))}, ROOT)
        yield from scale_faults(whole, self._scale)

    def _broken(self, whole: Tree, before: Tree | None, unknown: list[Fault]) -> Iterator[Fault]:
        """Yield the rules that do not hold, but of values with unknown fields: these may be what a rule misses."""
        for broken in self._rules.broken(whole, before):
            steps = broken.owner.steps
            if not any(fault.at.steps[: len(steps)] == steps for fault in unknown):
                yield Fault("rule", broken.at, broken.message, _fix(broken))

    def embedded(self, tree: Mapping[str, Any]) -> Iterator[tuple[Path, Tree]]:
        """Yield the objects within an object that have metadata of their own."""
        yield from _embedded(_completed(tree, self._schema), self._schema, ROOT)


def _fix(broken: BrokenRule) -> str:
    """Return the rule, where the message does not say it."""
    rule = " ".join(broken.rule.split())
    if rule in broken.message or broken.rule in broken.message:
        return ""
    return f"meet the rule `{rule if len(rule) <= _LONGEST_RULE else rule[: _LONGEST_RULE - 3] + '...'}`"


def _judged_place(fault: Fault) -> tuple[str | int, ...]:
    """Return the place of the value that was judged: a field is missing in its owner, an item is twice in a list."""
    return fault.at.steps[:-1] if fault.what in ("required", "duplicate") else fault.at.steps


def _without(whole: Tree, unknown: list[Fault]) -> Tree:
    """Return an object without its unknown fields, which a server drops."""
    for fault in unknown:
        *steps, last = fault.at.steps
        owner: Any = whole
        for step in steps:
            if isinstance(owner, dict) and step not in owner:
                break
            owner = owner[step]
        else:
            owner.pop(last, None)
    return whole


def default_faults(value: Any, schema: Tree, minor: int = NEWEST) -> Iterator[Fault]:
    """Yield what a server finds wrong with a default, which is not completed and keeps no unknown field.

    Where an integer or a text may stand, a server takes any default.
    """
    if next(_unknown(value, schema, ROOT), None) is not None:
        yield Fault("unknown", ROOT, "has fields that the schema does not mention")
    found = list(compile_schema(_of_any_type(schema), minor)(value, ROOT))
    yield from found
    if not found:
        for broken in Rules(compact(schema), minor).broken_by_default(value):
            yield Fault("rule", broken.at, broken.message, _fix(broken))


def _of_any_type(schema: Any) -> Any:
    """Return a schema without the type of what may be an integer or a text."""
    if not isinstance(schema, dict):
        return schema
    found = {key: value for key, value in schema.items() if key != INT_OR_STRING}
    for word in ("items", "additionalProperties"):
        if word in found:
            found[word] = _of_any_type(found[word])
    if isinstance(properties := found.get("properties"), dict):
        found["properties"] = {name: _of_any_type(inner) for name, inner in properties.items()}
    return found


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
    is_resource = is_resource or bool(schema.get(EMBEDDED))
    for key, item in value.items():
        if key in properties:
            if not (is_resource and key == "metadata"):
                yield from _unknown(item, properties[key], place_of(at, key))
        elif others:
            yield from _unknown(item, others, place_of(at, key))
        elif not keeps and not (is_resource and key in _KEPT) and schema.get("type", "object") == "object":
            near = near_word(key, properties)
            fix = f"did you mean `{near}`?" if near else ""
            yield Fault("unknown", place_of(at, key), f"the schema has no field `{key}` here", fix)


def _inside(value: Any, schema: Mapping[str, Any], at: Path) -> Iterator[tuple[Any, Tree, Path]]:
    """Yield the values of a mapping or list that the schema describes, with their schemas and places."""
    if isinstance(value, dict):
        for key, item in value.items():
            inner = _schema_of(key, schema)
            if inner is not None:
                yield item, inner, place_of(at, key)
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for index, item in enumerate(value):
            yield item, schema["items"], at + index


def _embedded(value: Any, schema: Tree, at: Path) -> Iterator[tuple[Path, Tree]]:
    if schema.get(EMBEDDED) and isinstance(value, dict):
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
