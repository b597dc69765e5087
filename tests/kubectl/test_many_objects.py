"""Apps of hundreds of objects: what the cluster is asked, and how often."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kpy.kubectl import Answer, Cluster, wait_for
from kpy.kubectl.objects import read_list

from .conftest import Kpy
from .fake import FakeKubectl

APP = """\
from kpy import App, Chart, ConfigMap


def app(count: int = 300, text: str = "b") -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace="default"))
    for number in range(count):
        chart.add(ConfigMap.from_literals(f"config-{number}", {"a": text}))
    return app
"""


@pytest.fixture(autouse=True)
def many(kubectl: FakeKubectl) -> None:
    Path("shop.py").write_text(APP)


def read_by_name(kubectl: FakeKubectl) -> list[str]:
    """Return the names of the objects that were asked for one by one, the inventory apart."""
    asked = [stdin for words, stdin in kubectl.calls if words[:3] == ["get", "-f", "-"]]
    names = [tree["metadata"]["name"] for stdin in asked for tree in read_list(stdin)]
    return [name for name in names if name != "kpy-shop"]


def test_new_objects_are_not_asked_for(kpy: Kpy, kubectl: FakeKubectl) -> None:
    code, out, _ = kpy("apply", "--yes")

    assert (code, len(out.splitlines())) == (0, 300)
    assert read_by_name(kubectl) == []


def test_members_are_read_at_once(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    kubectl.calls.clear()

    assert kpy("apply", "--yes", "--set", "text=c")[0] == 0
    assert read_by_name(kubectl) == []


def test_objects_of_others_are_found_among_many(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kubectl.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config-7", "namespace": "default"}})

    _, out, err = kpy("diff")

    assert read_by_name(kubectl) == ["config-7"]
    assert out.endswith("1 update in place, 299 create\n")
    assert 'ConfigMap "default/config-7": not made by kpy, which will never delete it\n' in err


def test_objects_are_asked_for_one_by_one_where_they_may_not_be_listed(
    kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = kubectl.run
    refusal = 'Error from server (Forbidden): configmaps is forbidden: User "ann" cannot list resource "configmaps"'

    def run(arguments: Sequence[str], stdin: str = "") -> Answer:
        answer = real(arguments, stdin)
        return Answer(1, "", refusal) if "--no-headers" in arguments else answer

    monkeypatch.setattr(kubectl, "run", run)

    assert kpy("diff")[0] == 0
    assert len(read_by_name(kubectl)) == 300


def test_members_of_another_version_are_read_in_that_of_the_app(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes", "--set", "count=1")
    for tree in kubectl.objects.values():
        if tree["metadata"]["name"] == "config-0":
            tree["apiVersion"] = "v2"
    kubectl.calls.clear()

    kpy("diff", "--set", "count=1")

    assert read_by_name(kubectl) == ["config-0"]


def test_what_is_ready_is_not_asked_for_until_all_is(kubectl: FakeKubectl) -> None:
    web = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "default"}}
    trees = [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"config-{number}", "namespace": "default"}}
        for number in range(30)
    ]
    for tree in [*trees, web]:
        kubectl.put({**tree, "spec": {"replicas": 1}, "status": {}})
    shown: list[int] = []
    kubectl.calls.clear()

    def pause(seconds: float) -> None:
        assert len(kubectl.calls) < 10
        if len(kubectl.calls) == 3:
            ready = {
                "observedGeneration": 1,
                "replicas": 1,
                "updatedReplicas": 1,
                "readyReplicas": 1,
                "availableReplicas": 1,
            }
            kubectl.put({**web, "spec": {"replicas": 1}, "status": ready})

    states = wait_for(
        Cluster(kubectl), [*trees, web], timeout=60, show=lambda states: shown.append(len(states)), pause=pause
    )

    assert [len(read_list(stdin)) for _, stdin in kubectl.calls] == [31, 1, 1, 1, 31]
    assert shown == [31] * 5
    assert {state.phase for state in states.values()} == {"ready"}
