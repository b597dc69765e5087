"""Which kinds have a construct."""

from __future__ import annotations

from functools import cache
from typing import Final

from kpy.constructs.kinds import CONSTRUCTS
from kpy.schema import api

__all__ = ["construct_name", "construct_of_plural"]


#: Constructs that have a shorter name beside that of their kind.
_SHORTER: Final = {"PersistentVolumeClaim": "Claim"}

#: Older versions of kinds that the construct of a newer one writes.
_OLDER: Final = {("autoscaling/v1", "HorizontalPodAutoscaler"): "autoscaling/v2"}


def construct_name(api_version: str, kind: str) -> str | None:
    """Return the name of the construct of a kind; nothing where there is none."""
    home = CONSTRUCTS.get((_OLDER.get((api_version, kind), api_version), kind))
    name = home.partition(":")[2] if home is not None else None
    return _SHORTER.get(name, name) if name is not None else None


@cache
def construct_of_plural(group: str, plural: str) -> str | None:
    """Return the kind of a resource that has a construct."""
    for kind in api().kinds:
        if kind.group == group and kind.plural == plural and (kind.api_version, kind.kind) in CONSTRUCTS:
            return kind.kind
    return None
