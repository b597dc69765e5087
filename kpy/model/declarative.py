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

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, dataclass_transform

from kpy.errors import KpyError
from kpy.model.fields import MISSING, FieldOwner, Fields, accepts, field, fields_of, own_names
from kpy.source import Location, caller

if TYPE_CHECKING:
    from inspect import Signature

__all__ = ["Declarative"]


class _Signature:
    """`inspect.signature` of a class, which compiles it."""

    def __get__(self, instance: object, owner: type[Declarative]) -> Signature:
        from kpy.model.views import signature_of

        return signature_of(owner)


class _Text:
    """`__doc__` of a class, to which its keywords belong."""

    __slots__ = ("text",)

    def __init__(self, text: str | None) -> None:
        #: The text of the class itself.
        self.text = text

    def __get__(self, instance: object, owner: type[Declarative]) -> str | None:
        from kpy.model.help_text import help_text

        return help_text(owner, self.text)


class _AttrsFields:
    """What `attrs` asks a class for, so that `attrs.evolve`, `attrs.asdict` and `attrs.fields` work."""

    def __get__(self, instance: object, owner: type[Declarative]) -> tuple[object, ...]:
        from kpy.model.views import attrs_fields_of

        return attrs_fields_of(owner)


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(field, accepts))
class Declarative(FieldOwner):
    """The base of models and constructs: fields in the class body become keyword arguments.

    Subclasses do not define `__init__`. One that defines `__kpy_init__` has it called at the end of construction.
    What is not said does not take space: it is read from the class.
    """

    if not TYPE_CHECKING:
        __signature__ = _Signature()
        __attrs_attrs__ = _AttrsFields()

        def __init_subclass__(cls, **keywords: object) -> None:
            super().__init_subclass__(**keywords)
            if not cls.__module__.startswith("kpy."):
                if not cls.__dict__.keys() & {
                    "_type",
                    "_plural",
                }:  # what is generated is right, and there is much of it
                    from kpy.model.arguments import check_body

                    check_body(cls)
            elif not cls.__module__.startswith("kpy.api."):
                from kpy.model.calls import guard

                guard(cls)
            cls.__doc__ = _Text(cls.__dict__.get("__doc__"))
            cls.__init__ = _first_init

        def __getattr__(self, name: str) -> object:
            if name.startswith("_"):
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            from kpy.model.attributes import UnknownAttributeError

            raise UnknownAttributeError(self, name, caller(2))

        def __setattr__(self, name: str, value: object) -> None:
            converter = fields_of(type(self)).converters.get(name)
            if converter is not None and value is not None:
                value = _converted(self, name, value, converter)
            self._assign(name, value)

    def _assign(self, name: str, value: object) -> None:
        """Set an attribute; subclasses that guard assignment override this."""
        object.__setattr__(self, name, value)


def _first_init(self: Declarative, *args: object, **kwargs: object) -> None:
    """Give the class its real `__init__` and start again with it."""
    cls = type(self)
    cls.__init__ = _init_of(cls, fields_of(cls))  # type: ignore[method-assign]  # this has done its work
    cls.__init__(self, *args, **kwargs)


def _init_of(cls: type[Declarative], fields: Fields) -> Callable[..., None]:
    defaults, positional, required, factories, converters, former = fields
    implied = _implied(cls, defaults)
    own = own_names(cls)
    if own:
        factories = _converted_defaults(cls, fields)
    hook: Callable[[Declarative], None] | None = getattr(cls, "__kpy_init__", None)
    knows = defaults.keys().__ge__

    def init(self: Declarative, *args: object, **kwargs: object) -> None:
        state = self.__dict__
        state["_where"] = where = caller(2)
        if args and len(args) <= len(positional) and kwargs.keys().isdisjoint(positional[: len(args)]):
            kwargs.update(zip(positional, args, strict=False))
            args = ()
        if former:
            _rename(self, kwargs, former, where)
        if args or not knows(kwargs.keys()) or (required and not all(map(kwargs.__contains__, required))):
            from kpy.model.arguments import explain

            raise explain(cls, args, kwargs, where)
        state.update(implied)
        for name, factory in factories:
            if name not in kwargs:
                state[name] = factory()
        if own:
            _check_own(cls, kwargs, where)
        if converters:
            name = ""
            try:
                for name, value in kwargs.items():
                    if value is not None and name in converters:
                        kwargs[name] = converters[name](value)
            except Exception as error:
                refused = _refused(cls, kwargs, name, error, where)
                if refused is error:
                    raise
                raise refused from error
        state.update(kwargs)
        if hook is not None:
            try:
                hook(self)
            except Exception as error:
                wrong = _wrong_hook(self, error)
                if wrong is error:
                    raise
                raise wrong from error

    return init


