"""What a type expects, in words, and the place in a value that does not meet it.

Asked when a value made something fail, so that the message can name the value rather than what failed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, MutableSequence, MutableSet, Sequence, Set
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NamedTuple,
    NotRequired,
    Required,
    TypeVar,
    Union,
    get_args,
    get_origin,
    is_typeddict,
)

from kpy.model.lists import Several
from kpy.model.typing import Plain

__all__ = ["Misfit", "expectation", "misfit", "remedy"]

_WORDS: dict[object, str] = {
    str: "text",
    bytes: "bytes",
    int: "a whole number",
    float: "a number",
    bool: "True or False",
    timedelta: "a `timedelta`",
    datetime: "a `datetime` with a timezone",
    NoneType: "None",
}
_PLURALS = {str: "texts", bytes: "bytes", int: "whole numbers", float: "numbers"}
#: Classes and protocols that stand for what people write by other names.
_CLASSES = {
    "EnvSource": "a ConfigMap or a Secret",
    "MountSource": "a ConfigMap, a Secret or a claim",
    "Off": "OFF",
    "Path": "a path",
    "Referable": "an object",
    "Selectable": "a workload",
    "StoragePattern": "a claim",
}
#: The members of the aliases of `kpy.model.typing` that stand for one thing.
_AMOUNT = frozenset({str, int, Decimal, Plain})
_MOST = 6


#: The generic types whose elements are looked at.
_LISTS: frozenset[object] = frozenset(
    {list, tuple, set, frozenset, deque, Sequence, MutableSequence, Set, MutableSet, Collection, Iterable, Several}
)


class Misfit(NamedTuple):
    """The innermost place in a value that is not what its type expects."""

    #: From the value on: `[a]`, `[0].name`.
    path: str
    value: object
    #: What that place takes.
    hint: object


def misfit(value: object, hint: object, path: str = "") -> Misfit | None:
    """Return where a value is not what a type expects; nothing when it fits, and when that cannot be told."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _of_union(value, hint, path)
    if origin is Literal:
        return None if any(_is_word(value, word) for word in get_args(hint)) else Misfit(path, value, hint)
    if origin in (Annotated, Final, Required, NotRequired):
        return misfit(value, get_args(hint)[0], path)
    meant = getattr(hint, "__supertype__", None) or getattr(hint, "__value__", None)
    if meant is not None and not isinstance(hint, type):
        return misfit(value, meant, path)  # a `NewType`, or a type that was given a name
    if origin is not None:
        return _of_generic(value, hint, origin, get_args(hint), path)
    return None if _is_of(value, hint) else Misfit(path, value, hint)


def _is_word(value: object, word: object) -> bool:
    """Return whether a value is a word of a `Literal`; a text of another class, as of a `StrEnum`, is the same text."""
    if isinstance(word, str) and not isinstance(word, Enum):
        return isinstance(value, str) and str.__eq__(value, word)
    return type(value) is type(word) and value == word


def _of_union(value: object, hint: object, path: str) -> Misfit | None:
    faults = [misfit(value, each, path) for each in get_args(hint)]
    inner = [fault for fault in faults if fault is not None and fault.path != path]
    if None in faults:
        return None
    return inner[0] if len(inner) == 1 else Misfit(path, value, hint)


def _of_generic(value: object, hint: object, origin: Any, args: tuple[Any, ...], path: str) -> Misfit | None:
    if origin is type:
        return None if isinstance(value, type) else Misfit(path, value, hint)
    if origin is Callable:
        return None if callable(value) else Misfit(path, value, hint)
    if isinstance(origin, type) and issubclass(origin, Mapping) and len(args) == 2:
        return _of_mapping(value, hint, args, path)
    if isinstance(origin, type) and not (origin in _LISTS and len(args) >= 1):
        fits = isinstance(value, origin) or getattr(origin, "_is_protocol", False)
        return None if fits else Misfit(path, value, hint)
    if origin is tuple and Ellipsis not in args:
        if not isinstance(value, tuple) or len(value) != len(args):
            return Misfit(path, value, hint)
        pairs = [(inner, args[index], f"{path}[{index}]") for index, inner in enumerate(value)]
        return next((fault for pair in pairs if (fault := misfit(*pair))), None)
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable) or isinstance(value, type):
        return Misfit(path, value, hint)
    if not isinstance(value, Sequence):
        has_order = isinstance(origin, type) and issubclass(origin, Sequence)
        return Misfit(path, value, hint) if has_order and isinstance(value, Set) else None
    found = (misfit(inner, args[0], f"{path}[{index}]") for index, inner in enumerate(value))
    return next((fault for fault in found if fault), None)


