"""Which objects belong to an app, and what happens to those that it no longer declares."""

from __future__ import annotations

from pathlib import Path

from kpy.kubectl.inventory import MEMBER

from .conftest import APP, Kpy
from .fake import FakeKubectl


def test_what_is_no_longer_declared_is_shown_and_stays(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes", "--set", "extra=true")

    code, _, err = kpy("apply", "--yes")

    assert code == 0
    assert 'no longer declared: ConfigMap "default/extra"; --prune deletes them\n' in err
    assert kubectl.find("ConfigMap", "extra")


def test_prune_removes_what_is_no_longer_declared(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes", "--set", "extra=true")

    code, out, _ = kpy("apply", "--yes", "--prune")

    assert (code, out.splitlines()[-1]) == (0, 'deleted   ConfigMap "default/extra"')
    assert kubectl.names("ConfigMap") == ["kpy-shop", "config"]


def test_prune_never_touches_what_kpy_did_not_create(kpy: Kpy, kubectl: FakeKubectl) -> None:
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "extra", "namespace": "default"}}
    kubectl.put(theirs)
    kpy("apply", "--yes", "--set", "extra=true")

    kpy("apply", "--yes", "--prune")

    assert kubectl.find("ConfigMap", "extra")


def test_prune_leaves_objects_with_a_copied_label(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    deployment = kubectl.find("Deployment", "web")
    assert deployment is not None
    labels = {MEMBER: deployment["metadata"]["labels"][MEMBER]}
    copy = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "c", "namespace": "default", "labels": labels}}
    kubectl.put(copy, "a-controller")

    assert kpy("apply", "--yes", "--prune") == (0, "", "3 no change\n")


def test_app_that_shrank_to_nothing_needs_an_extra_word(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")

    _, _, err = kpy("apply", "--yes", "--prune", "--set", "empty=true")

    assert "all 3 objects of earlier applies are no longer declared: they stay without --prune-all\n" in err
    assert kubectl.names("Deployment") == ["web"]

    kpy("apply", "--yes", "--prune", "--prune-all", "--set", "empty=true")

    assert kubectl.names("Deployment") == []


def test_app_that_was_applied_elsewhere_is_pointed_to(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kubectl.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kpy-shop", "namespace": "old"}})

    _, _, err = kpy("apply", "--yes")

    assert 'note: an app "shop" has been applied from namespace old; if this is the same app' in err


def test_object_of_another_app_is_left_alone(kpy: Kpy, kubectl: FakeKubectl) -> None:
    metadata = {"name": "config", "namespace": "default", "labels": {MEMBER: "applyset-other-v1"}}
    kubectl.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})

    code, _, err = kpy("apply", "--yes")

    assert code == 1
    assert 'ConfigMap "default/config": it belongs to another ApplySet, applyset-other-v1: remove it from one of' in err
    assert "not made by kpy" not in err


def test_app_that_an_object_belongs_to_is_named(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    Path("shop.py").write_text(APP.replace('App("shop")', 'App("store")'))

    _, _, err = kpy("apply", "--yes")

    assert (
        'Deployment "default/web": it belongs to the app "shop" of namespace "default": remove it from one of the two '
        "apps, or take it over with --adopt\n"
    ) in err


def test_kind_that_the_cluster_has_forgotten_does_not_stop_pruning(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes", "--set", "extra=true")
    kubectl.unserved = {"deployments.apps"}

    code, out, _ = kpy("apply", "--yes", "--prune")

    assert (code, out.splitlines()[-1]) == (0, 'deleted   ConfigMap "default/extra"')
