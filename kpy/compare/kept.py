"""What a server keeps of an object although it is not said any more: what it allocated, or would allocate again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kpy.compare.differences import Difference

__all__ = ["is_kept"]

#: Fields by group and kind. A Service keeps its addresses: they cannot change as long as it has any.
_KEPT: Final[Mapping[tuple[str, str], tuple[tuple[str, ...], ...]]] = {
    ("", "Service"): (("spec", "clusterIP"), ("spec", "clusterIPs")),
}
_REPLICAS: Final = ("spec", "replicas")


def is_kept(group: str, kind: str, difference: Difference, *, is_autoscaled: bool) -> bool:
    """Return whether a field that goes from a manifest stays in the cluster as it is.

    The number of pods is left to an autoscaler, if there is one.
    """
    kept = [*_KEPT.get((group, kind), ()), *([_REPLICAS] if is_autoscaled else [])]
    return difference.new is None and any(difference.is_within(*path) for path in kept)
