"""A cluster that does not answer is named while kpy waits for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpy.kubectl import Kubectl, transport


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_cluster_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "kubectl"
    program.write_text("#!/bin/sh\nsleep 0.5\necho done\n")
    program.chmod(0o755)
    monkeypatch.setattr(transport, "_SLOW", 0.1)
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
