"""Who may talk to whom: what network policies let through, from pods to pods and to the world outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from kpy.graph.ports import ALL, Ports, common, names_of, ports_to_text, spans
from kpy.graph.shapes import Edge, Graph, Identity, Node, Words, identity_of
from kpy.manifest import Resource
from kpy.objects import metadata_of
from kpy.schema.templates import pod_labels, pod_spec
from kpy.syntax.selectors import is_empty, is_sound, matches

__all__ = ["traffic_of"]

Tree = Mapping[str, Any]
_NAME_OF_NAMESPACE: Final = "kubernetes.io/metadata.name"
_INGRESS, _EGRESS = "ingress", "egress"
_SIDES: Final = {_INGRESS: "from", _EGRESS: "to"}


class _Workload(NamedTuple):
    """Pods of one template."""

    identity: Identity
    labels: Mapping[str, str]
    #: Names of ports with their protocols to numbers.
    names: Mapping[tuple[str, str], int]


class _Peer(NamedTuple):
    """Whom a rule lets through: the workloads that it names, or something that it describes."""

    #: The workloads here that are among them.
    workloads: frozenset[Identity]
    #: What stands for them in the picture, where they are not drawn one by one: kind, namespace, name.
    group: tuple[str, str, str] | None


class _Rule(NamedTuple):
    """Peers that may be talked to, and the ports; the latter depend on whose pods listen."""

    peers: tuple[_Peer, ...]
    tree: Tree


_ANYONE: Final = ("Anyone", "", "any address")


def traffic_of(resources: Iterable[Resource]) -> Graph:
    """Return who may talk to whom by the network policies of a manifest.

    An arrow between workloads stands where a rule names them and both sides let it through; if one side does not, it is
    a refused one. Rules for all pods of a namespace, for addresses and for pods that are not here have one end of their
    own. Workloads that no policy isolates say so.
    """
    return _Traffic(resources).graph()


class _Traffic:
    def __init__(self, resources: Iterable[Resource]) -> None:
        resources = list(resources)
        self._workloads = {found.identity: found for found in map(_workload, resources) if found is not None}
        self._namespaces = _labels_of_namespaces(resources, self._workloads)
        #: Direction and workload to the rules for it; without an entry, nothing isolates it.
        self._rules: dict[tuple[str, Identity], list[_Rule]] = {}
        for resource in resources:
            if resource.identity[:2] == ("networking.k8s.io", "NetworkPolicy"):
                self._read_policy(resource)

    def graph(self) -> Graph:
        words = Words()
        nodes = [
            Node(words.word(it), it[1], it[3], _group(it[2]), namespace=it[2], note=self._note(it))
            for it in self._workloads
        ]
        edges: list[Edge] = []
        for source, target, label, is_refused in [*self._between(), *self._outside()]:
            for end in (source, target):
                if end not in words:
                    nodes.append(Node(words.word(end), end[1], end[3], _group(end[2]), True, end[2]))
            edges.append(Edge(words.word(source), words.word(target), label, is_refused=is_refused))
        return Graph(tuple(nodes), tuple(edges), is_traffic=True)

    def _note(self, workload: Identity) -> str:
        is_open = [(direction, workload) not in self._rules for direction in (_INGRESS, _EGRESS)]
        texts = {
            (True, True): "open: in and out",
            (True, False): "open: in",
            (False, True): "open: out",
            (False, False): "",
        }
        return texts[is_open[0], is_open[1]]

    def _between(self) -> Iterator[tuple[Identity, Identity, str, bool]]:
        """Yield what is between two workloads, where a rule of one of them names the other."""
        pairs: dict[tuple[Identity, Identity], None] = {}
        for (direction, owner), rules in self._rules.items():
            for rule in rules:
                for peer in rule.peers:
                    for other in sorted(peer.workloads) if peer.group is None else ():
                        pairs[(owner, other) if direction == _EGRESS else (other, owner)] = None
        for source, target in pairs:
            out = self._ports(_EGRESS, source, target)
            both = common(out, self._ports(_INGRESS, target, source))
            names = self._workloads[target].names
            wanted = [both] if both else [out or self._ports(_INGRESS, target, source)]
            yield source, target, ports_to_text(wanted, names), not both

    def _ports(self, direction: str, owner: Identity, other: Identity) -> Ports:
        """Return the ports by which one side lets the other through."""
        rules = self._rules.get((direction, owner))
        if rules is None:
            return ALL
        names = self._workloads[other if direction == _EGRESS else owner].names
        return tuple(
            span
            for rule in rules
            if any(other in peer.workloads for peer in rule.peers)
            for span in spans(rule.tree, names)
        )

    def _outside(self) -> Iterator[tuple[Identity, Identity, str, bool]]:
        """Yield what is between workloads and what is described only."""
        found: dict[tuple[Identity, Identity], list[Ports]] = {}
        for (direction, owner), rules in self._rules.items():
            for rule in rules:
                names = self._workloads[owner].names if direction == _INGRESS else {}
                for peer in rule.peers:
                    if peer.group is not None:
                        end = ("", *peer.group)
                        ends = (owner, end) if direction == _EGRESS else (end, owner)
                        found.setdefault(ends, []).append(spans(rule.tree, names))
        for (source, target), ports in found.items():
            known = self._workloads.get(target)
            yield source, target, ports_to_text(ports, known.names if known else {}), False

    def _read_policy(self, resource: Resource) -> None:
        spec = resource.tree.get("spec")
        selector = spec.get("podSelector") if isinstance(spec, Mapping) else None
        if not isinstance(spec, Mapping) or not isinstance(selector, Mapping) or not is_sound(selector):
            return
        namespace = resource.namespace or ""
        selected = list(self._select(selector, [namespace]))
        for direction in _directions(spec):
            rules = [
                _Rule(tuple(self._peers(rule.get(_SIDES[direction]), namespace)), rule)
                for rule in _mappings(spec.get(direction))
            ]
            for workload in selected:
                self._rules.setdefault((direction, workload), []).extend(rules)

    def _peers(self, peers: object, namespace: str) -> Iterator[_Peer]:
        given = _mappings(peers)
        if not given:
            yield _Peer(frozenset(self._workloads), _ANYONE)
        for peer in given:
            block, pods, namespaces = (peer.get(key) for key in ("ipBlock", "podSelector", "namespaceSelector"))
            if isinstance(block, Mapping):
                yield _Peer(frozenset(), ("Addresses", "", _block_to_text(block)))
            elif all(selector is None or _is_selector(selector) for selector in (pods, namespaces)):
                yield self._pods(pods, namespaces, namespace)

    def _pods(self, pods: Tree | None, namespaces: Tree | None, namespace: str) -> _Peer:
        places = [namespace]
        if namespaces is not None:
            places = [name for name, labels in self._namespaces.items() if matches(namespaces, labels)]
        selected = frozenset(self._select(pods or {}, places))
        if pods and not is_empty(pods) and selected:
            return _Peer(selected, None)
        where, which = _where(namespaces, namespace)
        what = "every pod" if not pods or is_empty(pods) else _selector_to_text(pods)
        return _Peer(selected, ("Pods", where, f"{what}{which}"))

    def _select(self, selector: Tree, namespaces: Iterable[str]) -> Iterator[Identity]:
        places = set(namespaces)
        for workload in self._workloads.values():
            if workload.identity[2] in places and matches(selector, workload.labels):
                yield workload.identity


def _workload(resource: Resource) -> _Workload | None:
    labels = pod_labels(resource.tree)
    if labels is None:
        return None
    spec = pod_spec(resource.tree)
    return _Workload(identity_of(resource), labels, names_of(spec))


def _labels_of_namespaces(resources: Iterable[Resource], known: Iterable[Identity]) -> dict[str, Mapping[str, str]]:
    """Return the namespaces that are here, or that workloads are in, with their labels."""
    found: dict[str, Mapping[str, str]] = {each[2]: {_NAME_OF_NAMESPACE: each[2]} for each in known}
    for resource in resources:
        if resource.identity[:2] == ("", "Namespace"):
            labels = metadata_of(resource.tree).get("labels")
            own = labels if isinstance(labels, Mapping) else {}
            found[resource.name] = {**own, _NAME_OF_NAMESPACE: resource.name}
    return found


def _directions(spec: Tree) -> list[str]:
    types = spec.get("policyTypes")
    if isinstance(types, list) and types:
        return [direction for direction in _SIDES if direction.title() in types]
    return [_INGRESS, _EGRESS] if spec.get(_EGRESS) else [_INGRESS]


def _where(namespaces: Tree | None, namespace: str) -> tuple[str, str]:
    """Return the namespace of pods, if it is one that has a name, and else what there is to say of theirs."""
    if namespaces is None:
        return namespace, ""
    if is_empty(namespaces):
        return "", " of every namespace"
    labels = namespaces.get("matchLabels") or {}
    if len(labels) == 1 and not namespaces.get("matchExpressions") and isinstance(labels.get(_NAME_OF_NAMESPACE), str):
        return labels[_NAME_OF_NAMESPACE], ""
    return "", f" of namespaces {_selector_to_text(namespaces)}"


def _selector_to_text(selector: Tree) -> str:
    texts = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    for each in selector.get("matchExpressions") or ():
        key, operator, values = each.get("key"), each.get("operator"), each.get("values") or ()
        listed = f"({', '.join(map(str, values))})"
        texts.append(
            {"In": f"{key} in {listed}", "NotIn": f"{key} notin {listed}", "DoesNotExist": f"!{key}"}.get(
                str(operator), str(key)
            )
        )
    return ", ".join(texts)


def _block_to_text(block: Tree) -> str:
    except_ = block.get("except")
    left_out = f" except {', '.join(map(str, except_))}" if isinstance(except_, list) and except_ else ""
    return f"{block.get('cidr')}{left_out}"


def _group(namespace: str) -> tuple[tuple[int, str], ...]:
    return ((0, f'Namespace "{namespace}"'),) if namespace else ()


def _is_selector(value: object) -> bool:
    return isinstance(value, Mapping) and is_sound(value)


def _mappings(value: object) -> list[Tree]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
