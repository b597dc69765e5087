"""Kustomizations of Flux, and the sources that they take: one Git repository, or an OCI repository for each output.

https://fluxcd.io/flux/components/kustomize/kustomizations/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kpy.delivery.gitops.common import Tree, image_of, labels_of, name_of, path_of
from kpy.errors import LoadError

if TYPE_CHECKING:
    from kpy.delivery.dependencies import Dependencies
    from kpy.project.gitops import Gitops
    from kpy.project.workspace import Output

__all__ = ["to_flux"]


def to_flux(settings: Gitops, outputs: Sequence[Output], name: str, dependencies: Dependencies) -> list[Tree]:
    """Return the objects for outputs, the sources first; `name` is that of the Git repository.

    A Kustomization depends on those of the outputs that come before it. Raises `LoadError` for outputs of several
    clusters of which one is reached in no way.
    """
    needed = [*outputs, *(before for output in outputs for before in dependencies.before(output))]
    _refuse_unreached(settings, needed)
    if settings.oci:
        sources = [_image(settings, output) for output in outputs]
    else:
        sources = [_repository(settings, name)]
    return [*sources, *(_kustomization(settings, output, name, dependencies.before(output)) for output in outputs)]


def _refuse_unreached(settings: Gitops, outputs: Sequence[Output]) -> None:
    clusters = {output.cluster for output in outputs}
    unreached = sorted(clusters - settings.destinations.keys())
    if len(clusters) > 1 and unreached:
        raise LoadError(
            f"Flux applies to the cluster that it runs in, and these outputs are for {', '.join(sorted(clusters))}: "
            f"choose one, --where cluster={unreached[0]}, or name the Secrets with their kubeconfigs in "
            "[tool.kpy.gitops.destinations]"
        )


def _metadata(settings: Gitops, name: str, labels: Tree | None = None) -> Tree:
    found: Tree = {"name": name, "namespace": settings.namespace or "flux-system"}
    return {**found, "labels": labels} if labels else found


def _repository(settings: Gitops, name: str) -> Tree:
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": _metadata(settings, name),
        "spec": {"interval": settings.interval, "url": settings.repository, "ref": _revision(settings.revision)},
    }


def _revision(revision: str) -> Tree:
    """Return what a revision is to Flux: a commit by its hash, a full reference, else a branch."""
    is_hash = len(revision) in (40, 64) and all(digit in "0123456789abcdef" for digit in revision)
    if is_hash:
        return {"commit": revision}
    return {"name": revision} if revision.startswith("refs/") else {"branch": revision}


def _image(settings: Gitops, output: Output) -> Tree:
    image, tag = image_of(settings, output)
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "OCIRepository",
        "metadata": _metadata(settings, name_of(output), labels_of(output)),
        "spec": {"interval": settings.interval, "url": image, "ref": {"tag": tag}},
    }


def _kustomization(settings: Gitops, output: Output, name: str, before: Sequence[Output]) -> Tree:
    kind, source = ("OCIRepository", name_of(output)) if settings.oci else ("GitRepository", name)
    spec: Tree = {
        "interval": settings.interval,
        "path": "./" if settings.oci else f"./{path_of(settings, output)}",
        "prune": settings.automated,
        "wait": True,
        "sourceRef": {"kind": kind, "name": source},
    }
    if settings.decryption:
        spec["decryption"] = {"provider": "sops", "secretRef": {"name": settings.decryption}}
    if before:
        spec["dependsOn"] = [{"name": name_of(each)} for each in before]
    if not settings.automated:
        spec["suspend"] = True
    if secret := settings.destinations.get(output.cluster):
        spec["kubeConfig"] = {"secretRef": {"name": secret}}
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": _metadata(settings, name_of(output), labels_of(output)),
        "spec": spec,
    }
