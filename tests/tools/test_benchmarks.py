"""The page of benchmarks; nothing is measured here."""

import sys

import pytest

from benchmarks.budgets import Budget
from benchmarks.clusters import ClusterBudget, cluster_budgets
from benchmarks.many_objects import app
from benchmarks.page import Page
from benchmarks.processes import Cost, costs


def test_budget_stands_beside_what_was_measured() -> None:
    page = Page()
    kpy, helm = Cost(0.9, 0.8, 1.0, 1.0), Cost(0.6, 0.4, 2.0, 1.5)

    page.budgets(7.4, [Budget("1,000 apps", "`helm template`", kpy, helm, 1.0)])

    assert page.text().endswith(
        "| kpy | beside | kpy's time | the other's | ratio | budget |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| `kpy synth`, three objects | `python -c pass` |  |  | 7.4 x | 7.5 x |\n"
        "| 1,000 apps | `helm template` | 800 ms (900 ms) | 400 ms (600 ms) | 2.00 x | 1 x |\n"
    )


def test_work_on_a_cluster_stands_beside_that_of_kubectl() -> None:
    page = Page()

    page.clusters([ClusterBudget("`kpy delete`", "`kubectl delete`", 6.2, 4.1, 1.5, 3.0)])

    assert page.text().endswith("| `kpy delete` | `kubectl delete` | 6.2 s | 4.1 s | 1.50 x | 3 x |\n")


def test_cluster_is_not_measured_without_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)

    assert cluster_budgets(10, 1) == []
    assert capsys.readouterr().err.startswith("not measured: work on a cluster: set KUBEBUILDER_ASSETS")


def test_app_for_clusters_has_the_objects_that_are_asked_for() -> None:
    for count in (30, 31, 100):
        assert len(app(count).synth()) == count


def test_costs_of_processes_are_those_that_the_system_counts() -> None:
    work = "sum(number * number for number in range({}))"

    found = costs(
        {"much": [sys.executable, "-c", work.format(3_000_000)], "little": [sys.executable, "-c", work.format(1)]}, 1
    )

    assert found["much"].ratio == 1.0
    assert found["much"].cpu > found["little"].cpu > 0
    assert found["little"].ratio > 1.0
