"""What a kustomization changes: which fields, of which objects. What it makes of them is not judged."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from kpy.documents import Reading, read_documents, read_file
from kpy.inputs.kustomize import Kustomization, texts_in
from kpy.inputs.objects import group_of
from kpy.objects import name_of

__all__ = ["ANY", "DEEP", "Effect", "Field", "effects_of", "overlap"]

Field = tuple[str | int, ...]

#: Stands for any one step, and at the begin of a field for any way to it.
ANY: Final = "*"
DEEP: Final = "**"
_TEMPLATES: Final[tuple[Field, ...]] = (("spec", "template"), ("spec", "jobTemplate", "spec", "template"))
_NAMESPACES: Final[tuple[Field, ...]] = (
    ("metadata", "namespace"),
    ("subjects", ANY, "namespace"),
    ("webhooks", ANY, "clientConfig", "service", "namespace"),
    ("spec", "service", "namespace"),
    ("spec", "conversion", "webhook", "clientConfig", "service", "namespace"),
)
_LABELS: Final[tuple[Field, ...]] = (("metadata", "labels"),)
_TEMPLATE_LABELS: Final[tuple[Field, ...]] = tuple((*way, "metadata", "labels") for way in _TEMPLATES)
_SELECTORS: Final[tuple[Field, ...]] = (
    ("spec", "selector"),
    ("spec", "podSelector"),
    ("spec", "jobTemplate", "spec", "selector"),
    ("spec", "ingress"),
    ("spec", "egress"),
    ("spec", "volumeClaimTemplates"),
)
_STEP: Final = re.compile(r"\[[^\]]*\]|(?:\\\.|[^.\[])+")


class Effect(NamedTuple):
    """A field that may become another, of some objects."""

    field: Field
    #: The group, kind and name of the objects, as patterns that fit the whole; nothing for all.
    group: str | None = None
    kind: str | None = None
    name: str | None = None
    #: Whether a patch says so, which may add what lacks.
    is_patch: bool = False

    def is_on(self, tree: Mapping[str, Any]) -> bool:
        """Return whether an object is one of those."""
        texts = (group_of(tree), str(tree.get("kind")), name_of(tree))
        return all(
            pattern is None or _fits(pattern, text)
            for pattern, text in zip((self.group, self.kind, self.name), texts, strict=True)
        )


def overlap(field: Field, steps: Field) -> bool:
    """Return whether a place is in a field, or has it in it."""
    if field[:1] == (DEEP,):
        return field[1] in steps
    return all(one in (ANY, other) for one, other in zip(field, steps, strict=False))


def effects_of(kustomization: Kustomization) -> Iterator[Effect]:
    """Yield everything that a kustomization itself changes."""
    tree = kustomization.tree
    if kustomization.has_plugins:
        yield Effect(())
    if tree.get("namespace"):
        yield from map(Effect, _NAMESPACES)
        yield Effect(("metadata", "name"), kind="Namespace")
    if tree.get("namePrefix") or tree.get("nameSuffix"):
        yield Effect(("metadata", "name"))
    if tree.get("commonLabels"):
        yield from map(Effect, (*_LABELS, *_TEMPLATE_LABELS, *_SELECTORS))
    yield from _labels(tree.get("labels"))
    if tree.get("commonAnnotations"):
        yield Effect((DEEP, "annotations"))
    if tree.get("images"):
        yield Effect((DEEP, "image"))
    if tree.get("replicas"):
        yield Effect(("spec", "replicas"))
    for field in ("patches", "patchesStrategicMerge", "patchesJson6902"):
        for patch in _list(tree.get(field)):
            yield from _patch(kustomization, patch)
    for replacement in _list(tree.get("replacements")):
        yield from _replacement(kustomization, replacement)


def _labels(value: object) -> Iterator[Effect]:
    for item in _list(value):
        if isinstance(item, Mapping):
            yield from map(Effect, _LABELS)
            if item.get("includeSelectors"):
                yield from map(Effect, _SELECTORS)
            if item.get("includeSelectors") or item.get("includeTemplates"):
                yield from map(Effect, _TEMPLATE_LABELS)


def _patch(kustomization: Kustomization, patch: object) -> Iterator[Effect]:
    """Yield what a patch changes: in a file or in the text itself; of the objects that it, or its target, names."""
    target: object = None
    if isinstance(patch, Mapping):
        target = patch.get("target")
        text, path = patch.get("patch"), patch.get("path")
    else:
        text, path = (patch, None) if isinstance(patch, str) and "\n" in patch else (None, patch)
    if isinstance(text, str):
        reading = read_documents(text, kustomization.file)
    elif isinstance(path, str):
        reading = _read(kustomization.path(path))
    else:
        return
    trees = [document.tree for document in reading.documents]
    if not trees or any(error.severity == "error" for error in reading.errors):
        yield _on(target, None, ())
    for tree in trees:
        fields = [*_fields_of_patch(tree)]
        yield from (_on(target, tree, field) for field in fields)


def _read(path: str) -> Reading:
    """Return what is in a plain file; a pipe or a device, which may never end, has nothing."""
    return read_file(path) if os.path.isfile(path) or not os.path.exists(path) else Reading([], [])


def _on(target: object, tree: object, field: Field) -> Effect:
    """Return an effect on the objects of a target, or without one on the object that a patch names."""
    if isinstance(target, Mapping):
        group, kind, name = (_text(target.get(key)) for key in ("group", "kind", "name"))
        return Effect(field, group, kind, name, is_patch=True)
    if isinstance(tree, Mapping) and tree.get("kind"):
        return Effect(field, None, re.escape(str(tree["kind"])), re.escape(name_of(tree)), is_patch=True)
    return Effect(field, is_patch=True)


def _fields_of_patch(tree: object) -> Iterator[Field]:
    if isinstance(tree, list):
        for operation in tree:
            if isinstance(operation, Mapping):
                yield from (_pointer(operation[key]) for key in ("path", "from") if isinstance(operation.get(key), str))
    elif isinstance(tree, Mapping):
        body = {key: value for key, value in tree.items() if key not in ("apiVersion", "kind", "metadata")}
        metadata = tree.get("metadata")
        if isinstance(metadata, Mapping):
            inner = {key: value for key, value in metadata.items() if key not in ("name", "namespace")}
            body |= {"metadata": inner} if inner else {}
        yield from _leaves(body, ())


def _leaves(value: object, at: Field) -> Iterator[Field]:
    """Yield the fields that a strategic merge patch says; an element of a list is found by a key that is in it."""
    if isinstance(value, Mapping):
        if any(str(key).startswith("$") for key in value):
            yield at
            return
        for key, item in value.items():
            yield from _leaves(item, (*at, key))
        if not value:
            yield at
    elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        for item in value:
            yield from _leaves({key: inner for key, inner in item.items() if key != "name"} or None, (*at, ANY))
    else:
        yield at


def _pointer(path: str) -> Field:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in path.strip("/").split("/")]
    if steps[-1:] == ["-"]:
        steps.pop()
    return tuple(ANY if step.isdecimal() else step for step in steps if step)


def _replacement(kustomization: Kustomization, replacement: object) -> Iterator[Effect]:
    if not isinstance(replacement, Mapping):
        return
    path = replacement.get("path")
    if isinstance(path, str):
        documents = _read(kustomization.path(path)).documents
        for inner in (each for document in documents for each in (_list(document.tree) or [document.tree])):
            if isinstance(inner, Mapping) and "path" not in inner:
                yield from _replacement(kustomization, inner)
        return
    for target in _list(replacement.get("targets")):
        if isinstance(target, Mapping):
            for field in texts_in(target.get("fieldPaths")) or ["metadata.name"]:
                yield _on(target.get("select"), None, _steps(field))


def _steps(field: str) -> Field:
    steps = (match.group().replace("\\.", ".") for match in _STEP.finditer(field))
    return tuple(ANY if step.startswith("[") or step.isdecimal() else step.strip(".") for step in steps if step != ".")


def _fits(pattern: str, text: str) -> bool:
    """Return whether a pattern fits a text; one that Python cannot read fits all."""
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:
        return True


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
