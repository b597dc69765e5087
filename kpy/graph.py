"""The construct tree and the references between resources, as a picture.

    graph = graph_of(app.synth())
    graph.to_mermaid()     # for a README or a merge request
    graph.to_dot()         # for Graphviz

Solid arrows are names: one object names another. Dashed arrows are selectors: an object selects the pods of a workload.
What is named but not there is drawn with a dashed border.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kpy.manifest import Resource
from kpy.objects import Tree
from kpy.printable import printable
from kpy.schema import Api, Type, api
from kpy.schema.references import DEFAULT_KINDS, Naming, naming
from kpy.schema.templates import pod_labels
from kpy.syntax.selectors import is_sound, matches
from kpy.tree.part import ancestors

__all__ = ["Edge", "Graph", "Node", "graph_of"]

#: Group, kind, namespace (empty for cluster-scoped kinds), name.
Identity = tuple[str, str, str, str]


class Node(NamedTuple):
    """One object."""

    #: What it is called in the text: `Deployment_shop_api`.
    id: str
    kind: str
    name: str
    #: The charts and constructs it is in, outermost first, each with the key that tells it from its namesakes.
    groups: tuple[tuple[int, str], ...] = ()
    #: Whether it is only named, and not there.
    is_absent: bool = False


class Edge(NamedTuple):
    """One object names another, or selects its pods."""

    source: str
    target: str
    #: The field that names it, `configMapRef`, or `selects`.
    label: str
    is_selection: bool = False


class Graph(NamedTuple):
    """Objects, grouped as in the construct tree, and what leads from one to another."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def to_mermaid(self) -> str:
        """Return a Mermaid flow chart."""
        lines = ["flowchart LR"]
        self._write_groups(lines, 0, self.nodes, _MERMAID)
        for edge in self.edges:
            arrow = "-.->" if edge.is_selection else "-->"
            lines.append(f"    {edge.source} {arrow}|{edge.label}| {edge.target}")
        absent = [node.id for node in self.nodes if node.is_absent]
        if absent:
            lines += ["    classDef absent stroke-dasharray: 4 4", f"    class {','.join(absent)} absent"]
        return "\n".join([*lines, ""])

    def to_dot(self) -> str:
        """Return a directed graph in the language of Graphviz."""
        lines = ["digraph {", "    rankdir=LR", '    node [shape=box, style="rounded"]']
        self._write_groups(lines, 0, self.nodes, _DOT)
        for edge in self.edges:
            style = ", style=dashed" if edge.is_selection else ""
            lines.append(f'    {edge.source} -> {edge.target} [label="{edge.label}"{style}]')
        return "\n".join([*lines, "}", ""])

    def _write_groups(self, lines: list[str], depth: int, nodes: Iterable[Node], language: _Language) -> None:
        """Write the nodes, those of one chart or construct in a box."""
        indent = "    " * (depth + 1)
        boxes: dict[tuple[int, str], list[Node]] = {}
        for node in nodes:
            if len(node.groups) > depth:
                boxes.setdefault(node.groups[depth], []).append(node)
            else:
                lines.append(indent + language.node(node))
        for (_, title), inside in boxes.items():
            lines += [f"{indent}{line}" for line in language.open(f"box{len(lines)}", title)]
            self._write_groups(lines, depth + 1, inside, language)
            lines.append(indent + language.close)


class _Mermaid:
    close = "end"

    def node(self, node: Node) -> str:
        return f'{node.id}["{_mermaid(node.kind)}<br/>{_mermaid(node.name)}"]'

    def open(self, box: str, title: str) -> list[str]:
        return [f'subgraph {box}["{_mermaid(title)}"]']


class _Dot:
    close = "}"

    def node(self, node: Node) -> str:
        style = ', style="rounded,dashed"' if node.is_absent else ""
        return f'{node.id} [label="{_dot(node.kind)}\\n{_dot(node.name)}"{style}]'

    def open(self, box: str, title: str) -> list[str]:
        return [f"subgraph cluster_{box} {{", f'    label="{_dot(title)}"']


_Language = _Mermaid | _Dot
_Workload = tuple[Resource, Mapping[str, str]]
_MERMAID, _DOT = _Mermaid(), _Dot()


def graph_of(resources: Iterable[Resource], *, kubernetes: str | None = None) -> Graph:
    """Return the graph of a manifest: its objects, what they name, and whose pods they select."""
    resources = list(resources)
    words = _Words()
    nodes = [
        Node(words.word(identity), resource.kind, resource.name, _groups(resource))
        for resource, identity in ((resource, _identity(resource)) for resource in resources)
    ]
    edges: dict[Edge, None] = {}
    names = _Names(api(kubernetes))
    pods = _Pods(resources)
    for resource in resources:
        source = words.word(_identity(resource))
        for label, target in names.of(resource):
            if target not in words:
                nodes.append(Node(words.word(target), target[1], target[3], is_absent=True))
            edges[Edge(source, words.word(target), label)] = None
        if (selector := _pod_selector(resource)) is not None:
            for workload in pods.selected(selector, resource.namespace):
                edges[Edge(source, words.word(_identity(workload)), "selects", True)] = None
    return Graph(tuple(nodes), tuple(edges))


def _identity(resource: Resource) -> Identity:
    group, kind, namespace, name = resource.identity
    is_namespaced = resource.kind_data is None or resource.kind_data.namespaced
    return group, kind, (namespace or "") if is_namespaced else "", name


def _groups(resource: Resource) -> tuple[tuple[int, str], ...]:
    """Return the app, charts and constructs above what made the resource."""
    if resource.construct is None:
        return ()
    above = list(ancestors(resource.construct))[:0:-1]
    return tuple((id(part), f'{type(part).__name__} "{part.name}"') for part in above)


class _Words:
    """What objects are called in the text: letters, digits and underscores, each object its own."""

    def __init__(self) -> None:
        self._words: dict[Identity, str] = {}
        self._taken: set[str] = set()
        #: The number that the next object of the same word gets.
        self._next: dict[str, int] = {}

    def __contains__(self, identity: Identity) -> bool:
        return identity in self._words

    def word(self, identity: Identity) -> str:
        """Return the word for an object, a new one when it has none yet."""
        if identity not in self._words:
            said = "_".join(part for part in identity[1:] if part)
            word = base = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in said)
            while word in self._taken:
                number = self._next.get(base, 2)
                self._next[base] = number + 1
                word = f"{base}_{number}"
            self._taken.add(word)
            self._words[identity] = word
        return self._words[identity]


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

    def __init__(self, known: Api) -> None:
        self._known = known
        self._kinds = {(kind.group, kind.kind): kind for kind in known.kinds}
        self._plurals = {(kind.group, kind.plural): kind for kind in known.kinds}

    def of(self, resource: Resource) -> Iterator[tuple[str, Identity]]:
        """Iterate over what a resource names: the field, and the object."""
        kind = self._known.kind(resource.api_version, resource.kind)
        type_ = None if kind is None else self._known.type(kind.type)
        if type_ is not None:
            yield from self._walk(resource.tree, type_, resource.kind, resource.namespace or "")

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


def _mermaid(text: str) -> str:
    return "".join(f"#{ord(mark)};" if mark in '"#&;<>`\\' else mark for mark in printable(text))


def _dot(text: str) -> str:
    return printable(text).replace("\\", "\\\\").replace('"', '\\"')
