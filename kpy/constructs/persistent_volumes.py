"""Persistent volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Unpack

from kpy.constructs.claims import PersistentVolumeClaim
from kpy.constructs.fields.persistent_volume import PersistentVolumeFields
from kpy.constructs.object import Home, Object

if TYPE_CHECKING:
    from kpy.constructs.object import ObjectArguments
    from kpy.model.plain import Sink
    from kpy.model.typing import QuantityInput

__all__ = ["PersistentVolume"]


class PersistentVolume(PersistentVolumeFields, Object):
    """Storage that the cluster has; every source of the API is a field.

        volume = chart.add(PersistentVolume(
            "media", storage="1Ti", access_modes=["ReadWriteMany"],
            nfs=NFSVolumeSource(server="10.0.0.5", path="/export/media"),
        ))
        claim = chart.add(volume.claim("media"))

    https://kubernetes.io/docs/concepts/storage/persistent-volumes/
    """

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "PersistentVolume"
    _homes: ClassVar[tuple[Home, ...]] = ((PersistentVolumeFields, ("spec",)),)

    storage: QuantityInput | None = None
    """How much it holds, such as `"1Ti"`: short for `capacity={"storage": ...}`."""

    def claim(self, name: str, **arguments: Unpack[ObjectArguments]) -> PersistentVolumeClaim:
        """Return a claim, not yet added, for exactly this volume: same size, modes and class."""
        return PersistentVolumeClaim(
            name,
            storage=self.storage or (self.capacity or {}).get("storage"),
            access_modes=self.access_modes,
            storage_class_name="" if self.storage_class_name is None else self.storage_class_name,
            volume_mode=self.volume_mode,
            volume_name=self,
            **arguments,
        )

    def _finish(self, tree: dict[str, Any], sink: Sink) -> None:
        if self.storage is not None:
            capacity = tree.setdefault("spec", {}).setdefault("capacity", {})
            self._lay_onto({"storage": str(self.storage)}, capacity, "spec.capacity")
