"""Which kinds have a construct."""

from __future__ import annotations

from functools import cache

import kpy as _kpy
from kpy.constructs.object import Object
from kpy.schema import api

__all__ = ["construct_name", "construct_of_plural"]


@cache
def _constructs() -> dict[tuple[str, str], str]:
    """Return API version and kind of every construct, with its name."""
    found = {}
    for name in _kpy.__all__:
        cls = getattr(_kpy, name)
        if isinstance(cls, type) and issubclass(cls, Object) and name != "PersistentVolumeClaim":
            found[cls.api_version, cls.kind] = name
    return found


def construct_name(api_version: str, kind: str) -> str | None:
    """Return the name of the construct of a kind; nothing where there is none."""
    return _constructs().get((api_version, kind))


@cache
def construct_of_plural(group: str, plural: str) -> str | None:
    """Return the kind of a resource that has a construct."""
    for kind in api().kinds:
        if kind.group == group and kind.plural == plural and (kind.api_version, kind.kind) in _constructs():
            return kind.kind
    return None
