"""Schedules of CronJobs: cron text, or how often."""

from __future__ import annotations

from datetime import timedelta

from kpy.errors import ArgumentError

__all__ = ["to_schedule"]

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def to_schedule(said: str | timedelta) -> str:
    """Return cron text; a `timedelta` must divide an hour or a day evenly, since cron counts anew in each.

    https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
    """
    if not isinstance(said, timedelta):
        return said
    seconds = said.total_seconds()
    if seconds == _DAY:
        return "0 0 * * *"
    if seconds and seconds % _HOUR == 0 and _DAY % seconds == 0:
        hours = int(seconds // _HOUR)
        return "0 * * * *" if hours == 1 else f"0 */{hours} * * *"
    if seconds and seconds % _MINUTE == 0 and _HOUR % seconds == 0:
        minutes = int(seconds // _MINUTE)
        return "* * * * *" if minutes == 1 else f"*/{minutes} * * * *"
    raise ArgumentError(
        f"{said} cannot be written in cron: expected a number of minutes that divides an hour, of hours that divides a "
        f"day, or one day; write the schedule as text, such as `'@every 90m'`"
    )
