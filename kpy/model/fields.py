"""Fields in the body of a class, as they are declared and as they are found again.

`kpy.model.declarative` makes calls of them.
"""

from __future__ import annotations

import re
import sys
from _thread import RLock
from collections.abc import Callable
from importlib import import_module
from types import GenericAlias
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar, overload

if TYPE_CHECKING:
    from kpy.source import Location

__all__ = [
    "MISSING",
    "Accepts",
    "FieldOwner",
    "Fields",
    "accepts",
    "annotations_of",
    "field",
    "fields_of",
    "is_own",
    "own_names",
    "shadowed",
]

T = TypeVar("T")
In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)

_LOCK = RLock()
_CLASS_VARIABLE = re.compile(r"(\w+\.)?ClassVar\b")
_NOTHING: frozenset[str] = frozenset()
#: Stands where a field has no default.
MISSING: Any = object()


class _Spec:
    """A field as declared."""

    __slots__ = ("alias_of", "converter", "default", "deprecated", "factory", "kw_only")

    def __init__(
        self,
        converter: Callable[[Any], object] | str | None,
        default: object,
        factory: Callable[[], object] | None = None,
        kw_only: bool = True,
        deprecated: str = "",
        alias_of: str = "",
    ) -> None:
        self.converter = converter
        self.default = default
        self.factory = factory
        self.kw_only = kw_only
        self.deprecated = deprecated
        self.alias_of = alias_of


@overload
def field(*, default: T, kw_only: bool = True, deprecated: str = "", alias_of: str = "") -> T: ...
@overload
def field(*, factory: Callable[[], T], kw_only: bool = True, deprecated: str = "", alias_of: str = "") -> T: ...
@overload
def field(*, kw_only: bool = True, deprecated: str = "", alias_of: str = "") -> Any: ...
def field(
    *,
    default: object = MISSING,
    factory: Callable[[], object] | None = None,
    kw_only: bool = True,
    deprecated: str = "",
    alias_of: str = "",
) -> Any:
    """Declare a field with a default, or with a factory that makes a fresh default for each object.

        replicas: int = 2
        labels: dict[str, str] = field(factory=dict)
        count: int | None = field(default=None, deprecated="use `replicas`", alias_of="replicas")

    `kw_only=False` lets it be given by position; only the name of a construct is. A field that is `deprecated` draws a
    warning with these words when it is given, and one that is `alias_of` another is that other by another name.
    """
    return _Spec(None, default, factory, kw_only, deprecated, alias_of)


def accepts(
    converter: Callable[[Any], object] | str,
    *,
    default: object = MISSING,
    factory: Callable[[], object] | None = None,
    kw_only: bool = True,
    deprecated: str = "",
    alias_of: str = "",
) -> Any:
    """Declare a field that accepts more than it holds: the converter makes what it holds.

    It runs when a value is given, when one is assigned and for a default in a class of your own, never for `None`,
    which means "not said". A converter named as text, `"kpy.constructs.ports:to_ports"`, is imported when the class is
    first called. The rest is as for `field`.
    """
    return _Spec(converter, default, factory, kw_only, deprecated, alias_of)


if TYPE_CHECKING:

    class Accepts(Generic[In, Out]):
        """The annotation of a field that takes an `In` and holds an `Out`."""

        @overload
        def __get__(self, instance: None, owner: type) -> Accepts[In, Out]: ...
        @overload
        def __get__(self, instance: object, owner: type) -> Out: ...
        def __get__(self, instance: object, owner: type) -> object: ...
        def __set__(self, instance: object, value: In) -> None: ...

else:

    class Accepts:
        """The annotation of a field that takes one type and holds another."""

        __class_getitem__ = classmethod(GenericAlias)


class shadowed:  # noqa: N801  # reads as a decorator
    """A read-only attribute like a property, in whose place a class may declare a field of its own."""

    def __init__(self, function: Callable[[Any], object]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: object, owner: type) -> object:
        return self if instance is None else self.function(instance)


class Fields(NamedTuple):
    """The fields of a class, its bases' included, in the order of declaration."""

    #: Each with its default, `MISSING` where it has none.
    defaults: dict[str, object]
    #: Those that can be given by position.
    positional: tuple[str, ...]
    #: Those that must be given.
    required: tuple[str, ...]
    factories: tuple[tuple[str, Callable[[], object]], ...]
    converters: dict[str, Callable[[Any], object]]
    #: Those that are another by another name, or deprecated: the other, and what to say.
    former: dict[str, tuple[str, str]]