def _converted_defaults(cls: type[Declarative], fields: Fields) -> tuple[tuple[str, Callable[[], object]], ...]:
    """Return what makes the defaults of a user's class; those of fields with a converter are converted."""
    made = dict(fields.factories)
    for name in own_names(cls) & fields.converters.keys():
        default, convert = fields.defaults[name], fields.converters[name]
        if name in made:
            made[name] = partial(_convert_default, cls, name, convert, made[name])
        elif default is not MISSING and default is not None:
            made[name] = partial(_convert_default, cls, name, convert, partial(_same, default))
    return tuple(made.items())


def _same(value: object) -> object:
    return value


def _convert_default(
    cls: type[Declarative], name: str, convert: Callable[[Any], object], make: Callable[[], object]
) -> object:
    value = make()
    try:
        return None if value is None else convert(value)
    except KpyError as error:
        raise type(error)(f"the default of `{name}` of {cls.__name__}: {error}") from error


def _rename(
    owner: Declarative, given: dict[str, object], former: dict[str, tuple[str, str]], where: Location | None
) -> None:
    """Give the values of fields that are others by another name to those, and note what is deprecated."""
    for name in [each for each in given if each in former]:
        other, text = former[name]
        if text:
            owner.__dict__.setdefault("_deprecated", []).append((name, text))
        if other and other in given:
            from kpy.model.arguments import refused

            cls = type(owner).__name__
            raise refused([f"`{name}` of {cls} is `{other}` by another name: give one of both"], where)
        if other:
            given[other] = given.pop(name)


def _check_own(cls: type[Declarative], given: dict[str, object], where: Location | None) -> None:
    """Raise for values that fields of a user's class do not take: all of them, and what converters refuse, at once."""
    from kpy.model.own_fields import wrong_values

    wrong = wrong_values(cls, given)
    if wrong:
        from kpy.model.arguments import refused, refused_by_converters

        others = refused_by_converters(cls, {name: value for name, value in given.items() if name not in wrong})
        raise refused([*wrong.values(), *others], where)


def _refused(
    cls: type[Declarative], given: dict[str, object], name: str, error: Exception, where: Location | None
) -> Exception:
    """Return the error for the value that a converter could not take, and for those that others cannot take either.

    What no wrong value explains stays as it is.
    """
    from kpy.model.arguments import refusal, refused

    first = refusal(cls, name, given[name], error)
    if first is None or isinstance(first, KpyError):
        return first or error
    texts = [first]
    names = list(given)
    for later in names[names.index(name) + 1 :]:
        converter = fields_of(cls).converters.get(later)
        if converter is not None and given[later] is not None:
            try:
                converter(given[later])
            except Exception as other:
                also = refusal(cls, later, given[later], other)
                texts += [also] if isinstance(also, str) else []
    return refused(texts, where)


def _wrong_hook(owner: Declarative, error: Exception) -> Exception:
    """Return what to raise for an error at the end of construction: of a wrong field, where kpy's own code failed."""
    if not type(owner).__module__.startswith("kpy."):
        return error
    if isinstance(error, KpyError):
        error.locate(owner._where)
        return error
    from kpy.model.wrong_values import wrong_field

    return wrong_field(owner) or error


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


def _converted(owner: Declarative, name: str, value: object, converter: Callable[[Any], object]) -> object:
    try:
        return converter(value)
    except Exception as error:
        refused = _refused(type(owner), {name: value}, name, error, caller(3))
        if refused is error:
            raise
        raise refused from error
