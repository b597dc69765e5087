"""`python -m benchmarks.scale_writers COUNT`: seconds of kpy's emitter, `json.dumps` and PyYAML on the same trees."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

import yaml

from benchmarks.apps import build
from kpy.output.emit import to_yaml


def main(count: int) -> dict[str, float]:
    gc.disable()
    trees = build(count).synth().to_dicts()
    return {
        "emit": seconds(lambda: to_yaml(trees)),
        "json": seconds(lambda: json.dumps(trees)),
        "pyyaml": seconds(lambda: yaml.dump_all(trees, Dumper=yaml.CSafeDumper, sort_keys=False), times=1),
    }


def seconds(work: Callable[[], object], times: int = 5) -> float:
    found = []
    for _ in range(times):
        begin = perf_counter()
        work()
        found.append(perf_counter() - begin)
    return median(found)


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
