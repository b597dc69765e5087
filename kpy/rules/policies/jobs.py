"""Whether Jobs end, are cleared away, and do not get in each other's way."""

from __future__ import annotations

from typing import Final

from kpy.checking.check import Check
from kpy.checking.policies import policy
from kpy.objects import Tree
from kpy.paths import Path

__all__: list[str] = []

_GROUPS: Final = ("jobs",)
_JOBS: Final = "https://kubernetes.io/docs/concepts/workloads/controllers/job/"
_CRON_JOBS: Final = "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/"
_CRON_SPEC: Final = "batch/v1 CronJobSpec"
#: Annotations of tools that delete a Job themselves, or that make it anew.
_HOOKS: Final = ("helm.sh/hook", "argocd.argoproj.io/hook", "kustomize.toolkit.fluxcd.io/force")
#: More retries than anybody waits for: with waits that double, they take hours.
_MANY_RETRIES: Final = 10


@policy("cron-job-overlaps", on=_CRON_SPEC, source=f"{_CRON_JOBS}#concurrency-policy", groups=_GROUPS)
def cron_job_overlaps(spec: Tree, at: Path, check: Check) -> None:
    """A CronJob does not say its `concurrencyPolicy`, so that a run begins although the one before is not done.

    `Allow` that is written is meant.

    Why: When runs take longer than usual, they pile up, slow each other down, and work on the same data at once.
    """
    if spec.get("concurrencyPolicy") is None and not spec.get("suspend"):
        message = "runs may overlap: `concurrencyPolicy` is not given"
        check.report(
            at + "concurrencyPolicy", message, fix="set `concurrencyPolicy: Forbid`, or `Allow` if that is meant"
        )


@policy(
    "cron-job-deadline-missing",
    on=_CRON_SPEC,
    severity="note",
    source=f"{_CRON_JOBS}#starting-deadline",
    groups=_GROUPS,
)
def cron_job_deadline_missing(spec: Tree, at: Path, check: Check) -> None:
    """A CronJob has no `startingDeadlineSeconds`.

    Why: A run that could not start in time is started however late, which may be in the middle of the day; a deadline
    leaves it out and counts it as missed.
    """
    if spec.get("startingDeadlineSeconds") is None:
        message = "a run that could not start in time is started later, however late"
        check.report(at + "startingDeadlineSeconds", message, fix="set `startingDeadlineSeconds`")


@policy("cron-job-blocked", on=_CRON_SPEC, source=f"{_CRON_JOBS}#concurrency-policy", groups=_GROUPS)
def cron_job_blocked(spec: Tree, at: Path, check: Check) -> None:
    """A CronJob allows one run at a time (`concurrencyPolicy: Forbid`), and its runs have no `activeDeadlineSeconds`.

    Why: A run that hangs is never ended, and no other one is started until somebody notices.
    """
    job = (spec.get("jobTemplate") or {}).get("spec") or {}
    pod = (job.get("template") or {}).get("spec") or {}
    has_end = job.get("activeDeadlineSeconds") is not None or pod.get("activeDeadlineSeconds") is not None
    if spec.get("concurrencyPolicy") == "Forbid" and not has_end:
        place = at + "jobTemplate" + "spec" + "activeDeadlineSeconds"
        message = "a run that hangs keeps all later runs from starting"
        check.report(place, message, fix="set `activeDeadlineSeconds` to more than a run ever takes")


@policy("cron-job-failures-lost", on=_CRON_SPEC, source=f"{_CRON_JOBS}#jobs-history-limits", groups=_GROUPS)
def cron_job_failures_lost(spec: Tree, at: Path, check: Check) -> None:
    """A CronJob keeps no failed run: `failedJobsHistoryLimit: 0`.

    Why: The pods go with the run, and with them the logs that say why it failed.
    """
    if spec.get("failedJobsHistoryLimit") == 0:
        message = "no failed run is kept, and its logs are gone"
        check.report(at + "failedJobsHistoryLimit", message, fix="keep at least one")


@policy(
    "job-never-ends", on="batch/v1 Job", severity="note", source=f"{_JOBS}#job-termination-and-cleanup", groups=_GROUPS
)
def job_never_ends(job: Tree, at: Path, check: Check) -> None:
    """A Job has no `activeDeadlineSeconds`.

    Why: A Job that hangs runs, and costs, until somebody notices; a deadline makes it fail.
    """
    spec = job.get("spec") or {}
    pod = (spec.get("template") or {}).get("spec") or {}
    if spec.get("activeDeadlineSeconds") is None and pod.get("activeDeadlineSeconds") is None:
        message = "nothing stops the Job when it hangs"
        check.report(at + "spec" + "activeDeadlineSeconds", message, fix="set `activeDeadlineSeconds`")


@policy(
    "job-never-deleted",
    on="batch/v1 Job",
    severity="note",
    source=f"{_JOBS}#ttl-mechanism-for-finished-jobs",
    groups=_GROUPS,
)
def job_never_deleted(job: Tree, at: Path, check: Check) -> None:
    """A Job has no `ttlSecondsAfterFinished`. Jobs that are hooks of Helm, Argo CD or Flux are not reported.

    Why: Finished Jobs and their pods stay until somebody deletes them, and a Job of the same name cannot be applied
    with another template. Where a tool such as Argo CD keeps the Job in the cluster, leave the field out: the tool
    would make the Job again, and it would run again.
    """
    annotations = (job.get("metadata") or {}).get("annotations") or {}
    if (job.get("spec") or {}).get("ttlSecondsAfterFinished") is None and not any(key in annotations for key in _HOOKS):
        message = "the Job and its pods stay after it has finished"
        check.report(at + "spec" + "ttlSecondsAfterFinished", message, fix="set `ttlSecondsAfterFinished`")


@policy(
    "job-of-cron-job-deleted",
    on=_CRON_SPEC,
    severity="note",
    source=f"{_CRON_JOBS}#jobs-history-limits",
    groups=_GROUPS,
)
def job_of_cron_job_deleted(spec: Tree, at: Path, check: Check) -> None:
    """The runs of a CronJob have a `ttlSecondsAfterFinished`, and its history limits do not count.

    Why: The CronJob keeps the last runs by itself, so that somebody can look at them; with a time to live they are gone
    before.
    """
    job = (spec.get("jobTemplate") or {}).get("spec") or {}
    if job.get("ttlSecondsAfterFinished") is not None:
        place = at + "jobTemplate" + "spec" + "ttlSecondsAfterFinished"
        message = "runs are deleted by their age, and not by the history limits of the CronJob"
        check.report(place, message, fix="set `successfulJobsHistoryLimit` and `failedJobsHistoryLimit` instead")


@policy("job-retries-many", on="batch/v1 JobSpec", source=f"{_JOBS}#pod-backoff-failure-policy", groups=_GROUPS)
def job_retries_many(spec: Tree, at: Path, check: Check) -> None:
    """A Job is tried again more than ten times: its `backoffLimit`.

    Why: Between failures the wait doubles, up to six minutes, so that nobody hears for hours that it cannot work.
    """
    limit = spec.get("backoffLimit")
    is_indexed = spec.get("completionMode") == "Indexed" or (spec.get("completions") or 1) > 1
    if limit is not None and limit > _MANY_RETRIES and not is_indexed:
        check.report(
            at + "backoffLimit", f"the Job is tried again {limit} times before it fails", fix="lower `backoffLimit`"
        )
