"""What pods cannot start without, and data that a change loses: keys, objects, fields of definitions, volumes."""

from __future__ import annotations

from typing import Any

import pytest

from kpy.compare import Change, compare

Tree = dict[str, Any]


def made(kind: str, group: str = "v1", *, name: str = "web", **fields: Any) -> Tree:
    return {"apiVersion": group, "kind": kind, "metadata": {"name": name}, **fields}


def deployment(**pod: Any) -> Tree:
    return made("Deployment", "apps/v1", spec={"template": {"metadata": {}, "spec": pod}})


def config(**data: str) -> Tree:
    return made("ConfigMap", name="config", data=data)


def changes(old: list[Tree], new: list[Tree]) -> dict[str, Change]:
    """Return the changes by kind and name."""
    return {f"{change.kind}/{change.name}": change for change in compare(old, new).changes}


def variable(*, optional: bool | None = None, field: str = "configMapKeyRef", name: str = "config") -> Tree:
    reference = {"name": name, "key": "b", **({"optional": optional} if optional is not None else {})}
    return {"containers": [{"name": "a", "env": [{"name": "B", "valueFrom": {field: reference}}]}]}


ITEMS = [{"key": "b", "path": "b"}]
LEFT = "new pods of Deployment \"web\" cannot start without its key 'b'"


@pytest.mark.parametrize(
    "pod",
    [
        variable(),
        {"initContainers": variable()["containers"]},
        {"volumes": [{"name": "v", "configMap": {"name": "config", "items": ITEMS}}]},
        {"volumes": [{"name": "v", "projected": {"sources": [{"configMap": {"name": "config", "items": ITEMS}}]}}]},
    ],
)
def test_key_that_pods_need_is_missed(pod: Tree) -> None:
    web = deployment(**pod)

    found = changes([config(a="1", b="2"), web], [config(a="1"), web])["ConfigMap/config"]

    assert (found.effect, found.reasons) == ("outage", (LEFT,))


@pytest.mark.parametrize(
    "pod",
    [
        variable(optional=True),
        variable(name="other"),
        {"containers": [{"name": "a", "envFrom": [{"configMapRef": {"name": "config"}}]}]},
        {"volumes": [{"name": "v", "configMap": {"name": "config"}}]},
        {"volumes": [{"name": "v", "configMap": {"name": "config", "items": ITEMS, "optional": True}}]},
        {},
    ],
)
def test_key_that_no_pod_needs_may_go(pod: Tree) -> None:
    web = deployment(**pod)

    found = changes([config(a="1", b="2"), web], [config(a="1"), web])["ConfigMap/config"]

    assert (found.effect, found.reasons) == ("update in place", ())


def test_key_of_a_secret_is_missed_and_its_value_not_shown() -> None:
    def secret(**data: str) -> Tree:
        return made("Secret", name="config", stringData=data)

    web = deployment(**variable(field="secretKeyRef"))

    found = compare([secret(b="hunter22"), web], [secret(c="x"), web])

    assert found.changes[0].effect == "outage"
    assert "hunter22" not in found.to_text()


@pytest.mark.parametrize(
    ("gone", "pod"),
    [
        (config(a="1"), {"containers": [{"name": "a", "envFrom": [{"configMapRef": {"name": "config"}}]}]}),
        (made("Secret", name="login"), {"volumes": [{"name": "v", "secret": {"secretName": "login"}}]}),
        (made("ServiceAccount", name="robot"), {"serviceAccountName": "robot"}),
    ],
)
def test_object_that_pods_need_is_missed(gone: Tree, pod: Tree) -> None:
    web = deployment(**pod)

    (_, found) = compare([gone, web], [web]).changes

    assert (found.effect, found.reasons) == ("outage", ('new pods of Deployment "web" cannot start without it',))


def test_object_that_nobody_needs_any_more_is_deleted() -> None:
    old = deployment(**variable())

    assert changes([config(b="2"), old], [deployment()])["ConfigMap/config"].effect == "delete"
    assert changes([config(b="2"), old], [])["ConfigMap/config"].effect == "delete"


def definition(*versions: Tree) -> Tree:
    spec = {"group": "example.com", "names": {"kind": "Shop", "plural": "shops"}, "versions": list(versions)}
    return made("CustomResourceDefinition", "apiextensions.k8s.io/v1", name="shops.example.com", spec=spec)


def version(name: str = "v1", *, served: bool = True, storage: bool = True, **spec: Any) -> Tree:
    properties = {"spec": {"type": "object", "properties": spec}} if spec else {}
    schema = {"type": "object", "properties": properties}
    return {"name": name, "served": served, "storage": storage, "schema": {"openAPIV3Schema": schema}}


TEXT = {"type": "string"}
OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


