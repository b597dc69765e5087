"""What Argo CD and Flux have in common: names, paths, labels."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kpy.errors import LoadError
from kpy.project.environments import expand
from kpy.syntax.formats import label_value_fault

if TYPE_CHECKING:
    from kpy.project.gitops import Gitops
    from kpy.project.workspace import Output

__all__ = ["Tree", "image_of", "labels_of", "name_of", "path_of", "refuse_equal_images", "wording"]

Tree = dict[str, Any]

_LONGEST = 63


def name_of(output: Output) -> str:
    """Return the name of the object of an output: `shop-prod-eu`. Raises `LoadError` where no object can have it."""
    name = re.sub(r"[^a-z0-9.]+", "-", str(output).lower()).strip("-.")
    if not name or len(name) > _LONGEST:
        raise LoadError(f"the output {output} cannot be the name of an object: {name!r} is longer than {_LONGEST}")
    return name


def path_of(settings: Gitops, output: Output) -> str:
    """Return the folder of an output in the repository."""
    return posixpath.normpath(posixpath.join(settings.path, output.folder.replace("\\", "/")))


def image_of(settings: Gitops, output: Output) -> tuple[str, str]:
    """Return the image of an output, and its tag."""
    return wording(settings.oci, "oci", output), output.environment or "latest"


def refuse_equal_images(settings: Gitops, outputs: Sequence[Output]) -> None:
    """Raise `LoadError` where two outputs would be one image, and the later one would take the place of the other."""
    taken: dict[tuple[str, str], Output] = {}
    for output in outputs:
        other = taken.setdefault(image_of(settings, output), output)
        if other is not output:
            differ = [key for key in ("app", "cluster") if other.words[key] != output.words[key]]
            raise LoadError(
                f"the outputs {other} and {output} would both be the image {':'.join(image_of(settings, output))}: "
                f"write {' and '.join(f'{{{key}}}' for key in differ)} in `oci` of [tool.kpy.gitops]"
            )


def labels_of(output: Output) -> Tree:
    """Return labels by which people find what belongs to an app or an environment.

    Raises `LoadError` where a word cannot be the value of a label.
    """
    words = {"app.kubernetes.io/part-of": output.app.word, "kpy.dev/environment": output.environment}
    words |= {"kpy.dev/cluster": output.cluster}
    for word in words.values():
        if fault := label_value_fault(word):
            raise LoadError(f"the output {output}: {word!r} cannot be the value of a label, which {fault}: rename it")
    return {key: word for key, word in words.items() if word}


def wording(pattern: str, key: str, output: Output) -> str:
    """Return a setting with its placeholders filled in. Raises `LoadError` for one that means nothing."""
    return expand(pattern, output.words, f"`{key}` of [tool.kpy.gitops]")
