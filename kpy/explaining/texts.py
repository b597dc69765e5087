"""The meaning of a type or field, with what is true of it, as one text."""

from __future__ import annotations

import re
from functools import cache

from kpy.explaining.facts import facts_of_field, sentences
from kpy.model.names import python_name
from kpy.schema import releases_with_field
from kpy.schema.meanings import meaning
from kpy.schema.pool import pool

__all__ = ["field_text", "in_python", "type_text"]

_NAME = re.compile(r"`([a-z]+[A-Z]\w*)`")


def field_text(type_name: str, name: str, *, is_made: bool = False) -> str:
    """Return what a field means and what is true of it, in the names of Python; empty where no release has it.

    `is_made` says that kpy makes the field where it is not given, so that nobody must give it.
    """
    if not releases_with_field(type_name, name):
        return ""
    facts = facts_of_field(type_name, name)
    said = [meaning(type_name, name), *sentences(facts._replace(is_required=False) if is_made else facts)]
    return in_python(" ".join(text for text in said if text))


def type_text(type_name: str) -> str:
    """Return what a type is, in the names of Python."""
    return in_python(meaning(type_name))


def in_python(text: str) -> str:
    """Return a text with the names of fields as Python has them: `minReadySeconds` as `min_ready_seconds`."""
    return _NAME.sub(lambda match: f"`{python_name(match[1])}`" if match[1] in _names() else match[0], text)


@cache
def _names() -> frozenset[str]:
    """Return the names of all fields that have capitals within."""
    import json

    return frozenset(
        name
        for definitions in pool().definitions.values()
        for _, text in definitions
        for name in json.loads(text)["fields"]
        if not name.islower()
    )
