"""What objects name, and whose pods they select."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kpy.graph.custom import CustomNames, is_custom
from kpy.graph.shapes import Edge, Graph, Identity, Node, Words, groups_of, identity_of
from kpy.manifest import Resource
from kpy.objects import Tree
from kpy.schema import Api, Type, api
from kpy.schema.references import DEFAULT_KINDS, Naming, naming
from kpy.schema.templates import pod_labels
from kpy.syntax.selectors import is_sound, matches

__all__ = ["graph_of", "names_of"]

_Workload = tuple[Resource, Mapping[str, str]]


def graph_of(resources: Iterable[Resource], *, kubernetes: str | None = None) -> Graph:
    """Return the graph of a manifest: its objects, what they name, and whose pods they select."""
    resources = list(resources)
    words = Words()
    nodes: dict[str, Node] = {}
    for resource in resources:
        identity = identity_of(resource)
        word = words.word(identity)
        nodes.setdefault(word, Node(word, resource.kind, resource.name, groups_of(resource), namespace=identity[2]))
    edges: dict[Edge, None] = {}
    names = _Names(api(kubernetes), resources)
    pods = _Pods(resources)
    made = {each: [*names.made_by(each)] for each in resources}
    for target in (target for targets in made.values() for target in targets):
        word = words.word(target)
        nodes.setdefault(word, Node(word, target[1], target[3], namespace=target[2], note="made at run time"))
    for resource in resources:
        source = words.word(identity_of(resource))
        for target in made[resource]:
            edges[Edge(source, words.word(target), "makes")] = None
        for label, target in names.of(resource):
            if target not in words:
                word = words.word(target)
                nodes[word] = Node(word, target[1], target[3], is_absent=True, namespace=target[2])
            edges[Edge(source, words.word(target), label)] = None
        if (selector := _pod_selector(resource)) is not None:
            for workload in pods.selected(selector, resource.namespace):
                edges[Edge(source, words.word(identity_of(workload)), "selects", True)] = None
        for other in names.selected_by(resource):
            edges[Edge(source, words.word(identity_of(other)), "selects", True)] = None
    return Graph(tuple(nodes.values()), tuple(edges))


def names_of(resources: Sequence[Resource], *, kubernetes: str | None = None) -> Iterator[list[Identity]]:
    """Yield what each resource names, whether it is there or not."""
    names = _Names(api(kubernetes), resources)
    for resource in resources:
        yield [target for _, target in names.of(resource)]


class _Pods:
    """The workloads, found by the labels of their pods, so that no selector looks at all of them."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._by_namespace: dict[str | None, list[_Workload]] = {}
        self._by_label: dict[tuple[str | None, str, str], list[_Workload]] = {}
        for resource in resources:
            labels = pod_labels(resource.tree)
            if labels is None:
                continue
            namespace = resource.namespace
            self._by_namespace.setdefault(namespace, []).append((resource, labels))
            for key, value in labels.items():
                if isinstance(value, str):  # in documents of others it may be anything, and is not selected
                    self._by_label.setdefault((namespace, key, value), []).append((resource, labels))

    def selected(self, selector: Tree, namespace: str | None) -> list[Resource]:
        """Return the workloads of a namespace whose pods are selected."""
        wanted = (selector.get("matchLabels") or {}).items()
        there = [self._by_label.get((namespace, key, value), []) for key, value in wanted]
        perhaps = min(there, key=len, default=self._by_namespace.get(namespace, []))
        return [resource for resource, labels in perhaps if matches(selector, labels)]


class _Names:
    """Finds the fields of an object that name other objects."""

    def __init__(self, known: Api, resources: Iterable[Resource]) -> None:
        self._known = known
        self._custom = CustomNames(resources, known, self._within)
        self._kinds = {(kind.group, kind.kind): kind for kind in known.kinds}
        self._plurals = {(kind.group, kind.plural): kind for kind in known.kinds}

    def of(self, resource: Resource) -> Iterator[tuple[str, Identity]]:
        """Iterate over what a resource names: the field, and the object."""
        kind = self._known.kind(resource.api_version, resource.kind)
        if kind is not None:
            yield from self._within(resource.tree, kind.type, resource.kind, resource.namespace or "")
        elif is_custom(resource, self._known):
            yield from self._custom.names(resource)

    def made_by(self, resource: Resource) -> Iterator[Identity]:
        """Iterate over what the controller of a resource makes, as far as the resource says it."""
        if is_custom(resource, self._known):
            yield from self._custom.makes(resource)

    def selected_by(self, resource: Resource) -> Iterator[Resource]:
        """Iterate over what a custom resource selects."""
        if is_custom(resource, self._known):
            yield from self._custom.selects(resource)

    def _within(self, tree: Tree, type_name: str, above: str, namespace: str) -> Iterator[tuple[str, Identity]]:
        type_ = self._known.type(type_name)
        if type_ is not None:
            yield from self._walk(tree, type_, above, namespace)

    def _walk(self, tree: Tree, type_: Type, above: str, namespace: str) -> Iterator[tuple[str, Identity]]:
        for name, value in tree.items():
            field = type_.fields.get(name)
            said = naming(type_.name, name)
            if field is None or name == "namespace":
                continue
            if said is not None and isinstance(value, str) and value:
                default = DEFAULT_KINDS.get((type_.name, above), "")
                if target := self._target(said, tree, value, namespace, default):
                    yield above if name == "name" else name, target
            elif field.type and (inner := self._known.type(field.type)) is not None:
                for child in _children(value):
                    yield from self._walk(child, inner, name, namespace)

    def _target(self, said: Naming, tree: Tree, name: str, namespace: str, default: str) -> Identity | None:
        """Return the object that is named, or nothing when it is of no kind that there is."""
        kind, group = said.kind, said.group
        if said.kind_field:
            kind = str(tree.get(said.kind_field) or default)
            group = str(tree.get(said.group_field) or "")
            if said.group_field == "apiVersion":
                group = group.rpartition("/")[0]
        found = self._kinds.get((group, kind)) or self._plurals.get((group, kind))
        if found is None and (not kind or group in self._known.groups):
            return None
        if found is not None and not found.namespaced:
            return group, found.kind, "", name
        return group, found.kind if found else kind, str(tree.get(said.namespace_field) or namespace), name


def _children(value: object) -> Iterator[Tree]:
    """Iterate over the structs in a value: itself, or the elements of a list."""
    if isinstance(value, list):
        yield from (child for child in value if isinstance(child, Mapping))
    elif isinstance(value, Mapping):
        yield value


def _pod_selector(resource: Resource) -> Tree | None:
    """Return the selector with which a resource selects pods that others make."""
    spec = resource.tree.get("spec")
    if not isinstance(spec, Mapping):
        return None
    match resource.kind:
        case "Service":
            labels = spec.get("selector")
            selector = {"matchLabels": labels} if labels else None
        case "NetworkPolicy":
            selector = spec.get("podSelector")
        case "PodDisruptionBudget":
            selector = spec.get("selector")
        case _:
            return None
    return selector if selector is not None and is_sound(selector) else None
