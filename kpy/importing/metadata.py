"""The metadata of objects as keywords, where they say more than the chart says for them."""

from __future__ import annotations

from typing import Any

from kpy.constructs.object import Object
from kpy.constructs.pods import PodOwner
from kpy.importing.writer import Steps, Unwritable, Writer, mapping_of, positional
from kpy.python_source.expressions import Item, Node, Text, literal

__all__ = ["metadata_items", "shared_with_pods", "template_of"]

_SECURITY = "pod-security.kubernetes.io/"
_LEVELS = ("privileged", "baseline", "restricted")
_MODES = frozenset({"enforce", "audit", "warn", "enforce-version", "audit-version", "warn-version"})


def metadata_items(
    writer: Writer, cls: type[Object], tree: dict[str, Any], steps: Steps = (), *, is_part: bool = False
) -> list[Item]:
    """Return the keywords for the metadata of an object; a part is one that stands in another."""
    metadata = tree.get("metadata")
    if not isinstance(metadata, dict):
        raise Unwritable("it has no metadata")
    rest = {key: value for key, value in metadata.items() if value is not None}
    at = (*steps, "metadata")
    items = []
    name, generated = rest.pop("name", ""), rest.pop("generateName", None)
    if not isinstance(name, str) or not (name or isinstance(generated, str)):
        raise Unwritable("it has no name")
    if not name and cls.__name__ not in ("Pod", "Job"):
        raise Unwritable("it has no name, which only Pods and Jobs can be without")
    if name:
        items.append(positional(Text(name), (*at, "name")))
    if generated is not None:
        items.append(Item(literal(generated), "generate_name=", (*at, "generateName")))
    group = writer.subject.group
    namespace = rest.pop("namespace", None)
    if namespace is not None and (is_part or namespace != group.namespace):
        items.append(Item(_namespace(writer, namespace), "namespace=", (*at, "namespace")))
    base: dict[str, Any] = {}
    for key, common in (("labels", group.labels), ("annotations", group.annotations)):
        said = rest.pop(key, None)
        if said is None:
            continue
        if not isinstance(said, dict) or not all(isinstance(each, str) for each in said.values()):
            raise Unwritable(f"its {key} are no texts")
        own = said if is_part else {name: value for name, value in said.items() if name not in common}
        if key == "labels" and cls.__name__ == "Namespace" and writer.options.is_short:
            standard, own = _pod_security(own)
            items += [Item(standard, "pod_security=", (*at, key))] if standard is not None else []
        shared = shared_with_pods(cls, tree, key, own)
        if shared or not said:
            items.append(Item(literal(shared, (*at, key)), f"{key}=", (*at, key)))
        if alone := {name: value for name, value in own.items() if name not in shared}:
            items.append(Item(literal(alone, (*at, key)), f"object_{key}=", (*at, key)))
    base |= rest
    if base:
        items.append(Item(writer.model("meta/v1 ObjectMeta", base, at), "metadata=", at))
    return items


def _pod_security(labels: dict[str, str]) -> tuple[Node | None, dict[str, str]]:
    """Return the Pod Security Standard that a namespace asks for, and its labels without it."""
    modes = {name.removeprefix(_SECURITY): level for name, level in labels.items() if name.startswith(_SECURITY)}
    levels = [level for mode, level in modes.items() if not mode.endswith("-version")]
    if not modes or not modes.keys() <= _MODES or any(level not in _LEVELS for level in levels):
        return None, labels
    made = (
        Text(modes["enforce"])
        if [*modes] == ["enforce"]
        else mapping_of((mode, Text(level), None) for mode, level in modes.items())
    )
    return made, {name: value for name, value in labels.items() if not name.startswith(_SECURITY)}


def _namespace(writer: Writer, namespace: Any) -> Node:
    if not isinstance(namespace, str):
        raise Unwritable("its namespace is no text")
    found = writer.scope.find(writer.subject, "Namespace", "", namespace) if writer.options.refers else None
    return Text(namespace) if found is None else writer.refer(found)


def template_of(cls: type[PodOwner], tree: dict[str, Any]) -> dict[str, Any]:
    """Return the template of the pods of an object; nothing where it has none."""
    node: Any = tree
    for step in cls._template_path:
        node = node.get(step) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def shared_with_pods(cls: type[Object], tree: dict[str, Any], key: str, own: dict[str, str]) -> dict[str, str]:
    """Return the labels, or annotations, of an object that its pods have too, so that one keyword is for both."""
    if not issubclass(cls, PodOwner):
        return own
    metadata = template_of(cls, tree).get("metadata")
    said = metadata.get(key) if isinstance(metadata, dict) else None
    pods = said if isinstance(said, dict) else {}
    shared = {name: value for name, value in own.items() if pods.get(name) == value}
    return {} if shared != own and key == "labels" and _are_selected(tree, pods) else shared


def _are_selected(tree: dict[str, Any], labels: dict[str, Any]) -> bool:
    """Return whether pods have no labels but those that select them, which they get anyway."""
    match tree.get("spec"):
        case {"selector": {"matchLabels": dict() as selected}}:
            return labels.items() <= selected.items()
    return False
