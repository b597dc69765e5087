"""The pods that workloads make, and which of them a selector selects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from kpy.checking.whole import Member, Objects
from kpy.paths import ROOT, Path
from kpy.syntax.selectors import matches

__all__ = ["Pods", "Selected", "Selector", "Template", "distinct", "pods_of", "selector_of_labels"]

Selector = Mapping[str, Any]

_TEMPLATE: Final = ROOT + "spec" + "template"
_WORKLOADS: Final = (
    ("apps", "Deployment", _TEMPLATE),
    ("apps", "StatefulSet", _TEMPLATE),
    ("apps", "DaemonSet", _TEMPLATE),
    ("apps", "ReplicaSet", _TEMPLATE),
    ("", "ReplicationController", _TEMPLATE),
    ("batch", "Job", _TEMPLATE),
    ("batch", "CronJob", ROOT + "spec" + "jobTemplate" + "spec" + "template"),
    ("", "Pod", ROOT),
)
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

    def __init__(self, member: Member, at: Path, pod: Mapping[str, Any]) -> None:
        self.member = member
        #: The place of the template; the object itself for a pod.
        self.at = at
        self.labels: Mapping[str, str] = (pod.get("metadata") or {}).get("labels") or {}
        self.spec: Mapping[str, Any] = pod.get("spec") or {}

    @property
    def identity(self) -> tuple[str, str, str]:
        """Kind, namespace and name of the workload, which alternatives in several files have in common."""
        return self.member.kind, self.member.namespace, self.member.name

    def has(self, port: str | int) -> bool:
        """Return whether a container has a port of that name or number."""
        return port in (self.port_names if isinstance(port, str) else self.port_numbers)

    @cached_property
    def containers(self) -> list[tuple[Mapping[str, Any], Path]]:
        """All containers that keep running, with their places: init containers too, when they are sidecars."""
        place = self.at + "spec"
        ordinary: list[Mapping[str, Any]] = self.spec.get("containers") or []
        found = [(container, place + "containers" + index) for index, container in enumerate(ordinary)]
        for index, container in enumerate(self.spec.get("initContainers") or ()):
            if container.get("restartPolicy") == "Always":
                found.append((container, place + "initContainers" + index))
        return found

    @cached_property
    def port_names(self) -> set[str]:
        """The names of the containers' ports."""
        return {
            port["name"]
            for container, _ in self.containers
            for port in container.get("ports") or ()
            if port.get("name")
        }

    @cached_property
    def port_numbers(self) -> set[int]:
        """The numbers of the containers' ports."""
        return {
            port["containerPort"]
            for container, _ in self.containers
            for port in container.get("ports") or ()
            if port.get("containerPort")
        }


class Selected(Sequence[Template]):
    """The pods that a selector selects; what is asked of all of them is found out once."""

    def __init__(self, templates: Sequence[Template] = ()) -> None:
        self._templates = templates
        self._without: dict[str | int, list[Template]] = {}

    def __len__(self) -> int:
        """Return the number of workloads."""
        return len(self._templates)

    def __getitem__(self, index: Any) -> Any:
        """Return one, or a slice."""
        return self._templates[index]

    @cached_property
    def port_names(self) -> frozenset[str]:
        """The names of the ports of all of them."""
        return frozenset(name for template in self._templates for name in template.port_names)

    @cached_property
    def port_numbers(self) -> frozenset[int]:
        """The numbers of the ports of all of them."""
        return frozenset(number for template in self._templates for number in template.port_numbers)

    @cached_property
    def all_say_ports(self) -> bool:
        """Whether all of them say numbers of ports."""
        return all(template.port_numbers for template in self._templates)

    def has(self, port: str | int) -> bool:
        """Return whether one of them has a port of that name or number."""
        return port in (self.port_names if isinstance(port, str) else self.port_numbers)

    def without(self, port: str | int) -> list[Template]:
        """Return those that keep running and have ports, but not this one in any file that has them."""
        if port not in self._without:
            having = {template.identity for template in self._templates if template.has(port)}
            self._without[port] = [
                template
                for template in self._templates
                if template.member.kind not in ("Job", "CronJob")
                and (template.port_names or template.port_numbers)
                and template.identity not in having
            ]
        return self._without[port]


class Pods:
    """All pods of a set, by namespace and label."""

    def __init__(self, objects: Objects) -> None:
        self.templates = list(_templates(objects))
        self._by_label: dict[tuple[str, str, str], list[Template]] = {}
        self._by_namespace: dict[str, list[Template]] = {}
        self._known: dict[object, Selected] = {}
        for template in self.templates:
            namespace = template.member.namespace
            self._by_namespace.setdefault(namespace, []).append(template)
            for key, value in template.labels.items():
                self._by_label.setdefault((namespace, key, value), []).append(template)

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
        expressions = [each for each in selector.get("matchExpressions") or () if each.get("key") not in _GENERATED]
        return matches({"matchLabels": written, "matchExpressions": expressions}, labels)

    def perhaps_selected(self, selector: Selector, namespace: str) -> Selected:
        """Return the pods that a selector selects; a namespace that either side leaves unsaid may be the same."""
        found = self.selected(selector, namespace)
        if found:
            return found
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
    found: dict[tuple[str, str, str], Template] = {}
    for template in templates:
        found.setdefault(template.identity, template)
    return list(found.values())


def pods_of(objects: Objects) -> Pods:
    """Return the pods of a set, looked up once."""
    if "pods" not in objects.kept:
        objects.kept["pods"] = Pods(objects)
    found: Pods = objects.kept["pods"]
    return found


def selector_of_labels(labels: Mapping[str, str]) -> Selector:
    """Return the selector that plain labels stand for, as in a Service."""
    return {"matchLabels": labels}


def _templates(objects: Objects) -> Iterable[Template]:
    for group, kind, at in _WORKLOADS:
        for member in objects.of(group, kind):
            pod: Any = member.tree
            for step in at.steps:
                pod = pod.get(step) or {}
            yield Template(member, at, pod)
