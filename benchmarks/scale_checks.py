"""`python -m benchmarks.scale_checks COUNT`: seconds of a Deployment in each checker, one among COUNT, as JSON.

What starts a process is measured with COUNT documents and with one: the difference is what the documents cost.
"""

from __future__ import annotations

import copy
import gc
import json
import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import jsonschema

import kpy
from benchmarks.apps import build
from benchmarks.checkers import kubeconform, schema_of_deployment
from benchmarks.processes import BENCH
from kpy.output.emit import to_yaml

Tree = dict[str, Any]


def main(count: int) -> dict[str, float]:
    gc.disable()
    trees = deployments(count)
    schema = jsonschema.Draft7Validator(schema_of_deployment())
    some = trees[: max(1, count // 10)]
    found = {
        "kpy": seconds(lambda: kpy.validate(trees)) / count,
        "policies": seconds(lambda: kpy.validate(trees, select=["policy"])) / count,
        "jsonschema": seconds(lambda: [schema.validate(tree) for tree in some]) / len(some),
        "kpy command": of_command([sys.executable, "-m", "kpy", "validate"], trees),
    }
    if kubeconform():
        found["kubeconform command"] = of_command(kubeconform(), trees)
    return found


def deployments(count: int) -> list[Tree]:
    """Return Deployments of different names, as a reader of YAML would."""
    (deployment,) = (tree for tree in build().synth().to_dicts() if tree["kind"] == "Deployment")
    trees = [copy.deepcopy(deployment) for _ in range(count)]
    for number, tree in enumerate(trees):
        tree["metadata"]["namespace"] = f"shop-{number}"
    return trees


def of_command(command: list[str], trees: list[Tree]) -> float:
    """Return the seconds that each document but the first adds to a command."""
    many, one = BENCH / "many.yaml", BENCH / "one.yaml"
    many.write_text(to_yaml(trees))
    one.write_text(to_yaml(trees[:1]))
    whole = seconds(lambda: subprocess.run([*command, str(many)], check=True, capture_output=True))
    start = seconds(lambda: subprocess.run([*command, str(one)], check=True, capture_output=True))
    return (whole - start) / (len(trees) - 1)


def seconds(work: Callable[[], object], times: int = 3) -> float:
    work()
    found = []
    for _ in range(times):
        begin = perf_counter()
        work()
        found.append(perf_counter() - begin)
    return median(found)


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
