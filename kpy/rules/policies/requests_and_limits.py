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
_WORDS: Final = {"cpu": "CPU", "ephemeral-storage": "ephemeral storage"}


def _require(container: Tree, at: Path, check: Check, side: str, resource: str) -> None:
    amounts = container.get("resources") or {}
    has = (amounts.get(side) or {}).get(resource) is not None
    if side == "requests":
        has = has or (amounts.get("limits") or {}).get(resource) is not None  # a request that is not given is the limit
    spec = check.value(at.parent.parent)
    whole = (spec.get("resources") or {}) if isinstance(spec, Mapping) else {}
    if has or (whole.get(side) or {}).get(resource) is not None:
        return
    is_done_soon = at.field == "initContainers" and container.get("restartPolicy") != "Always"
    word = f"{_WORDS.get(resource, resource)} {side.removesuffix('s')}"
    check.report(
        (at + "resources" + side).key(resource),
        f'container "{container.get("name")}" has no {word}',
        fix=f"set `resources.{side}.{resource}`",
        severity="note" if is_done_soon else None,
    )


@policy("cpu-request-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def cpu_request_missing(container: Tree, at: Path, check: Check) -> None:
    """A container requests CPU: without, it is placed anywhere and starves first."""
    _require(container, at, check, "requests", "cpu")


@policy("memory-request-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def memory_request_missing(container: Tree, at: Path, check: Check) -> None:
    """A container requests memory: without, it is placed anywhere and evicted first."""
    _require(container, at, check, "requests", "memory")


@policy("cpu-limit-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def cpu_limit_missing(container: Tree, at: Path, check: Check) -> None:
    """A container has a limit of CPU, in clusters where that is the rule."""
    _require(container, at, check, "limits", "cpu")


@policy("memory-limit-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def memory_limit_missing(container: Tree, at: Path, check: Check) -> None:
    """A container has a limit of memory: without, a leak takes the node down."""
    _require(container, at, check, "limits", "memory")


@policy("ephemeral-storage-limit-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def ephemeral_storage_limit_missing(container: Tree, at: Path, check: Check) -> None:
    """A container has a limit of ephemeral storage: without, its logs and files fill the disk of the node."""
    _require(container, at, check, "limits", "ephemeral-storage")
