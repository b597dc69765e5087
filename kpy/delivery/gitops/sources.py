"""Where Argo CD finds the objects of an output: files, images, what the plug-in makes, what the hydrator has written.

https://argo-cd.readthedocs.io/en/stable/user-guide/source-hydrator/
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from kpy.delivery.gitops.common import Tree, image_of, path_of, wording
from kpy.errors import LoadError

if TYPE_CHECKING:
    from kpy.project.gitops import Gitops
    from kpy.project.workspace import Output

__all__ = ["PLUGIN", "opened", "refuse_shared_places", "repository_of", "sources_of"]

#: The name of the plug-in, as its file has it.
PLUGIN: Final = "kpy"
#: Layouts may have folders, and a kustomization.yaml is none of the objects.
_DIRECTORY: Final = {"recurse": True, "exclude": "kustomization.yaml"}
#: Texts of a source that are the same for all outputs.
_CONSTANT: Final = frozenset({"directory", "name"})


def sources_of(settings: Gitops, output: Output) -> Tree:
    """Return the part of the spec of an Application that says where its objects are.

    Raises `LoadError` where the hydrator would write into the root of a repository, which it refuses.
    """
    source = _source(settings, output)
    if not settings.hydrate:
        return {"source": source}
    path = path_of(settings, output)
    if path == ".":
        raise LoadError(
            f"the output {output} is written to the root of the repository, where Argo CD hydrates nothing: "
            'write it to a folder, `output = "rendered/{env}/{app}"` in [tool.kpy]'
        )
    branch = wording(settings.hydrate, "hydrate", output)
    return {"sourceHydrator": {"drySource": source, "syncSource": {"targetBranch": branch, "path": path}}}


def repository_of(settings: Gitops, output: Output) -> str:
    """Return what a project of Argo CD must allow as the source of an output."""
    return image_of(settings, output)[0] if settings.oci else settings.repository


def _source(settings: Gitops, output: Output) -> Tree:
    if settings.oci:
        image, tag = image_of(settings, output)
        return {"repoURL": image, "targetRevision": tag, "path": ".", "directory": dict(_DIRECTORY)}
    where = {"repoURL": settings.repository, "targetRevision": settings.revision}
    if settings.plugin:
        words = {"app": output.app.target, "env": output.environment, "cluster": output.cluster}
        parameters = [{"name": name, "string": word} for name, word in words.items() if word]
        return {**where, "path": settings.path or ".", "plugin": {"name": PLUGIN, "parameters": parameters}}
    return {**where, "path": path_of(settings, output), "directory": dict(_DIRECTORY)}


def opened(tree: Tree, prefix: str = "") -> tuple[Tree, dict[str, str]]:
    """Return sources with words of a template in the place of texts, and the texts by these words."""
    made: Tree = {}
    words: dict[str, str] = {}
    for key, value in tree.items():
        if key == "parameters":
            made[key] = [{**each, "string": f"{{{{.parameter{each['name']}}}}}"} for each in value]
            words |= {f"parameter{each['name']}": each["string"] for each in value}
        elif isinstance(value, dict) and key not in _CONSTANT:
            made[key], inner = opened(value, prefix if key in ("source", "sourceHydrator", "plugin") else key)
            words |= inner
        elif isinstance(value, str) and key not in _CONSTANT:
            word = f"{prefix}{key}"
            made[key], words[word] = f"{{{{.{word}}}}}", value
        else:
            made[key] = value
    return made, words


def refuse_shared_places(settings: Gitops, outputs: Sequence[Output]) -> None:
    """Raise `LoadError` where the folder of an output is that of another one, or has it in it.

    Both would be taken for the objects of either, and each would prune those of the other.
    """
    placed = sorted(((path_of(settings, output).split("/"), output) for output in outputs), key=lambda pair: pair[0])
    for (outer, one), (inner, other) in pairwise(placed):
        if outer in (["."], inner[: len(outer)]):
            raise LoadError(
                f"the outputs {one} and {other} are in one folder, {'/'.join(outer)}, and each would be taken for the "
                'other one, too: write `output = "rendered/{cluster}/{env}/{app}"` in [tool.kpy]'
            )
