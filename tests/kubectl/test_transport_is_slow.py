"""A cluster that does not answer is named while kpy waits for it."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event

import pytest

from kpy.kubectl import Kubectl, patience
from kpy.kubectl.patience import Patience


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_cluster_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "kubectl"
    program.write_text("#!/bin/sh\nsleep 2\necho done\n")
    program.chmod(0o755)
    monkeypatch.setattr(patience, "_SLOW", 0.1)
    heard: list[str] = []

    answer = Kubectl(str(program), tell=heard.append).run(["get", "pods"])

    assert answer.out == "done\n"
    assert heard[0] == "kubectl get: no answer from the cluster for 0.1 s, still waiting"


def test_cluster_that_answers_is_not_mentioned(tmp_path: Path) -> None:
    program = tmp_path / "kubectl"
    program.write_text("#!/bin/sh\necho done\n")
    program.chmod(0o755)
    heard: list[str] = []

    Kubectl(str(program), tell=heard.append).run(["get", "pods"])

    assert heard == []


def test_all_who_wait_hear_of_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_SLOW", 0.2)
    heard: list[str] = []
    told = Event()

    def tell(text: str) -> None:
        heard.append(text)
        told.set()

    waiting = Patience(tell)
    with waiting.waiting("delete"), waiting.waiting("delete"), waiting.waiting("replace"):
        assert told.wait(30)

    assert heard[0] == "kubectl delete: no answer from the cluster for 0.2 s, still waiting"
    assert len(set(heard)) == len(heard)


def test_whoever_waits_long_hears_of_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_SLOW", 0.05)
    heard: list[str] = []
    told = Event()

    def tell(text: str) -> None:
        heard.append(text)
        if len(heard) > 1:
            told.set()

    with Patience(tell).waiting("get"):
        assert told.wait(30)

    assert heard[:2] == [
        "kubectl get: no answer from the cluster for 0.05 s, still waiting",
        "kubectl get: no answer from the cluster for 0.1 s, still waiting",
    ]


def test_page_says_after_how_long_a_cluster_is_named() -> None:
    page = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text(encoding="utf-8")

    assert patience._SLOW == 10
    assert "gives no answer is named after ten seconds, and again every ten" in " ".join(page.split())