def _of_mapping(value: object, hint: object, args: tuple[Any, ...], path: str) -> Misfit | None:
    if not isinstance(value, Mapping):
        return Misfit(path, value, hint)
    for key, inner in value.items():
        if misfit(key, args[0]):
            return Misfit(f"{path} (its key)", key, args[0])
        fault = misfit(inner, args[1], f"{path}[{key}]")
        if fault is not None:
            return fault
    return None


def _is_of(value: object, hint: Any) -> bool:
    if hint is None or hint is NoneType:
        return value is None
    if not isinstance(hint, type) or hint is object or isinstance(hint, TypeVar):
        return True
    if hint in (int, float):
        return isinstance(value, int if hint is int else int | float) and not isinstance(value, bool)
    if is_typeddict(hint):
        return isinstance(value, Mapping)
    if getattr(hint, "_is_protocol", False) and not hint.__module__.startswith("kpy."):
        return True  # what a value has to have is more than can be asked of it here
    if getattr(hint, "_is_protocol", False):
        wanted = [name for base in hint.__mro__ for name in vars(base) if _is_member(base, name)]
        return not isinstance(value, type) and all(hasattr(type(value), name) for name in wanted)
    try:
        return isinstance(value, hint)
    except TypeError:
        return True


def _is_member(base: type, name: str) -> bool:
    plain = not name.startswith("_") or name == "__kpy_plain__"
    return plain and bool(getattr(base, "_is_protocol", False)) and callable(getattr(base, name, None))


def expectation(hint: object) -> str:
    """Return what a type expects, in words: `text`, `a list of texts`, `a Deployment or a mapping`."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _either(args)
    if origin is Literal:
        return _or([f'"{word}"' if isinstance(word, str) else repr(word) for word in args if word != ""])
    if origin in (Annotated, Final, Required, NotRequired):
        return expectation(args[0])
    meant = getattr(hint, "__supertype__", None) or getattr(hint, "__value__", None)
    if meant is not None and not isinstance(hint, type):
        return expectation(meant)
    if origin is type:
        return f"a class such as {getattr(args[0], '__name__', 'Deployment')}"
    if isinstance(origin, type) and issubclass(origin, Mapping) and len(args) == 2:
        return f"a mapping of {_plural(args[0])} to {_plural(args[1])}"
    if origin is tuple and Ellipsis not in args:
        return f"{len(args)} values in parentheses"
    if origin is Callable:
        return "a function"
    if isinstance(origin, type) and origin not in _LISTS:
        hint = origin
    elif origin is not None:
        return f"a list of {_plural(args[0])}"
    if isinstance(hint, TypeVar) or not isinstance(hint, type):
        return "another value"
    if issubclass(hint, Enum) and 0 < len(hint) <= _MOST and hint.__name__ != "Off":
        return _or([f"{hint.__name__}.{each.name}" for each in hint])
    article = "an" if hint.__name__[0] in "AEIOU" else "a"
    return _WORDS.get(hint) or _CLASSES.get(hint.__name__) or f"{article} {hint.__name__}"


def _either(args: tuple[Any, ...]) -> str:
    members = {each: None for each in args if each is not NoneType and not is_typeddict(each)}
    words = []
    if members.keys() >= _AMOUNT:
        words.append('an amount such as "250m" or 2')
        members = {each: None for each in members if each not in _AMOUNT}
    if str in members:
        members = {each: None for each in members if get_origin(each) is not Literal}
    words += dict.fromkeys(expectation(each) for each in members if each is not Plain)
    return _or(words[:_MOST])


def _plural(hint: object) -> str:
    if hint in _PLURALS:
        return _PLURALS[hint]
    if hint in (object, Any):
        return "values"
    if get_origin(hint) is Literal:
        return "texts"
    if isinstance(hint, type) and get_origin(hint) is None:
        return f"{hint.__name__}s"
    return expectation(hint)


def _or(words: Sequence[str]) -> str:
    *most, last = words or ["another value"]
    return f"{', '.join(most)} or {last}" if most else last


def remedy(fault: Misfit) -> str:
    """Return what to do about a value that is not what a type expects, where that is plain; else nothing."""
    value = fault.value
    if isinstance(value, type):
        return f"write `{value.__name__}(...)`"
    if callable(value) and hasattr(value, "__name__"):
        return f"call it: `{value.__name__}(...)`"
    members = get_args(fault.hint) if get_origin(fault.hint) in (Union, UnionType) else (fault.hint,)
    if any(_takes_in_list(value, each) for each in members):
        return "write it as a list, even of one element"
    if str in members and isinstance(value, int | float) and not isinstance(value, bool):
        return f'quote it: "{value}"'
    if int in members and isinstance(value, str) and value.isdecimal():
        return "write it without quotes"
    return ""


def _takes_in_list(value: object, hint: object) -> bool:
    origin = get_origin(hint)
    is_list = isinstance(origin, type) and issubclass(origin, Iterable) and not issubclass(origin, Mapping | tuple)
    return is_list and misfit(value, get_args(hint)[0]) is None
