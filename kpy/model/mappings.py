"""Mappings in the API's own names, which stand wherever a model does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, TypeGuard, TypeVar, overload

from kpy.errors import ArgumentError
from kpy.model.declarative import Declarative
from kpy.model.model import Model
from kpy.model.typing import JsonObject

__all__ = ["as_model", "as_models", "model_of", "models_of"]

#: What is not a model of anything, and no object that stands for one.
_NO_MODELS = (str, bytes, bool, int, float, list, tuple, set, frozenset, timedelta)
#: Type to what to write instead of a text.
_REMEDIES = {
    "core/v1 Container": "write `Container(image={!r})`",
    "core/v1 PodOS": 'write `{{"name": {!r}}}`',
    "core/v1 PodSecurityContext": "a level is set by `security={!r}`",
    "core/v1 SecurityContext": "a level is set by `security={!r}`",
    "core/v1 Probe": "write `Probe.http({!r}, port=...)`",
    "core/v1 Toleration": "write `.tolerate({!r})`",
    "networking/v1 NetworkPolicyEgressRule": "connections are allowed by `.allow_to(...)`",
    "networking/v1 NetworkPolicyIngressRule": "connections are allowed by `.allow_from(...)`",
    "core/v1 Volume": 'name it where it is mounted: `mounts={{"/path": {!r}}}`',
}

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
        return said if isinstance(said, Declarative) else _settled(type_name, said)

    return convert


def models_of(type_name: str, *, takes_one: bool = False) -> Callable[[Any], Any]:
    """Return the converter of a field that holds a list of structs of the API: `core/v1 Toleration`.

    A list without mappings stays the list that was given. With `takes_one` a single model is a list of one.
    """

    def convert(said: object) -> object:
        if isinstance(said, list):
            values = said
        elif takes_one and isinstance(said, Declarative):
            values = [said]
        elif isinstance(said, Iterable) and not isinstance(said, (str, bytes, Mapping)):
            values = list(said)
        elif hasattr(type(said), "__kpy_lower__"):
            return said
        else:
            from kpy.model.shown import shown

            raise ArgumentError(f"expected a list, not {shown(said)}: write `[...]`, even around one element")
        others = [index for index, each in enumerate(values) if not isinstance(each, Declarative)]
        if others:
            made: list[object] = [*values]
            for index in others:
                made[index] = _settled(type_name, values[index], f"[{index}]")
            values = made if any(made[index] is not values[index] for index in others) else values
        return values

    return convert


def _settled(type_name: str, said: object, inside: str = "") -> object:
    """Return the model of a mapping; refuse what is no model and stands for none, such as a text."""
    if isinstance(said, Mapping):
        return as_model(_class(type_name), said)
    if isinstance(said, _NO_MODELS):
        from kpy.model.shown import shown

        name = type_name.rpartition(" ")[2]
        remedy = f": {_REMEDIES[type_name].format(said)}" if type_name in _REMEDIES and isinstance(said, str) else ""
        article = "an" if name[0] in "AEIOU" else "a"
        error = ArgumentError(f"expected {article} {name} or a mapping, not {shown(said)}{remedy}")
        error.inside = inside
        raise error
    return said


def _is_mapping(value: object) -> TypeGuard[Mapping[str, object]]:
    """Return whether a value is a mapping; asked of every value, and an abstract class answers slowly."""
    return value.__class__ is dict or (not isinstance(value, Declarative) and isinstance(value, Mapping))


def _class(type_name: str) -> type[Model]:
    from kpy.model.registry import model_class

    return model_class(type_name)
