"""Work that ends: Job and CronJob."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from kpy.constructs.content import RunsOnce
from kpy.constructs.exposure import Exposed
from kpy.constructs.fields.cron_job import CronJobFields
from kpy.constructs.fields.job import JobFields
from kpy.constructs.fields.pod import PodFields
from kpy.constructs.object import Home
from kpy.constructs.pods import PodOwner
from kpy.constructs.selectors import find_by_name, selector_by_name
from kpy.errors import UsageError
from kpy.model.fields import field
from kpy.model.plain import Sink
from kpy.tree.part import describe

if TYPE_CHECKING:
    from kpy.manifest import Resource

__all__ = ["CronJob", "Job"]

Tree = dict[str, Any]


class _Finite(PodOwner):
    """What Job and CronJob share: a time to live, and a label only when something selects the pods."""

    _job_path: ClassVar[tuple[str, ...]] = ("spec",)

    ttl: int | timedelta | None = None
    """How long the finished Job is kept, in seconds or as a `timedelta`: short for `ttl_seconds_after_finished`."""

    def selector_tree(self) -> Tree:
        """Return the selector that finds the pods, as a `LabelSelector` tree."""
        return selector_by_name(self)

    def ensure_selected(self, resource: Resource) -> None:
        """Give the pods the label that they are selected by."""
        node = resource.tree
        for step in (*self._template_path, "metadata"):
            node = node.setdefault(step, {})
        node["labels"] = {**find_by_name(self, node.get("labels")), **node.get("labels", {})}

    def _finish(self, tree: Tree, sink: Sink) -> None:
        super()._finish(tree, sink)
        if self.ttl is None:
            return
        spec = tree
        for step in self._job_path:
            spec = spec.setdefault(step, {})
        if "ttlSecondsAfterFinished" in spec:
            raise UsageError(f"{describe(self)} is given both `ttl` and `ttl_seconds_after_finished`; leave one out")
        seconds = int(self.ttl.total_seconds()) if isinstance(self.ttl, timedelta) else self.ttl
        spec["ttlSecondsAfterFinished"] = seconds


class Job(RunsOnce, JobFields, PodFields, Exposed, _Finite):
    """Pods that run to their end.

        chart.add(Job("migrate", ttl=timedelta(hours=1), restart_policy="Never",
                      containers=[Container(image="ghcr.io/shop/api:v2", command=["migrate"])]))

    `restart_policy` must be said: `"Never"` starts a new pod after a failure, `"OnFailure"` the same one again. With
    `content_hash=True` it runs once for each content, and `kpy apply` waits for it before what comes `after=` it.

    https://kubernetes.io/docs/concepts/workloads/controllers/job/
    """

    api_version: ClassVar[str] = "batch/v1"
    kind: ClassVar[str] = "Job"
    _homes: ClassVar[tuple[Home, ...]] = ((JobFields, ("spec",)), (PodFields, ("spec", "template", "spec")))

    name: str = field(default="", kw_only=False)
    """The name; it may be left out where there is a `generate_name`."""

    def _finish(self, tree: Tree, sink: Sink) -> None:
        super()._finish(tree, sink)
        if self.content_hash not in (True, False):
            raise UsageError(
                f"{describe(self)} says content_hash={self.content_hash!r}: write True, for a name by its content"
            )
        if self.content_hash and self.generated_name:
            raise UsageError(
                f"{describe(self)} is given both `content_hash` and `generate_name`, and each makes its name; "
                f"leave one out"
            )


class CronJob(CronJobFields, JobFields, PodFields, _Finite):
    """Jobs on a schedule.

        chart.add(CronJob("report", schedule="0 6 * * 1-5", time_zone="Europe/Berlin", restart_policy="OnFailure",
                          containers=[Container(image="ghcr.io/shop/report:v1")]))

    https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
    """

    api_version: ClassVar[str] = "batch/v1"
    kind: ClassVar[str] = "CronJob"
    _job_path: ClassVar[tuple[str, ...]] = ("spec", "jobTemplate", "spec")
    _template_path: ClassVar[tuple[str, ...]] = ("spec", "jobTemplate", "spec", "template")
    _homes: ClassVar[tuple[Home, ...]] = (
        (CronJobFields, ("spec",)),
        (JobFields, ("spec", "jobTemplate", "spec")),
        (PodFields, ("spec", "jobTemplate", "spec", "template", "spec")),
    )
