"""Objects as constructs: metadata, the fields of their homes, and what a kind has of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import kpy as _kpy
from kpy.constructs.object import Object
from kpy.constructs.pods import Pod, PodOwner
from kpy.constructs.selectors import COMPONENT_LABEL, NAME_LABEL
from kpy.importing.kinds import construct_name
from kpy.importing.metadata import metadata_items, shared_with_pods, template_of
from kpy.importing.short.access import allowed
from kpy.importing.short.methods import MADE_BY, made_by
from kpy.importing.short.of_kinds import OWN
from kpy.importing.short.policies import traffic
from kpy.importing.short.scaling import as_newer
from kpy.importing.short.scheduling import SCHEDULING
from kpy.importing.short.security import is_restricted, without_restricted
from kpy.importing.short.services import exposed
from kpy.importing.short.volumes import settle_volumes
from kpy.importing.texts import from_files
from kpy.importing.writer import Steps, Unwritable, Writer, kpy
from kpy.model.declarative import Declarative
from kpy.model.plain import plan_of
from kpy.model.scalars import field_of
from kpy.python_source.expressions import Bracket, Item, Node, Statement, Text, literal

__all__ = ["construct_part", "construct_statements"]


def construct_statements(writer: Writer) -> tuple[Node, list[Statement]]:
    """Return the object as a construct, and the calls behind it."""
    subject = writer.subject
    name = construct_name(subject.api_version, subject.kind)
    if name is None:
        raise Unwritable(f"there is no construct for {subject.kind or 'objects without a kind'}")
    tree = subject.tree
    if not isinstance(tree.get("metadata"), dict):
        raise Unwritable("it has no metadata")
    made = construct_call(writer, name, tree, ())
    if not writer.options.is_short:
        return made, []
    if subject.texts is not None:
        return from_files(made, subject), []
    if subject.kind in ("Role", "ClusterRole"):
        return made, allowed(writer, tree.get("rules"))[1]
    if subject.kind == "NetworkPolicy" and isinstance(tree.get("spec"), dict):
        return made, traffic(writer, tree["spec"], ("spec",)) or []
    if subject.kind == "Service" and writer.options.exposure:
        shown = exposed(writer, list(made.items), tree)
        if shown is None:
            raise Unwritable("it exposes no workload")
        return shown, []
    if subject.kind in MADE_BY and writer.options.is_made_by_others and writer.options.refers:
        return made_by(writer, made) or made, []
    return made, writer.calls


def construct_part(writer: Writer, name: str, tree: dict[str, Any], steps: Steps) -> Node:
    """Return the call of a construct that stands in another object, such as the template of a claim."""
    return construct_call(writer, name, tree, steps, is_part=True)


def construct_call(writer: Writer, name: str, tree: dict[str, Any], steps: Steps, *, is_part: bool = False) -> Bracket:
    """Return the call of a construct; a part is one that stands in another object, such as a template of a claim."""
    cls: type[Object] = getattr(_kpy, name)
    items = metadata_items(writer, cls, tree, steps, is_part=is_part)
    if not is_part and issubclass(cls, Pod | PodOwner):
        writer.workload = str(tree["metadata"].get("name") or tree["metadata"].get("generateName") or "")
    if tree.get("apiVersion") == "autoscaling/v1":
        tree = as_newer(tree)
    way = _way_to_pod(cls)
    is_secured = writer.options.is_short and writer.options.secures and bool(way) and is_restricted(_at(tree, way))
    if is_secured:
        tree = without_restricted(tree, way)
    made = _Homes(writer, cls, tree, steps)
    fields = made.fields()
    if is_secured:
        fields.append(Item(Text("restricted"), "security="))
    own = OWN.get(name)
    if own is not None and writer.options.is_short:
        fields = own(writer, tree, fields, steps)
    items += fields
    if made.patch:
        items.append(Item(literal(made.patch), "patch=", steps))
    return kpy(name, *_distinct(items))


def _way_to_pod(cls: type[Object]) -> tuple[str, ...]:
    """Return where the spec of the pods is; nothing for what makes none."""
    if issubclass(cls, Pod):
        return ("spec",)
    return (*cls._template_path, "spec") if issubclass(cls, PodOwner) else ()


def _at(tree: Any, way: tuple[str, ...]) -> dict[str, Any]:
    for step in way:
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def _distinct(items: list[Item]) -> Iterable[Item]:
    heads = [item.head for item in items if item.head]
    if len({*heads}) < len(heads):
        raise Unwritable("two fields have one keyword")
    return items


class _Homes:
    """The keywords for the fields of an object, wherever its construct has them."""

    def __init__(self, writer: Writer, cls: type[Object], tree: dict[str, Any], steps: Steps) -> None:
        self.writer = writer
        self.cls = cls
        self.tree = tree
        self.steps = steps
        #: What no keyword stands for, as a patch.
        self.patch: dict[str, Any] = {}
        self.homes = {path: fields for fields, path in cls._homes}

    def fields(self) -> list[Item]:
        """Return the keywords, those of the outer homes before those of the inner ones."""
        without = {"apiVersion", "kind", "metadata"}
        if () in self.homes:
            return self._home((), {key: value for key, value in self.tree.items() if key not in without})
        for key, value in self.tree.items():
            if key not in {*without, *(path[0] for path in self.homes)} and value is not None:
                self._patch((), key, value)
        spec = self.tree.get("spec")
        if spec is None:
            return []
        if not isinstance(spec, dict):
            raise Unwritable("its spec is no mapping")
        return self._home(("spec",), spec)

    def _home(self, path: tuple[str, ...], node: dict[str, Any]) -> list[Item]:
        owner = self.homes[path]
        names = {key: name for name, key in plan_of(owner).pairs}
        inner = [other for other in self.homes if len(other) > len(path) and other[: len(path)] == path]
        deeper = min(inner, key=len, default=None)
        outer = [other for other in self.homes if len(other) < len(path)]
        taken = {name for other in outer for name, _ in plan_of(self.homes[other]).pairs}
        items: list[Item] = []
        behind: list[Item] = []
        base: dict[str, Any] = {}
        settled = self._settled(owner, node, path)
        for key, value in node.items():
            if value is None or key in settled:
                continue
            at = (*self.steps, *path, key)
            if deeper is not None and key == deeper[len(path)]:
                behind = self._through(deeper, path, value)
                continue
            field = field_of(plan_of(owner).type, key)
            if key not in names or field is None:
                self._patch(path, key, value)
                continue
            if names[key] in taken:
                base[key] = value
                continue
            items.append(Item(self.writer.keyword(plan_of(owner).type, field, value, at), f"{names[key]}=", at))
        items += [item for each in settled.values() for item in each]
        if base:
            at = (*self.steps, *path[:-1])
            template = self.writer.model("core/v1 PodTemplateSpec", {"spec": base}, at)
            items.append(Item(template, "template=", at))
        return [*items, *behind]

    def _patch(self, path: tuple[str, ...], key: str, value: Any) -> None:
        """Leave a field that no keyword stands for to a patch."""
        problem = f"kpy knows no field `{key}` of {self.cls.__name__}"
        if not self.writer.options.is_short:
            raise Unwritable(problem)
        self.writer.reasons.append(problem)
        node = self.patch
        for step in path:
            node = node.setdefault(step, {})
        node[key] = value

    def _settled(self, owner: type[Declarative], node: dict[str, Any], path: tuple[str, ...]) -> dict[str, list[Item]]:
        """Return fields that are written otherwise, with the keywords for them."""
        found: dict[str, list[Item]] = {}
        if plan_of(owner).type == "core/v1 PodSpec" and self.writer.options.is_short:
            found["volumes"] = settle_volumes(self.writer, node, (*self.steps, *path, "volumes"))
            for key in (key for key in node if key in SCHEDULING):
                calls = SCHEDULING[key](self.writer, node[key], (*self.steps, *path, key))
                if calls is not None:
                    self.writer.calls += calls
                    found[key] = []
        if issubclass(self.cls, PodOwner) and path == ("spec",) and "selector" in node and self._selects_by_name(node):
            found["selector"] = []
        return found

    def _selects_by_name(self, node: dict[str, Any]) -> bool:
        """Return whether a workload without a selector has just this one."""
        if self.cls.__name__ in ("Job", "CronJob") or not self.writer.options.is_short:
            return False
        assert issubclass(self.cls, PodOwner)
        metadata = template_of(self.cls, self.tree).get("metadata")
        labels = metadata.get("labels") if isinstance(metadata, dict) else None
        own, name = self.writer.workload, labels.get(NAME_LABEL) if isinstance(labels, dict) else None
        found = {NAME_LABEL: own}
        if isinstance(labels, dict) and isinstance(name, str) and name != own:
            found = {NAME_LABEL: name, COMPONENT_LABEL: labels.get(COMPONENT_LABEL) or own}
        return bool(node["selector"] == {"matchLabels": found})

    def _through(self, deeper: tuple[str, ...], path: tuple[str, ...], node: Any) -> list[Item]:
        """Return the keywords of the next home, which stands in a template."""
        step = deeper[len(path)]
        if not isinstance(node, dict):
            raise Unwritable(f"`{step}` is no mapping")
        items = []
        is_pods = step == "template"
        metadata = node.get("metadata")
        if metadata is not None:
            at = (*self.steps, *path, step, "metadata")
            if not isinstance(metadata, dict):
                raise Unwritable(f"the metadata of `{step}` are no mapping")
            items = self._pod_metadata(metadata, at) if is_pods else self._job_metadata(metadata, at)
        unknown = {key for key, value in node.items() if key not in ("metadata", "spec") and value is not None}
        spec = node.get("spec")
        if unknown or not isinstance(spec, dict):
            raise Unwritable(f"`{step}` has fields that kpy does not know, or no spec")
        return [*items, *self._home(deeper, spec)]

    def _pod_metadata(self, metadata: dict[str, Any], at: Steps) -> list[Item]:
        items = []
        for key in ("labels", "annotations"):
            said = metadata.get(key)
            if said is None:
                continue
            if not isinstance(said, dict) or not all(isinstance(each, str) for each in said.values()):
                raise Unwritable(f"the {key} of its pods are no texts")
            known = self._known(key)
            own = {name: value for name, value in said.items() if known.get(name) != value}
            if own:
                items.append(Item(literal(own, (*at, key)), f"pod_{key}=", (*at, key)))
        rest = {
            key: value for key, value in metadata.items() if key not in ("labels", "annotations") and value is not None
        }
        if rest:
            items.append(Item(self.writer.model("meta/v1 ObjectMeta", rest, at), "pod_metadata=", at))
        return items

    def _job_metadata(self, metadata: dict[str, Any], at: Steps) -> list[Item]:
        made = self.writer.model("batch/v1 JobTemplateSpec", {"metadata": metadata}, at[:-1])
        return [Item(made, "job_template=", at)] if any(value is not None for value in metadata.values()) else []

    def _known(self, key: str) -> dict[str, Any]:
        """Return the labels, or annotations, that reach the pods anyway."""
        group = self.writer.subject.group
        common = group.labels if key == "labels" else group.annotations
        own = self.tree["metadata"].get(key)
        own = {name: value for name, value in own.items() if name not in common} if isinstance(own, dict) else {}
        known = shared_with_pods(self.cls, self.tree, key, own)
        if key == "labels" and self.cls.__name__ not in ("Job", "CronJob"):
            selector = self.tree["spec"].get("selector")
            labels = selector.get("matchLabels") if isinstance(selector, dict) else None
            known = {**known, **(labels if isinstance(labels, dict) else {})}
        return known
