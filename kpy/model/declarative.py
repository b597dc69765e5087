"""Classes declared by their fields, compiled when they are first called.

    class Shop(Declarative):
        name: str = field(kw_only=False)
        host: str
        replicas: int = 2
        ports: Accepts[PortsInput | None, list[ContainerPort] | None] = accepts(to_ports, default=None)

A class body stays as it is until somebody calls the class, so importing thousands of classes costs little. Each value
knows the line of the user's code that made it. The classes are attrs classes to whoever asks (`attrs.evolve`,
`attrs.asdict`, `attrs.fields`), but attrs does not make their `__init__`: one that serves all of them is compiled
twenty times faster, keeps only what was said, and can say what is wrong with a call.
"""

from __future__ import annotations

import re
import sys
from _thread import RLock
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar, dataclass_transform, overload

from kpy.errors import KpyError
from kpy.source import Location, caller

if TYPE_CHECKING:
    from inspect import Signature

__all__ = [
    "MISSING",
    "Accepts",
    "Declarative",
    "Fields",
    "accepts",
    "annotations_of",
    "compile_class",
    "field",
    "fields_of",
]

T = TypeVar("T")
In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)

_LOCK = RLock()
_CLASS_VARIABLE = re.compile(r"(\w+\.)?ClassVar\b")
#: Stands where a field has no default.
MISSING: Any = object()


class _Spec:
    """A field as declared."""

    __slots__ = ("converter", "default", "factory", "kw_only")

    def __init__(
        self,
        converter: Callable[[Any], object] | str | None,
        default: object,
        factory: Callable[[], object] | None = None,
        kw_only: bool = True,
    ) -> None:
        self.converter = converter
        self.default = default
        self.factory = factory
        self.kw_only = kw_only


@overload
def field(*, default: T, kw_only: bool = True) -> T: ...
@overload
def field(*, factory: Callable[[], T], kw_only: bool = True) -> T: ...
@overload
def field(*, kw_only: bool = True) -> Any: ...
def field(*, default: object = MISSING, factory: Callable[[], object] | None = None, kw_only: bool = True) -> Any:
    """Declare a field with a default, or with a factory that makes a fresh default for each object.

    `kw_only=False` lets it be given by position; only the name of a construct is.
    """
    return _Spec(None, default, factory, kw_only)


def accepts(converter: Callable[[Any], object] | str, *, default: object = MISSING) -> Any:
    """Declare a field that accepts more than it holds: the converter makes what it holds.

    It runs when a value is given and when one is assigned, never for `None`, which means "not said". A converter named
    as text, `"kpy.constructs.ports:to_ports"`, is imported when the class is first called.
    """
    return _Spec(converter, default)


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

        def __class_getitem__(cls, item: object) -> type:
            return cls


class _Signature:
    """`inspect.signature` of a class, which compiles it."""

    def __get__(self, instance: object, owner: type[Declarative]) -> Signature:
        from kpy.model.views import signature_of

        return signature_of(owner)


class _AttrsFields:
    """What `attrs` asks a class for, so that `attrs.evolve`, `attrs.asdict` and `attrs.fields` work."""

    def __get__(self, instance: object, owner: type[Declarative]) -> tuple[object, ...]:
        from kpy.model.views import attrs_fields_of

        return attrs_fields_of(owner)


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


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(field, accepts))
class Declarative:
    """The base of models and constructs: fields in the class body become keyword arguments.

    Subclasses do not define `__init__`. One that defines `__kpy_init__` has it called at the end of construction.
    What is not said does not take space: it is read from the class.
    """

    #: The user's line that made the object; a class knows none.
    _where: ClassVar[Location | None] = None
    #: Python names whose API name does not follow the rule; `kpy.model.names` has the rule.
    _names: ClassVar[dict[str, str]] = {}
    #: The API type whose fields the class declares: `core/v1 Container`.
    _type: ClassVar[str] = ""
    #: Whether objects are values, equal when they say the same; constructs are not.
    _by_value: ClassVar[bool] = False

    if not TYPE_CHECKING:
        __signature__ = _Signature()
        __attrs_attrs__ = _AttrsFields()

        def __init_subclass__(cls, **keywords: object) -> None:
            super().__init_subclass__(**keywords)
            if not cls.__module__.startswith("kpy."):
                from kpy.model.arguments import check_body

                check_body(cls)
            cls.__init__ = _first_init

        def __setattr__(self, name: str, value: object) -> None:
            converter = fields_of(type(self)).converters.get(name)
            if converter is not None and value is not None:
                value = _convert(self, name, value, converter, caller(2))
            self._assign(name, value)

    @classmethod
    def _elsewhere(cls, name: str) -> str:
        """Return where a field of that name is that people look for here, as the end of a sentence; else nothing."""
        return ""

    def _assign(self, name: str, value: object) -> None:
        """Set an attribute; subclasses that guard assignment override this."""
        object.__setattr__(self, name, value)


