"""Apply configurations: what an expression makes, merged into an object as server-side apply merges.

Lists with keys merge element by element, sets are united, and what is replaced as a whole is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from kpy.schema import Api, Field
from kpy.syntax.cel.errors import EvaluationError

__all__ = ["Shape", "merged", "shape_of_schema", "shape_of_type"]

Tree = dict[str, Any]

#: The defaults of keys of lists; there is one in the whole API.
_KEY_DEFAULTS = {"protocol": "TCP"}


class Shape(NamedTuple):
    """How a value merges."""

    #: What it is: a mapping, a list, a list with keys, a list without duplicates; nothing for all else.
    what: Literal["", "map", "list", "keyed", "set"] = ""
    #: Whether it is replaced as a whole.
    is_atomic: bool = False
    keys: tuple[str, ...] = ()
    #: The shape of a field or of the elements; nothing for a field that there is not.
    inner: Callable[[str], Shape | None] = lambda _: Shape()


def shape_of_type(name: str, known: Api) -> Shape:
    """Return how the values of a type merge."""
    type_ = known.type(name)
    if type_ is None:
        return Shape("map", inner=lambda _: Shape())

    def inner(step: str) -> Shape | None:
        field = type_.fields.get(step)
        return _shape_of_field(field, known) if field else None

    return Shape("map", inner=inner)


def _shape_of_field(field: Field, known: Api) -> Shape:
    is_atomic = field.map_type == "atomic"
    match field.container:
        case "list":
            if field.list_type == "map":
                return Shape("keyed", keys=field.list_keys, inner=lambda _: _shape_of_one(field, known))
            return Shape("set") if field.list_type == "set" else Shape("list", is_atomic=True)
        case "map":
            return Shape("map", is_atomic, inner=lambda _: _shape_of_one(field, known))
        case "map-list":
            return Shape("map", is_atomic, inner=lambda _: Shape("list", is_atomic=True))
    return _shape_of_one(field, known)._replace(is_atomic=is_atomic)


def _shape_of_one(field: Field, known: Api) -> Shape:
    return shape_of_type(field.type, known) if field.type else Shape()


def shape_of_schema(schema: Any) -> Shape:
    """Return how the values with a schema merge."""
    if not isinstance(schema, Mapping):
        return Shape()
    if schema.get("type") == "array":
        match schema.get("x-kubernetes-list-type"):
            case "map":
                keys = tuple(schema.get("x-kubernetes-list-map-keys") or ())
                return Shape("keyed", keys=keys, inner=lambda _: shape_of_schema(schema.get("items")))
            case "set":
                return Shape("set")
        return Shape("list", is_atomic=True)
    properties, others = schema.get("properties") or {}, schema.get("additionalProperties")
    is_open = bool(schema.get("x-kubernetes-preserve-unknown-fields")) or not schema
    if schema.get("type") != "object" and not is_open:
        return Shape()

    def inner(step: str) -> Shape | None:
        if step in properties:
            return shape_of_schema(properties[step])
        if step in ("apiVersion", "kind", "metadata") or is_open:
            return Shape()
        return shape_of_schema(others) if others else None

    return Shape("map", schema.get("x-kubernetes-map-type") == "atomic", inner=inner)


def merged(tree: Any, patch: Any, shape: Shape) -> Any:
    """Return a value with a patch.

    Raises:
        EvaluationError: the patch has a field that there is not, or what is replaced as a whole.
    """
    atomic: list[str] = []
    found = _merged(tree, patch, shape, "", atomic)
    if atomic:
        raise EvaluationError(
            f"error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: "
            f"{', '.join(atomic)}"
        )
    return found


def _merged(old: Any, new: Any, shape: Shape, path: str, atomic: list[str]) -> Any:
    if shape.is_atomic and isinstance(new, Mapping | list):
        atomic.append(path)
        return new
    if isinstance(new, Mapping):
        return _merged_map(old if isinstance(old, Mapping) else {}, new, shape, path, atomic)
    if isinstance(new, list):
        before = old if isinstance(old, list) else []
        if shape.what == "keyed":
            return _merged_list(before, new, shape, path, atomic)
        if shape.what == "set":
            return [*before, *(each for each in new if each not in before)]
    return new


def _merged_map(old: Mapping[str, Any], new: Mapping[str, Any], shape: Shape, path: str, atomic: list[str]) -> Tree:
    found = dict(old)
    for key, value in new.items():
        inner = shape.inner(key) if shape.what == "map" else Shape("map")
        if inner is None:
            raise EvaluationError(
                f"error applying patch: failed to convert patch object to typed object: {path}.{key}: "
                "field not declared in schema"
            )
        found[key] = _merged(old.get(key), value, inner, f"{path}.{key}", atomic)
    return found


def _merged_list(old: Sequence[Any], new: list[Any], shape: Shape, path: str, atomic: list[str]) -> list[Any]:
    found = list(old)
    places = {_key(each, shape.keys): at for at, each in enumerate(old)}
    inner = shape.inner("") or Shape()
    for each in new:
        key = _key(each, shape.keys)
        if key not in places:
            places[key] = len(found)
            found.append({})
        found[places[key]] = _merged(found[places[key]], each, inner, f"{path}[{','.join(map(str, key))}]", atomic)
    return found


def _key(element: Any, keys: tuple[str, ...]) -> tuple[Any, ...]:
    if not isinstance(element, Mapping):
        return (repr(element),)
    return tuple(_hashable(element.get(key, _KEY_DEFAULTS.get(key))) for key in keys)


def _hashable(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else repr(value)
