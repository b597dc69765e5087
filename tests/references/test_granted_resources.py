"""Roles grant resources of groups of which not all definitions are here."""

from __future__ import annotations

import pytest

from kpy import App, Chart, Raw, Role
from kpy.api.rbac.v1 import PolicyRule

DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "certificates.cert-manager.io"},
    "spec": {
        "group": "cert-manager.io",
        "scope": "Namespaced",
        "names": {"kind": "Certificate", "plural": "certificates", "singular": "certificate"},
        "versions": [
            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
        ],
    },
}


def granted(resource: str, *groups: str) -> list[str]:
    app = App("shop")
    rule = PolicyRule(api_groups=[*groups], resources=[resource], verbs=["get"])
    app.add(Chart("shop", namespace="shop")).add(Raw(DEFINITION), Role("reader", rules=[rule]))
    return [found.fix for found in app.synth().diagnostics if found.rule == "granted-resource-unknown"]


@pytest.mark.parametrize(
    "resource", ["certificates", "certificates/status", "issuers", "certificaterequests/status", "*"]
)
def test_resource_that_may_be_defined_elsewhere_is_not_judged(resource: str) -> None:
    assert granted(resource, "cert-manager.io") == []
    assert granted(resource, "cert-manager.io", "apps") == []


@pytest.mark.parametrize("resource", ["Certificate", "certificate", "Certificates"])
def test_other_word_for_a_resource_that_is_defined_here_is_told(resource: str) -> None:
    assert granted(resource, "cert-manager.io") == ['write "certificates"']


def test_built_in_groups_are_known_whole() -> None:
    assert granted("issuers", "apps") != []
