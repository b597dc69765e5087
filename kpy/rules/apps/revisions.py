"""Revisions of controllers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path

__all__: list[str] = []

_REVISION: Final = "apps/v1 ControllerRevision"
_REVISIONS: Final = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/controller-revision-v1/"


@rule("revision-data", on=_REVISION, source=_REVISIONS)
def revision_data(revision: Tree, at: Path, check: Check) -> None:
    """A revision holds the state of a workload as a mapping."""
    if not isinstance(revision.get("data"), Mapping):
        check.report(at + "data", "a revision needs `data`, which is a mapping")
