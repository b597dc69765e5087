"""What a server asks of the fields that the subresource `scale` of a definition names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.custom.values import Fault
from kpy.paths import ROOT

__all__ = ["scale_faults"]

_MOST: Final = (1 << 31) - 1


def scale_faults(tree: Mapping[str, Any], scale: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield numbers of replicas that are none."""
    for name in ("specReplicasPath", "statusReplicasPath"):
        steps = str(scale.get(name) or "").removeprefix(".").split(".")
        value: Any = tree
        for step in steps:
            value = value.get(step) if isinstance(value, Mapping) else None
        if isinstance(value, int) and not isinstance(value, bool) and not 0 <= value <= _MOST:
            at = ROOT
            for step in steps:
                at = at + step
            said = "a number of replicas is not negative" if value < 0 else f"a number of replicas is at most {_MOST}"
            yield Fault("value", at, f"{value} cannot be: {said}")
