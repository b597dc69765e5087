"""From models to plain JSON trees.

A tree has the API's names in the order of the schema, and only what was said: `None` is left out, `0`, `""`, `{}` and
`[]` are kept. Whoever needs to know more about the tree than JSON can hold listens with a `Sink`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from kpy.errors import ArgumentError
from kpy.model.declarative import Declarative
from kpy.model.fields import annotations_of, fields_of
from kpy.model.names import api_name
from kpy.model.referable import Referable, Selectable
from kpy.model.scalars import NotJson, field_of, is_map, scalar
from kpy.redaction.fields import HIDDEN, is_secret_kind
from kpy.schema.references import CustomType, can_name, is_custom, names_object
from kpy.source import Location

__all__ = ["Plan", "Sink", "fields_to_plain", "free_to_plain", "own_pairs", "plan_of", "to_plain"]

Tree = dict[str, Any]
Node = dict[str, Any] | list[Any]
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

    def label(self, node: Any, key: Any, target: Referable) -> None:
        """Hear that an object stands at `node[key]`, where a selector of its own labels goes."""

    def leave(self, node: Any, key: Any) -> None:
        """Hear that nothing goes to `node[key]`, not even a default."""

    def reside(self, node: Any, key: Any, target: Referable) -> None:
        """Hear that the namespace of an object goes to `node[key]`, where it is another than that of who says it."""

    def secure(self, container: dict[str, Any], level: str) -> None:
        """Hear which Pod Security Standard a container shall meet; empty for none."""

    def mount(self, container: dict[str, Any], key: str, mounts: Mapping[str, Any]) -> None:
        """Hear what a container mounts, path by path, under `volumeMounts` or `volumeDevices`."""


class _Deaf:
    """A sink that listens to nothing."""

    def place(self, node: dict[str, Any], where: Location) -> None: ...

    def refer(self, node: Any, key: Any, target: Referable) -> None: ...

    def select(self, node: Any, key: Any, target: Selectable) -> None: ...

    def label(self, node: Any, key: Any, target: Referable) -> None: ...

    def leave(self, node: Any, key: Any) -> None: ...

    def reside(self, node: Any, key: Any, target: Referable) -> None: ...

    def secure(self, container: dict[str, Any], level: str) -> None: ...

    def mount(self, container: dict[str, Any], key: str, mounts: Mapping[str, Any]) -> None: ...


_DEAF = _Deaf()

#: A function that makes JSON of a value: the value, the type and field in which it stands, node and key, and the sink.
How = Callable[[Any, str, str, Node, Any, Sink], Any]
_HOWS: dict[type, How] = {}


class Plan(NamedTuple):
    """How the values of a class become a node."""

    #: The API type: `core/v1 Container`.
    type: str
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
        return lower(model, sink, {}, "") if lower is not None else _struct(model, "", "", {}, "", sink)
    except NotJson as found:
        raise _refused(found, type(model).__name__, model._where) from None
    except RecursionError:
        raise _endless(model) from None


def fields_to_plain(value: Declarative, part: type[Declarative], sink: Sink = _DEAF) -> dict[str, Any]:
    """Return those fields of a construct that one of its bases declares, as a plain JSON tree.

    A field that a nearer base declares too belongs to the nearer one, so each field is written once.
    """
    try:
        return _fill({}, value, own_pairs(type(value), part), plan_of(part).type, sink)
    except NotJson as found:
        raise _refused(found, type(value).__name__, value._where) from None
    except RecursionError:
        raise _endless(value) from None


def free_to_plain(values: Mapping[str, object]) -> dict[str, Any]:
    """Return a free-form mapping, whose values may be models, as a plain JSON tree that keeps its nulls."""
    try:
        return _dict(values, "", "", {}, "", _DEAF)
    except NotJson as found:
        raise _refused(found, "the patch", None) from None


def plan_of(cls: type[Declarative]) -> Plan:
    """Return how the values of a class become nodes."""
    plan: Plan | None = cls.__dict__.get("_plan")
    if plan is None:
        plan = cls._plan = _make_plan(cls)  # type: ignore[attr-defined]  # kept where the next call finds it
    return plan


def _make_plan(cls: type[Declarative]) -> Plan:
    declared = {name for base in cls.__mro__ if _declares(base, cls) for name in annotations_of(base)}
    irregular = {attr: name for base in reversed(cls.__mro__) for attr, name in vars(base).get("_names", {}).items()}
    api_version = getattr(cls, "api_version", None)
    names = fields_of(cls).defaults
    pairs = tuple((name, irregular.get(name) or api_name(name)) for name in names if name in declared)
    return Plan(
        _custom_type(cls, pairs) if is_custom(cls._type) or not cls._type else cls._type,
        {"apiVersion": api_version, "kind": getattr(cls, "kind", None)} if api_version else {},
        pairs,
    )


def _declares(base: type, cls: type[Declarative]) -> bool:
    """Return whether the fields of a base are those of the API; a model written by hand need not say its type."""
    return "_type" in vars(base) or (not cls._type and cls._by_value and not base.__module__.startswith("kpy."))


def _custom_type(cls: type[Declarative], pairs: tuple[tuple[str, str], ...]) -> CustomType:
    """Return a custom type, whose annotations say which fields name objects."""
    said = {name: text for base in reversed(cls.__mro__) for name, text in annotations_of(base).items()}
    return CustomType(cls._type, (field for name, field in pairs if "Referable" in str(said[name])))


def own_pairs(cls: type[Declarative], part: type[Declarative]) -> tuple[tuple[str, str], ...]:
    """Return attribute and JSON key of those fields of a class that one of its bases declares, and no nearer one."""
    found = _PARTS.get((cls, part))
    if found is not None:
        return found
    nearer = cls.__mro__[: cls.__mro__.index(part)]
    taken = {name for base in nearer if "_type" in vars(base) for name in annotations_of(base)}
    found = _PARTS[cls, part] = tuple(pair for pair in plan_of(part).pairs if pair[0] not in taken)
    return found


def _fill(node: Tree, model: Declarative, pairs: tuple[tuple[str, str], ...], type_name: str, sink: Sink) -> Tree:
    """Write what a model says into its node. Lowering spends its time here, so this looks at what is said only."""
    state = model.__dict__
    key = ""
    try:
        for attribute, key in pairs:
            if attribute in state:
                value = state[attribute]
                cls = type(value)
                if cls in _SCALARS:
                    node[key] = value
                elif value is not None:
                    how = _HOWS.get(cls) or _learn(cls)
                    value = how(value, type_name, key, node, key, sink)
                    if value is not None:
                        node[key] = value
    except NotJson as found:
        found.path.append(key)
        found.where = found.where or model._where
        raise
    where = state.get("_where")
    if where is not None:
        sink.place(node, where)
    return node


def _learn(cls: type) -> How:
    """Remember how the values of a class become JSON."""
    how = _HOWS[cls] = _how(cls)
    return how


def _how(cls: type) -> How:
    """Return how the values of a class become JSON."""
    lower: Any = getattr(cls, "__kpy_lower__", None)
    if lower is not None:
        return lambda value, type_name, field, node, key, sink: lower(value, sink, node, key)
    if issubclass(cls, Referable):
        return _object
    if issubclass(cls, Selectable):
        return _selector
    if getattr(cls, "_by_value", False):
        return _struct
    if issubclass(cls, Mapping):
        return _dict
    if issubclass(cls, Sequence) and not issubclass(cls, (str, bytes, bytearray)):
        return _list
    return lambda value, type_name, field, node, key, sink: scalar(value, type_name, field)


def _struct(model: Declarative, type_name: str, field: str, node: Node, key: str | int, sink: Sink) -> Tree:
    plan = plan_of(type(model))
    made = _fill(plan.head.copy(), model, plan.pairs, plan.type, sink)
    extra = model.__dict__.get(model._extra_name)
    if extra:
        made.update(_dict(extra, "", "", made, "", sink))
    return made


def _object(value: Any, type_name: str, field: str, node: Node, key: str | int, sink: Sink) -> Any:
    """Return the name of an object, or the selector of its pods, or all of it, whichever goes there."""
    if names_object(type_name, field) or _is_free(type_name, field, key):
        if not value._is_existing:
            sink.refer(node, key, value)
        return value.name
    if isinstance(value, Selectable):
        return _selector(value, type_name, field, node, key, sink)
    if getattr(value, "_by_value", False):
        return _struct(value, type_name, field, node, key, sink)
    hint = '; say where it is mounted: `mounts={"/path": ...}`' if field == "volumes" else ""
    raise NotJson(f"{type(value).__name__} {value.name!r} cannot stand here: the field does not name an object{hint}")


def _is_free(type_name: str, field: str, key: str | int) -> bool:
    """Return whether a place stands in a mapping of free keys in a custom resource, and can hold a name."""
    is_inside = field == "" or (isinstance(key, str) and key != field)
    return isinstance(type_name, CustomType) and is_inside and (isinstance(key, int) or can_name(key))


def _selector(value: Selectable, type_name: str, field: str, node: Node, key: str | int, sink: Sink) -> Tree:
    """Return the selector of a workload's pods, as labels where the field has no room for expressions."""
    declared = field_of(type_name, field)
    tree = value.selector_tree()
    if declared is None or declared.type == "meta/v1 LabelSelector":
        found: Tree = tree
    elif declared.container == "map" and declared.shape == "string":
        found = tree.get("matchLabels", {})
    else:
        raise NotJson(f"{type(value).__name__} cannot stand here: the field selects no pods")
    sink.select(node, key, value)
    return found


