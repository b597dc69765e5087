"""ConfigMaps, from texts and files."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Unpack

from kpy.api.core import v1 as core
from kpy.constructs.content import Hashed, env_file, literal, read_files
from kpy.constructs.fields.config_map import ConfigMapFields
from kpy.constructs.object import Home, Object
from kpy.constructs.volumes import Volume, to_items

if TYPE_CHECKING:
    from kpy.constructs.fields.config_map import ConfigMapArguments

__all__ = ["ConfigMap"]


class ConfigMap(Hashed, ConfigMapFields, Object):
    """Settings for pods, as texts by key.

        config = chart.add(ConfigMap.from_literals("config", {"NUM_LIVES": "3"}))
        Container(image="...", env={"LIVES": config["NUM_LIVES"]}, env_from=[config], mounts={"/etc/app": config})

    https://kubernetes.io/docs/concepts/configuration/configmap/
    """

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "ConfigMap"
    _homes: ClassVar[tuple[Home, ...]] = ((ConfigMapFields, ()),)

    @classmethod
    def from_literals(
        cls, name: str, literals: Mapping[str, str | int | float], **arguments: Unpack[ConfigMapArguments]
    ) -> ConfigMap:
        """Return a ConfigMap of texts, or numbers, by key."""
        return cls(
            name, data={key: literal(value, f"the value of {key!r}") for key, value in literals.items()}, **arguments
        )

    @classmethod
    def from_files(
        cls, name: str, *files: str | Path | Mapping[str, str | Path], **arguments: Unpack[ConfigMapArguments]
    ) -> ConfigMap:
        """Return a ConfigMap of files: paths, folders (their files, not deeper), or keys to paths.

        Relative paths start at the file that makes the call. Files that are not UTF-8 become binary data. Raises
        `LoadError` for what cannot be read.
        """
        texts, binaries = read_files(files)
        return cls(
            name,
            data=texts or None,
            binary_data={key: b64encode(content).decode() for key, content in binaries.items()} or None,
            **arguments,
        )

    @classmethod
    def from_env_file(cls, name: str, file: str | Path, **arguments: Unpack[ConfigMapArguments]) -> ConfigMap:
        """Return a ConfigMap of the `KEY=value` lines of a file, as `kubectl create configmap --from-env-file` does."""
        return cls(name, data=env_file(file), **arguments)

    def __getitem__(self, key: str) -> core.EnvVarSource:
        """Return the value of a key, for `env`."""
        return self.value(key)

    def value(self, key: str, *, optional: bool | None = None) -> core.EnvVarSource:
        """Return the value of a key, for `env`; with `optional` the variable is left out when there is no such key."""
        selector = core.ConfigMapKeySelector(name=self, key=key, optional=optional)
        return core.EnvVarSource(config_map_key_ref=selector)

    def env(self, *, prefix: str | None = None, optional: bool | None = None) -> core.EnvFromSource:
        """Return all keys as variables, for `env_from`, each with a prefix."""
        source = core.ConfigMapEnvSource(name=self, optional=optional)
        return core.EnvFromSource(prefix=prefix, config_map_ref=source)

    def volume(
        self,
        *,
        name: str | None = None,
        items: Mapping[str, str] | None = None,
        default_mode: int | None = None,
        optional: bool | None = None,
    ) -> Volume:
        """Return a volume of the keys as files; `items` picks keys and names their paths."""
        source = core.ConfigMapVolumeSource(
            name=self, items=to_items(items), default_mode=default_mode, optional=optional
        )
        return Volume(name=name or self.name, config_map=source)
