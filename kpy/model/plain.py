"""From models to plain JSON trees.

A tree has the API's names in the order of the schema, and only what was said: `None` is left out, `0`, `""`, `{}` and
`[]` are kept. Whoever needs to know more about the tree than JSON can hold listens with a `Sink`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from kpy.errors import ArgumentError
from kpy.model.declarative import Declarative, annotations_of, compile_class
from kpy.model.names import api_name
from kpy.model.referable import Referable, Selectable
from kpy.model.references import names_object
from kpy.model.scalars import NotJson, field_of, is_free, scalar
from kpy.source import Location

__all__ = ["Plan", "Sink", "fields_to_plain", "free_to_plain", "plan_of", "to_plain"]

_PARTS: dict[tuple[type, type], tuple[tuple[str, str], ...]] = {}
_SCALARS = frozenset({str, int, float, bool})


class Sink(Protocol):
    """What is told while a tree is made."""

    def place(self, node: dict[str, Any], where: Location) -> None:
        """Hear that the value written at a place has become the node."""

    def refer(self, node: Any, key: Any, target: Referable) -> None:
        """Hear that an object stands at `node[key]`, where its name goes."""

    def select(self, node: Any, key: Any, target: Selectable) -> None:
        """Hear that an object stands at `node[key]`, where the selector of its pods goes."""

    def leave(self, node: Any, key: Any) -> None:
        """Hear that nothing goes to `node[key]`, not even a default."""

    def mount(self, container: dict[str, Any], key: str, mounts: Mapping[str, Any]) -> None:
        """Hear what a container mounts, path by path, under `volumeMounts` or `volumeDevices`."""


class _Deaf:
    """A sink that listens to nothing."""

    def place(self, node: dict[str, Any], where: Location) -> None: ...

    def refer(self, node: Any, key: Any, target: Referable) -> None: ...

    def select(self, node: Any, key: Any, target: Selectable) -> None: ...

    def leave(self, node: Any, key: Any) -> None: ...

    def mount(self, container: dict[str, Any], key: str, mounts: Mapping[str, Any]) -> None: ...


_DEAF = _Deaf()


class Plan(NamedTuple):
    """How the values of a class become a node."""

    #: What every node begins with: apiVersion and kind of a top-level kind.
    head: dict[str, Any]
    #: Attribute and JSON key, of the fields that a class with a `_type` declares; short forms are not among them.
    pairs: tuple[tuple[str, str], ...]


def to_plain(model: Declarative, sink: Sink = _DEAF) -> dict[str, Any]:
    """Return a model as a plain JSON tree.

    A class with fields of its own says how they are lowered: its `__kpy_lower__(sink, node, key)` returns what goes to
    `node[key]`, made with `fields_to_plain`, or nothing. Raises `ArgumentError` with the path for a value that no JSON
    stands for.
    """
    lower: Any = getattr(type(model), "__kpy_lower__", None)
    try:
        return lower(model, sink, {}, "") if lower is not None else _struct(model, sink)
    except NotJson as found:
        raise _refused(found, type(model).__name__, model._where) from None


def fields_to_plain(value: Declarative, part: type[Declarative], sink: Sink = _DEAF) -> dict[str, Any]:
    """Return those fields of a construct that one of its bases declares, as a plain JSON tree.

    A field that a nearer base declares too belongs to the nearer one, so each field is written once.
    """
    try:
        return _fill({}, value, _part(type(value), part), part._type, sink)
    except NotJson as found:
        raise _refused(found, type(value).__name__, value._where) from None


def free_to_plain(values: Mapping[str, object]) -> dict[str, Any]:
    """Return a free-form mapping, whose values may be models, as a plain JSON tree that keeps its nulls."""
    try:
        return _dict(values, "", "", _DEAF)
    except NotJson as found:
        raise _refused(found, "the patch", None) from None


def plan_of(cls: type[Declarative]) -> Plan:
    """Return how the values of a class become nodes."""
    plan: Plan | None = cls.__dict__.get("_plan")
    if plan is None:
        plan = cls._plan = _make_plan(cls)  # type: ignore[attr-defined]  # kept where the next call finds it
    return plan


def _make_plan(cls: type[Declarative]) -> Plan:
    compile_class(cls)
    declared = {name for base in cls.__mro__ if "_type" in vars(base) for name in annotations_of(base)}
    attributes: Any = cls.__attrs_attrs__  # type: ignore[attr-defined]  # made by attrs
    names = {attr: name for base in reversed(cls.__mro__) for attr, name in vars(base).get("_names", {}).items()}
    api_version = getattr(cls, "api_version", None)
    head = {"apiVersion": api_version, "kind": getattr(cls, "kind", None)} if api_version else {}
    return Plan(
        head,
        tuple((each.name, names.get(each.name) or api_name(each.name)) for each in attributes if each.name in declared),
    )


def _part(cls: type[Declarative], part: type[Declarative]) -> tuple[tuple[str, str], ...]:
    found = _PARTS.get((cls, part))
    if found is not None:
        return found
    nearer = cls.__mro__[: cls.__mro__.index(part)]
    taken = {name for base in nearer if "_type" in vars(base) for name in annotations_of(base)}
    found = _PARTS[cls, part] = tuple(pair for pair in plan_of(part).pairs if pair[0] not in taken)
    return found


def _struct(model: Declarative, sink: Sink) -> dict[str, Any]:
    head, pairs = plan_of(type(model))
    node = _fill(head.copy(), model, pairs, model._type, sink)
    extra = model.__dict__.get("_extra")
    if extra:
        node.update(_dict(extra, "", "", sink))
    return node


def _fill(
    node: dict[str, Any], model: Declarative, pairs: tuple[tuple[str, str], ...], type_name: str, sink: Sink
) -> dict[str, Any]:
    state = model.__dict__
    key = ""
    try:
        for attr, key in pairs:
            value = state[attr]
            if value is None:
                continue
            if type(value) in _SCALARS:
                node[key] = value
                continue
            value = _value(value, type_name, key, node, key, sink)
            if value is not None:
                node[key] = value
    except NotJson as found:
        found.path.append(key)
        found.where = found.where or model._where
        raise
    if model._where is not None:
        sink.place(node, model._where)
    return node


def _value(value: Any, type_name: str, field: str, node: dict[str, Any] | list[Any], key: str | int, sink: Sink) -> Any:
    """Return what goes to `node[key]`: a value of that field of that type, or part of one."""
    cls = type(value)
    if cls is list or cls is tuple:
        return _list(value, type_name, field, sink)
    if cls is dict:
        return _dict(value, type_name, field, sink)
    lower = getattr(cls, "__kpy_lower__", None)
    if lower is not None:
        return lower(value, sink, node, key)
    if isinstance(value, Referable) and names_object(type_name, field):
        sink.refer(node, key, value)
        return value.name
    if isinstance(value, Selectable):
        return _selector(value, type_name, field, node, key, sink)
    if getattr(cls, "_by_value", False):
        return _struct(value, sink)
    if isinstance(value, Mapping):
        return _dict(value, type_name, field, sink)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray)):
        return _list(value, type_name, field, sink)
    return scalar(value, type_name, field)


def _selector(
    value: Selectable, type_name: str, field: str, node: dict[str, Any] | list[Any], key: str | int, sink: Sink
) -> dict[str, Any]:
    """Return the selector of a workload's pods, as labels where the field has no room for expressions."""
    declared = field_of(type_name, field)
    tree = value.selector_tree()
    if declared is None or declared.type == "meta/v1 LabelSelector":
        found = tree
    elif declared.container == "map" and declared.shape == "string":
        found = tree.get("matchLabels", {})
    else:
        raise NotJson(f"{type(value).__name__} cannot stand here: the field selects no pods")
    sink.select(node, key, value)
    return found


