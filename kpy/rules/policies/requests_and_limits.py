"""Requests and limits of containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kpy.checking.check import Check
from kpy.checking.policies import policy
from kpy.objects import Tree
from kpy.paths import Path

__all__: list[str] = []

_SOURCE: Final = "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/"
_CONTAINER: Final = "core/v1 Container"
_GROUPS: Final = ("resources",)


def _require(container: Tree, at: Path, check: Check, side: str, resource: str, why: str) -> None:
    amounts = container.get("resources") or {}
    has = (amounts.get(side) or {}).get(resource) is not None
    if side == "requests":
        has = has or (amounts.get("limits") or {}).get(resource) is not None  # a request that is not given is the limit
    spec = check.value(at.parent.parent)
    whole = (spec.get("resources") or {}) if isinstance(spec, Mapping) else {}
    if has or (whole.get(side) or {}).get(resource) is not None:
        return
    word = side.removesuffix("s")
    check.report(
        (at + "resources" + side).key(resource),
        f'container "{container.get("name")}" has no {resource} {word}: {why}',
        fix=f"set `resources.{side}.{resource}`",
    )


@policy("cpu-request-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def cpu_request_missing(container: Tree, at: Path, check: Check) -> None:
    """A container requests CPU: without, it is placed anywhere and starves first."""
    _require(container, at, check, "requests", "cpu", "it may be placed where there is none")


@policy("memory-request-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def memory_request_missing(container: Tree, at: Path, check: Check) -> None:
    """A container requests memory: without, it is placed anywhere and evicted first."""
    _require(container, at, check, "requests", "memory", "it may be placed where there is none")


@policy("cpu-limit-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def cpu_limit_missing(container: Tree, at: Path, check: Check) -> None:
    """A container has a limit of CPU, in clusters where that is the rule."""
    _require(container, at, check, "limits", "cpu", "it may take all")


@policy("memory-limit-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def memory_limit_missing(container: Tree, at: Path, check: Check) -> None:
    """A container has a limit of memory: without, a leak takes the node down."""
    _require(container, at, check, "limits", "memory", "it may take all")


@policy("ephemeral-storage-limit-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def ephemeral_storage_limit_missing(container: Tree, at: Path, check: Check) -> None:
    """A container has a limit of ephemeral storage: without, its logs and files fill the disk of the node."""
    _require(container, at, check, "limits", "ephemeral-storage", "it may fill the disk")
