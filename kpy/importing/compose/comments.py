"""Comments of compose files, above the fields that what they explain has become."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kpy.documents import read_documents
from kpy.importing.comments import read_comments
from kpy.importing.compose.names import dns_label
from kpy.importing.compose.project import Project
from kpy.importing.compose.secrecy import is_secret, secrets_in_script
from kpy.importing.subjects import Subject
from kpy.output.emit import to_yaml

__all__ = ["to_text"]

Tree = dict[str, Any]
Steps = tuple[str | int, ...]
_WORKLOADS: Final = ("Deployment", "DaemonSet", "Job")
_CONTAINER: Final[Steps] = ("spec", "template", "spec", "containers", 0)
#: Fields of a service to those of the container.
_FIELDS: Final = {
    "image": "image",
    "build": "image",
    "command": "args",
    "entrypoint": "command",
    "environment": "env",
    "env_file": "envFrom",
    "ports": "ports",
    "expose": "ports",
    "volumes": "volumeMounts",
    "healthcheck": "readinessProbe",
    "working_dir": "workingDir",
    "user": "securityContext",
}
_SETTING: Final = re.compile(r"(\w[\w.-]*)\s*[:=]\s*(\S+)")


def to_text(project: Project, documents: Sequence[Tree]) -> str:
    """Return documents as YAML, with the comments of the files above what they explain; none has a secret."""
    found: dict[int, dict[Steps, list[str]]] = {}
    for steps, lines in _comments(project):
        number, target = _target(steps, documents, project)
        key = f"{steps[2]}: " if len(steps) > 2 and not target and steps[0] == "services" else ""
        said = [f"{key}{line}" if line else line for line in lines if not _has_secret(line)]
        if said and documents:
            found.setdefault(number, {}).setdefault(target, []).extend(said)
    return "---\n".join(_written(tree, found.get(number, {})) for number, tree in enumerate(documents))


def _comments(project: Project) -> Iterator[tuple[Steps, tuple[str, ...]]]:
    for document, text in project.texts:
        subject = Subject(document.tree, 0, document)
        read_comments(text, [subject])
        yield from subject.comments.items()


def _has_secret(line: str) -> bool:
    return bool(secrets_in_script(line)) or any(is_secret(name, value) for name, value in _SETTING.findall(line))


def _target(steps: Steps, documents: Sequence[Tree], project: Project) -> tuple[int, Steps]:
    """Return the document and the field that a place of a compose file has become."""
    if len(steps) < 2:
        return 0, ()
    section, entry = str(steps[0]), dns_label(str(steps[1]))
    kinds = {"services": _WORKLOADS, "volumes": ("PersistentVolumeClaim",), "configs": ("ConfigMap",)}.get(section, ())
    for number, tree in enumerate(documents):
        if tree["kind"] in kinds and tree["metadata"]["name"] == entry:
            return number, _field(steps, tree, project) if section == "services" else ()
    return 0, ()


def _field(steps: Steps, tree: Tree, project: Project) -> Steps:
    if len(steps) < 3:
        return ()
    key = _FIELDS.get(str(steps[2]), "")
    container = tree["spec"]["template"]["spec"]["containers"][0]
    if key not in container:
        return ()
    held = container[key]
    if len(steps) > 3 and isinstance(held, list):
        index = _index(steps, held, project)
        if index is not None:
            return (*_CONTAINER, key, index)
    return (*_CONTAINER, key)


def _index(steps: Steps, held: list[Any], project: Project) -> int | None:
    """Return which element of a list an entry of a service has become."""
    said: Any = project.tree
    for step in steps[:4]:
        try:
            said = said[step]
        except (KeyError, IndexError, TypeError):
            break
    names = {str(steps[3]), str(said).partition("=")[0]}
    target = said.get("target") if isinstance(said, Mapping) else next(iter(str(said).split(":")[1:2]), str(said))
    for index, each in enumerate(held):
        if isinstance(each, Mapping) and (each.get("name") in names or each.get("mountPath") == target):
            return index
    return None


def _written(tree: Tree, comments: Mapping[Steps, list[str]]) -> str:
    """Return a document as YAML with comments in it."""
    text = to_yaml((tree,), keeps_order=True)
    if not comments:
        return text
    (document,) = read_documents(text).documents
    lines = text.splitlines()
    above: dict[int, list[str]] = {}
    for steps, said in comments.items():
        line = document.where(steps, key=True).line if steps else 1
        indent = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
        above.setdefault(line, []).extend(f"{indent}# {each}".rstrip() for each in said)
    done = [each for number, line in enumerate(lines, 1) for each in (*above.get(number, ()), line)]
    return "\n".join(done) + "\n"
