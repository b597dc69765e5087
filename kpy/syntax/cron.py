"""Schedules as CronJobs have them: `*/5 * * * *`, `0 9 * * mon-fri`, `@daily`, `@every 90m`.

These are the rules of https://pkg.go.dev/github.com/robfig/cron/v3, which differ from those of other crons: five
fields, days of the week from 0 to 6, `?` for `*`, no `L`, no `@reboot`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from kpy.syntax.time_zones import time_zone_fault
from kpy.units import is_duration

__all__ = ["schedule_fault"]


class _Field(NamedTuple):
    """One of the five fields of a schedule."""

    name: str
    first: int
    last: int
    words: Mapping[str, int] = {}


_MONTHS: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS: Final = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_FIELDS: Final = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, {word: number for number, word in enumerate(_MONTHS, 1)}),
    _Field("day of the week", 0, 6, {word: number for number, word in enumerate(_DAYS)}),
)
_NAMED: Final = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_NUMBER: Final = re.compile(r"\+?[0-9]+", re.ASCII)
_MOST: Final = 2**63 - 1
#: What Go takes for blank.
_BLANKS: Final = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


def schedule_fault(schedule: str) -> str | None:
    """Return what is wrong with a schedule, or nothing: a phrase that continues `schedule "..." ...`."""
    if schedule.startswith(("TZ=", "CRON_TZ=")):
        zone, blank, rest = schedule.partition("=")[2].partition(" ")
        if not blank or (zone not in ("", "Local") and time_zone_fault(zone)):
            return f"has {zone!r} for a time zone"
        schedule = _BLANKS.sub(" ", rest).strip()
    if schedule.startswith("@"):
        return _macro_fault(schedule)
    fields = [field for field in _BLANKS.split(schedule) if field]
    if len(fields) != len(_FIELDS):
        return (
            f"has {len(fields)} field{'' if len(fields) == 1 else 's'}, "
            "not the five for minute, hour, day of the month, month and day of the week"
        )
    faults = (_field_fault(text, field) for text, field in zip(fields, _FIELDS, strict=True))
    return next((fault for fault in faults if fault), None)


def _macro_fault(schedule: str) -> str | None:
    if schedule in _NAMED:
        return None
    if schedule.startswith("@every "):
        every = schedule.removeprefix("@every ")
        return None if is_duration(every) else f"has {every!r}, which is not a duration such as 90m or 1h30m"
    return f"is none of {', '.join(sorted(_NAMED))} and @every"


def _field_fault(text: str, field: _Field) -> str | None:
    for part in text.split(","):
        fault = _part_fault(part, field) if part else None
        if fault:
            return f"has {part!r} for the {field.name}, {fault}"
    return None


def _part_fault(part: str, field: _Field) -> str | None:
    """Check one range, such as `*`, `7`, `mon-fri`, `1-10/2` or `5/15`, which means from 5 on."""
    steps = part.split("/")
    limits = steps[0].split("-")
    if limits[0] in ("*", "?"):
        first, last = field.first, field.last
    else:
        numbers = [_number(limit, field.words) for limit in limits[:2]]
        if len(limits) > 2 or None in numbers:
            return "which is neither a number nor a range" + (" nor a name" if field.words else "")
        first, last = numbers[0] or 0, numbers[-1] or 0
        if len(limits) == 1 and len(steps) == 2:
            last = field.last
    if len(steps) > 2:
        return "which has more than one step"
    if len(steps) == 2 and not _number(steps[1], {}):
        return "where the step is not a number from 1 up"
    if first < field.first or last > field.last:
        return f"which is not within {field.first} to {field.last}"
    return "which ends before it begins" if first > last else None


def _number(text: str, words: Mapping[str, int]) -> int | None:
    """Return a number or the number of a name, or nothing."""
    named = words.get(text.lower())
    if named is not None:
        return named
    number = int(text) if _NUMBER.fullmatch(text) and len(text) < 1000 else _MOST + 1
    return number if number <= _MOST else None
