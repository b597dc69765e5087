"""What a server puts in the place of what goes counts, and what stops pods is never called an update."""

from __future__ import annotations

from typing import Any

import pytest

from compare.objects import Tree, deployment, stateful
from kpy.compare import Change, compare


def scaled(count: int | None, **spec: Any) -> Tree:
    tree = deployment()
    tree["spec"] |= {"replicas": count, **spec} if count is not None else spec
    return tree


def autoscaler(target: str = "web") -> Tree:
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": target},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
            "minReplicas": 4,
            "maxReplicas": 9,
        },
    }


def change_of(old: Tree, new: Tree, *beside: Tree) -> Change:
    return compare([old], [new, *beside]).changes[0]


def test_replicas_that_go_scale_down_to_what_the_server_sets() -> None:
    change = change_of(scaled(8), scaled(None))

    assert change.effect == "scale down"
    assert change.reasons == (
        "from 8 to 1 pods",
        "`replicas` is not set any more, so the server sets it to 1",
    )
    assert "    spec.replicas: 8 -> not set, so the server sets 1\n" in compare([scaled(8)], [scaled(None)]).to_text()


def test_replicas_that_an_autoscaler_takes_over_are_no_scaling() -> None:
    assert change_of(scaled(8), scaled(None), autoscaler()).effect == "no change"
    assert change_of(scaled(8), scaled(None), autoscaler("api")).effect == "scale down"


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [
        pytest.param(scaled(2), scaled(3), "update in place", id="more"),
        pytest.param(scaled(3), scaled(2), "scale down", id="fewer"),
        pytest.param(scaled(3), scaled(0), "outage", id="none"),
        pytest.param(scaled(None), scaled(0), "outage", id="none, of one that was not named"),
        pytest.param(scaled(0), scaled(None), "update in place", id="one, of none"),
        pytest.param(stateful(replicas=3), stateful(replicas=1), "scale down", id="stateful"),
    ],
)
def test_number_of_pods(old: Tree, new: Tree, effect: str) -> None:
    assert change_of(old, new).effect == effect


def test_new_pods_after_all_old_ones_are_an_outage() -> None:
    recreated = {"strategy": {"type": "Recreate"}}
    new = deployment(image="nginx:1.30")
    new["spec"] |= recreated

    assert change_of(scaled(1, **recreated), new).effect == "outage"
    assert change_of(scaled(1, **recreated), new).reasons == (
        "all pods stop before new ones start: the strategy is Recreate",
    )


def test_template_of_no_pods_restarts_none() -> None:
    new = deployment(image="nginx:1.30")
    new["spec"]["replicas"] = 0

    assert change_of(scaled(0), new).effect == "update in place"


def definition(*versions: str, stored: str, scope: str = "Namespaced") -> Tree:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "shops.example.com"},
        "spec": {
            "group": "example.com",
            "names": {"kind": "Shop", "plural": "shops"},
            "scope": scope,
            "versions": [{"name": name, "served": True, "storage": name == stored} for name in versions],
        },
    }


def test_definition_that_drops_its_stored_version_is_refused() -> None:
    change = change_of(definition("v1alpha1", stored="v1alpha1"), definition("v1", stored="v1"))

    assert change.effect == "immutable field changed"
    assert change.reasons == (
        "the API server refuses it: objects are stored as v1alpha1, which must stay among `spec.versions` until all "
        "are stored anew and `status.storedVersions` no longer names it",
    )


def test_definition_that_keeps_its_stored_version_is_updated() -> None:
    old, new = definition("v1alpha1", stored="v1alpha1"), definition("v1alpha1", "v1", stored="v1")

    assert change_of(old, new).effect == "update in place"


def shop(**metadata: str) -> Tree:
    return {"apiVersion": "example.com/v1", "kind": "Shop", "metadata": {"name": "web", **metadata}}


def test_custom_object_of_the_cluster_is_one_with_and_without_a_namespace() -> None:
    crd = definition("v1", stored="v1", scope="Cluster")

    assert compare([crd, shop(namespace="a")], [crd, shop()]).is_same
    assert compare([shop(namespace="a")], [shop()]).summary() == "1 delete, 1 create"


def test_object_behind_two_groups_is_one() -> None:
    event = {"kind": "Event", "metadata": {"name": "e", "namespace": "a"}, "type": "Normal", "reason": "r"}

    found = compare([{"apiVersion": "v1", **event}], [{"apiVersion": "events.k8s.io/v1", **event}])

    assert [change.effect for change in found.changes] != ["create", "delete"]
    assert len(found.changes) == 1


def scaler(version: str, **spec: Any) -> Tree:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    head = {"apiVersion": f"autoscaling/{version}", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"}}
    return {**head, "spec": {"scaleTargetRef": target, "maxReplicas": 5, **spec}}


def cpu(percentage: int) -> list[Tree]:
    target = {"type": "Utilization", "averageUtilization": percentage}
    return [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]


def device(version: str, request: Tree, kind: str = "ResourceClaim") -> Tree:
    devices = {"devices": {"requests": [request]}}
    spec = devices if kind == "ResourceClaim" else {"spec": devices}
    return {"apiVersion": f"resource.k8s.io/{version}", "kind": kind, "metadata": {"name": "gpu"}, "spec": spec}


OLD_REQUEST = {"name": "gpu", "deviceClassName": "gpu", "count": 2}
NEW_REQUEST = {"name": "gpu", "exactly": {"deviceClassName": "gpu", "count": 2}}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (scaler("v1"), scaler("v2")),
        (scaler("v1", targetCPUUtilizationPercentage=70), scaler("v2", metrics=cpu(70))),
        (scaler("v2", metrics=cpu(70)), scaler("v1", targetCPUUtilizationPercentage=70)),
        (device("v1beta1", OLD_REQUEST), device("v1", NEW_REQUEST)),
        (
            device("v1beta1", OLD_REQUEST, "ResourceClaimTemplate"),
            device("v1beta2", NEW_REQUEST, "ResourceClaimTemplate"),
        ),
    ],
)
def test_object_behind_two_versions_is_one(old: Tree, new: Tree) -> None:
    change = change_of(old, new)

    assert (change.effect, [difference.path for difference in change.differences]) == ("no change", ["apiVersion"])


def test_what_differs_between_two_versions_is_found() -> None:
    assert change_of(scaler("v1", targetCPUUtilizationPercentage=70), scaler("v2", metrics=cpu(80))).effect == (
        "update in place"
    )
    other = {"name": "gpu", "exactly": {"deviceClassName": "gpu", "count": 3}}
    assert change_of(device("v1beta1", OLD_REQUEST), device("v1", other)).effect == "immutable field changed"
