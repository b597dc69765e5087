"""Finding what a word means: `deploy.spec.strategy`, `Deployment.node_selector`, `Probe.period_seconds`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

from kpy.errors import UsageError
from kpy.explaining.facts import newest_release_with
from kpy.model.names import python_name
from kpy.schema import RELEASES, Field, Kind, Type, api
from kpy.schema.pool import pool

__all__ = ["Place", "Root", "fields_of", "find_place", "known_names", "roots"]

#: Where a keyword of a construct may stand in its object, the nearest first.
_HOMES = ("spec", "spec.template.spec", "spec.jobTemplate.spec", "spec.jobTemplate.spec.template.spec")
#: What people call what the API calls otherwise.
_ALIASES: Mapping[str, str] = {"claim": "persistentvolumeclaim"}


class Root(NamedTuple):
    """A kind, or a struct that kinds have within."""

    #: The type: `apps/v1 DeploymentSpec`.
    type: str
    kind: Kind | None

    @property
    def name(self) -> str:
        """The name as people write it."""
        return self.kind.kind if self.kind else self.type.rpartition(" ")[2]


class Place(NamedTuple):
    """A type, or a field within it."""

    root: Root
    #: The fields on the way, each with the type that has it.
    steps: tuple[tuple[str, Field], ...] = ()

    @property
    def type(self) -> str:
        """The type that stands here; empty for what has no fields."""
        return self.steps[-1][1].type or "" if self.steps else self.root.type

    @property
    def path(self) -> str:
        """The place in the names of the API: `Deployment.spec.strategy`."""
        return ".".join([self.root.name, *(field.name for _, field in self.steps)])


def find_place(word: str) -> Place | None:
    """Return what a word means, or nothing where it names no kind and no struct of the API.

    Names are taken in the spelling of the API or of Python; a kind also by its plural or short name. Below a kind that
    has a construct, the keywords of the construct are found as well. Raises `UsageError`, which names the nearest
    fields, where the kind is there and a field is not.
    """
    head, _, rest = _split(word)
    found = roots(head)
    if not found:
        return None
    steps = [re.sub(r"\[.*?\]", "", step) for step in rest.split(".") if step] if rest else []
    errors: list[UsageError] = []
    for root in found:
        try:
            return _walk(root, steps)
        except UsageError as error:
            errors.append(error)
    raise errors[0]


def fields_of(type_name: str) -> Mapping[str, Field]:
    """Return the fields of a type, as the newest release that has it declares them."""
    release = newest_release_with(type_name)
    known: Type | None = api(release).type(type_name) if release else None
    return known.fields if known is not None else {}


def roots(name: str) -> tuple[Root, ...]:
    """Return the kinds and structs of a name, the one that is most likely meant first."""
    group_version, _, plain = name.rpartition(" ")
    wanted = _ALIASES.get(plain.lower(), plain.lower())
    found = [root for root in _by_name().get(wanted, ()) if not group_version or _is_of(root, group_version)]
    return tuple(sorted(found, key=_rank))


def known_names() -> list[str]:
    """Return the names of all kinds and structs."""
    return sorted({root.name for found in _by_name().values() for root in found})


def _split(word: str) -> tuple[str, str, str]:
    """Return what names the kind and the path below; `apps/v1 Deployment.spec` has its group before it."""
    group, _, plain = word.strip().rpartition(" ")
    head, dot, rest = plain.partition(".")
    return (f"{group} {head}" if group else head), dot, rest


def _walk(root: Root, steps: list[str]) -> Place:
    place = Place(root)
    for number, step in enumerate(steps):
        further = _step(place, step)
        if further is None and number == 0:
            further = _keyword(place, step)
        if further is None:
            raise UsageError(_lacking(place, step))
        place = further
    return place


def _step(place: Place, name: str) -> Place | None:
    fields = fields_of(place.type)
    for field in fields.values():
        if name in (field.name, python_name(field.name)):
            return Place(place.root, (*place.steps, (place.type, field)))
    lower = name.lower()
    near = [field for field in fields.values() if field.name.lower() == lower]
    return Place(place.root, (*place.steps, (place.type, near[0]))) if near else None


def _keyword(place: Place, name: str) -> Place | None:
    """Return where a keyword of a construct stands in its object."""
    return next((found for home in _homes_of(place) if (found := _step(home, name)) is not None), None)


def _lacking(place: Place, name: str) -> str:
    fields = fields_of(place.type)
    if not fields:
        return f"{place.path} has no fields, so there is no {name} in it"
    names = [field.name for field in fields.values()]
    if not place.steps:
        names += [field.name for home in _homes_of(place) for field in fields_of(home.type).values()]
    spelled = [python_name(each) for each in names] if "_" in name else names
    if near := get_close_matches(name, spelled, n=3):
        return f"{place.path} has no field {name}; did you mean {' or '.join(dict.fromkeys(near))}?"
    if found := _below(place, name):
        return f"{place.path} has no field {name}; did you mean {found.path}?"
    return f"{place.path} has no field {name}; it has {_listed(field.name for field in fields.values())}"


def _homes_of(place: Place) -> Iterator[Place]:
    """Yield the places whose fields are keywords of a construct."""
    for home in _HOMES:
        inner: Place | None = place
        for step in home.split("."):
            inner = _step(inner, step) if inner is not None else None
        if inner is not None:
            yield inner


def _below(place: Place, name: str, deepest: int = 8) -> Place | None:
    """Return the nearest field of a name anywhere below a place."""
    around = [place]
    for _ in range(deepest):
        following: list[Place] = []
        for each in around:
            if (found := _step(each, name)) is not None:
                return found
            types = {each.root.type, *(owner for owner, _ in each.steps)}
            inner = fields_of(each.type).values()
            following += [
                Place(each.root, (*each.steps, (each.type, field))) for field in inner if field.type not in types
            ]
        around = [each for each in following if each.type and "status" not in each.path]
    return None


def _listed(names: Iterable[str]) -> str:
    found = sorted(names)
    return ", ".join(found[:12]) + (f" and {len(found) - 12} more" if len(found) > 12 else "")


def _is_of(root: Root, group_version: str) -> bool:
    written = root.kind.api_version if root.kind else ""
    return group_version in (written, root.type.partition(" ")[0], written.partition("/")[0])


def _rank(root: Root) -> tuple[object, ...]:
    """Return the order of what has the same name: kinds first, then the newest stable version."""
    module = root.type.partition(" ")[0]
    group, _, version = module.partition("/")
    stability = ("alpha" in version) * 2 + ("beta" in version)
    number = int(re.sub(r"\D.*", "", version.removeprefix("v")) or 0)
    release = RELEASES.index(newest_release_with(root.type))
    return (root.kind is None, -release, stability, -number, group != "core", group != "meta", group)


@cache
def _by_name() -> dict[str, list[Root]]:
    found: dict[str, list[Root]] = {}
    kinds: dict[str, Kind] = {}
    for release in RELEASES:
        kinds |= {kind.type: kind for kind in api(release).kinds}
    for type_name in pool().definitions:
        kind = kinds.get(type_name)
        root = Root(type_name, kind)
        names = {root.name.lower()}
        if kind is not None:
            names |= {kind.plural.lower(), *(short.lower() for short in kind.short_names)}
        for name in names:
            found.setdefault(name, []).append(root)
    return found
