"""CronJobs: when they make Jobs, and what their Jobs may not say."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.meta.names import final_name
from kpy.syntax.cron import schedule_fault
from kpy.syntax.formats import size_of
from kpy.syntax.time_zones import is_found_on_machines, near_time_zone, time_zone_fault

_SPEC = "batch/v1 CronJobSpec"
_CRON_JOBS = "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/"


@rule("cron-job-name-too-long", on="batch/v1 CronJob", source=_CRON_JOBS)
def cron_job_name_too_long(job: Tree, at: Path, check: Check) -> None:
    """A CronJob's name has at most 52 bytes, so that its Jobs can put a time after it."""
    field, name = final_name(job)
    if size_of(name) > 52:
        message = f"the name has {size_of(name)} characters"
        check.report(at + "metadata" + field, message, fix="use at most 52", field=at + "metadata" + "name")


@rule("schedule-syntax", on=_SPEC, source=_CRON_JOBS + "#schedule-syntax")
def schedule_syntax(spec: Tree, at: Path, check: Check) -> None:
    """A schedule has five fields, each with numbers, ranges and steps, or is one of the names such as `@daily`."""
    schedule = spec.get("schedule")
    fault = schedule_fault(schedule) if schedule else None
    if fault:
        check.report(at + "schedule", f"the schedule {schedule!r} {fault}")


@rule("schedule-time-zone", on=_SPEC, source=_CRON_JOBS + "#unsupported-timezone-specification")
def schedule_time_zone(spec: Tree, at: Path, check: Check) -> None:
    """The time zone of a schedule has its own field; before 1.29, `TZ=` in the schedule worked as well."""
    schedule = spec.get("schedule") or ""
    if "TZ" in schedule:
        refused = check.at_least("1.29") or spec.get("timeZone") is not None
        message = f"the schedule {schedule!r} has a time zone"
        check.report(at + "schedule", message, fix="set `timeZone` instead", severity="error" if refused else "warning")


@rule("time-zone-unknown", on=_SPEC, source=_CRON_JOBS + "#time-zones")
def time_zone_unknown(spec: Tree, at: Path, check: Check) -> None:
    """A time zone is a name of the IANA database, such as `Europe/Berlin`, in its exact spelling."""
    zone = spec.get("timeZone")
    if zone is None:
        return
    fault = None if is_found_on_machines(zone) else time_zone_fault(zone)
    if fault:
        near = near_time_zone(zone)
        check.report(at + "timeZone", f"{zone!r} {fault}", fix=f"did you mean {near}?" if near else "")


@rule("time-zone-of-machine", on=_SPEC, source=_CRON_JOBS + "#time-zones", severity="warning", needs="timeZone")
def time_zone_of_machine(spec: Tree, at: Path, check: Check) -> None:
    """Some names of time zones, as `posix/UTC` and `localtime`, are only known where a server has them as files."""
    zone = spec.get("timeZone")
    if zone and is_found_on_machines(zone):
        message = f"{zone!r} is only known to a server that has it among its own files"
        check.report(at + "timeZone", message, fix="use a name of the IANA database")


@rule("cron-job-selector", on=_SPEC, source=_CRON_JOBS + "#writing-a-cronjob-spec")
def cron_job_selector(spec: Tree, at: Path, check: Check) -> None:
    """The Jobs of a CronJob get their selectors by themselves; a template cannot have one."""
    if _job_spec(spec).get("selector") is not None:
        check.report(
            at + "jobTemplate" + "spec" + "selector",
            "the Jobs of a CronJob select their pods by themselves",
            fix="remove it",
        )


@rule("cron-job-manual-selector", on=_SPEC, source=_CRON_JOBS + "#writing-a-cronjob-spec")
def cron_job_manual_selector(spec: Tree, at: Path, check: Check) -> None:
    """The Jobs of a CronJob cannot have selectors made by hand."""
    if _job_spec(spec).get("manualSelector"):
        place = at + "jobTemplate" + "spec" + "manualSelector"
        check.report(place, "the Jobs of a CronJob cannot have a manual selector", fix="remove `manualSelector`")


def _job_spec(spec: Tree) -> Tree:
    job_spec: Tree = (spec.get("jobTemplate") or {}).get("spec") or {}
    return job_spec
