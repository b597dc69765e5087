"""What containers read from and pods mount, by what it can do: constructs of many kinds that know nothing of pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kpy.api.core import v1 as core

__all__ = ["EnvSource", "MountSource", "StoragePattern"]


class MountSource(Protocol):
    """What a pod can mount: a ConfigMap, a Secret or a PersistentVolumeClaim."""

    def volume(self, *, name: str | None = None) -> core.Volume:
        """Return a volume of it."""
        ...


class EnvSource(MountSource, Protocol):
    """What fills an environment and a folder by its keys: a ConfigMap or a Secret."""

    def env(self, *, prefix: str | None = None, optional: bool | None = None) -> core.EnvFromSource:
        """Return all its keys as variables."""
        ...


class StoragePattern(Protocol):
    """What pods get storage of their own from: a PersistentVolumeClaim."""

    @property
    def name(self) -> str:
        """The name."""
        ...

    def to_template(self) -> object:
        """Return it as a pattern."""
        ...
