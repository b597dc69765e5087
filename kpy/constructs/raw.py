"""Objects given as they are: mappings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

from kpy.constructs.object import to_patch
from kpy.errors import ArgumentError, FrozenError
from kpy.model.fields import Accepts, accepts, field
from kpy.model.referable import Ref, Referable
from kpy.tree.part import Part, describe
from kpy.tree.shared import OutsideApp, to_after, to_aliases, to_protect, to_waivers

__all__ = ["Raw"]


class Raw(Part, Referable):
    """An object given as a mapping, for kinds that kpy has no type for.

        chart.add(Raw({"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": {"name": "ca"}, "spec": {}}))

    It is copied and checked like everything else; an object that stands in it becomes its name. Namespace and labels of
    its chart reach it only where it has none of its own, defaults never.
    """

    tree: Mapping[str, object] = field(kw_only=False)
    """The object, in the API's own names."""
    patch: Accepts[Mapping[str, object] | None, Mapping[str, object] | None] = accepts(to_patch, default=None)
    """A strategic merge patch, merged last, in the API's own names; `None` deletes a field."""
    after: Accepts[Sequence[Referable | Part | OutsideApp], Sequence[Referable | Part | OutsideApp]] = accepts(
        to_after, default=()
    )
    """What must come before it: objects, constructs, charts, or another app."""
    waive: Accepts[Mapping[str, str] | None, Mapping[str, str] | None] = accepts(to_waivers, default=None)
    """Rules not to report for this object, by name, each with the reason."""
    aliases: Accepts[Sequence[str] | None, Sequence[str] | None] = accepts(to_aliases, default=None)
    """Names that the object had before, `"api"` or `"namespace/api"`: comparing and applying show one replacement."""
    protect: Accepts[bool | None, bool | None] = accepts(to_protect, default=None)
    """Whether the object is protected: comparing, applying and deleting refuse to lose it."""

    @property
    def name(self) -> str:
        """The name in its metadata; empty when it has none."""
        metadata = self.tree.get("metadata")
        return str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""

    @property
    def api_version(self) -> str:
        """The API version that it says."""
        return str(self.tree.get("apiVersion", ""))

    @property
    def kind(self) -> str:
        """The kind that it says."""
        return str(self.tree.get("kind", ""))

    @property
    def namespace(self) -> str | None:
        """The namespace in its metadata; nothing when it says none."""
        metadata = self.tree.get("metadata")
        namespace = metadata.get("namespace") if isinstance(metadata, Mapping) else None
        return None if namespace is None else str(namespace)

    def __kpy_init__(self) -> None:
        """Refuse what is no mapping."""
        if not isinstance(self.tree, Mapping):
            raise ArgumentError(f"Raw takes a mapping with apiVersion, kind and metadata, not {self.tree!r}")
        super().__kpy_init__()

    def add_patch(self, patch: Mapping[str, object]) -> Self:
        """Merge one more strategic merge patch last, after `patch`; return the object. See `Object.add_patch`."""
        if self.__dict__["_locked"]:
            raise FrozenError(f"{describe(self)} is synthesised already: patch it before `synth()`")
        self.__dict__.setdefault("_patches", []).append(to_patch(patch))
        return self

    def ref(self, **fields: object) -> Ref:
        """Return a reference to the object, for a field of a custom resource; see `Object.ref`."""
        return Ref(self, fields)
