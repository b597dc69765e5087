"""Images of manifests: how they are called, and what an OCI layout on the disk holds."""

from __future__ import annotations

import json
import os
import re
from typing import Final, NamedTuple

from kpy.errors import LoadError, UsageError

__all__ = ["Image", "digest_of_layout", "is_layout", "parse_image"]

_HOST: Final = re.compile(r"(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?", re.IGNORECASE)
_PART: Final = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_PATH: Final = re.compile(rf"{_PART}(?:/{_PART})*")
_TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


class Image(NamedTuple):
    """Where an image goes."""

    #: The registry, with the port: `ghcr.io`.
    host: str
    #: The repository in it: `acme/shop`.
    path: str
    tag: str

    @property
    def name(self) -> str:
        """What programs call it: `ghcr.io/acme/shop:prod`."""
        return f"{self.host}/{self.path}:{self.tag}"

    def __str__(self) -> str:
        """Return its address: `oci://ghcr.io/acme/shop:prod`."""
        return f"oci://{self.name}"

    def with_digest(self, digest: str) -> str:
        """Return the address of what the image is now: `oci://ghcr.io/acme/shop@sha256:...`."""
        return f"oci://{self.host}/{self.path}@{digest}"


def parse_image(address: str, tag: str = "latest") -> Image:
    """Return the image of an address; `tag` is that of one that says none. Raises `UsageError` for what is none."""
    scheme, separator, rest = address.partition("://")
    host, _, path = rest.partition("/")
    if "@" in host:
        shown = host.rpartition("@")[2]
        raise UsageError(f"{shown}: an address takes no password: log in by `oras login {shown}`, and leave it out")
    if separator and scheme != "oci":
        raise UsageError(f"{address}: an image is at oci://HOST/PATH:TAG, not at {scheme}://")
    if "@" in path:
        raise UsageError(f"{address}: a digest follows from the content: say a tag, oci://HOST/PATH:TAG")
    path, colon, said = path.partition(":")
    tag = said if colon else tag
    if not separator or not _HOST.fullmatch(host) or not path:
        raise UsageError(f"{address}: this is no address of an image: write oci://HOST/PATH:TAG")
    if not _PATH.fullmatch(path):
        raise UsageError(
            f"{address}: {path!r} cannot be the path of an image: small letters and digits, with `.`, `_` and `-` "
            "between them, and `/`"
        )
    if not _TAG.fullmatch(tag):
        raise UsageError(f"{address}: {tag!r} cannot be a tag: letters, digits, `.`, `_` and `-`")
    return Image(host, path, tag)


def is_layout(folder: str) -> bool:
    """Return whether a folder is an OCI image layout."""
    return os.path.isfile(os.path.join(folder, "oci-layout"))


def digest_of_layout(folder: str) -> tuple[str, str]:
    """Return the digest of the one image of an OCI layout, and its tag there, which may be empty.

    Raises `LoadError` for a layout that cannot be read, that is not whole, or that has more than one image.
    """
    path = os.path.join(folder, "index.json")
    try:
        with open(path, "rb") as file:
            manifests = json.loads(file.read())["manifests"]
        entries = [(str(each["digest"]), each.get("annotations") or {}) for each in manifests]
        tags = [str(annotations.get("org.opencontainers.image.ref.name") or "") for _, annotations in entries]
    except OSError as error:
        raise LoadError(f"{path}: it cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise LoadError(f"{path}: this is no index of an OCI image layout") from None
    if len(entries) != 1:
        raise LoadError(f"{path}: it has {len(entries)} images, and kpy pushes a layout with one")
    digest = entries[0][0]
    if not _DIGEST.fullmatch(digest):
        raise LoadError(f"{path}: {digest!r} is no digest that kpy knows")
    if not os.path.isfile(os.path.join(folder, "blobs", *digest.split(":"))):
        raise LoadError(f"{folder}: the layout is not whole: the image {digest} is not in it")
    return digest, tags[0]
