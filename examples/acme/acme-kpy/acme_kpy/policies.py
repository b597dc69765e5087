"""The rules of the house: policies that kpy finds by the entry point of this package.

They are in the group `acme`. Which of them nobody can lift says kpy.toml, or the policy itself.
"""

from __future__ import annotations

import kpy
from acme_kpy.services import WebService
from kpy import Raw, Yaml
from kpy.api.core.v1 import Container
from kpy.api.meta.v1 import ObjectMeta
from kpy.typing import Check, Objects, Path, SetCheck

REGISTRY = "registry.acme.example/"
TEAM = "acme.example/team"


@kpy.policy("acme-image-registry", on=Container, groups=["acme"])
def image_registry(container: Container, at: Path, check: Check) -> None:
    """Images come from our registry, where they are scanned."""
    if container.image and not container.image.startswith(REGISTRY):
        check.report(
            at + "image", f"{container.image} is not from {REGISTRY}", fix="mirror the image, and use the copy"
        )


@kpy.policy("acme-team-label", on=ObjectMeta, groups=["acme"], severity="error", waivable=False)
def team_label(metadata: ObjectMeta, at: Path, check: Check) -> None:
    """Every object says whose it is. Nobody can waive that: somebody has to answer at night."""
    if at == Path() + "metadata" and TEAM not in (metadata.labels or {}):
        check.report(at + "labels", f"there is no label {TEAM}", fix="make the app with `acme_app(..., team=...)`")


@kpy.policy("acme-replicas", on=WebService, groups=["acme"])
def replicas(service: WebService, at: Path, check: Check) -> None:
    """What customers reach survives the loss of a node."""
    if service.host is not None and service.replicas < 2:
        check.report(at + "replicas", f"{service.name} is reached from outside and has one pod", fix="replicas=2")


@kpy.policy("acme-no-raw", on=[Raw, Yaml], groups=["acme"])
def no_raw(part: Raw | Yaml, at: Path, check: Check) -> None:
    """Objects are made by constructs, which know the rules of the house."""
    check.report(
        at, f"{type(part).__name__} is for what a vendor gives us", fix="use a construct, or waive it with why"
    )


@kpy.policy_on_all("acme-one-namespace", groups=["acme"])
def one_namespace(objects: Objects, check: SetCheck) -> None:
    """An app declares at most one Namespace."""
    for namespace in [*objects.of("", "Namespace")][1:]:
        check.report(namespace, Path() + "metadata" + "name", "this is the second Namespace of the app")
