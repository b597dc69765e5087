"""What a construct says for all its parts: labels, annotations, defaults, waivers, and what comes before."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
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
    "Known",
    "OutsideApp",
    "after_of",
    "defaults_of",
    "former_names",
    "is_lasting",
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


class OutsideApp(ABC):
    """Another app, of which parts may say that they come after it; `kpy.OtherApp` is one."""

    @abstractmethod
    def require(self) -> None:
        """Raise `LoadError` where there is no such app, as far as can be told without making it."""


#: What was found before, by the identity of a part and the name of a field, as long as nobody changes the tree.
Known = dict[tuple[int, str], Any]


def labels_for(part: Any, key: str, known: Known) -> Mapping[str, str]:
    """Return the labels, or the annotations, that a part gives to what is in it: its own and those from above."""
    if part is None:
        return {}
    found: Mapping[str, str] | None = known.get((id(part), key))
    if found is None:
        above = labels_for(part.__dict__.get("_owner"), key, known)
        own = _said(part, key)
        found = known[id(part), key] = {**above, **plain_texts(own)} if own else above
    return found


def defaults_of(part: Any, known: Known) -> Sequence[Defaults]:
    """Return the defaults that hold for an object, the nearest first; `OFF` hides all that are farther away."""
    own = _said(part, "defaults")
    above = _above(part, "defaults", known)
    said = above if own is None else (own, *above)
    return said[: said.index(OFF)] if OFF in said else said


def waivers_of(part: Any, known: Known) -> Mapping[str, str]:
    """Return the rules that are not reported for an object, each with its reason; the nearest counts."""
    own = _own(part, "waive") or {}
    above = _above(part, "waive", known)
    if not above:
        return own
    merged: dict[str, str] = {}
    for said in (*reversed(above), own):
        merged.update(said)
    return merged


def after_of(part: Any, known: Known) -> list[Any]:
    """Return what an object comes after: what it says itself, and what the constructs around it say."""
    hooks = part.__dict__.get("_comes_after", ())
    return [*(_own(part, "after") or ()), *hooks, *chain.from_iterable(_above(part, "after", known))]


def is_lasting(part: Any, known: Known) -> bool:
    """Return whether an object has former names, or protection, to be annotated with."""
    state = part.__dict__
    here = state.get("aliases") or state.get("protect")
    return bool(here or _above(part, "aliases", known) or any(_above(part, "protect", known)))


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


def _above(part: Any, name: str, known: Known) -> tuple[Any, ...]:
    """Return what the owner of a part says for all that is in it, and what stands above that, the nearest first."""
    owner = part.__dict__.get("_owner")
    if owner is None:
        return ()
    found: tuple[Any, ...] | None = known.get((id(owner), name))
    if found is None:
        said, above = _said(owner, name), _above(owner, name, known)
        found = known[id(owner), name] = above if said is None else (said, *above)
    return found


def _said(part: Any, name: str) -> Any:
    """Return what a part says for all that is in it; nothing where its class has such a field for itself."""
    value = part.__dict__.get(name)
    cls: Any = type(part)
    if value is None:
        return getattr(part, name, None) if isinstance(part, Part) and cls._level != "construct" else None
    return value if isinstance(part, Part) and _is_for_parts(cls, name) else None


def _own(part: Any, name: str) -> Any:
    """Return what a part says for itself; nothing where its class has such a field for something else."""
    value = part.__dict__.get(name)
    cls: Any = type(part)
    return value if value is not None and _home_of(cls, name).startswith("kpy.") else None


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


def to_after(said: Sequence[Part | Referable | OutsideApp]) -> list[Any]:
    """Return what comes first: objects, constructs and charts for all that is in them, or other apps."""
    parts: list[Any] = to_list(said, "objects to come first")
    for each in parts:
        if not isinstance(each, Referable | Part | ApiObject | OutsideApp):
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
