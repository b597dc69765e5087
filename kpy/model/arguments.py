"""What is said when a model, a construct or a method is declared or called wrongly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import FunctionType
from typing import NamedTuple

from kpy.errors import ArgumentError, KpyError, UsageError
from kpy.model.fields import FieldOwner, annotations_of, fields_of, shadowed
from kpy.model.suggestions import hint_for, listed
from kpy.source import Location, caller

__all__ = ["Callee", "check_body", "explain", "refusal", "refused", "refused_by_converters", "unfit", "unknown"]


class Callee(NamedTuple):
    """What was called, and what it takes."""

    name: str
    names: Sequence[str]
    #: Those that can be given without a name, and those that must be given.
    positional: Sequence[str]
    required: Sequence[str]
    #: The class that it is or belongs to.
    owner: type | None


def explain(
    cls: type[FieldOwner], args: tuple[object, ...], kwargs: Mapping[str, object], where: Location | None
) -> ArgumentError:
    """Return the error for a call whose arguments do not fit the fields of the class: all that is wrong at once."""
    fields = fields_of(cls)
    texts = [unfit(Callee(cls.__name__, tuple(fields.defaults), fields.positional, fields.required, cls), args, kwargs)]
    from kpy.model.own_fields import wrong_values

    wrong = wrong_values(cls, kwargs)
    rest = {name: value for name, value in kwargs.items() if name not in wrong}
    return refused([*texts, *wrong.values(), *refused_by_converters(cls, rest)], where)


def refused_by_converters(cls: type[FieldOwner], given: Mapping[str, object]) -> list[str]:
    """Return what is wrong with the values that converters of fields refuse."""
    converters = fields_of(cls).converters
    texts: list[str] = []
    for name, value in given.items():
        converter = converters.get(name)
        if converter is not None and value is not None:
            try:
                converter(value)
            except Exception as error:
                text = refusal(cls, name, value, error)
                texts += [text] if isinstance(text, str) else []
    return texts


def refusal(cls: type[FieldOwner], name: str, value: object, error: Exception) -> str | KpyError | None:
    """Return what is wrong with a value that the converter of a field refused.

    An error that has its own line is returned as it is, and nothing for one that the value does not explain.
    """
    if isinstance(error, KpyError):
        return f"`{name}{error.inside}` of {cls.__name__}: {error}" if error.where is None else error
    from kpy.model.wrong_values import wrong_field, wrong_value_of

    return wrong_value_of(cls, name, value) or wrong_field(value)


def refused(texts: Sequence[str], where: Location | None) -> ArgumentError:
    """Return the error for all that is wrong with a call."""
    return ArgumentError.at(where, "\n  also: ".join(texts))


def unfit(callee: Callee, args: tuple[object, ...], kwargs: Mapping[str, object]) -> str:
    """Return what is wrong with the arguments of a call: names that are not there, too many, too few."""
    given = callee.positional[: len(args)]
    hints = {name: hint_for(name, callee.names, callee.owner) for name in kwargs if name not in callee.names}
    meant = {hint.meant for hint in hints.values()}
    missing = [name for name in callee.required if name not in kwargs and name not in given and name not in meant]
    said = []
    if len(hints) == 1:
        said += [f"{callee.name} has no argument `{name}`{hint.after}" for name, hint in hints.items()]
    elif hints:
        said.append(f"{callee.name} has no arguments {listed(f'`{name}`{hint.aside}' for name, hint in hints.items())}")
    twice = [name for name in given if name in kwargs]
    if len(args) > len(callee.positional):
        said.append(_too_many(callee, args))
    elif twice:
        said.append(f"{callee.name} was given {_names(twice)} twice, by position and by name")
    if missing and not (twice or len(args) > len(callee.positional)):
        rest = f"; required are {_names(callee.required)}" if len(callee.required) > len(missing) and not hints else ""
        said.append(f"{callee.name} needs {_names(missing)}{rest}")
    return "; ".join(said)


def _too_many(callee: Callee, args: tuple[object, ...]) -> str:
    from kpy.model.shown import shown as shown_as_it_is
    from kpy.redaction.fields import HIDDEN, is_secret_kind

    def shown(value: object) -> str:
        return HIDDEN if is_secret_kind(callee.name.partition(".")[0]) else shown_as_it_is(value)

    if not callee.names:
        return f"{callee.name} takes no arguments; {shown(args[0])} was given"
    if not callee.positional:
        return f"{callee.name} takes its arguments by name; {shown(args[0])} was given without one"
    surplus = shown(args[len(callee.positional)])
    match args:
        case (owner, str() as name, *_) if hasattr(owner, "add"):
            return f"{callee.name} is not given its owner: write `owner.add({callee.name}({name!r}, ...))`"
    if callee.name == "Container" and isinstance(args[1], str):
        surplus = f"the image by name, `image={args[1]!r}`"
    else:
        surplus = f"{surplus} by name"
    return f"{callee.name} takes only {_names(callee.positional)} without a name; give {surplus}"


def unknown(cls: type[FieldOwner], name: str, where: Location | None, word: str = "argument") -> ArgumentError:
    """Return the error for an argument, or a field, that the class does not have."""
    return ArgumentError.at(
        where, f"{cls.__name__} has no {word} `{name}`{hint_for(name, fields_of(cls).defaults, cls).after}"
    )


def check_body(cls: type[FieldOwner]) -> None:
    """Refuse what can only be a mistake in the body of a user's class."""
    body = vars(cls)
    if "__init__" in body:
        raise UsageError.at(
            caller(),
            f"class {cls.__name__} defines `__init__`; declare its arguments as fields (`replicas: int = 2`) and "
            "make its parts in `build`",
        )
    for name in ("build", "build_in_app"):
        _check_hook(cls, name, body.get(name))
    own = annotations_of(cls)
    for name in own:
        default = getattr(body.get(name), "default", body.get(name))
        if isinstance(default, (list, dict, set)):
            raise ArgumentError.at(
                caller(),
                f"`{name}` of class {cls.__name__} has a default that all its objects would share; "
                f"use `{name}: ... = field(factory={type(default).__name__})`",
            )
    inherited = {name for base in cls.__mro__[1:] for name in annotations_of(base)}
    for name in own:
        _check_name(cls, name, inherited)
    for name, value in body.items():
        if name in inherited and name not in own and not hasattr(value, "__get__"):
            raise UsageError.at(
                caller(),
                f"class {cls.__name__} sets the field `{name}` without an annotation, which changes nothing; "
                f"write `{name}: <type> = {value!r}`",
            )