def _list(values: Any, type_name: str, field: str, sink: Sink) -> list[Any]:
    nodes: list[Any] = []
    index = 0
    try:
        for index, value in enumerate(values):
            nodes.append(value)
            if type(value) not in _SCALARS and value is not None:
                nodes[index] = _value(value, type_name, field, nodes, index, sink)
    except NotJson as found:
        found.path.append(f"[{index}]")
        raise
    return nodes


def _dict(values: Mapping[Any, Any], type_name: str, field: str, sink: Sink) -> dict[str, Any]:
    nodes: dict[str, Any] = {}
    key: Any = ""
    try:
        for key, value in values.items():
            if type(key) is not str:
                key = _key(key)
            if type(value) in _SCALARS:
                nodes[key] = value
            elif value is not None:
                nodes[key] = _value(value, type_name, field, nodes, key, sink)
            elif is_free(type_name, field):
                nodes[key] = None
    except NotJson as found:
        found.path.append(f"[{key}]")
        raise
    return nodes


def _key(key: object) -> str:
    if isinstance(key, str):
        return str(scalar(key, "", ""))
    raise NotJson(f"the key {key!r} is not text")


def _refused(found: NotJson, owner: str, where: Location | None) -> ArgumentError:
    path = "".join(part if part.startswith("[") else f".{part}" for part in reversed(found.path)).lstrip(".")
    where = found.where or where
    error = ArgumentError(f"{where}: " * (where is not None) + f"`{path}` of {owner}: {found}")
    error.where = where
    return error
