"""`python -m benchmarks.many_apps APPS CHARTS`: the YAML of many apps, checked, as one process writes it."""

from __future__ import annotations

import gc
import sys

from benchmarks.apps import build


def main(apps: int, charts: int) -> None:
    gc.disable()  # as the command does
    for _ in range(apps):
        sys.stdout.write(build(charts).synth().to_yaml())


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
