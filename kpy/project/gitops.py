"""`[tool.kpy.gitops]`: where Argo CD and Flux find what `kpy synth` has written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kpy.errors import LoadError
from kpy.loading.near import near_or_known
from kpy.syntax.formats import label_fault

if TYPE_CHECKING:
    from kpy.manifest import Manifest

#: A time as Flux takes it.
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+")

__all__ = ["Gitops", "parse_gitops"]


class Gitops(NamedTuple):
    """The settings of a delivery by Argo CD or Flux; but for `repository` or `oci` all are optional."""

    #: The Git repository with the files.
    repository: str = ""
    #: The branch, tag or commit of it.
    revision: str = "main"
    #: The folder of the project in the repository; empty where the project is all of it.
    path: str = ""
    #: Where images are instead, with placeholders: `oci://ghcr.io/acme/{app}`; the tag is the environment.
    oci: str = ""
    #: The namespace of Argo CD, or of Flux; its usual one if empty.
    namespace: str = ""
    #: The project of Argo CD, with placeholders.
    project: str = "default"
    #: Clusters to what Argo CD calls them, a name or a URL, or for Flux the Secret with a kubeconfig.
    destinations: Mapping[str, str] = {}
    #: The Secret with the keys by which Flux decrypts what SOPS has encrypted.
    decryption: str = ""
    #: How often Flux looks.
    interval: str = "10m"
    #: Whether changes are applied without anybody who agrees, and what is gone is pruned.
    automated: bool = True
    #: Whether Argo CD runs `kpy synth` itself, by the plug-in that `kpy gitops argocd --plugin` writes.
    plugin: bool = False
    #: The branch that Argo CD's hydrator writes the objects to, with placeholders: `environments/{env}`.
    hydrate: str = ""
    #: Whether objects that come `after` others get the annotation of Argo CD's sync waves.
    waves: bool = False

    def finished(self, manifest: Manifest) -> Manifest:
        """Return a manifest with what delivery asks for, once all is in order: sync waves."""
        if self.waves:
            from kpy.graph.waves import add_waves

            add_waves(manifest)
        return manifest


def parse_gitops(path: str, table: object) -> Gitops:
    """Return the table as a value. Raises `LoadError` for what kpy does not know."""
    here = f"{path}: [tool.kpy.gitops]"
    if not isinstance(table, dict):
        raise LoadError(f'{path}: `gitops` of [tool.kpy] is a table: write [tool.kpy.gitops] and repository = "..."')
    defaults: dict[str, Any] = Gitops._field_defaults
    for key, value in table.items():
        if key not in defaults:
            raise LoadError(f"{here} has no setting `{key}`{near_or_known(key, defaults)}")
        wanted = {str: "text", bool: "true or false", dict: "a table of texts"}[type(defaults[key])]
        is_table = isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
        if not (is_table if isinstance(defaults[key], dict) else isinstance(value, type(defaults[key]))):
            raise LoadError(f"{here}: `{key}` is {wanted}, not {value!r}")
    found = Gitops(**table)
    if bool(found.repository) == bool(found.oci):
        raise LoadError(f"{here} needs one of `repository` and `oci`: where the files, or the images, are found")
    for name in ("plugin", "hydrate"):
        if found.oci and getattr(found, name):
            raise LoadError(f"{here}: `{name}` is about files in a repository, and with `oci` there are none: choose")
    if found.oci and not found.oci.startswith("oci://"):
        raise LoadError(f'{here}: `oci` begins with oci://: write oci = "oci://{found.oci}"')
    _refuse_forms(here, found)
    return found


def _refuse_forms(here: str, found: Gitops) -> None:
    """Refuse texts that Argo CD, Flux or a server would not take."""
    if not _DURATION.fullmatch(found.interval):
        raise LoadError(f'{here}: `interval` is a time such as "10m" or "1h30m", not {found.interval!r}')
    if found.namespace and (fault := label_fault(found.namespace)):
        raise LoadError(f"{here}: `namespace` {found.namespace!r} {fault}")
    if found.path.startswith("/") or ".." in found.path.split("/"):
        raise LoadError(f"{here}: `path` is a folder within the repository, from its top, not {found.path!r}")
