"""What is told of custom kinds and their fields beside their definition."""

from __future__ import annotations

import pytest

from kpy.explaining.custom_facts import facts_of_custom
from kpy.schema.custom import custom_groups

CERT, GATEWAY, ARGO = "cert-manager.io", "gateway.networking.k8s.io", "argoproj.io"


@pytest.mark.parametrize(
    ("group", "path", "expected"),
    [
        (CERT, "Certificate.spec.secretName", ["Makes: a Secret of this name"]),
        (CERT, "Certificate.spec.dnsNames", []),
        (
            CERT,
            "Certificate.spec.issuerRef",
            ["Names: an Issuer, or what `kind` says: in Python, `.ref()` of the object, or a mapping"],
        ),
        (
            CERT,
            "Certificate.spec.issuerRef.name",
            ["Names: an Issuer, or what `kind` says: in Python, the object itself or its name"],
        ),
        (
            CERT,
            "Certificate",
            ["Makes: a Secret, named by spec.secretName", "Ready: when the condition Ready is true"],
        ),
        (GATEWAY, "Gateway", ["Ready: when the conditions Accepted and Programmed are true"]),
        (GATEWAY, "HTTPRoute", ["Ready: when the conditions Accepted and ResolvedRefs of every parent are true"]),
        (ARGO, "Application", ["Ready: when it is synced, if it syncs by itself, and healthy"]),
        (ARGO, "Workflow", ["Ready: when its phase is Succeeded"]),
        (ARGO, "Rollout.spec.template", ["Type: core/v1 PodTemplateSpec"]),
        ("snapshot.storage.k8s.io", "VolumeSnapshot", ["Ready: when `readyToUse` is true"]),
        (
            "monitoring.coreos.com",
            "ServiceMonitor.spec.selector",
            ["Selects: objects of kind Service by their own labels"],
        ),
        ("monitoring.coreos.com", "PodMonitor.spec.selector", ["Selects: pods by their labels"]),
        ("example.com", "Lamp", []),
    ],
)
def test_what_is_known_of_a_field_is_told(group: str, path: str, expected: list[str]) -> None:
    kind, *steps = path.split(".")

    assert [f"{name}: {text}" for name, text in facts_of_custom(group, kind, tuple(steps))] == expected


def test_every_kind_says_in_words_when_it_is_ready() -> None:
    from kpy.schema.custom import _kinds

    for group in custom_groups():
        for kind, known in _kinds(group).items():
            said = [text for name, text in facts_of_custom(group, kind, ()) if name == "Ready"]
            assert bool(said) == bool(known.ready), kind