def _list(values: Any, type_name: str, field: str, node: Node, key: str | int, sink: Sink) -> list[Any]:
    nodes: list[Any] = []
    index = 0
    try:
        for index, value in enumerate(values):
            nodes.append(value)
            if type(value) not in _SCALARS and value is not None:
                how = _HOWS.get(type(value)) or _learn(type(value))
                nodes[index] = how(value, type_name, field, nodes, index, sink)
    except NotJson as found:
        found.path.append(f"[{index}]")
        raise
    return nodes


def _dict(values: Mapping[Any, Any], type_name: str, field: str, node: Node, key: str | int, sink: Sink) -> Tree:
    nodes: Tree = {}
    name: Any = ""
    try:
        for name, value in values.items():
            if type(name) is not str:
                name = _key(name)
            if type(value) in _SCALARS:
                nodes[name] = value
            elif value is not None:
                how = _HOWS.get(type(value)) or _learn(type(value))
                inner = "" if how is _dict or how is _list else field
                nodes[name] = how(value, type_name, inner, nodes, name, sink)
            elif not is_map(type_name, field):
                nodes[name] = None
    except NotJson as found:
        found.path.append(f"[{name}]")
        raise
    return nodes


def _key(key: object) -> str:
    if isinstance(key, str):
        return str(scalar(key, "", ""))
    raise NotJson(f"the key {key!r} is not text")


def _endless(value: Declarative) -> ArgumentError:
    return ArgumentError.at(value._where, f"{type(value).__name__} contains itself, or is nested too deeply")


def _refused(found: NotJson, owner: str, where: Location | None) -> ArgumentError:
    path = "".join(part if part.startswith("[") else f".{part}" for part in reversed(found.path)).lstrip(".")
    text = str(found)
    if is_secret_kind(owner):
        text = text.replace(repr(found.value), HIDDEN)
    return ArgumentError.at(found.where or where, f"`{path}` of {owner}: {text}")