def _check_hook(cls: type[FieldOwner], name: str, method: object) -> None:
    """Refuse a method that kpy calls and that wants more than kpy gives it."""
    if isinstance(method, FunctionType):
        code, given = method.__code__, len(method.__defaults__ or ())
        wanted = code.co_varnames[1 : code.co_argcount - given]
        if wanted:
            raise UsageError.at(
                caller(),
                f"`{name}` of class {cls.__name__} takes {_names(wanted)}, and kpy calls it without arguments: "
                "make that a field",
            )


def _check_name(cls: type[FieldOwner], name: str, inherited: set[str]) -> None:
    """Refuse a field that has the name of something else, in the class itself or in one of its bases."""
    value = vars(cls).get(name)
    if isinstance(value, FunctionType) and value.__qualname__ == f"{cls.__qualname__}.{name}":
        raise UsageError.at(caller(), f"class {cls.__name__} has a field `{name}` and a method of the same name")
    for base in cls.__mro__[1:]:
        taken = vars(base).get(name)
        if name in inherited or name not in vars(base) or isinstance(taken, shadowed) or base is object:
            continue
        is_kpys = base.__module__.startswith("kpy.")
        if is_kpys or hasattr(taken, "__get__"):
            what = "something else" if is_kpys else "a method"
            raise UsageError.at(
                caller(),
                f"class {cls.__name__} has a field `{name}`, and that is what {base.__name__} calls {what}; "
                f"give the field another name, such as `{name}_`",
            )


def _names(names: Iterable[str]) -> str:
    return listed(f"`{name}`" for name in names)
