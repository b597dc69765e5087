"""Which images containers run."""

from __future__ import annotations

import re
from typing import Final

from kpy.checking.check import Check
from kpy.checking.policies import policy
from kpy.objects import Tree
from kpy.paths import Path

__all__: list[str] = []

_SOURCE: Final = "https://kubernetes.io/docs/concepts/containers/images/"
_CONTAINER: Final = "core/v1 Container"
_GROUPS: Final = ("images",)
_TAG: Final = re.compile(r":([\w][\w.-]*)$", re.ASCII)


def _split(image: str) -> tuple[str, str]:
    """Return the tag of an image, and its digest; empty where there is none."""
    name, _, digest = image.partition("@")
    match = _TAG.search(name.rpartition("/")[2])
    return match[1] if match else "", digest


@policy("image-tag-missing", on=_CONTAINER, source=f"{_SOURCE}#image-names", groups=_GROUPS)
def image_tag_missing(container: Tree, at: Path, check: Check) -> None:
    """An image has neither a tag nor a digest, or its tag is `latest`.

    Why: What runs is whatever the registry has when a pod starts: two pods of one Deployment may differ, and there is
    no way back to what ran before.
    """
    image = container.get("image") or ""
    tag, digest = _split(image)
    if image and not digest and tag in ("", "latest"):
        fault = "has the tag `latest`" if tag else "has no tag"
        check.report(
            at + "image", f"image {image} {fault}: what runs can change", fix="name a version, such as `web:1.4.2`"
        )


@policy("image-digest-missing", on=_CONTAINER, source=f"{_SOURCE}#image-names", groups=_GROUPS)
def image_digest_missing(container: Tree, at: Path, check: Check) -> None:
    """An image is not named by its digest.

    Why: A tag can be moved to another image, by mistake or by an attacker; a digest is always the same image.
    """
    image = container.get("image") or ""
    if image and not _split(image)[1]:
        check.report(at + "image", f"image {image} has no digest", fix="add `@sha256:...`")


@policy("image-registry-missing", on=_CONTAINER, source=f"{_SOURCE}#image-names", groups=_GROUPS)
def image_registry_missing(container: Tree, at: Path, check: Check) -> None:
    """The name of an image has no registry.

    Why: The node decides where the image comes from, mostly Docker Hub, which limits pulls and has images of strangers
    under similar names.
    """
    image = container.get("image") or ""
    host, slash, _ = image.partition("/")
    if image and not (slash and ("." in host or ":" in host or host == "localhost")):
        check.report(
            at + "image",
            f"image {image} has no registry in its name",
            fix="start it with the host name of the registry",
        )
