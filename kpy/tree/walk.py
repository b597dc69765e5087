"""Asking a tree: the parts below a part, and the values in them, by their type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from kpy.errors import ArgumentError, UsageError
from kpy.model.fields import fields_of
from kpy.model.model import ApiObject, Model
from kpy.model.shown import shown

__all__ = ["below", "children", "find_one", "is_value_type", "matching", "values_in"]

T = TypeVar("T")

#: How many parts a message lists.
_SHOWN = 12


def children(part: Any, *, made: bool = False) -> tuple[Any, ...]:
    """Return the parts of a part, or those alone that are `made` already; an API object has none."""
    opened = None if made else getattr(part, "_children", None)
    return tuple(part.__dict__.get("_parts", ())) if opened is None else opened()


def below(part: Any, *, made: bool = False) -> Iterator[Any]:
    """Yield all parts below a part, each before its own, in the order in which they were added.

    Parts that are made when somebody asks for them are made, unless those alone are wanted that are `made` already.
    """
    for inner in children(part, made=made):
        yield inner
        yield from below(inner, made=made)


def is_value_type(kind: object) -> bool:
    """Return whether values of a type stand in parts (`Container`) and are no parts themselves."""
    return isinstance(kind, type) and issubclass(kind, Model) and not issubclass(kind, ApiObject)


def matching(parts: Iterator[Any], kind: type[T]) -> Iterator[T]:
    """Yield the parts of a type, or the values of a type that stand in the parts."""
    if is_value_type(kind):
        for part in parts:
            yield from values_in(part, kind)
    else:
        yield from (part for part in parts if isinstance(part, kind))


def values_in(part: Any, kind: type[T]) -> Iterator[T]:
    """Yield the values of a type that stand in one part, not those in parts of its own.

    A container that was given as a mapping is a `Container`, too: it becomes one when somebody asks.
    """
    for name, value in list(part.__dict__.items()):
        if not name.startswith("_"):
            yield from _within(value, kind, set())


def _within(value: Any, kind: type[T], seen: set[int]) -> Iterator[T]:
    if isinstance(value, (str, int, float, bool)) or value is None or id(value) in seen:
        return
    if isinstance(value, Mapping):
        inner = list(value.values())
    elif isinstance(value, list | tuple):
        inner = list(value)
    elif isinstance(value, Model) and not isinstance(value, ApiObject):
        if _is_or_becomes(value, kind):
            yield value  # type: ignore[misc]  # it has just been asked
        inner = [each for name, each in value.__dict__.items() if not name.startswith("_")]
    else:
        return
    seen.add(id(value))
    for each in inner:
        yield from _within(each, kind, seen)


def _is_or_becomes(value: Model, kind: Any) -> bool:
    """Return whether a value is of a type; one of the API's own becomes kpy's, which has all its fields."""
    if isinstance(value, kind):
        return True
    cls = type(value)
    if not cls._type or cls._type != kind._type or not cls.__module__.startswith("kpy.api."):
        return False
    fields_of(kind)  # so that the class has the defaults of its fields, even when nobody has called it yet
    value.__class__ = kind
    return True


def find_one(part: Any, kind: type[T] | str, name: str | None, title: str, namespace: str | None = None) -> T:
    """Return the one part, or value in a part, below a part that is of a type or kind, and has a name and a namespace.

    Raises `UsageError`, which lists what there is, when there is none or more than one.
    """
    if isinstance(kind, str):
        alike = [each for each in below(part) if getattr(each, "kind", None) == kind]
    elif isinstance(kind, type):
        alike = list(matching(below(part), kind))
    else:
        raise ArgumentError(f"`find` takes a class, such as `Deployment`, or a kind as text, not {shown(kind)}")
    found = [
        each
        for each in alike
        if name in (None, getattr(each, "name", None)) and namespace in (None, getattr(each, "namespace", None))
    ]
    if len(found) == 1:
        return found[0]  # type: ignore[no-any-return]  # it has just been asked
    raise UsageError(_unfound(kind, (name, namespace), title, found, alike or list(below(part))))


def _unfound(
    kind: type | str, names: tuple[str | None, str | None], title: str, found: list[Any], alike: list[Any]
) -> str:
    """Return why not one part was found, and what there is."""
    name, namespace = names
    wanted = kind if isinstance(kind, str) else kind.__name__
    wanted += f' "{name}"' if name is not None else ""
    wanted += f" in the namespace {namespace!r}" if namespace is not None else ""
    there = found or alike
    spread = len({_title(each) for each in there}) < len(there)
    words = [_title(each, with_namespace=spread) for each in there[:_SHOWN]]
    words += [f"and {len(there) - _SHOWN} more"] if len(there) > _SHOWN else []
    said = f'"{kind}"' if isinstance(kind, str) else kind.__name__
    fix = f'; say which, `find({said}, "...")`' if found and name is None else "" if found else _meant(kind, there)
    return f"{title} has {'several' if found else 'no'} {wanted}; there is: {', '.join(words) or 'nothing'}{fix}"


def _meant(kind: type | str, there: list[Any]) -> str:
    """Return what is meant by a kind that is not there, as the end of a sentence."""
    if isinstance(kind, type):
        model = getattr(kind, "api_version", ""), getattr(kind, "kind", "")
        same = next((type(each) for each in there if (getattr(each, "api_version", 0), each.kind) == model), None)
        if same is None or same is kind:
            return ""
        return f"; the objects here are constructs: give `{same.__module__.partition('.')[0]}.{same.__name__}`"
    kinds = dict.fromkeys(str(getattr(each, "kind", "")) for each in there)
    word, _, name = kind.partition("/")
    near = next((each for each in kinds if each and each.lower() == word.lower()), "")
    if not near or (near == kind):
        return ""
    return f'; write `find("{near}", "{name}")`' if name else f'; did you mean "{near}"?'


def _title(part: Any, *, with_namespace: bool = False) -> str:
    kind = type(part).__name__ if isinstance(getattr(type(part), "kind", ""), str) else part.kind
    namespace = getattr(part, "namespace", None) if with_namespace else None
    return f'{kind} "{namespace}/{part.name}"' if namespace else f'{kind} "{getattr(part, "name", None) or ""}"'
