"""Revisions of controllers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.paths import Path

__all__: list[str] = []

_REVISION: Final = "apps/v1 ControllerRevision"
_REVISIONS: Final = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/controller-revision-v1/"


@rule("revision-negative", on=_REVISION, source=_REVISIONS)
def revision_negative(revision: Mapping[str, Any], at: Path, check: Check) -> None:
    """The number of a revision is not negative."""
    if revision.get("revision", 0) < 0:
        check.report(at + "revision", f"`revision` is {revision['revision']}")


@rule("revision-data", on=_REVISION, source=_REVISIONS)
def revision_data(revision: Mapping[str, Any], at: Path, check: Check) -> None:
    """A revision holds the state of a workload as a mapping."""
    if not isinstance(revision.get("data"), Mapping):
        check.report(at + "data", "a revision needs `data`, which is a mapping")
