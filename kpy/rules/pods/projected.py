"""Projected volumes: several sources in one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import path_fault

_PROJECTED = "core/v1 ProjectedVolumeSource"
_PROJECTION = "core/v1 VolumeProjection"
_TOKEN = "core/v1 ServiceAccountTokenProjection"

_PAGE = "https://kubernetes.io/docs/concepts/storage/projected-volumes/"
_TOKENS = _PAGE + "#serviceaccounttoken"

#: Sources that a server forgets, with the settings that it has by default.
_FORGOTTEN = ("clusterTrustBundle", "podCertificate")


@rule("projected-source-ambiguous", on=_PROJECTION, source=_PAGE)
def projected_source_ambiguous(source: Tree, at: Path, check: Check) -> None:
    """An element of `sources` is one source only."""
    names = [name for name in source if name not in _FORGOTTEN]
    if len(names) > 1:
        message = f"an element of `sources` is {' and '.join(f'`{name}`' for name in names)} at once"
        check.report(at, message, fix="make an element of each")


@rule("projected-path-duplicate", on=_PROJECTED, source=_PAGE)
def projected_path_duplicate(volume: Tree, at: Path, check: Check) -> None:
    """No two items of a projected volume may become the same file."""
    for path, count in Counter(_item_paths(volume)).items():
        if count > 1:
            check.report(at, f'two items of the projected volume have the path "{path}"', fix="change one of the paths")


def _item_paths(volume: Tree) -> Iterator[str]:
    """Iterate over the paths of items; the path of a token is not compared."""
    for source in volume.get("sources", ()):
        for name in ("secret", "configMap", "downwardAPI"):
            for item in source.get(name, {}).get("items", ()):
                if path := item.get("path"):
                    yield path


@rule("token-path-required", on=_TOKEN, source=_TOKENS, without="path")
def token_path_required(token: Tree, at: Path, check: Check) -> None:
    """A token must say which file it becomes."""
    server_field = at.parent.parent.parent + "path"
    check.report(at + "path", "a `serviceAccountToken` has no `path`", fix="set `path`", field=server_field)


@rule("token-path-invalid", on=_TOKEN, source=_TOKENS)
def token_path_invalid(token: Tree, at: Path, check: Check) -> None:
    """The path of a token must stay in the volume, and not begin with `..`."""
    path = token.get("path", "")
    if fault := path_fault(path) or ('must not begin with ".."' if path.startswith("..") else None):
        check.report(at + "path", f'path "{path}" {fault}', field=at.parent.parent.parent + "path")
