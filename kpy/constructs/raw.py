"""Objects given as they are: mappings and YAML files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from kpy.errors import ArgumentError
from kpy.model.fields import field
from kpy.model.referable import Ref, Referable
from kpy.source import caller
from kpy.tree.part import Part

__all__ = ["Raw", "Yaml"]

#: A `Path` of a URL has lost one of its slashes.
_URL = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)


class Raw(Part, Referable):
    """An object given as a mapping, for kinds that kpy has no type for.

        chart.add(Raw({"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": {"name": "ca"}, "spec": {}}))

    It is copied and checked like everything else; an object that stands in it becomes its name. Namespace and labels of
    its chart reach it only where it has none of its own, defaults never.
    """

    tree: Mapping[str, object] = field(kw_only=False)
    """The object, in the API's own names."""

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

    def ref(self, **fields: object) -> Ref:
        """Return a reference to the object, for a field of a custom resource; see `Object.ref`."""
        return Ref(self, fields)


class Yaml(Part):
    """Every document of a YAML or JSON file, each located by its line.

        chart.add(Yaml("vendor/metrics-server.yaml"))

    A relative path starts at the Python file that makes the call.
    """

    file: str | Path = field(kw_only=False)
    """The path of the file."""

    def __kpy_init__(self) -> None:
        """Refuse what is on another machine."""
        if _URL.match(str(self.file)):
            text = f"Yaml takes a file, and URLs are not fetched ({self.file}): download it and name the file"
            raise ArgumentError.at(self._where, text)
        super().__kpy_init__()

    @property
    def name(self) -> str:
        """The file's name."""
        return Path(self.file).name

    @property
    def path_of_file(self) -> Path:
        """The file, from the folder of the Python file that names it."""
        where = self._where or caller()
        return Path(self.file) if where is None else Path(where.file).parent / self.file