def fields_of(cls: type[Declarative]) -> Fields:
    """Return the fields of a class, compiling it when nobody has called it yet."""
    found: Fields | None = cls.__dict__.get("_fields")
    return compile_class(cls) if found is None else found


def compile_class(cls: type[Declarative]) -> Fields:
    """Read the fields of a class and give it its real `__init__`; a second call does nothing."""
    with _LOCK:
        found: Fields | None = cls.__dict__.get("_fields")
        if found is None:
            declared: dict[str, _Spec] = {}
            for base in reversed(cls.__mro__):
                declared |= _declared_in(base)
            found = cls._fields = _to_fields(declared)  # type: ignore[attr-defined]  # kept where the next call finds it
            cls.__init__ = _init_of(cls, found)  # type: ignore[method-assign]  # `_first_init` has done its work
        return found


def _declared_in(cls: type) -> dict[str, _Spec]:
    """Return the fields in the body of one class; from then on the class holds their defaults, as plain values."""
    if not issubclass(cls, Declarative) or cls is Declarative:
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
        tuple(name for name, spec in declared.items() if spec.default is MISSING and spec.factory is None),
        tuple((name, spec.factory) for name, spec in declared.items() if spec.factory is not None),
        {name: _loaded(spec.converter) for name, spec in declared.items() if spec.converter is not None},
    )


def _loaded(converter: Callable[[Any], object] | str) -> Callable[[Any], object]:
    """Return a converter, importing it when it is named by text."""
    if not isinstance(converter, str):
        return converter
    module, _, name = converter.partition(":")
    found: Callable[[Any], object] = getattr(import_module(module), name)
    return found


def _first_init(self: Declarative, *args: object, **kwargs: object) -> None:
    """Compile the class and start again with its real `__init__`."""
    cls = type(self)
    compile_class(cls)
    cls.__init__(self, *args, **kwargs)


def _init_of(cls: type[Declarative], fields: Fields) -> Callable[..., None]:
    defaults, positional, required, factories, converters = fields
    implied = _implied(cls, defaults)
    hook: Callable[[Declarative], None] | None = getattr(cls, "__kpy_init__", None)
    knows = defaults.keys().__ge__

    def init(self: Declarative, *args: object, **kwargs: object) -> None:
        state = self.__dict__
        state["_where"] = where = caller(2)
        if args and len(args) <= len(positional) and kwargs.keys().isdisjoint(positional[: len(args)]):
            kwargs.update(zip(positional, args, strict=False))
            args = ()
        if args or not knows(kwargs.keys()) or (required and not all(map(kwargs.__contains__, required))):
            from kpy.model.arguments import explain

            raise explain(cls, args, kwargs, where)
        state.update(implied)
        for name, factory in factories:
            if name not in kwargs:
                state[name] = factory()
        if converters:
            for name, value in kwargs.items():
                if value is not None and name in converters:
                    kwargs[name] = _convert(self, name, value, converters[name], where)
        state.update(kwargs)
        if hook is not None:
            hook(self)

    return init


def _implied(cls: type[Declarative], defaults: dict[str, object]) -> dict[str, object]:
    """Return the defaults that an object must hold itself: all but `None`, since lowering looks only at what is said,
    and those that cannot be read from the class, since a method of the same name stands before them.
    """
    implied: dict[str, object] = {}
    for name, default in defaults.items():
        nearest = next((base.__dict__[name] for base in cls.__mro__ if name in base.__dict__), MISSING)
        if default is not MISSING and (default is not None or nearest is not None):
            implied[name] = default
    return implied


def _convert(
    owner: Declarative, name: str, value: object, converter: Callable[[Any], object], where: Location | None
) -> object:
    try:
        return converter(value)
    except KpyError as error:
        if error.where is not None:
            raise
        from kpy.model.arguments import refused

        raise refused(type(owner), name, error, where) from error


def annotations_of(cls: type) -> dict[str, object]:
    """Return the annotations in the body of a class that declare fields."""
    annotations = vars(cls).get("__annotations__")
    if annotations is None and sys.version_info >= (3, 14):
        from annotationlib import Format, get_annotations

        annotations = get_annotations(cls, format=Format.FORWARDREF)
    return {name: said for name, said in (annotations or {}).items() if not _CLASS_VARIABLE.match(str(said))}
