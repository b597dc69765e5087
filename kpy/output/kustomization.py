"""The kustomization.yaml beside the files of a manifest, so that kustomize and Flux take the folder as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kpy.errors import UsageError
from kpy.output.layouts import Layout
from kpy.output.names import fold

__all__ = ["KUSTOMIZATION", "to_kustomization", "with_kustomization"]

KUSTOMIZATION: Final = "kustomization.yaml"


def with_kustomization(laid: Layout) -> Layout:
    """Return files with the kustomization that names them. Raises `UsageError` when one has its name."""
    return laid._replace(files={**laid.files, KUSTOMIZATION: to_kustomization(laid.files)})


def to_kustomization(paths: Iterable[str]) -> bytes:
    """Return a kustomization of files, in the order in which kubectl takes those of a folder.

    Raises `UsageError` when one of them has its name.
    """
    names = sorted(paths)
    if taken := [name for name in names if fold(name) == fold(KUSTOMIZATION)]:
        raise UsageError(f"the chart of {taken[0]} has the name of the kustomization: give it another name")
    from kpy.output.emit import to_yaml

    tree = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": names}
    return to_yaml([tree]).encode()