@pytest.mark.parametrize(
    ("old", "new", "effect", "reason"),
    [
        (
            definition(version(), version("v2", storage=False)),
            definition(version(), version("v2", storage=False, served=False)),
            "outage",
            "v2 is not served any more: who asks for it gets an error",
        ),
        (
            definition(version(), version("v2", storage=False)),
            definition(version()),
            "outage",
            "v2 is not served any more: who asks for it gets an error",
        ),
        (
            definition(version(size=TEXT, colour=TEXT)),
            definition(version(size=TEXT)),
            "data loss",
            "objects lose spec.colour: the schema of v1 has no such fields any more",
        ),
        (
            definition(version(a={"type": "array", "items": {"type": "object", "properties": {"b": TEXT}}})),
            definition(version(a={"type": "array", "items": {"type": "object", "properties": {"c": TEXT}}})),
            "data loss",
            "objects lose spec.a[].b: the schema of v1 has no such fields any more",
        ),
        (
            definition(version(a=OPEN)),
            definition(version(a={"type": "object"})),
            "data loss",
            "objects lose what spec.a has beyond the named fields: the schema of v1 has no such fields any more",
        ),
        (definition(version(a=TEXT)), definition(version(a=TEXT, b=TEXT)), "update in place", ""),
        (
            definition(version(a={"type": "object", "properties": {"b": TEXT}})),
            definition(version(a=OPEN)),
            "update in place",
            "",
        ),
    ],
)
def test_what_becomes_of_custom_resources(old: Tree, new: Tree, effect: str, reason: str) -> None:
    (change,) = compare([old], [new]).changes

    assert (change.effect, change.reasons) == (effect, (reason,) if reason else ())


def volume(policy: str | None, phase: str = "") -> Tree:
    spec = {"capacity": {"storage": "1Gi"}, "persistentVolumeReclaimPolicy": policy}
    return made("PersistentVolume", spec=spec, **({"status": {"phase": phase}} if phase else {}))


@pytest.mark.parametrize(
    ("old", "new", "effect", "reason"),
    [
        (
            volume("Retain"),
            volume("Delete"),
            "data loss",
            "a volume whose claim is gone loses its data at once: `persistentVolumeReclaimPolicy` is Delete",
        ),
        (
            volume("Retain", "Bound"),
            volume("Delete"),
            "update in place",
            "its data goes with its claim from now on: `persistentVolumeReclaimPolicy` is Delete",
        ),
        (
            volume("Retain", "Released"),
            volume("Delete"),
            "data loss",
            "a volume whose claim is gone loses its data at once: `persistentVolumeReclaimPolicy` is Delete",
        ),
        (volume("Delete"), volume("Retain"), "update in place", ""),
        (volume("Delete"), volume("Recycle"), "update in place", ""),
    ],
)
def test_what_becomes_of_volumes(old: Tree, new: Tree, effect: str, reason: str) -> None:
    (change,) = compare([old], [new]).changes

    assert (change.effect, change.reasons) == (effect, (reason,) if reason else ())


def test_stateful_set_that_takes_its_claims_along_from_now_on_says_so() -> None:
    def database(**policy: str) -> Tree:
        spec = {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}
        return made("StatefulSet", "apps/v1", spec={**spec, "persistentVolumeClaimRetentionPolicy": policy})

    (change,) = compare([database()], [database(whenDeleted="Delete")]).changes

    assert (change.effect, change.reasons) == ("update in place", ("from now on its claims go with it",))


def autoscaler(most: int, *, version: str = "v2", status: Tree | None = None) -> Tree:
    spec = {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "maxReplicas": most}
    tree = made("HorizontalPodAutoscaler", f"autoscaling/{version}", spec=spec)
    return tree if status is None else {**tree, "status": status}


def sized(count: int | None) -> Tree:
    tree = deployment()
    tree["spec"]["replicas"] = count
    return tree


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ([sized(8)], [sized(None), autoscaler(5)], 'Deployment "web" goes from 8 to at most 5 pods'),
        (
            [autoscaler(9), sized(None)],
            [autoscaler(5), sized(None)],
            'Deployment "web" goes from up to 9 to at most 5 pods',
        ),
        (
            [autoscaler(9, status={"currentReplicas": 7, "desiredReplicas": 7}), sized(None)],
            [autoscaler(5), sized(None)],
            'Deployment "web" goes from 7 to at most 5 pods',
        ),
    ],
)
def test_autoscaler_that_takes_pods_away_scales_down(old: list[Tree], new: list[Tree], reason: str) -> None:
    found = changes(old, new)["HorizontalPodAutoscaler/web"]

    assert (found.effect, found.reasons) == ("scale down", (reason,))


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [
        ([sized(3)], [sized(None), autoscaler(5)], "create"),
        ([autoscaler(5)], [autoscaler(9)], "update in place"),
        ([autoscaler(9, status={"desiredReplicas": 0})], [autoscaler(5)], "update in place"),
        ([autoscaler(9, status={"currentReplicas": 3, "desiredReplicas": 3})], [autoscaler(5)], "update in place"),
    ],
)
def test_autoscaler_that_takes_no_pods_away_does_not(old: list[Tree], new: list[Tree], effect: str) -> None:
    assert changes(old, new)["HorizontalPodAutoscaler/web"].effect == effect


def test_number_that_an_autoscaler_had_chosen_counts() -> None:
    found = changes([autoscaler(9), sized(None)], [sized(3)])["Deployment/web"]

    assert (found.effect, found.reasons) == (
        "scale down",
        ("from up to 9 to 3 pods", "an autoscaler decided so far how many there are"),
    )
