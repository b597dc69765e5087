"""Values of custom types: what the classes are made of that are generated from definitions of custom resources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from kpy.errors import ArgumentError
from kpy.model.declarative import Declarative
from kpy.model.mappings import as_model
from kpy.model.model import Model
from kpy.model.plain import plan_of
from kpy.model.referable import Ref, Referable
from kpy.model.typing import JsonObject

if TYPE_CHECKING:
    from typing import TypeAlias

    from kpy.model.fields import Accepts
    from kpy.model.plain import Sink

__all__ = ["CustomModel", "OpenModel", "struct", "struct_map", "structs"]

M = TypeVar("M", bound=Model)

if TYPE_CHECKING:
    #: The annotation of a field that holds a struct; it takes a mapping in the API's own names, too.
    Struct: TypeAlias = Accepts[M | JsonObject | None, M | None]
    #: The annotation of a field that names an object: `issuer.ref()` gives what the struct has keys for.
    RefStruct: TypeAlias = Accepts[M | Ref | JsonObject | None, M | None]
    #: The annotation of a field that holds a list of structs.
    Structs: TypeAlias = Accepts[Sequence[M | JsonObject] | None, list[M] | None]
    #: The annotation of a field that names several objects.
    RefStructs: TypeAlias = Accepts[Sequence[M | Ref | JsonObject] | None, list[M] | None]
    #: The annotation of a field that holds structs by free keys.
    StructMap: TypeAlias = Accepts[Mapping[str, M | JsonObject] | None, dict[str, M] | None]


class CustomModel(Model):
    """A value of a custom type."""


class OpenModel(CustomModel):
    """A value of a custom type whose definition keeps fields that it does not name."""

    _extra_name: ClassVar[str] = "extra"

    #: Fields that the definition does not name, in the API's own names.
    extra: Mapping[str, object] | None = None


def struct(cls: Callable[[], type[M]]) -> Callable[[Any], Any]:
    """Return the converter of a field that holds a struct, whose class is asked for when a value comes."""

    def convert(said: object) -> object:
        return _one(cls(), said)

    return convert


def structs(cls: Callable[[], type[M]]) -> Callable[[Any], Any]:
    """Return the converter of a field that holds a list of structs."""

    def convert(said: object) -> object:
        if isinstance(said, (str, bytes, Mapping, Declarative, Ref)) or not isinstance(said, Iterable):
            from kpy.model.shown import shown

            raise ArgumentError(f"expected a list, not {shown(said)}: write `[...]`, even around one element")
        return [_at(f"[{index}]", cls(), each) for index, each in enumerate(said)]

    return convert


def struct_map(cls: Callable[[], type[M]]) -> Callable[[Any], Any]:
    """Return the converter of a field that holds structs by free keys."""

    def convert(said: object) -> object:
        if not isinstance(said, Mapping):
            from kpy.model.shown import shown

            raise ArgumentError(
                f'expected a mapping by free keys, `{{"a-key": {cls().__name__}(...)}}`, not {shown(said)}'
            )
        return {key: _at(f"[{key!r}]", cls(), each) for key, each in said.items()}

    return convert


def _at(inside: str, cls: type[M], said: object) -> object:
    try:
        return _one(cls, said)
    except ArgumentError as error:
        error.inside = error.inside or inside
        raise


def _one(cls: type[M], said: object) -> object:
    """Return the model of a mapping, or of the object that is referred to; a model as it is."""
    if isinstance(said, Ref):
        return _referring(cls, said)
    if isinstance(said, Mapping):
        return as_model(cls, said)
    if isinstance(said, cls) or hasattr(type(said), "__kpy_lower__"):
        return said
    from kpy.model.shown import shown

    hint = "; write `.ref()` behind the object" if isinstance(said, Referable) and "name" in _attributes(cls) else ""
    article = "an" if cls.__name__[0] in "AEIOU" else "a"
    raise ArgumentError(f"expected {article} {cls.__name__} or a mapping, not {shown(said)}{hint}")


def _attributes(cls: type[Model]) -> dict[str, str]:
    """Return the fields of the API to their Python names."""
    return {field: attribute for attribute, field in plan_of(cls).pairs}


def _referring(cls: type[M], ref: Ref) -> M:
    """Return a struct that refers to an object, by the keys that the struct has."""
    attributes = _attributes(cls)
    target: Any = ref.target
    if "name" not in attributes:
        raise ArgumentError(f"{cls.__name__} has no `name`, so it refers to no object: give its fields")
    api_version = str(target.api_version)
    group = api_version.rpartition("/")[0]
    known = {"name": target, "kind": target.kind, "apiVersion": api_version, "group": group}
    known |= {"apiGroup": group} if group else {}
    namespace = _namespace(target)
    known["namespace"] = _NamespaceOf(target) if namespace is None else namespace
    said = {attributes[field]: value for field, value in known.items() if field in attributes}
    return cls(**{**said, **ref.fields})


class _NamespaceOf:
    """The namespace of an object that does not say it itself; it is written where it is another one."""

    def __init__(self, target: Referable) -> None:
        self.target = target

    def __repr__(self) -> str:
        """Return what it stands for."""
        return f"<namespace of {getattr(self.target, 'kind', '')} {self.target.name!r}>"

    def __kpy_lower__(self, sink: Sink, node: Any, key: Any) -> None:
        """Leave the field to wiring, which knows the namespaces of charts."""
        sink.reside(node, key, self.target)


def _namespace(target: Any) -> object:
    """Return the namespace that an object says itself."""
    metadata = getattr(target, "metadata", None)
    inner = metadata.get("namespace") if isinstance(metadata, Mapping) else getattr(metadata, "namespace", None)
    own = getattr(target, "namespace", None) if not isinstance(target, Model) else None
    return inner if own is None else own
