"""Classes declared by their fields, compiled by attrs when they are first called.

    class Shop(Declarative):
        name: str = field(kw_only=False)
        host: str
        replicas: int = 2
        ports: Accepts[PortsInput | None, list[ContainerPort] | None] = accepts(to_ports, default=None)

A class body stays as it is until somebody calls the class, so importing thousands of classes costs little and does not
import attrs. Each value knows the line of the user's code that made it.
"""

from __future__ import annotations

import sys
from _thread import RLock
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, dataclass_transform, overload

from kpy.errors import KpyError
from kpy.source import Location, caller

if TYPE_CHECKING:
    from inspect import Signature

__all__ = ["Accepts", "Declarative", "accepts", "annotations_of", "compile_class", "field"]

T = TypeVar("T")
In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)

_LOCK = RLock()
_UNSAID: Any = object()


class _Spec:
    """A field as declared: what `attrs.field` will be told, and how values are converted."""

    __slots__ = ("arguments", "converter")

    def __init__(self, converter: Callable[[Any], object] | str | None, **arguments: object) -> None:
        self.converter = converter
        self.arguments: dict[str, Any] = {name: value for name, value in arguments.items() if value is not _UNSAID}


@overload
def field(*, default: T, kw_only: bool = True) -> T: ...
@overload
def field(*, factory: Callable[[], T], kw_only: bool = True) -> T: ...
@overload
def field(*, kw_only: bool = True) -> Any: ...
def field(*, default: object = _UNSAID, factory: object = _UNSAID, kw_only: bool = True) -> Any:
    """Declare a field with a default, or with a factory that makes a fresh default for each object.

    `kw_only=False` lets it be given by position; only the name of a construct is.
    """
    return _Spec(None, default=default, factory=factory, kw_only=kw_only)


def accepts(converter: Callable[[Any], object] | str, *, default: object = _UNSAID, factory: object = _UNSAID) -> Any:
    """Declare a field that accepts more than it holds: the converter makes what it holds.

    It runs when a value is given and when one is assigned, never for `None`, which means "not said". A converter named
    as text, `"kpy.constructs.ports:to_ports"`, is imported when the class is first called.
    """
    return _Spec(converter, default=default, factory=factory)


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


class _LazySignature:
    """`inspect.signature` of a class, which compiles it."""

    def __get__(self, instance: object, owner: type[Declarative]) -> Signature:
        from inspect import signature

        compile_class(owner)
        told = signature(owner.__attrs_init__)  # type: ignore[attr-defined]  # made by attrs
        return told.replace(parameters=list(told.parameters.values())[1:], return_annotation=owner)


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(field, accepts))
class Declarative:
    """The base of models and constructs: fields in the class body become keyword arguments.

    Subclasses do not define `__init__`. One that defines `__kpy_init__` has it called at the end of construction.
    """

    #: The user's line that made the object; a class knows none.
    _where: ClassVar[Location | None] = None
    #: Python names whose API name does not follow the rule; `kpy.model.names` has the rule.
    _names: ClassVar[dict[str, str]] = {}
    #: The API type whose fields the class declares: `core/v1 Container`.
    _type: ClassVar[str] = ""
    #: Whether objects are values, equal when they say the same; constructs are not.
    _by_value: ClassVar[bool] = False
    _converters: ClassVar[dict[str, Callable[[Any], object]]] = {}
    _own_converters: ClassVar[dict[str, Callable[[Any], object] | None]] = {}

    if not TYPE_CHECKING:
        __signature__ = _LazySignature()

        def __init_subclass__(cls, **keywords: object) -> None:
            super().__init_subclass__(**keywords)
            if not cls.__module__.startswith("kpy."):
                from kpy.model.arguments import check_body

                check_body(cls)
            cls.__init__ = _first_init

        def __setattr__(self, name: str, value: object) -> None:
            converter = type(self)._converters.get(name)
            if converter is not None and value is not None:
                value = _convert(self, name, value, converter, caller(2))
            self._assign(name, value)

    def _assign(self, name: str, value: object) -> None:
        """Set an attribute; subclasses that guard assignment override this."""
        object.__setattr__(self, name, value)


def _first_init(self: Declarative, *args: object, **kwargs: object) -> None:
    """Compile the class and start again with its real `__init__`."""
    cls = type(self)
    compile_class(cls)
    cls.__init__(self, *args, **kwargs)


def compile_class(cls: type[Declarative]) -> None:
    """Let attrs make the `__init__` of a class, bases first; a second call does nothing."""
    with _LOCK:
        if "__attrs_attrs__" in cls.__dict__ or cls is Declarative:
            return
        for base in cls.__bases__:
            if issubclass(base, Declarative):
                compile_class(base)
        _compile(cls)


def _compile(cls: type[Declarative]) -> None:
    import attrs

    own = {name: vars(cls).get(name) for name in annotations_of(cls)}
    specs = {name: value for name, value in own.items() if isinstance(value, _Spec)}
    for name, spec in specs.items():
        setattr(cls, name, attrs.field(**spec.arguments))
    guards = {name: vars(cls)[name] for name in ("__setattr__", "__delattr__") if name in vars(cls)}
    for name in guards:
        delattr(cls, name)
    # Frozen only while attrs looks: the `__init__` it makes then writes to `__dict__` at once, which is the fast way.
    attrs.define(cls, slots=False, frozen=True, kw_only=True, init=False, eq=False, repr=False, auto_attribs=True)
    for name in ("__setattr__", "__delattr__"):
        delattr(cls, name)
    for name, guard in guards.items():
        setattr(cls, name, guard)
    cls._own_converters = {name: _loaded(specs[name].converter) if name in specs else None for name in own}
    found = [vars(base).get("_own_converters", {}) for base in reversed(cls.__mro__)]
    nearest = {name: converter for declared in found for name, converter in declared.items()}
    cls._converters = {name: converter for name, converter in nearest.items() if converter is not None}
    cls.__init__ = _init_of(cls)  # type: ignore[method-assign]  # `_first_init` has done its work


def _loaded(converter: Callable[[Any], object] | str | None) -> Callable[[Any], object] | None:
    """Return a converter, importing it when it is named by text."""
    if not isinstance(converter, str):
        return converter
    module, _, name = converter.partition(":")
    found: Callable[[Any], object] = getattr(import_module(module), name)
    return found


def _init_of(cls: type[Declarative]) -> Callable[..., None]:
    build: Callable[..., None] = cls.__attrs_init__  # type: ignore[attr-defined]  # made by attrs
    converters = cls._converters
    hook: Callable[[Declarative], None] | None = getattr(cls, "__kpy_init__", None)

    def init(self: Declarative, *args: object, **kwargs: object) -> None:
        self.__dict__["_where"] = where = caller(2)
        if converters:
            for name, value in kwargs.items():
                if value is not None and name in converters:
                    kwargs[name] = _convert(self, name, value, converters[name], where)
        try:
            build(self, *args, **kwargs)
        except TypeError as error:
            if error.__traceback__ is None or error.__traceback__.tb_next is not None:
                raise
            from kpy.model.arguments import explain

            raise explain(cls, args, kwargs, where) from None
        if hook is not None:
            hook(self)

    return init


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
    return {name: said for name, said in (annotations or {}).items() if "ClassVar" not in str(said)}
