"""What a construct says for all its parts: labels, annotations, defaults, waivers, and what comes before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from kpy.errors import ArgumentError, UsageError
from kpy.model.fields import annotations_of
from kpy.model.lists import to_list
from kpy.model.model import ApiObject
from kpy.model.referable import Referable
from kpy.model.scalars import plain_text, plain_texts
from kpy.tree.defaults import Defaults
from kpy.tree.off import OFF
from kpy.tree.part import Part, ancestors, describe

__all__ = [
    "SHARED",
    "after_of",
    "defaults_of",
    "former_names",
    "is_protected",
    "labels_for",
    "to_after",
    "to_aliases",
    "to_annotations",
    "to_labels",
    "to_protect",
    "to_waivers",
    "waivers_of",
]

_NAME = re.compile(r"([a-z0-9-]+/)?[A-Za-z0-9]([A-Za-z0-9.:_-]*[A-Za-z0-9])?")
#: The fields; a class that declares one of them keeps it for itself.
SHARED = ("labels", "annotations", "defaults", "waive", "after", "aliases", "protect")


def labels_for(part: Any, key: str, known: dict[tuple[int, str], Mapping[str, str]]) -> Mapping[str, str]:
    """Return the labels, or the annotations, that a part gives to what is in it: its own and those from above.

    `known` keeps what was found before.
    """
    if part is None:
        return {}
    found = known.get((id(part), key))
    if found is None:
        above = labels_for(part.__dict__.get("_owner"), key, known)
        own = _said(part, key)
        found = known[id(part), key] = {**above, **plain_texts(own)} if own else above
    return found


def defaults_of(part: Any) -> list[Defaults]:
    """Return the defaults that hold for an object, the nearest first; `OFF` hides all that are farther away."""
    found: list[Defaults] = []
    for step in ancestors(part):
        said = _said(step, "defaults")
        if said is OFF:
            break
        if said is not None:
            found.append(said)
    return found


def waivers_of(part: Any) -> Mapping[str, str]:
    """Return the rules that are not reported for an object, each with its reason; the nearest counts."""
    own = _own(part, "waive") or {}
    above = [said for step in ancestors(part) if step is not part and (said := _said(step, "waive"))]
    if not above:
        return own
    merged: dict[str, str] = {}
    for said in (*reversed(above), own):
        merged.update(said)
    return merged


def after_of(part: Any) -> list[Any]:
    """Return what an object comes after: what it says itself, and what the constructs around it say."""
    own = list(_own(part, "after") or ())
    for step in ancestors(part):
        if step is not part:
            own += _said(step, "after") or ()
    return own


def former_names(part: Any, name: str) -> list[str]:
    """Return the names that an object had before, as its aliases and those of the constructs around it say.

    An alias of a construct counts for what has the name of the construct, alone or as the first or last words of its
    own.
    """
    former = [name, *(_own(part, "aliases") or ())]
    for step in ancestors(part):
        aliases = _said(step, "aliases") if step is not part else None
        if aliases and getattr(step, "_level", "") != "construct":
            text = f"{describe(step)} has no name in a cluster, so that `aliases` say nothing: give them to its parts"
            raise UsageError.at(step._where, text)
        former += [_renamed(each, step.name, alias) for alias in aliases or () for each in tuple(former)]
    return [each for each in dict.fromkeys(former) if each != name]


def _renamed(name: str, now: str, before: str) -> str:
    if name == now:
        return before
    if name.startswith(f"{now}-"):
        return before + name[len(now) :]
    return name[: -len(now)] + before if name.endswith(f"-{now}") else name


def is_protected(part: Any) -> bool:
    """Return whether an object is not to be lost; the nearest that says so counts."""
    said = [_own(part, "protect"), *(_said(step, "protect") for step in ancestors(part) if step is not part)]
    return bool(next((each for each in said if each is not None), False))


def _said(part: Any, name: str) -> Any:
    """Return what a part says for all that is in it; nothing where its class has such a field for itself."""
    cls: Any = type(part)
    if not isinstance(part, Part) or not _is_for_parts(cls, name):
        return None
    return getattr(part, name, None)


def _own(part: Any, name: str) -> Any:
    """Return what a part says for itself; nothing where its class has such a field for something else."""
    cls: Any = type(part)
    return getattr(part, name, None) if _home_of(cls, name).startswith("kpy.") else None


@cache
def _is_for_parts(cls: Any, name: str) -> bool:
    return cls._level != "construct" or _home_of(cls, name).startswith("kpy.tree.")


@cache
def _home_of(cls: Any, name: str) -> str:
    """Return the module of the class that a field, or whatever has its name, comes from."""
    home = next((base for base in cls.__mro__ if name in annotations_of(base) or name in vars(base)), None)
    return "" if home is None else home.__module__


def to_labels(said: object) -> Mapping[str, str]:
    """Return labels, which are a mapping."""
    return _mapping(said, "labels", '{"team": "shop"}')


def to_annotations(said: object) -> Mapping[str, str]:
    """Return annotations, which are a mapping."""
    return _mapping(said, "annotations", '{"owner": "shop"}')


def _mapping(said: object, what: str, example: str) -> Mapping[str, str]:
    if not isinstance(said, Mapping):
        raise ArgumentError(f"expected {what} as a mapping, `{example}`, not {said!r}")
    return said


def to_after(said: Sequence[Part | Referable]) -> list[Any]:
    """Return what comes first: objects, or constructs and charts for all that is in them."""
    parts: list[Any] = to_list(said, "objects to come first")
    for each in parts:
        if not isinstance(each, Referable | Part | ApiObject):
            raise ArgumentError(f"{each!r} is not an object of the app: give the value that was added")
    return parts


def to_aliases(said: Sequence[str]) -> list[str]:
    """Return former names, `"api"` or with another namespace, `"shop/api"`."""
    names = to_list(said, "former names")
    for each in names:
        if not isinstance(each, str) or not _NAME.fullmatch(each):
            raise ArgumentError(f'{each!r} is no former name: expected "name" or "namespace/name"')
    return [plain_text(each) for each in names]


def to_protect(said: bool) -> bool:
    """Return whether something is protected."""
    if not isinstance(said, bool):
        raise ArgumentError(f"expected True or False, not {said!r}")
    return said


def to_waivers(said: Mapping[str, str]) -> Mapping[str, str]:
    """Return the waived rules, each with its reason."""
    if not isinstance(said, Mapping):
        raise ArgumentError(f'expected rules with reasons, `{{"rule-name": "why it may be"}}`, not {said!r}')
    return said
