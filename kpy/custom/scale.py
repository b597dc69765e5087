"""The subresource `scale` of a definition: what a server asks of its fields, and which autoscalers need it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from kpy.checking.object_set import Member, Objects
from kpy.custom.values import Fault
from kpy.paths import ROOT, Path
from kpy.schema.custom import custom_kind
from kpy.schema.custom.places import value_at

__all__ = ["Scaled", "scale_faults", "scaled_kinds"]

_MOST: Final = (1 << 31) - 1


class Scaled(NamedTuple):
    """A kind that an autoscaler names, whether there is such an object or not."""

    autoscaler: Member
    #: The place of the reference.
    at: Path
    group: str
    version: str
    kind: str


def scaled_kinds(objects: Objects) -> Iterator[Scaled]:
    """Yield the kinds that autoscalers among the objects name with a group: those of Kubernetes, and of KEDA."""
    for member in objects:
        for way in _targets(member):
            target = value_at(member.tree, way)
            said = target if isinstance(target, Mapping) else {}
            group, _, version = str(said.get("apiVersion") or "").rpartition("/")
            if group:
                at = ROOT
                for step in way:
                    at = at + step
                yield Scaled(member, at, group, version, str(said.get("kind") or ""))


def _targets(member: Member) -> Iterator[tuple[str, ...]]:
    if (member.group, member.kind) == ("autoscaling", "HorizontalPodAutoscaler"):
        yield "spec", "scaleTargetRef"
    elif member.known is None and (known := custom_kind(member.group, member.kind)) is not None:
        yield from (row.path[:-1] for row in known.rows if "scales" in row.options)


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
