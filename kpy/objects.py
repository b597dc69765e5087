"""Which object is meant: one key for all of kpy, and one way to name an object in messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

__all__ = [
    "ALIASES",
    "PROTECT",
    "Key",
    "Tree",
    "anchor",
    "former_names",
    "is_protected",
    "key_of",
    "lost_with",
    "metadata_of",
    "name_of",
    "title",
]

#: The annotations that keep what a construct says beyond the program: former names, and that nothing may be lost.
ALIASES = "kpy.dev/aliases"
PROTECT = "kpy.dev/protect"

#: An object, or a part of one, as plain JSON: what YAML, Helm, a server or a construct gives.
Tree = Mapping[str, Any]


class Key(NamedTuple):
    """What makes it one object for a cluster, whatever the version."""

    group: str
    kind: str
    #: Empty for cluster-scoped kinds, and where none is said.
    namespace: str
    name: str

    def __str__(self) -> str:
        """Return kind and name for messages: `Deployment "shop/api"`."""
        return _title(self.kind, self.namespace, self.name)

    @property
    def group_kind(self) -> str:
        """The kind as ApplySets and kubectl write it: `Deployment.apps`, `ConfigMap`."""
        return f"{self.kind}.{self.group}" if self.group else self.kind


def key_of(tree: Tree) -> Key:
    """Return the key of an object."""
    metadata = metadata_of(tree)
    group = str(tree.get("apiVersion") or "").rpartition("/")[0]
    names = (str(metadata.get(field) or "") for field in ("namespace", "name"))
    return Key(group, str(tree.get("kind") or ""), *names)


def metadata_of(tree: Tree) -> Tree:
    """Return the metadata of an object; empty when it has none."""
    metadata = tree.get("metadata")
    return metadata if isinstance(metadata, Mapping) else {}


def name_of(tree: Tree) -> str:
    """Return the name of an object, or `migrate-*` where a server completes it; empty when it has none."""
    metadata = metadata_of(tree)
    prefix = _text(metadata.get("generateName"))
    return _text(metadata.get("name")) or (f"{prefix}*" if prefix else "")


def title(tree: Tree) -> str:
    """Return kind and name for messages: `Deployment "api"`, with the namespace where one is said."""
    return _title(_text(tree.get("kind")), _text(metadata_of(tree).get("namespace")), name_of(tree))


def anchor(tree: Tree, steps: Sequence[str | int]) -> str:
    """Return a place in an object by names: `spec.containers[web].image`; items of lists that have none keep numbers.

    A key with dots or brackets in it, such as those of labels and annotations, stands in brackets.
    """
    parts: list[str] = []
    value: Any = tree
    for step in steps:
        inside: Any = None
        if isinstance(step, int):
            inside = value[step] if isinstance(value, list | tuple) and step < len(value) else None
            name = _text(inside.get("name")) if isinstance(inside, Mapping) else ""
            parts.append(f"[{name or step}]")
        else:
            inside = value.get(step) if isinstance(value, Mapping) else None
            parts.append(f"[{step}]" if "." in step or "[" in step else f".{step}")
        value = inside
    return "".join(parts).removeprefix(".")


def _title(kind: str, namespace: str, name: str) -> str:
    if not name:
        return kind or "object"
    return f'{kind or "object"} "{namespace}/{name}"' if namespace else f'{kind or "object"} "{name}"'


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def former_names(tree: Tree) -> list[tuple[str, str]]:
    """Return the namespaces and names that an object had before, as its annotation says; the namespace may be empty."""
    said = _annotation(tree, ALIASES)
    parts = (each.strip().rpartition("/") for each in said.split(",") if each.strip())
    return [(namespace, name) for namespace, _, name in parts]


def is_protected(tree: Tree) -> bool:
    """Return whether an object is protected, as its annotation says: it must not be lost."""
    return _annotation(tree, PROTECT) == "true"


def lost_with(going: Tree, others: Iterable[Tree]) -> Iterator[Tree]:
    """Yield the protected objects that are lost when an object goes: itself, and what is in it or of its kind."""
    if is_protected(going):
        yield going
    key = key_of(going)
    spec = going.get("spec")
    names = spec.get("names") if isinstance(spec, Mapping) else None
    for other in others:
        if other is going or not is_protected(other):
            continue
        inner = key_of(other)
        if key.kind == "Namespace" and key.group == "":
            is_inside = inner.namespace == key.name
        else:
            is_inside = (
                key.kind == "CustomResourceDefinition"
                and isinstance(names, Mapping)
                and isinstance(spec, Mapping)
                and (inner.group, inner.kind) == (spec.get("group"), names.get("kind"))
            )
        if is_inside:
            yield other


def _annotation(tree: Tree, name: str) -> str:
    annotations = metadata_of(tree).get("annotations")
    return str(annotations.get(name) or "") if isinstance(annotations, Mapping) else ""
