"""`kpy apply` and `kpy delete` of many objects beside kubectl on the same, against a real API server on loopback."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from benchmarks.processes import BENCH, run

__all__ = ["ClusterBudget", "cluster_budgets"]

_APP = "benchmarks/many_objects.py"


class ClusterBudget(NamedTuple):
    """Work on a cluster in kpy, beside kubectl's: the time that passes, since most of it passes in the server."""

    work: str
    beside: str
    #: Seconds.
    kpy: float
    other: float
    #: How many times the other's time kpy takes, round by round, and how many it may.
    ratio: float
    allowed: float


class _Round(NamedTuple):
    apply: float
    delete: float
    kubectl_apply: float
    kubectl_delete: float


def cluster_budgets(count: int, times: int) -> list[ClusterBudget]:
    """Measure applying and deleting so many objects; nothing where `KUBEBUILDER_ASSETS` names no server."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    if not assets:
        print("not measured: work on a cluster: set KUBEBUILDER_ASSETS, see tools/envtest/README.md", file=sys.stderr)
        return []
    from tests.cluster.servers import running

    with tempfile.TemporaryDirectory() as folder, running(Path(assets).resolve(), Path(folder)) as server:
        kubectl = [str(server.program("kubectl")), f"--kubeconfig={server.kubeconfig}"]
        run([*kubectl, "create", "namespace", "bench"])
        _round(kubectl, 30)  # the first one fills the caches
        rounds = [_round(kubectl, count) for _ in range(times)]
    beside = "`kubectl apply --server-side --dry-run=server`, then the same without"
    applied = [(each.apply, each.kubectl_apply) for each in rounds]
    deleted = [(each.delete, each.kubectl_delete) for each in rounds]
    return [
        _budget(f"`kpy apply`, {count:,} objects", beside, applied, 1.5),
        _budget(f"`kpy delete`, {count:,} objects", "`kubectl delete --wait=false`", deleted, 3.0),
    ]


def _round(kubectl: Sequence[str], count: int) -> _Round:
    """Apply and delete so many objects with kpy, then with kubectl, and return the seconds."""
    program, kubeconfig = kubectl
    size = ["--set", f"count={count}"]
    kpy = [sys.executable, "-m", "kpy"]
    cluster = ["--yes", f"--kubectl={program}", kubeconfig]
    BENCH.mkdir(exist_ok=True)
    manifest = BENCH / "many-objects.yaml"
    manifest.write_text(run([*kpy, "synth", _APP, *size]))
    applying = [*kubectl, "apply", "--server-side", "-f", str(manifest)]
    return _Round(
        _seconds([*kpy, "apply", _APP, *size, *cluster]),
        _seconds([*kpy, "delete", _APP, *size, *cluster]),
        _seconds([*applying, "--dry-run=server"]) + _seconds(applying),
        _seconds([*kubectl, "delete", "--wait=false", "-f", str(manifest)]),
    )


def _seconds(command: Sequence[str]) -> float:
    begin = perf_counter()
    run(command)
    return perf_counter() - begin


def _budget(work: str, beside: str, pairs: Sequence[tuple[float, float]], allowed: float) -> ClusterBudget:
    ratio = median(kpy / other for kpy, other in pairs)
    return ClusterBudget(
        work, beside, median(kpy for kpy, _ in pairs), median(other for _, other in pairs), ratio, allowed
    )
