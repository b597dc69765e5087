"""Probes of containers that keep running."""

from __future__ import annotations

from typing import Final

from kpy.checking.check import Check
from kpy.checking.policies import policy
from kpy.objects import Tree
from kpy.paths import Path

__all__: list[str] = []

_SOURCE: Final = "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/"
_CONTAINER: Final = "core/v1 Container"
_GROUPS: Final = ("probes",)
_FOR_A_WHILE: Final = ("Job", "CronJob", "Pod", "PodTemplate")


def _keeps_running(at: Path, check: Check) -> bool:
    return at.field == "containers" and check.kind not in _FOR_A_WHILE


@policy("readiness-probe-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def readiness_probe_missing(container: Tree, at: Path, check: Check) -> None:
    """A container with ports says when it is ready: without, it gets requests before it can answer."""
    if _keeps_running(at, check) and container.get("ports") and not container.get("readinessProbe"):
        message = f'container "{container.get("name")}" has no readiness probe'
        check.report(at + "readinessProbe", message, fix="set `readinessProbe`")


@policy("liveness-probe-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def liveness_probe_missing(container: Tree, at: Path, check: Check) -> None:
    """A container that keeps running has a liveness probe: without, it stays when it hangs."""
    if _keeps_running(at, check) and not container.get("livenessProbe"):
        message = f'container "{container.get("name")}" has no liveness probe'
        check.report(at + "livenessProbe", message, fix="set `livenessProbe`")


@policy("probes-identical", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def probes_identical(container: Tree, at: Path, check: Check) -> None:
    """Readiness and liveness are different questions: the same probe restarts what is only busy."""
    probe = container.get("livenessProbe")
    if probe and probe == container.get("readinessProbe"):
        check.report(at + "livenessProbe", "the liveness probe is the readiness probe", fix="make it more patient")
