"""Owners of fields are changed on the object as it is, while its controllers go on noting things in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from kpy.kubectl import Answer

from .conftest import Kpy
from .fake import FakeKubectl

APP = """\
from kpy import App, Chart, Container, Deployment


def app(strategy: str = "") -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace="default"))
    given = {"strategy": {"type": strategy}} if strategy else {}
    chart.add(Deployment("web", containers=[Container(image="web:1")], **given))
    return app
"""
ROLLING = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%"}}
CHANGED = 'refused   Deployment "default/web": somebody changed it meanwhile: apply again\n'

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def meddle(kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch) -> Callable[[Change, int], None]:
    """Return what changes the Deployment just before it is written, so many times."""
    Path("shop.py").write_text(APP)
    kpy("apply", "--yes")
    web = deepcopy(kubectl.find("Deployment", "web"))
    assert web is not None
    kubectl.put({**web, "spec": {**web["spec"], "strategy": ROLLING}})
    real = kubectl.run

    def meddle(change: Change, times: int) -> None:
        left = iter(range(times))

        def run(arguments: Sequence[str], stdin: str = "") -> Answer:
            if arguments[0] == "replace" and '"Deployment"' in stdin and next(left, None) is not None:
                tree = deepcopy(kubectl.find("Deployment", "web"))
                assert tree is not None
                change(tree)
                kubectl.put(tree)
            return real(arguments, stdin)

        monkeypatch.setattr(kubectl, "run", run)

    return meddle


def note(tree: dict[str, Any]) -> None:
    """Do what the controller of Deployments does."""
    count = tree.get("status", {}).get("observedGeneration", 0) + 1
    tree["status"] = {"observedGeneration": count}
    tree["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": str(count)}


def test_what_a_controller_notes_is_no_reason_to_stop(kpy: Kpy, kubectl: FakeKubectl, meddle: Any) -> None:
    meddle(note, 3)

    code, out, _ = kpy("apply", "--yes", "--set", "strategy=Recreate")

    assert (code, out) == (0, 'changed   Deployment "default/web"\n')


@pytest.mark.parametrize(
    ("change", "times"),
    [
        (lambda tree: tree["spec"].update(replicas=7), 1),
        (lambda tree: (tree["metadata"].update(uid="another"), note(tree)), 1),
        (note, 100),
    ],
    ids=["spec", "another object", "without end"],
)
def test_what_somebody_else_changes_is_told(kpy: Kpy, meddle: Any, change: Change, times: int) -> None:
    meddle(change, times)

    code, out, _ = kpy("apply", "--yes", "--set", "strategy=Recreate")

    assert (code, out) == (1, CHANGED)


def test_object_that_is_replaced_has_nothing_to_hand_over(
    kpy: Kpy, kubectl: FakeKubectl, meddle: Callable[[Change, int], None]
) -> None:
    kubectl.refusals["dry:web"] = (
        'The Deployment "web" is invalid: spec.selector: Invalid value: {}: field is immutable\n'
    )

    code, out, err = kpy("apply", "--yes", "--replace", "--set", "strategy=Recreate")

    assert (code, out) == (0, 'replaced  Deployment "default/web"\n'), err
