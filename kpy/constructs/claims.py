"""Persistent volume claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from kpy.api.core import v1 as core
from kpy.constructs.fields.persistent_volume_claim import PersistentVolumeClaimFields
from kpy.constructs.object import Home, Object
from kpy.constructs.volumes import Volume
from kpy.errors import ArgumentError
from kpy.model.lists import to_list
from kpy.model.mappings import as_model
from kpy.model.scalars import type_of
from kpy.model.shown import shown

if TYPE_CHECKING:
    from kpy.model.plain import Sink
    from kpy.model.typing import JsonObject, QuantityInput

__all__ = ["Claim", "ClaimTemplate", "PersistentVolumeClaim", "to_claim_reference", "to_templates"]

Tree = dict[str, Any]


class PersistentVolumeClaim(PersistentVolumeClaimFields, Object):
    """A request for storage that outlives pods; `Claim` is the same.

        data = chart.add(Claim("uploads", storage="2Gi"))
        Container(image="...", mounts={"/var/lib/uploads": data})

    Without `access_modes` it asks for `ReadWriteOnce`, since the API wants a mode.

    https://kubernetes.io/docs/concepts/storage/persistent-volumes/#persistentvolumeclaims
    """

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "PersistentVolumeClaim"
    _homes: ClassVar[tuple[Home, ...]] = ((PersistentVolumeClaimFields, ("spec",)),)

    storage: QuantityInput | None = None
    """How much storage is asked for, such as `"2Gi"`: short for `resources.requests.storage`."""
    with_kind: bool = False
    """Whether a template of claims says `apiVersion` and `kind`, which a server fills in; an object always does."""

    def volume(self, *, name: str | None = None, read_only: bool | None = None) -> Volume:
        """Return a volume of the claim."""
        source = core.PersistentVolumeClaimVolumeSource(claim_name=self, read_only=read_only)
        return Volume(name=name or self.name, persistent_volume_claim=source)

    def to_template(self) -> ClaimTemplate:
        """Return the claim as a pattern, for the claims that pods get of their own."""
        return ClaimTemplate(self, is_named=False)

    def _finish(self, tree: Tree, sink: Sink) -> None:
        spec: Tree = tree.setdefault("spec", {})
        spec.setdefault("accessModes", ["ReadWriteOnce"])
        if self.storage is not None:
            requests = spec.setdefault("resources", {}).setdefault("requests", {})
            self._lay_onto({"storage": str(self.storage)}, requests, "spec.resources.requests")


class ClaimTemplate:
    """A claim that is made for each pod: by a StatefulSet, under its name, or by the pod, under the pod's."""

    def __init__(self, claim: PersistentVolumeClaim, *, is_named: bool = True) -> None:
        self.claim = claim
        self.is_named = is_named

    def __kpy_lower__(self, sink: Any, node: Any, key: Any) -> Tree:
        """Write the claim as a template, which has neither apiVersion nor kind where it does not want them."""
        claim = self.claim
        tree: Tree = {"metadata": {}}
        claim.lower_into(tree, sink)
        tree = _patched(tree, claim)
        if not self.is_named:
            del tree["metadata"]["name"]
        if not tree["metadata"]:
            del tree["metadata"]
        return tree if claim.with_kind and self.is_named else _without_kind(tree)


def _patched(tree: Tree, claim: PersistentVolumeClaim) -> Tree:
    """Return a template with the patches of its claim, which wiring merges for objects alone."""
    patches = [patch for patch in (claim.patch, *claim.__dict__.get("_patches", ())) if patch is not None]
    if not patches:
        return tree
    from kpy.model.merge import strategic_merge

    struct = type_of("core/v1 PersistentVolumeClaim")
    for patch in patches:
        tree = strategic_merge(tree, patch, struct)
    return tree


def _without_kind(tree: Tree) -> Tree:
    return {name: value for name, value in tree.items() if name not in ("apiVersion", "kind")}


def to_claim_reference(said: PersistentVolumeClaim | core.ObjectReference | JsonObject) -> core.ObjectReference:
    """Return a claim as a reference to it; its namespace follows at wiring."""
    if isinstance(said, Mapping):
        return as_model(core.ObjectReference, said)
    if isinstance(said, core.ObjectReference):
        return said
    if not isinstance(said, PersistentVolumeClaim):
        raise ArgumentError(f"{shown(said)} is not a claim: expected a Claim or an ObjectReference")
    namespace = said.namespace if said._is_existing else None
    return core.ObjectReference(api_version="v1", kind="PersistentVolumeClaim", name=said, namespace=namespace)


def to_templates(
    said: Sequence[core.PersistentVolumeClaim | PersistentVolumeClaim | JsonObject],
) -> list[core.PersistentVolumeClaim | ClaimTemplate]:
    """Return claims as templates of a StatefulSet."""
    return [_to_template(claim) for claim in to_list(said, "`volume_claim_templates`")]


def _to_template(
    said: core.PersistentVolumeClaim | PersistentVolumeClaim | JsonObject,
) -> core.PersistentVolumeClaim | ClaimTemplate:
    if isinstance(said, PersistentVolumeClaim):
        return ClaimTemplate(said)
    return as_model(core.PersistentVolumeClaim, said) if isinstance(said, Mapping) else said


Claim = PersistentVolumeClaim
