"""From plain JSON mappings to models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from kpy.errors import ArgumentError
from kpy.model.declarative import Declarative
from kpy.model.plain import plan_of
from kpy.model.registry import model_class
from kpy.model.scalars import field_of
from kpy.schema import Field
from kpy.source import Location, caller

__all__ = ["decode"]

D = TypeVar("D", bound=Declarative)
_JSON_SCHEMA = "apiextensions/v1 JSONSchemaProps"
_SCHEMA_SHAPES = ("schema-or-list", "schema-or-boolean", "schema-or-strings")


class _Slot(NamedTuple):
    attribute: str
    #: How a value is held, and the class of the struct in it, if there is one.
    container: str
    struct: type[Declarative] | None


def decode(cls: type[D], data: Mapping[str, object]) -> D:
    """Return the model of a mapping; see `Model.from_dict`."""
    where = caller()
    if not isinstance(data, Mapping):
        raise ArgumentError.at(where, f"{cls.__name__}.from_dict takes a mapping, not {data!r}")
    for key, said in plan_of(cls).head.items():
        if key in data and data[key] != said:
            raise ArgumentError.at(where, f"{cls.__name__}.from_dict takes {key} {said!r}, not {data[key]!r}")
    return _struct(cls, data, where)


def _struct(cls: type[D], data: Mapping[str, Any], where: Location | None) -> D:
    slots = _slots(cls)
    head = plan_of(cls).head
    known: dict[str, object] = {}
    extra: dict[str, object] = {}
    for key, value in data.items():
        slot = slots.get(key)
        if slot is None:
            if key not in head:
                extra[key] = _copy(value)
        elif value is not None:
            known[slot.attribute] = _value(slot, value, where)
    model = cls(**known)
    model.__dict__["_where"] = where
    if extra:
        model.__dict__[model._extra_name] = extra
    return model


def _slots(cls: type[Declarative]) -> dict[str, _Slot]:
    slots: dict[str, _Slot] | None = cls.__dict__.get("_slots")
    if slots is None:
        pairs = plan_of(cls).pairs
        slots = {key: _slot(attribute, field_of(cls._type, key)) for attribute, key in pairs}
        cls._slots = slots  # type: ignore[attr-defined]  # kept where the next call finds it
    return slots


def _slot(attribute: str, field: Field | None) -> _Slot:
    if field is None:
        return _Slot(attribute, "", None)
    struct = field.type or (_JSON_SCHEMA if field.shape in _SCHEMA_SHAPES else None)
    container = "list-or-one" if field.shape == "schema-or-list" else field.container
    return _Slot(attribute, container, model_class(struct) if struct else None)


def _value(slot: _Slot, value: object, where: Location | None) -> object:
    if slot.struct is None:
        return _copy(value)
    match slot.container, value:
        case (("list" | "list-or-one"), list()):
            return [_one(slot.struct, item, where) for item in value]
        case "map", Mapping():
            return {key: _one(slot.struct, item, where) for key, item in value.items()}
        case (("" | "list-or-one"), _):
            return _one(slot.struct, value, where)
    return _copy(value)


def _one(cls: type[Declarative], value: object, where: Location | None) -> object:
    return _struct(cls, value, where) if isinstance(value, Mapping) else _copy(value)


def _copy(value: Any) -> Any:
    """Return JSON of its own, so that later changes of the input change no model."""
    if isinstance(value, Mapping):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_copy(item) for item in value]
    return value
