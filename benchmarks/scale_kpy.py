"""`python -m benchmarks.scale_kpy APPS CHARTS`: seconds of each pass, all apps together, and peak memory, as JSON."""

from __future__ import annotations

import gc
import json
import resource
import sys
from time import perf_counter

from benchmarks.apps import build
from kpy.manifest import Manifest
from kpy.pipeline import run


def main(apps: int, charts: int) -> dict[str, float]:
    gc.disable()  # as the command does
    build().synth()  # classes and schemas are compiled on first use; the start-up figures show what that costs
    begin = last = perf_counter()
    built = [build(charts) for _ in range(apps)]
    times = {"build": perf_counter() - begin}
    last = perf_counter()

    def note(name: str, manifest: Manifest) -> None:
        nonlocal last
        now = perf_counter()
        times[name] = times.get(name, 0) + now - last
        last = now

    size = 0
    for app in built:
        last = perf_counter()
        size += len(run(app, observe=note).to_yaml().encode())
    times["whole"] = perf_counter() - begin
    times["bytes"] = size
    times["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return times


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
