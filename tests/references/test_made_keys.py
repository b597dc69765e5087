"""The keys of Secrets that ExternalSecrets and SealedSecrets make count, as far as they can be told."""

from __future__ import annotations

import pytest

import kpy

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {
        "containers": [
            {
                "name": "main",
                "image": "r.example.com/web:1",
                "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}],
            }
        ]
    },
}


def said(maker: dict[str, object]) -> list[str]:
    return [f"{found.severity} {found.message}" for found in kpy.validate([POD, maker]) if found.severity != "note"]


def external(**spec: object) -> dict[str, object]:
    metadata = {"name": "db", "namespace": "shop"}
    return {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": metadata, "spec": spec}


def sealed(**spec: object) -> dict[str, object]:
    metadata = {"name": "db", "namespace": "shop"}
    return {"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": metadata, "spec": spec}


MISSING = 'warning Secret "db" has no key "password"; it has passwd'


@pytest.mark.parametrize(
    ("maker", "expected"),
    [
        (external(data=[{"secretKey": "password"}]), []),
        (external(data=[{"secretKey": "passwd"}]), [MISSING]),
        (external(data=[{"secretKey": "passwd"}], dataFrom=[{"extract": {"key": "x"}}]), []),
        (external(data=[{"secretKey": "passwd"}], target={"template": {"data": {"password": "{{ .passwd }}"}}}), []),
        (external(data=[{"secretKey": "password"}], target={"template": {"data": {"passwd": "x"}}}), [MISSING]),
        (external(data=[{"secretKey": "passwd"}], target={"template": {"templateFrom": [{"literal": "x"}]}}), []),
        (external(data=[{"secretKey": "passwd"}], target={"creationPolicy": "Merge"}), []),
        (sealed(encryptedData={"password": "AgA"}), []),
        (sealed(encryptedData={"passwd": "AgA"}), [MISSING]),
        (sealed(encryptedData={"x": "AgA"}, template={"data": {"password": "y"}}), []),
    ],
)
def test_keys_of_what_makes_a_secret_count(maker: dict[str, object], expected: list[str]) -> None:
    assert said(maker) == expected


def test_secret_of_another_name_is_another() -> None:
    absent = ['warning Secret "db" is not among the documents in namespace "shop"']

    assert said(external(target={"name": "other"}, data=[{"secretKey": "passwd"}])) == absent
    sealed_other = sealed(encryptedData={"passwd": "AgA"}, template={"metadata": {"name": "other"}})
    assert said(sealed_other) == absent


def test_optional_key_is_not_wanted() -> None:
    container = POD["spec"]["containers"][0]  # type: ignore[index]
    reference = {"secretKeyRef": {"name": "db", "key": "password", "optional": True}}
    pod = {**POD, "spec": {"containers": [{**container, "env": [{"name": "A", "valueFrom": reference}]}]}}

    found = kpy.validate([pod, sealed(encryptedData={"passwd": "AgA"})])

    assert [each for each in found if each.severity != "note"] == []
