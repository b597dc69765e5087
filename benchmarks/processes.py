"""Whole processes, timed in turn so that a machine that slows down slows all of them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple, TypeVar

__all__ = ["BENCH", "ROOT", "Cost", "Timing", "costs", "in_turn", "measurements", "run", "tidy"]

ROOT = Path(__file__).resolve().parent.parent
#: What is installed to compare with; git ignores it.
BENCH = ROOT / ".bench"


Name = TypeVar("Name", str, int)


class Timing(NamedTuple):
    """Seconds of a whole process, and how many times those of the first command, pair by pair."""

    seconds: float
    ratio: float


class Cost(NamedTuple):
    """What a whole process takes, its start and its children included, and the ratios to the first command's."""

    seconds: float
    #: Seconds of processors, of users and of the system.
    cpu: float
    #: The first command's CPU over this one's, pair by pair.
    ratio: float
    #: The same of the time that passed.
    seconds_ratio: float


def environment() -> dict[str, str]:
    """Return an environment in which modules are compiled once, as in an installation, outside the sources."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(BENCH / "pycache")}


def in_turn(commands: dict[str, Sequence[str]], times: int) -> dict[str, Timing]:
    """Run the commands in turn, over and over, and return medians; the first is what the others are compared with."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(times + 1):
        for name, command in commands.items():
            begin = perf_counter()
            run(command)
            if number:  # the first round fills the caches
                seconds[name].append(perf_counter() - begin)
    first = next(iter(seconds.values()))
    return {
        name: Timing(median(found), median(each / base for each, base in zip(found, first, strict=True)))
        for name, found in seconds.items()
    }


def costs(commands: dict[str, Sequence[str]], times: int) -> dict[str, Cost]:
    """Run the commands in turn, over and over, and return the medians of what the system counts for each."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for number in range(times + 1):
        for name, command in commands.items():
            cost = _cost(command)
            if number:  # the first round fills the caches
                found[name].append(cost)
    first = next(iter(found.values()))
    return {
        name: Cost(
            median(seconds for seconds, _ in own),
            median(cpu for _, cpu in own),
            median(base[1] / each[1] for each, base in zip(own, first, strict=True)),
            median(base[0] / each[0] for each, base in zip(own, first, strict=True)),
        )
        for name, own in found.items()
    }


def _cost(command: Sequence[str]) -> tuple[float, float]:
    """Return the seconds that pass and those of processors."""
    errors = BENCH / "errors.txt"
    BENCH.mkdir(exist_ok=True)
    with errors.open("w") as stderr:
        begin = perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=stderr)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{errors.read_text()}")
    return seconds, usage.ru_utime + usage.ru_stime


def measurements(commands: dict[Name, Sequence[str]], times: int) -> dict[Name, dict[str, float]]:
    """Run programs that measure themselves and print JSON, in turn, and return the median of every figure.

    `ratio` and `memory_ratio` compare with the first program, pair by pair.
    """
    found: dict[Name, list[dict[str, float]]] = {name: [] for name in commands}
    for _ in range(times):
        for name, command in commands.items():
            found[name].append(json.loads(run(command)))
    for rounds in zip(*found.values(), strict=True):
        for figures in rounds:
            for key, ratio in (("whole", "ratio"), ("memory", "memory_ratio")):
                if key in figures:
                    figures[ratio] = figures[key] / rounds[0][key]
    return {name: {key: median(each[key] for each in all_) for key in all_[0]} for name, all_ in found.items()}


def run(command: Sequence[str]) -> str:
    """Return what a command prints. Raises `SystemExit` with its errors when it fails."""
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def tidy(seconds: float) -> str:
    """Return seconds for people."""
    if seconds >= 10:
        return f"{seconds:.0f} s"
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.2g} ms"