class FieldOwner:
    """A class whose annotations declare fields."""

    #: The user's line that made the object; a class knows none.
    _where: ClassVar[Location | None] = None
    #: Python names whose API name does not follow the rule; `kpy.model.names` has the rule.
    _names: ClassVar[dict[str, str]] = {}
    #: The API type whose fields the class declares: `core/v1 Container`.
    _type: ClassVar[str] = ""
    #: The attribute that keeps the fields which the type does not name.
    _extra_name: ClassVar[str] = "_extra"
    #: Whether objects are values, equal when they say the same; constructs are not.
    _by_value: ClassVar[bool] = False
    #: Fields in whose place a class may have a method or a value of its own.
    _yields: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def _elsewhere(cls, name: str) -> str:
        """Return where a field of that name is that people look for here; nothing if it is unknown."""
        return ""


def fields_of(cls: type[FieldOwner]) -> Fields:
    """Return the fields of a class, reading its body when nobody has asked yet."""
    found: Fields | None = cls.__dict__.get("_field_table")
    return _read(cls) if found is None else found


def _read(cls: type[FieldOwner]) -> Fields:
    with _LOCK:
        found: Fields | None = cls.__dict__.get("_field_table")
        if found is None:
            declared: dict[str, _Spec] = {}
            shared: dict[str, _Spec] = {}
            for base in reversed(cls.__mro__):
                own = _declared_in(base)
                _take(declared, shared, own, base)
            declared |= {name: spec for name, spec in shared.items() if declared.pop(name, None) is not None}
            found = cls._field_table = _to_fields(declared)  # type: ignore[attr-defined]  # kept for the next call
        return found


def _take(declared: dict[str, _Spec], shared: dict[str, _Spec], own: dict[str, _Spec], base: type) -> None:
    """Take the fields of one base; `shared` are those that a class may have for itself, which come last."""
    yields: frozenset[str] = base.__dict__.get("_yields", _NOTHING)
    shared |= {name: spec for name, spec in own.items() if name in yields}
    for name in shared.keys() & base.__dict__.keys() if not yields else ():
        if name in own or not base.__module__.startswith("kpy."):
            shared.pop(name)
            declared.pop(name, None)
    declared |= own


def _declared_in(cls: type) -> dict[str, _Spec]:
    """Return the fields in the body of one class; from then on the class holds their defaults, as plain values."""
    if not issubclass(cls, FieldOwner) or cls is FieldOwner:
        return {}
    found: dict[str, _Spec] | None = cls.__dict__.get("_declared")
    if found is None:
        found = {}
        for name in annotations_of(cls):
            said = cls.__dict__.get(name, MISSING)
            found[name] = spec = said if isinstance(said, _Spec) else _Spec(None, said)
            if spec.default is not MISSING:
                setattr(cls, name, spec.default)
            elif said is not MISSING:
                delattr(cls, name)
        cls._declared = found  # type: ignore[attr-defined]  # kept where the next subclass finds it
    return found


def _to_fields(declared: dict[str, _Spec]) -> Fields:
    return Fields(
        {name: spec.default for name, spec in declared.items()},
        tuple(name for name, spec in declared.items() if not spec.kw_only),
        tuple(name for name, spec in declared.items() if _is_required(spec)),
        tuple((name, spec.factory) for name, spec in declared.items() if spec.factory is not None),
        {name: _loaded(spec.converter) for name, spec in declared.items() if spec.converter is not None},
        {name: (spec.alias_of, spec.deprecated) for name, spec in declared.items() if spec.alias_of or spec.deprecated},
    )


def _is_required(spec: _Spec) -> bool:
    return spec.default is MISSING and spec.factory is None and not spec.alias_of


def _loaded(converter: Callable[[Any], object] | str) -> Callable[[Any], object]:
    """Return a converter, importing it when it is named by text."""
    if not isinstance(converter, str):
        return converter
    module, _, name = converter.partition(":")
    found: Callable[[Any], object] = getattr(import_module(module), name)
    return found


def annotations_of(cls: type) -> dict[str, object]:
    """Return the annotations in the body of a class that declare fields."""
    annotations = vars(cls).get("__annotations__")
    if annotations is None and sys.version_info >= (3, 14):
        from annotationlib import Format, get_annotations

        annotations = get_annotations(cls, format=Format.FORWARDREF)
    return {name: said for name, said in (annotations or {}).items() if not _CLASS_VARIABLE.match(str(said))}


def own_names(cls: type[FieldOwner]) -> frozenset[str]:
    """Return the fields of a construct that classes of users declare; types of custom resources are none of these."""
    found: frozenset[str] | None = cls.__dict__.get("_own_names")
    if found is None:
        names = frozenset(name for base in cls.__mro__ if is_own(base) for name in annotations_of(base))
        found = cls._own_names = names  # type: ignore[attr-defined]  # kept where the next call finds it
    return found


def is_own(base: type) -> bool:
    """Return whether a base is a class of a user, and no type of a custom resource."""
    is_users = not base.__module__.startswith("kpy.") and issubclass(base, FieldOwner)
    return is_users and "_type" not in vars(base) and "_homes" not in vars(base)
