"""Applying puts a renamed object in the place of the old one, and never loses a protected one."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Kpy
from .fake import FakeKubectl

APP = """\
from kpy import App, Chart, ConfigMap, PersistentVolumeClaim


def app(name: str = "old", alias: str = "", protect: bool = False, claim: bool = False, both: bool = True) -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace="default"))
    chart.add(ConfigMap("kept", data={"a": "1"}))
    if claim:
        chart.add(PersistentVolumeClaim(name, storage="1Gi", aliases=[alias] if alias else [], protect=protect))
    elif both:
        chart.add(ConfigMap(name, data={"a": "1"}, aliases=[alias] if alias else [], protect=protect))
    return app
"""


@pytest.fixture(autouse=True)
def app(kubectl: FakeKubectl) -> None:
    """Put an app with a renamed object in the place of the usual one."""
    Path("shop.py").write_text(APP)


RENAMED = ("--set", "name=new", "--set", "alias=old")
KEPT = "is protected: declare it without `protect`, apply that, and then let it go"


def test_plan_shows_one_replacement(kpy: Kpy) -> None:
    kpy("apply", "--yes")

    code, out, _ = kpy("diff", *RENAMED)

    assert code == 0
    lines = [line.partition("   (")[0] for line in out.splitlines()]
    assert lines[:2] == [
        '! ConfigMap "default/new": replace',
        '    it takes the place of ConfigMap "default/old", which is deleted: a cluster cannot rename, and nothing is '
        "carried over",
    ]
    assert lines[-1] == "1 replace, 1 no change"


def test_apply_makes_the_new_one_and_then_deletes_the_old_one(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")

    code, out, _ = kpy("apply", "--yes", *RENAMED)

    assert (code, out.splitlines()[-2:]) == (
        0,
        ['created   ConfigMap "default/new"', 'deleted   ConfigMap "default/old"'],
    )
    assert kpy("apply", *RENAMED) == (0, "", "2 no change\n")


def test_loss_of_data_by_a_rename_has_to_be_allowed(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes", "--set", "claim=true")

    refused, _, err = kpy("apply", "--yes", "--set", "claim=true", *RENAMED)
    allowed, _, _ = kpy("apply", "--yes", "--set", "claim=true", "--allow-data-loss", *RENAMED)

    assert (refused, allowed) == (1, 0)
    assert 'PersistentVolumeClaim "default/new": this can lose data; allow it with --allow-data-loss' in err
    assert kubectl.names("PersistentVolumeClaim") == ["new"]


def test_rename_that_would_lose_a_protected_object_is_refused(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes", "--set", "protect=true")

    code, _, err = kpy("apply", "--yes", *RENAMED)

    assert code == 1
    assert f'ConfigMap "default/old" {KEPT}; nothing was changed\n' in err
    assert kubectl.names("ConfigMap") == ["kpy-shop", "kept", "old"]


def test_protected_object_is_not_pruned_even_when_the_code_is_gone(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes", "--set", "protect=true")

    stays, _, err = kpy("apply", "--yes", "--set", "both=false")
    refused, _, pruned = kpy("apply", "--yes", "--prune", "--set", "both=false")

    assert (stays, refused) == (0, 1)
    assert f'no longer declared, but ConfigMap "default/old" {KEPT}\n' in err
    assert f'ConfigMap "default/old" {KEPT}; nothing was changed\n' in pruned
    assert kubectl.find("ConfigMap", "old")


def test_way_out_is_an_apply_without_the_protection(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes", "--set", "protect=true")
    kpy("apply", "--yes")

    code, _, _ = kpy("apply", "--yes", "--prune", "--set", "both=false")

    assert code == 0
    assert kubectl.find("ConfigMap", "old") is None


def test_delete_refuses_all_while_something_is_protected(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes", "--set", "protect=true")

    code, _, err = kpy("delete", "--yes")

    assert code == 1
    assert err.splitlines()[-2:] == [f'error: ConfigMap "default/old" {KEPT}', "nothing was deleted"]
    assert kubectl.names("ConfigMap") == ["kpy-shop", "kept", "old"]
    kpy("apply", "--yes")
    assert kpy("delete", "--yes")[0] == 0
