"""Mappings in the API's own names, which stand wherever a model does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeGuard, TypeVar, overload

from kpy.errors import ArgumentError
from kpy.model.declarative import Declarative
from kpy.model.model import Model
from kpy.model.typing import JsonObject

__all__ = ["as_model", "as_models", "model_of", "models_of"]

M = TypeVar("M", bound=Model)
T = TypeVar("T")


@overload
def as_model(cls: type[M], said: Mapping[str, object]) -> M: ...
@overload
def as_model(cls: type[M], said: T) -> T | M: ...
def as_model(cls: type[M], said: object) -> object:
    """Return the model of a mapping in the API's names; anything else as it is."""
    if not _is_mapping(said):
        return said
    try:
        return cls.from_dict(said)
    except RecursionError:
        raise ArgumentError("the mapping contains itself, or is nested too deeply") from None


def as_models(cls: type[M], said: Iterable[M | JsonObject]) -> list[M]:
    """Return a list in which mappings have become models; what is neither stays, for validation to find."""
    converted: list[Any] = [as_model(cls, each) for each in said]
    return converted


def model_of(type_name: str) -> Callable[[Any], Any]:
    """Return the converter of a field that holds a struct of the API: `core/v1 Affinity`."""

    def convert(said: object) -> object:
        return as_model(_class(type_name), said) if _is_mapping(said) else said

    return convert


def models_of(type_name: str) -> Callable[[Any], Any]:
    """Return the converter of a field that holds a list of structs of the API: `core/v1 Toleration`.

    A list without mappings stays the list that was given.
    """

    def convert(said: object) -> object:
        if said.__class__ is not list and (isinstance(said, (str, bytes, Mapping)) or not isinstance(said, Iterable)):
            if hasattr(type(said), "__kpy_lower__"):
                return said
            from kpy.model.expectations import shown

            raise ArgumentError(f"expected a list, not {shown(said)}: write `[...]`, even around one element")
        values = said if isinstance(said, list) else list(said)
        if any(map(_is_mapping, values)):
            cls = _class(type_name)
            return [as_model(cls, each) for each in values]
        return values

    return convert


def _is_mapping(value: object) -> TypeGuard[Mapping[str, object]]:
    """Return whether a value is a mapping; asked of every value, and an abstract class answers slowly."""
    return value.__class__ is dict or (not isinstance(value, Declarative) and isinstance(value, Mapping))


def _class(type_name: str) -> type[Model]:
    from kpy.model.registry import model_class

    return model_class(type_name)
