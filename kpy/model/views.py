"""What other tools see of a class of fields: its signature, and its fields as attrs describes them."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import Any

from kpy.model.fields import MISSING, FieldOwner, annotations_of, fields_of

__all__ = ["attrs_fields_of", "signature_of"]


class _ShortSignature(Signature):
    """A signature that is written without the types, which for fifty keywords nobody could read."""

    __slots__ = ()

    def __str__(self) -> str:
        plain = [one.replace(annotation=Parameter.empty) for one in self.parameters.values()]
        return str(Signature(plain))

    def format(self, **_: Any) -> str:
        """Return the same, as Python 3.13 asks for it."""
        return str(self)


def signature_of(cls: type[FieldOwner]) -> Signature:
    """Return the signature of the call of a class."""
    fields = fields_of(cls)
    factories = dict(fields.factories)
    annotations = {name: said for base in reversed(cls.__mro__) for name, said in annotations_of(base).items()}
    parameters = [
        Parameter(
            name,
            Parameter.POSITIONAL_OR_KEYWORD if name in fields.positional else Parameter.KEYWORD_ONLY,
            default=factories.get(name, Parameter.empty) if default is MISSING else default,
            annotation=annotations.get(name, Parameter.empty),
        )
        for name, default in fields.defaults.items()
    ]
    return _ShortSignature(sorted(parameters, key=lambda one: one.kind), return_annotation=cls)


def attrs_fields_of(cls: type[FieldOwner]) -> tuple[Any, ...]:
    """Return the fields of a class as attrs describes them."""
    kept: tuple[Any, ...] | None = cls.__dict__.get("_attrs_fields")
    if kept is not None:
        return kept
    import attrs

    fields = fields_of(cls)
    factories = dict(fields.factories)
    types: dict[str, Any] = {
        name: said for base in reversed(cls.__mro__) for name, said in annotations_of(base).items()
    }
    described = {
        name: attrs.field(type=types.get(name), **_default(said, factories.get(name)))
        for name, said in fields.defaults.items()
    }
    made: tuple[Any, ...] = attrs.fields(attrs.make_class(cls.__name__, described, kw_only=True))
    cls._attrs_fields = made  # type: ignore[attr-defined]  # kept for the next call
    return made


def _default(default: object, factory: Any) -> dict[str, Any]:
    if factory is not None:
        return {"factory": factory}
    return {} if default is MISSING else {"default": default}
