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
    """A container has no CPU request, and no CPU limit that would stand for it.

    Why: The scheduler takes it for a container that needs nothing: it is put on full nodes, and gets the least when CPU
    is short.
    """
    _require(container, at, check, "requests", "cpu")


@policy("memory-request-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def memory_request_missing(container: Tree, at: Path, check: Check) -> None:
    """A container has no memory request, and no memory limit that would stand for it.

    Why: The scheduler takes it for a container that needs nothing: it is put on full nodes, and evicted first when
    memory is short.
    """
    _require(container, at, check, "requests", "memory")


@policy("cpu-limit-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def cpu_limit_missing(container: Tree, at: Path, check: Check) -> None:
    """A container has no CPU limit.

    Why: Some clusters ask for one, for a quota or for fair shares. It slows a container down even while the node is
    idle, so that many do without.
    """
    _require(container, at, check, "limits", "cpu")


@policy("memory-limit-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def memory_limit_missing(container: Tree, at: Path, check: Check) -> None:
    """A container has no memory limit.

    Why: A leak grows until the node has no memory left, and the kernel ends other programs there.
    """
    _require(container, at, check, "limits", "memory")


@policy("ephemeral-storage-limit-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def ephemeral_storage_limit_missing(container: Tree, at: Path, check: Check) -> None:
    """A container has no limit of ephemeral storage.

    Why: Its logs and files can fill the disk of the node, and then pods of others are evicted.
    """
    _require(container, at, check, "limits", "ephemeral-storage")
