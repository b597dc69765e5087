"""How far a custom resource is, by the conditions that its controller sets."""

from __future__ import annotations

from typing import Any

import pytest

from kpy.kubectl.readiness import state_of
from kpy.schema.custom import custom_groups

GATEWAY, ARGO = "gateway.networking.k8s.io/v1", "argoproj.io/v1alpha1"
NOT_SEEN = ("waiting", "not seen by its controller yet")


def live(of: str, status: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    api_version, kind = of.rsplit(" ", 1)
    metadata = {"name": "web", "generation": 2}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec, "status": status or {}}


def with_conditions(**conditions: object) -> dict[str, Any]:
    """Return a status; a condition is its status, or that with reason, message and observedGeneration."""
    given = ({"status": said} if isinstance(said, str) else said for said in conditions.values())
    return {"conditions": [{"type": kind, **said} for kind, said in zip(conditions, given, strict=True)]}  # type: ignore[dict-item]


PROMETHEUS = with_conditions(Available="True", Reconciled="True")
NO_ROOM = {"status": "False", "reason": "Pending", "message": "no room"}


@pytest.mark.parametrize(
    ("of", "status", "expected"),
    [
        ("cert-manager.io/v1 Certificate", {}, NOT_SEEN),
        ("cert-manager.io/v1 Certificate", with_conditions(Issuing="True"), NOT_SEEN),
        ("cert-manager.io/v1 Certificate", with_conditions(Ready=NO_ROOM), ("waiting", "Pending: no room")),
        ("cert-manager.io/v1 Certificate", with_conditions(Ready="Unknown"), ("waiting", "not ready")),
        ("cert-manager.io/v1 Certificate", with_conditions(Ready="True"), ("ready", "ready")),
        (
            "cert-manager.io/v1 Certificate",
            with_conditions(Ready={"status": "True", "observedGeneration": 1}),
            NOT_SEEN,
        ),
        (
            "cert-manager.io/v1 Certificate",
            with_conditions(Ready={"status": "True", "observedGeneration": 2}),
            ("ready", "ready"),
        ),
        ("cert-manager.io/v1 CertificateRequest", with_conditions(Denied="True", Ready="False"), ("failed", "denied")),
        (f"{GATEWAY} Gateway", with_conditions(Accepted="True"), NOT_SEEN),
        (f"{GATEWAY} Gateway", with_conditions(Accepted="True", Programmed=NO_ROOM), ("waiting", "Pending: no room")),
        (f"{GATEWAY} Gateway", with_conditions(Accepted="True", Programmed="True"), ("ready", "programmed")),
        ("external-secrets.io/v1 ExternalSecret", with_conditions(Ready="True"), ("ready", "ready")),
        ("keda.sh/v1alpha1 ScaledObject", with_conditions(Ready="True", Active="False"), ("ready", "ready")),
        ("monitoring.coreos.com/v1 Prometheus", PROMETHEUS, ("ready", "reconciled")),
        ("monitoring.coreos.com/v1 ServiceMonitor", {}, ("ready", "there")),
        ("source.toolkit.fluxcd.io/v1 GitRepository", {"observedGeneration": -1}, NOT_SEEN),
        (
            "source.toolkit.fluxcd.io/v1 GitRepository",
            {"observedGeneration": 2, **with_conditions(Ready=NO_ROOM, Stalled={**NO_ROOM, "status": "True"})},
            ("failed", "Pending: no room"),
        ),
        ("bitnami.com/v1alpha1 SealedSecret", with_conditions(Synced="True"), ("ready", "synced")),
        ("snapshot.storage.k8s.io/v1 VolumeSnapshot", {"readyToUse": False}, ("waiting", "not ready to use yet")),
        ("snapshot.storage.k8s.io/v1 VolumeSnapshot", {"readyToUse": True}, ("ready", "ready to use")),
        (f"{ARGO} Workflow", {}, NOT_SEEN),
        (f"{ARGO} Workflow", {"phase": "Running"}, ("waiting", "running")),
        (f"{ARGO} Workflow", {"phase": "Succeeded"}, ("ready", "succeeded")),
        (f"{ARGO} Workflow", {"phase": "Failed", "message": "child failed"}, ("failed", "child failed")),
        (f"{ARGO} Rollout", {"observedGeneration": "1", "phase": "Healthy"}, NOT_SEEN),
        (f"{ARGO} Rollout", {"observedGeneration": "2", "phase": "Healthy"}, ("ready", "healthy")),
        (f"{ARGO} Rollout", {"phase": "Progressing", "message": "updating"}, ("waiting", "updating")),
        (f"{ARGO} Rollout", {"phase": "Paused", "message": "CanaryPauseStep"}, ("ready", "paused: CanaryPauseStep")),
        (f"{ARGO} Rollout", {"phase": "Degraded", "message": "aborted"}, ("failed", "aborted")),
        ("example.com/v1 Widget", {}, ("ready", "there")),
        ("example.com/v1 Widget", with_conditions(Other="False"), ("ready", "there")),
        ("example.com/v1 Widget", with_conditions(Healthy=NO_ROOM), ("waiting", "Pending: no room")),
        ("example.com/v1 Widget", with_conditions(Available="False", Ready="True"), ("ready", "ready")),
        ("example.com/v1 Widget", with_conditions(Stalled="True", Ready="False"), ("failed", "stalled")),
        ("example.com/v1 Widget", {"observedGeneration": 1, **with_conditions(Ready="True")}, NOT_SEEN),
    ],
)  # fmt: skip
def test_custom_resource_is_as_far_as_its_conditions_say(
    of: str, status: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert state_of(live(of, status)) == expected


def route(parents: list[dict[str, Any]], number: int = 1) -> dict[str, Any]:
    refs = [{"name": f"gateway-{index}"} for index in range(number)]
    return live(f"{GATEWAY} HTTPRoute", {"parents": parents}, parentRefs=refs)


def test_a_route_is_ready_when_all_its_parents_have_taken_it() -> None:
    taken = with_conditions(Accepted="True", ResolvedRefs="True")
    refused = with_conditions(Accepted="True", ResolvedRefs={**NO_ROOM, "reason": "BackendNotFound"})

    assert state_of(route([])) == NOT_SEEN
    assert state_of(route([taken], 2)) == NOT_SEEN
    assert state_of(route([taken, refused], 2)) == ("waiting", "BackendNotFound: no room")
    assert state_of(route([taken, taken], 2)) == ("ready", "resolved refs")
    assert state_of(route([], 0)) == ("ready", "there")


SOURCE = {"repoURL": "https://git.example.com/shop", "targetRevision": "v2", "path": "deploy"}
AUTOMATED = {"syncPolicy": {"automated": {}}}


@pytest.mark.parametrize(
    ("sync", "health", "spec", "expected"),
    [
        (None, None, AUTOMATED, NOT_SEEN),
        ("Synced", {"status": "Healthy"}, AUTOMATED, ("ready", "synced, healthy")),
        ("Synced", {"status": "Suspended"}, AUTOMATED, ("ready", "synced, suspended")),
        ("Synced", {"status": "Progressing"}, AUTOMATED, ("waiting", "progressing")),
        ("Synced", {"status": "Degraded", "message": "no image"}, AUTOMATED, ("waiting", "degraded: no image")),
        ("OutOfSync", {"status": "Healthy"}, AUTOMATED, ("waiting", "not synced yet")),
        ("OutOfSync", {"status": "Missing"}, {}, ("ready", "there; it is synced by hand")),
    ],
)
def test_an_application_is_ready_when_it_is_synced_and_healthy(
    sync: str | None, health: dict[str, str] | None, spec: dict[str, Any], expected: tuple[str, str]
) -> None:
    status = {"sync": {"status": sync, "comparedTo": {"source": SOURCE}}} if sync else {}

    assert state_of(live(f"{ARGO} Application", {**status, "health": health or {}}, source=SOURCE, **spec)) == expected


def test_an_application_whose_sync_fails_has_failed() -> None:
    status = {"sync": {"status": "OutOfSync"}, "operationState": {"phase": "Failed", "message": "no such path"}}

    assert state_of(live(f"{ARGO} Application", status, source=SOURCE, **AUTOMATED)) == ("failed", "no such path")


def test_what_was_said_of_the_source_before_does_not_count() -> None:
    before = {"sync": {"status": "Synced", "comparedTo": {"source": {**SOURCE, "targetRevision": "v1"}}}}
    healthy = {"health": {"status": "Healthy"}}

    assert state_of(live(f"{ARGO} Application", {**before, **healthy}, source=SOURCE, **AUTOMATED)) == NOT_SEEN


def test_what_is_suspended_is_as_far_as_it_gets() -> None:
    assert state_of(live("kustomize.toolkit.fluxcd.io/v1 Kustomization", {}, suspend=True)) == ("ready", "suspended")


def test_odd_statuses_break_nothing() -> None:
    for status in ({"conditions": "x"}, {"conditions": [5]}, {"conditions": [{"type": "Ready"}]}, {"parents": "x"}):
        for group in custom_groups():
            for kind in ("Certificate", "HTTPRoute", "Application", "Rollout", "Workflow", "Widget"):
                state_of(live(f"{group}/v1 {kind}", status))  # type: ignore[arg-type]  # what a server would refuse
