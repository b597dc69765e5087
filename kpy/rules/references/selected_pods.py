"""The pods that workloads make, and which of them a selector selects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from kpy.checking.object_set import Member, Objects
from kpy.paths import ROOT, Path
from kpy.schema.templates import TEMPLATES, makes_pods, template_way
from kpy.syntax.selectors import matches

__all__ = [
    "PROBES",
    "PROBE_WAYS",
    "WITH_PODS",
    "Pods",
    "Selected",
    "Selector",
    "Template",
    "distinct",
    "lacking_port",
    "pods_of",
    "selector_of_labels",
]

Selector = Mapping[str, Any]

#: The kinds of objects that have pods.
WITH_PODS: Final = tuple(kind for _, kind in TEMPLATES if kind != "PodTemplate")
#: The probes of a container, and how they call it.
PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
PROBE_WAYS: Final = ("httpGet", "tcpSocket", "grpc")
#: Labels that controllers put on pods, beside those of the template.
_GENERATED: Final = frozenset(
    {
        "pod-template-hash",
        "pod-template-generation",
        "controller-revision-hash",
        "controller-uid",
        "job-name",
        "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-name",
        "batch.kubernetes.io/job-completion-index",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "topology.kubernetes.io/zone",
        "topology.kubernetes.io/region",
    }
)


class Template:
    """The pods of one workload, or a pod of its own."""

    def __init__(self, objects: Objects, member: Member, at: Path, pod: Mapping[str, Any]) -> None:
        self._objects = objects
        self.member = member
        #: The place of the template; the object itself for a pod.
        self.at = at
        metadata: Mapping[str, Any] = pod.get("metadata") or {}
        self.labels: Mapping[str, str] = metadata.get("labels") or {}
        self.annotations: Mapping[str, str] = metadata.get("annotations") or {}
        self.spec: Mapping[str, Any] = pod.get("spec") or {}

    @property
    def identity(self) -> tuple[str, str, str]:
        """Kind, namespace and name of the workload, which alternatives in several files have in common."""
        return self.member.kind, self.member.namespace, self.member.name

    def has(self, port: str | int, protocol: str = "TCP") -> bool:
        """Return whether a container has a port of that name or number, and of that protocol."""
        return (port, protocol) in self.ports

    @property
    def has_clear_labels(self) -> bool:
        """Whether all labels of the pods could be read."""
        return self.member.is_clear(*self.at.steps, "metadata", "labels")

    def has_clear_ports(self, field: str) -> bool:
        """Return whether the `name` or `containerPort` of all ports is without error, so that others are not meant."""
        if self.member.faults is None:
            return True
        is_clear = self.member.is_clear
        return is_clear(*self.at.steps, "spec", "containers") or (
            bool(self.containers)
            and all(
                is_clear(*place.steps, "ports", index, field) and is_clear(*place.steps, "ports", index, "protocol")
                for container, place in self.containers
                for index in range(len(container.get("ports") or ()))
            )
            and all(container.get("ports") or is_clear(*place.steps, "ports") for container, place in self.containers)
        )

    @cached_property
    def containers(self) -> list[tuple[Mapping[str, Any], Path]]:
        """All containers that keep running, with their places: init containers too, when they are sidecars."""
        place = self.at + "spec"
        ordinary: list[Mapping[str, Any]] = self.spec.get("containers") or []
        places = [(container, place + "containers" + index) for index, container in enumerate(ordinary)]
        for index, container in enumerate(self.spec.get("initContainers") or ()):
            if container.get("restartPolicy") == "Always":
                places.append((container, place + "initContainers" + index))
        return places

    @cached_property
    def ports(self) -> set[tuple[str | int, str]]:
        """The ports of the containers by name and by number, each with its protocol."""
        return {
            (port[key], port.get("protocol") or "TCP")
            for container, _ in self.containers
            for port in container.get("ports") or ()
            for key in ("name", "containerPort")
            if port.get(key)
        }

    def mentions(self, number: int) -> bool:
        """Return whether a container is told a number, so that it may listen on that port without declaring it."""
        from kpy.rules.references.configuration import mentions

        return mentions(self._objects, self.member, self.containers, self.spec, self.annotations, number)


class Selected(Sequence[Template]):
    """The pods that a selector selects; what is asked of all of them is found out once."""

    def __init__(self, templates: Sequence[Template] = ()) -> None:
        self._templates = templates
        self._mentioned: dict[int, bool] = {}
        self._without: dict[tuple[str | int, str], list[Template]] = {}

    def __len__(self) -> int:
        """Return the number of workloads."""
        return len(self._templates)

    def __getitem__(self, index: Any) -> Any:
        """Return one, or a slice."""
        return self._templates[index]

    @cached_property
    def ports(self) -> frozenset[tuple[str | int, str]]:
        """The ports of all of them by name and by number, each with its protocol."""
        return frozenset(port for template in self._templates for port in template.ports)

    @cached_property
    def all_say_ports(self) -> bool:
        """Whether all of them say ports."""
        return all(template.ports for template in self._templates)

    def have_clear_ports(self, port: str | int) -> bool:
        """Return whether a name or a number is surely that of none of the ports that have errors."""
        field = "name" if isinstance(port, str) else "containerPort"
        return all(template.has_clear_ports(field) for template in self._faulty)

    @cached_property
    def _faulty(self) -> list[Template]:
        return [template for template in self._templates if template.member.faults is not None]

    def has(self, port: str | int, protocol: str = "TCP") -> bool:
        """Return whether one of them has a port of that name or number, and of that protocol."""
        return (port, protocol) in self.ports

    def may_listen(self, port: str | int, protocol: str = "TCP") -> bool:
        """Return whether one of them has a port, or may have it although no container says so."""
        if self.has(port, protocol) or not self.have_clear_ports(port):
            return True
        return isinstance(port, int) and (not self.all_say_ports or self._mention(port))

    def _mention(self, number: int) -> bool:
        if number not in self._mentioned:
            self._mentioned[number] = any(template.mentions(number) for template in self._templates)
        return self._mentioned[number]

    def without(self, port: str | int, protocol: str = "TCP") -> list[Template]:
        """Return those that keep running and have ports, but not this one in any file that has them."""
        if (port, protocol) not in self._without:
            having = {template.identity for template in self._templates if template.has(port, protocol)}
            self._without[port, protocol] = [
                template
                for template in self._templates
                if template.member.kind not in ("Job", "CronJob")
                and template.ports
                and template.has_clear_ports("name" if isinstance(port, str) else "containerPort")
                and template.identity not in having
            ]
        return self._without[port, protocol]


class Pods:
    """All pods of a set, by namespace and label."""

    def __init__(self, objects: Objects) -> None:
        self.templates = list(_templates(objects))
        self._by_label: dict[tuple[str, str, str], list[Template]] = {}
        self._by_namespace: dict[str, list[Template]] = {}
        self._known: dict[object, Selected] = {}
        #: The namespaces with pods of which labels could not be read.
        self._unclear = {each.member.namespace for each in self.templates if not each.has_clear_labels}
        for template in self.templates:
            namespace = template.member.namespace
            self._by_namespace.setdefault(namespace, []).append(template)
            for key, value in template.labels.items():
                self._by_label.setdefault((namespace, key, value), []).append(template)

    def are_clear(self, namespace: str) -> bool:
        """Return whether the labels of all pods that may be in a namespace could be read."""
        if not self._unclear:
            return True
        return not (not namespace or {"", namespace} & self._unclear)

    def selected(self, selector: Selector, namespace: str) -> Selected:
        """Return the pods in exactly this namespace that a selector selects."""
        key = _key(selector, namespace)
        if key not in self._known:
            self._known[key] = Selected(self._select(selector, namespace))
        return self._known[key]

    def _select(self, selector: Selector, namespace: str) -> list[Template]:
        labels = selector.get("matchLabels") or {}
        written = {key: value for key, value in labels.items() if key not in _GENERATED}
        candidates = self._by_namespace.get(namespace, [])
        for key, value in written.items():
            fewer = self._by_label.get((namespace, key, value), [])
            candidates = fewer if len(fewer) < len(candidates) else candidates
        return [template for template in candidates if self.fits(selector, template.labels)]

    @staticmethod
    def fits(selector: Selector, labels: Mapping[str, str]) -> bool:
        """Return whether a selector selects pods with these labels; what controllers add may fit."""
        written = {key: value for key, value in (selector.get("matchLabels") or {}).items() if key not in _GENERATED}
        expressions = [
            requirement
            for requirement in selector.get("matchExpressions") or ()
            if requirement.get("key") not in _GENERATED
        ]
        return matches({"matchLabels": written, "matchExpressions": expressions}, labels)

    def nearly_selected(self, selector: Selector, namespace: str) -> bool:
        """Return whether pods in a namespace have a label that a selector asks for, and none that it excludes."""
        labels = selector.get("matchLabels") or {}
        candidates = [*self._by_namespace.get(namespace, []), *(self._by_namespace.get("", []) if namespace else [])]
        return any(
            any(template.labels.get(key) == value for key, value in labels.items())
            and all(template.labels.get(key, value) == value for key, value in labels.items())
            for template in candidates
        )

    def perhaps_selected(self, selector: Selector, namespace: str) -> Selected:
        """Return the pods that a selector selects; a namespace that either side does not give may be the same."""
        selected = self.selected(selector, namespace)
        if selected:
            return selected
        key = "perhaps", *_key(selector, namespace)
        if key not in self._known:
            others = [""] if namespace else [other for other in self._by_namespace if other]
            self._known[key] = Selected([template for other in others for template in self.selected(selector, other)])
        return self._known[key]


def _key(selector: Selector, namespace: str) -> tuple[object, ...]:
    labels = selector.get("matchLabels") or {}
    return namespace, tuple(sorted(labels.items())), repr(selector.get("matchExpressions") or "")


def distinct(templates: Iterable[Template]) -> list[Template]:
    """Return the templates of different workloads, the first of alternatives."""
    templates_by_workload: dict[tuple[str, str, str], Template] = {}
    for template in templates:
        templates_by_workload.setdefault(template.identity, template)
    return list(templates_by_workload.values())


def lacking_port(templates: Selected, port: str | int, protocol: str) -> str:
    """Return words for a port that pods do not have, with what they have: `named "htp"; there is http`."""
    same = [there for there, theirs in templates.ports if theirs == protocol and type(there) is type(port)]
    others = [str(there) for there in sorted(same)]
    shown = f'named "{port}"' if isinstance(port, str) else str(port)
    other = next((theirs for there, theirs in sorted(templates.ports, key=str) if there == port), None)
    if other is not None:
        return f"{shown} of protocol {protocol}; there it is {other}"
    of_protocol = f" of protocol {protocol}" if protocol != "TCP" else ""
    return f"{shown}{of_protocol}" + (f"; there is {', '.join(others[:8])}" if others else "")


def pods_of(objects: Objects) -> Pods:
    """Return the pods of a set, looked up once."""
    if "pods" not in objects.kept:
        objects.kept["pods"] = Pods(objects)
    pods: Pods = objects.kept["pods"]
    return pods


def selector_of_labels(labels: Mapping[str, str]) -> Selector:
    """Return the selector that plain labels stand for, as in a Service."""
    return {"matchLabels": labels}


def _templates(objects: Objects) -> Iterable[Template]:
    for (group, kind), way in TEMPLATES.items():
        for member in objects.of(group, kind):
            if not makes_pods(member.tree):
                continue
            pod: Any = member.tree
            at = ROOT
            for step in way:
                pod, at = pod.get(step) or {}, at + step
            yield Template(objects, member, at, pod)
    for group, kind in objects.by_kind:
        if (group, kind) not in TEMPLATES and (custom := template_way(group, kind)) is not None:
            for member in objects.of(group, kind):
                yield from _custom_template(objects, member, custom)


def _custom_template(objects: Objects, member: Member, way: tuple[str, ...]) -> Iterator[Template]:
    """Yield the pods of a custom resource, as far as they can be read."""
    from kpy.checking.readable import readable
    from kpy.schema.custom.places import value_at

    pod, at = value_at(member.tree, way), ROOT
    for step in way:
        at = at + step
    if isinstance(pod, Mapping):
        yield Template(objects, member, at, readable(pod, "core/v1 PodTemplateSpec", objects.api))
