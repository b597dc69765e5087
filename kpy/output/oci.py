"""A manifest as an OCI image layout, which Flux and every registry take: the same objects are the same bytes.

The layer is a tar of the files that would be written otherwise, without times, owners and modes of this machine. The
media types are those that Flux gives to what it pushes: https://fluxcd.io/flux/components/source/ocirepositories/
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from kpy.output.layouts import Layout

__all__ = ["as_oci", "to_oci_layout"]

CONFIG: Final = "application/vnd.cncf.flux.config.v1+json"
LAYER: Final = "application/vnd.cncf.flux.content.v1.tar+gzip"
MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
_INDEX: Final = "application/vnd.oci.image.index.v1+json"


def as_oci(laid: Layout, *, tag: str = "latest", title: str = "") -> Layout:
    """Return the files of an image layout with the files of another; all of them are private where one of those is."""
    files = to_oci_layout(laid.files, tag=tag, title=title)
    return Layout(files, frozenset(files) if laid.private else frozenset())


def to_oci_layout(files: Mapping[str, bytes], *, tag: str = "latest", title: str = "") -> dict[str, bytes]:
    """Return the files of a layout whose only image has the files of a manifest, paths with `/` to content.

    `tag` is how the image is called within the layout, and `title` the name of the app.
    """
    blobs: dict[str, bytes] = {}
    config = _blob(blobs, CONFIG, b"{}")
    layer = _blob(blobs, LAYER, _archive(files))
    annotations = {"org.opencontainers.image.title": title} if title else {}
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config,
        "layers": [layer],
        **({"annotations": annotations} if annotations else {}),
    }
    entry = _blob(blobs, MANIFEST, _json(manifest))
    index = {
        "schemaVersion": 2,
        "mediaType": _INDEX,
        "manifests": [{**entry, "annotations": {"org.opencontainers.image.ref.name": tag}}],
    }
    return {"oci-layout": _json({"imageLayoutVersion": "1.0.0"}), "index.json": _json(index), **blobs}


def _blob(blobs: dict[str, bytes], media_type: str, content: bytes) -> dict[str, Any]:
    """Put a blob among the others, and return what refers to it."""
    digest = sha256(content).hexdigest()
    blobs[f"blobs/sha256/{digest}"] = content
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}


def _archive(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(files):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(files[path]), 0o644
            archive.addfile(entry, io.BytesIO(files[path]))
    return gzip.compress(buffer.getvalue(), mtime=0)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
