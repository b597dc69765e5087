"""Lists and mappings in fields of users' constructs that are changed in place, when the parts are made already.

`web.hosts.append("shop.io")` would change nothing: `build()` has used the list. What `build()` reads is kept as it was
then, and told from what it is at synthesis. Each construct gets a list of its own for that, so that whoever goes on to
fill the one that was given changes no construct. Fields that other methods of the class use, or that `build()` itself
fills, are left alone: the class knows what it does with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from kpy.model.fields import own_names

__all__ = ["changed_in_place", "keep", "remember"]

#: The functions of a class by name; several where a class overrides what its base has.
Functions = dict[str, list[FunctionType]]
_SCALARS = (str, int, float, bool, bytes, type(None))
_KEPT = "_kept_fields"


class _Uses(NamedTuple):
    """The fields of a class that its functions name."""

    by_build: frozenset[str]
    by_hook: frozenset[str]
    by_others: frozenset[str]


def remember(part: Any, hook: str) -> dict[str, Any]:
    """Return the lists and mappings that a hook is going to use, as they are before it runs."""
    cls: Any = type(part)
    uses = _uses(cls)
    names = uses.by_build if hook == "build" else uses.by_hook - uses.by_build
    state = part.__dict__
    return {
        name: _copy(state[name]) for name in names - uses.by_others if isinstance(state.get(name), list | dict | set)
    }


def keep(part: Any, before: dict[str, Any]) -> None:
    """Keep what a hook has used and not changed, and give the part lists and mappings of its own."""
    state = part.__dict__
    for name, value in before.items():
        if _are_alike(value, state[name]):
            state.setdefault(_KEPT, {})[name] = value
            state[name] = _copy(state[name])


def changed_in_place(part: Any) -> Iterator[str]:
    """Yield the fields of a part that were changed when its parts were made already."""
    for name, value in part.__dict__.get(_KEPT, {}).items():
        if not _are_alike(value, part.__dict__.get(name)):
            yield name


def _copy(value: Any) -> Any:
    """Return a copy of a list or a mapping, and of those in it; what else stands there is the same."""
    if type(value) is list:
        return [_copy(each) for each in value]
    if type(value) is dict:
        return {key: _copy(each) for key, each in value.items()}
    return set(value) if type(value) is set else value


def _are_alike(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if type(one) is list:
        return len(one) == len(other) and all(map(_are_alike, one, other))
    if type(one) is dict:
        return list(one) == list(other) and all(_are_alike(each, other[key]) for key, each in one.items())
    return isinstance(one, (set, *_SCALARS)) and bool(one == other)


@cache
def _uses(cls: Any) -> _Uses:
    functions: Functions = {}
    for base in cls.__mro__:
        if not base.__module__.startswith("kpy.") and base is not object:
            for name, value in vars(base).items():
                if isinstance(value, FunctionType):
                    functions.setdefault(name, []).append(value)
    own = own_names(cls)
    build, hook = (_reached(name, functions) for name in ("build", "build_in_app"))
    others = functions.keys() - build - hook
    return _Uses(*(_named(names, functions) & own for names in (build, hook, others)))


def _reached(hook: str, functions: Functions) -> set[str]:
    """Return the names of the functions of a class that a hook calls, itself among them."""
    found: set[str] = set()
    left = [hook]
    while left:
        name = left.pop()
        if name in functions and name not in found:
            found.add(name)
            left += _named([name], functions)
    return found


def _named(names: Iterable[str], functions: Functions) -> frozenset[str]:
    """Return the attributes that functions name."""
    return frozenset(each for name in names for function in functions[name] for each in _names_in(function.__code__))


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)
