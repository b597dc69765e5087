"""Kustomizations among documents: they are not objects of a cluster, and neither is what they patch others with.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__ = ["is_kustomization", "parts_of"]

#: Fields that list files, or mappings which name one by `path`.
_LISTS: Final = (
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "replacements",
    "configurations",
    "generators",
    "transformers",
    "validators",
    "crds",
)
#: Fields that list mappings, with the fields in those that name files.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "configMapGenerator": ("files", "envs"),
    "secretGenerator": ("files", "envs"),
    "helmCharts": ("valuesFile", "additionalValuesFiles"),
}


def is_kustomization(tree: object) -> bool:
    """Return whether a document is for kustomize; the kind `Kustomization` of Flux is an object of a cluster."""
    if not isinstance(tree, dict):
        return False
    if "apiVersion" not in tree:
        return tree.get("kind") == "Kustomization" or ("kind" not in tree and isinstance(tree.get("resources"), list))
    return str(tree["apiVersion"]).startswith("kustomize.config.k8s.io/")


def parts_of(tree: Mapping[str, Any], file: str) -> Iterator[str]:
    """Yield the files that a kustomization in a file reads, but for those with objects: patches, values, settings."""
    folder = os.path.dirname(file)
    for name in _names(tree):
        path = name.partition("=")[2] or name
        if "\n" not in path:
            yield os.path.normpath(os.path.join(folder, path))


def _names(tree: Mapping[str, Any]) -> Iterator[str]:
    for field in _LISTS:
        for item in _items(tree.get(field)):
            yield from _texts(item.get("path") if isinstance(item, dict) else item)
    for field, names in _NAMES.items():
        for item in _items(tree.get(field)):
            for name in names if isinstance(item, dict) else ():
                yield from _texts(item.get(name))


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> Iterator[str]:
    yield from (text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str))
