"""Models: values of the API's types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from kpy.errors import ArgumentError
from kpy.model.declarative import Declarative
from kpy.model.fields import fields_of
from kpy.model.plain import to_plain
from kpy.model.referable import Ref, Referable

__all__ = ["ApiObject", "Model"]


class Model(Declarative):
    """A value of a type of the API. Models with the same fields are equal, and their fields may be changed."""

    _by_value: ClassVar[bool] = True

    #: Fields that the API does not have, as `from_dict` found them.
    _extra: ClassVar[Mapping[str, object] | None] = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Return the model of a plain JSON mapping with the API's names.

        Structs become models. `null` means "not said", so a known field that is null is dropped. Fields that the API
        does not have are kept as they are and come out of `to_dict` again, and so is a value of a wrong type: to find
        it is the work of validation. Raises `ArgumentError` for what is no mapping, or another kind of object.
        """
        from kpy.model.decode import decode

        return decode(cls, data)

    def to_dict(self) -> dict[str, Any]:
        """Return a plain JSON mapping with the API's names, of what was said.

        Raises `ArgumentError` with the path for a value that no JSON stands for.
        """
        return to_plain(self)

    def __eq__(self, other: object) -> bool:
        """Return whether both are of one type of the API, or of one class, and say the same."""
        mine, its = type(self), type(other)
        if not issubclass(its, Model) or not (mine is its or (mine._type and mine._type == its._type)):
            return NotImplemented
        names = {**fields_of(mine).defaults, **fields_of(its).defaults, "_extra": None}
        return all(getattr(self, name, None) == getattr(other, name, None) for name in names)

    def __repr__(self) -> str:
        """Return the call that makes the model, with what was said."""
        state = self.__dict__
        said = [f"{name}={state[name]!r}" for name in fields_of(type(self)).defaults if state.get(name) is not None]
        return f"{type(self).__name__}({', '.join(said)})"

    def __delattr__(self, name: str) -> None:
        setattr(self, name, None)

    def _assign(self, name: str, value: object) -> None:
        if name not in fields_of(type(self)).defaults and name != "__dict__" and not hasattr(type(self), name):
            from kpy.model.arguments import unknown
            from kpy.source import caller

            raise unknown(type(self), name, caller(), "field")
        object.__setattr__(self, name, value)


class ApiObject(Model, Referable):
    """A top-level object: it has a kind, can be added to a chart, and others can refer to it."""

    api_version: ClassVar[str]
    kind: ClassVar[str]

    @property
    def name(self) -> str:
        """The name in the metadata; a refusal when there is none."""
        metadata: object = getattr(self, "metadata", None)
        name = metadata.get("name") if isinstance(metadata, Mapping) else getattr(metadata, "name", None)
        if not isinstance(name, str):
            raise ArgumentError(f"{type(self).__name__} has no name to refer to; write `metadata=ObjectMeta(name=...)`")
        return name

    def __deepcopy__(self, memo: dict[Any, Any]) -> Self:
        """Return a copy that is in no tree."""
        from kpy.model.copies import deep_copy

        copied: Self = deep_copy(self, memo)
        return copied

    def ref(self, **fields: object) -> Ref:
        """Return a reference to the object, for a field of a custom resource; see `Object.ref`."""
        return Ref(self, fields)
