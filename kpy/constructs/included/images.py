"""Other images for the containers of objects that somebody else has written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.errors import ArgumentError

__all__ = ["ImageUse", "images_in", "replaced", "to_images", "without_tag"]

Tree = dict[str, Any]
#: A mapping of the object, the key in it, and the image that stands there.
ImageUse = tuple[Tree, str, str]
#: What these hold is the text of programs, not images of the object.
_NOT_LOOKED_INTO: Final = frozenset({"ConfigMap", "Secret", "CustomResourceDefinition"})


def to_images(said: Mapping[str, str]) -> dict[str, str]:
    """Return images by the names that they have now."""
    if not isinstance(said, Mapping):
        raise ArgumentError(f'expected images by their names, `{{"nginx": "nginx:1.29"}}`, not {said!r}')
    for name, image in said.items():
        if not isinstance(name, str) or not isinstance(image, str) or not name or not image:
            form = '`{"nginx": "registry.local/nginx:1.29"}`, or a tag, `{"nginx": ":1.29"}`'
            raise ArgumentError(f"{name!r}: {image!r} is no image: expected a name and an image, {form}")
    return dict(said)


def images_in(tree: Any) -> Iterator[ImageUse]:
    """Yield where an object names an image: in containers, and in fields of custom resources that are called so."""
    if not isinstance(tree, dict) or tree.get("kind") in _NOT_LOOKED_INTO:
        return
    left: list[Any] = [tree]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            image = node.get("image")
            if isinstance(image, str) and image:
                yield node, "image", image
            left += (
                [node[key] for key in reversed(node) if key not in ("metadata", "status")]
                if node is tree
                else [node[key] for key in reversed(node)]
            )
        elif isinstance(node, list):
            left += reversed(node)


def replaced(image: str, images: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the word that means an image, and the image in its place; nothing where no word means it.

    A word is the image without its tag and digest, or all of it. What begins with `:` or `@` is a tag or digest for
    the same name.
    """
    name = without_tag(image)
    word = image if image in images else name
    said = images.get(word)
    if said is None:
        return None
    return word, (name + said if said.startswith((":", "@")) else said)


def without_tag(image: str) -> str:
    """Return the name of an image: `registry:5000/nginx` of `registry:5000/nginx:1.29@sha256:...`."""
    name = image.partition("@")[0]
    folder, slash, last = name.rpartition("/")
    return folder + slash + last.partition(":")[0]
