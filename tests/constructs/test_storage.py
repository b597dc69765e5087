"""Volumes and claims: what short forms write, and what they refuse."""

from __future__ import annotations

from constructs.synthesis import tree, web
from kpy import Claim, PersistentVolume, Volume


def test_volume_gives_the_claim_that_fits_it() -> None:
    volume = PersistentVolume("media", storage="1Ti", access_modes=["ReadWriteMany"])

    claim = volume.claim("media")

    assert claim.access_modes == ["ReadWriteMany"]
    assert (claim.storage, claim.storage_class_name, claim.volume_name) == ("1Ti", "", volume)


def test_claim_without_modes_asks_for_one() -> None:
    spec = tree(Claim("data", storage="1Gi"), kind="PersistentVolumeClaim")["spec"]

    assert spec == {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


def test_ephemeral_volume_takes_a_claim() -> None:
    scratch = Volume.ephemeral(Claim("scratch", storage="1Gi", labels={"a": "b"}))

    spec = tree(web(mounts={"/scratch": scratch}), kind="Deployment")["spec"]["template"]["spec"]

    (volume,) = spec["volumes"]
    assert volume == {
        "name": "scratch",
        "ephemeral": {
            "volumeClaimTemplate": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
            }
        },
    }


def test_volume_is_reserved_for_a_claim() -> None:
    from kpy.api.core.v1 import NFSVolumeSource

    claim, nfs = Claim("media", storage="1Ti"), NFSVolumeSource(server="10.0.0.5", path="/media")
    volume = PersistentVolume("media", storage="1Ti", access_modes=["ReadWriteOnce"], claim_ref=claim, nfs=nfs)

    spec = tree(claim, volume, kind="PersistentVolume", namespace="shop")["spec"]

    assert spec["claimRef"] == {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "name": "media",
        "namespace": "shop",
    }
