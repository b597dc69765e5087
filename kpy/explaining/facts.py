"""What is true of one field, beside its meaning: default, bounds, what it names, what may change, since when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from kpy.explaining.fixed import fixed
from kpy.schema import Field, api, releases_with_field, releases_with_type
from kpy.schema.constraints import Count, Fact, Required, Unique, facts_of
from kpy.schema.defaults import default, dependent_defaults
from kpy.schema.pool import RELEASES
from kpy.schema.references import DEFAULT_KINDS, naming
from kpy.schema.releases import releases_in_words

__all__ = ["FieldFacts", "article", "facts_of_field", "newest_release_with", "sentences"]

#: A default that is longer says less than the meaning.
_LONGEST_DEFAULT = 60
_MODES = frozenset({"defaultMode", "mode"})


class FieldFacts(NamedTuple):
    """What is true of a field, in the words of the API."""

    field: Field
    #: The values of a closed set; empty where others are possible.
    values: tuple[str, ...]
    #: What the server fills in where nothing is given, as JSON; empty where it fills nothing in, or it depends.
    default: str
    #: Whether what the server fills in depends on other fields.
    has_default_by_others: bool
    #: Bounds, forms and numbers of items, in sentences: `Must be 0 or more.`
    limits: tuple[str, ...]
    #: Whether the field must be given.
    is_required: bool
    #: What a server says to a change of it.
    fixed: str
    #: The kind of object whose name it takes; `*` where another field says the kind.
    names: str
    #: The fields that tell the items of a list apart.
    keys: tuple[str, ...]
    #: Which releases have it, where they are not those of its type: `since 1.30`.
    releases: str


def facts_of_field(type_name: str, name: str) -> FieldFacts:
    """Return what is true of a field of an API type, as the newest release that has it declares it.

    Raises `KeyError` where no release has such a field.
    """
    release = newest_release_with(type_name, name)
    known = api(release).type(type_name) if release else None
    if known is None:
        raise KeyError(f"{type_name}.{name}")
    field = known.fields[name]
    rules = [fact for _, fact in facts_of(type_name, name)]
    filled, by_others = _default(type_name, name)
    mask = releases_with_field(type_name, name)
    return FieldFacts(
        field,
        tuple(sorted(value for value in field.enum or () if value)),
        filled,
        by_others,
        tuple(dict.fromkeys(_limit(fact) for fact in rules if not isinstance(fact, Required))),
        any(isinstance(fact, Required) or getattr(fact, "required", False) for fact in rules),
        fixed(type_name, name),
        _names(type_name, name),
        tuple(field.list_keys or ()),
        "" if mask == releases_with_type(type_name) else releases_in_words(mask),
    )


def newest_release_with(type_name: str, name: str = "") -> str:
    """Return the newest release that has a type, or a field of it; nothing where none has."""
    mask = releases_with_field(type_name, name) if name else releases_with_type(type_name)
    return RELEASES[mask.bit_length() - 1] if mask else ""


def sentences(facts: FieldFacts) -> Iterator[str]:
    """Yield what is true of a field, each in a short sentence."""
    if facts.is_required:
        yield "Required."
    if facts.default and len(facts.default) <= _LONGEST_DEFAULT:
        yield f"Default: {facts.default}."
    yield from facts.limits
    if facts.names and facts.names != "*":
        yield f"Takes the name of {article(facts.names)} {facts.names}, or the object."
    if facts.fixed:
        yield facts.fixed
    if facts.releases:
        yield f"Kubernetes {facts.releases}."


def _limit(fact: Fact) -> str:
    if isinstance(fact, Count):
        return f"{fact.text[0].upper()}{fact.text[1:]}."
    if isinstance(fact, Unique):
        return f"Its items must be unique{fact.text.removeprefix('unique').removesuffix(' items')}."
    return f"Must be {fact.text}."


def article(noun: str) -> str:
    """Return the article of the name of a kind."""
    return "an" if noun[0] in "AEIO" else "a"


def _default(type_name: str, name: str) -> tuple[str, bool]:
    """Return what a server fills in, as JSON, and whether it depends on other fields."""
    if name in dependent_defaults(type_name):
        return "", True
    found = default(type_name, name, {})
    if found is None or found in ({}, [], ""):
        return "", False
    if name in _MODES and isinstance(found, int):
        return f"0o{found:o}", False
    return json.dumps(found, ensure_ascii=False), False


def _names(type_name: str, name: str) -> str:
    if found := DEFAULT_KINDS.get((type_name, name)):
        return found
    said = naming(type_name, name)
    return "" if said is None else said.kind or "*"
