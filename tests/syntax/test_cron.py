"""Schedules and time zones as a real API server takes them; each verdict here was one of Kubernetes 1.36."""

from __future__ import annotations

import pytest

from kpy.syntax.cron import schedule_fault
from kpy.syntax.time_zones import is_found_on_machines, near_time_zone, time_zone_fault

GOOD = [
    "* * * * *",
    "? ? ? ? ?",
    "*/5 0-23/2 1,15 jan-DEC Mon-fri",
    "0/15 * * * *",
    "*/61 * * * *",
    "1-10/20 * * * *",
    "*-5-7 * * * *",
    "+5 007 * * *",
    ", * * * *",
    "1,,2 * * * *",
    "\t0  0 1 1\u00a00 ",
    "0 0 31 2 *",
    "@hourly",
    "@annually",
    "@every 90s",
    "@every -1h",
    "@every 1.5h",
    "CRON_TZ=Europe/Berlin 0 0 * * *",
    "TZ=UTC @daily",
]
BAD = [
    " ",
    "* * * *",
    "* * * * * *",
    "every minute",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * 32 * *",
    "* * * 13 *",
    "* * * * 7",
    "5-1 * * * *",
    "*/0 * * * *",
    "1/2/3 * * * *",
    "1-2-3 * * * *",
    "-1 * * * *",
    "*/-1 * * * *",
    "1.5 * * * *",
    "mon * * * *",
    "* * * * monday",
    "* * L * *",
    "* * * * 5#2",
    "99999999999999999999 * * * *",
    "\uff11 * * * *",
    "0 0 * *\x1c*",
    "@reboot",
    "@HOURLY",
    "@hourly ",
    " @hourly",
    "@every",
    "@every 1d",
    "@every  1h",
    "TZ=Mars/Base 0 0 * * *",
    "TZ=UTC",
]


@pytest.mark.parametrize("schedule", GOOD)
def test_schedule_is_taken(schedule: str) -> None:
    assert schedule_fault(schedule) is None


@pytest.mark.parametrize("schedule", BAD)
def test_schedule_is_refused(schedule: str) -> None:
    assert schedule_fault(schedule)


@pytest.mark.parametrize(
    ("schedule", "fault"),
    [
        (
            "* * * *",
            "has 4 fields, not the five for minute, hour, day of the month, month and day of the week",
        ),
        ("* * * * 7", "has '7' for the day of the week, which is not within 0 to 6"),
        ("* * * fool *", "has 'fool' for the month, which is neither a number nor a range nor a name"),
        ("9-5 * * * *", "has '9-5' for the minute, which ends before it begins"),
        ("*/x * * * *", "has '*/x' for the minute, where the step is not a number from 1 up"),
        ("*/2/2 * * * *", "has '*/2/2' for the minute, which has more than one step"),
        ("@every soon", "has 'soon', which is not a duration such as 90m or 1h30m"),
        (
            "@reboot",
            "is none of @annually, @daily, @hourly, @midnight, @monthly, @weekly, @yearly and @every",
        ),
    ],
)
def test_schedule_fault_says_what_is_wrong(schedule: str, fault: str) -> None:
    assert fault == schedule_fault(schedule)


@pytest.mark.parametrize("zone", ["UTC", "Etc/GMT+5", "Europe/Berlin", "America/Argentina/Buenos_Aires", "EST", "GMT0"])
def test_time_zone_is_known(zone: str) -> None:
    assert time_zone_fault(zone) is None


@pytest.mark.parametrize(
    "zone", ["", " ", "local", "Local", "europe/berlin", "Europe/Berlin ", "GMT+1", "/UTC", "../UTC", "Z", "Europe"]
)
def test_time_zone_is_unknown(zone: str) -> None:
    assert time_zone_fault(zone)


@pytest.mark.parametrize(
    ("zone", "near"),
    [
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("Europe/Berln", "Europe/Berlin"),
        ("", None),
        ("Mars/Olympus", None),
    ],
)
def test_near_time_zone_is_the_one_that_was_meant(zone: str, near: str | None) -> None:
    assert near == near_time_zone(zone)


@pytest.mark.parametrize(("zone", "found"), [("posix/UTC", True), ("right/Europe/Berlin", True), ("posix/X", False)])
def test_time_zones_of_machines_are_told_apart(zone: str, found: bool) -> None:
    assert found == is_found_on_machines(zone)
