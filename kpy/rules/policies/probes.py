"""Probes of containers that keep running."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.checking.check import Check
from kpy.checking.object_set import Member, Objects, See, SetCheck
from kpy.checking.policies import policy, policy_on_all
from kpy.objects import Tree, title
from kpy.paths import ROOT, Path
from kpy.rules.references.selected_pods import (
    PROBE_WAYS,
    PROBES,
    Template,
    pods_of,
    selector_of_labels,
)

__all__: list[str] = []

_SOURCE: Final = "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/"
_CONTAINER: Final = "core/v1 Container"
_GROUPS: Final = ("probes",)
_FOR_A_WHILE: Final = ("Job", "CronJob", "Pod", "PodTemplate")
#: Names of ports that only a monitoring system calls, which asks again.
_METRICS: Final = re.compile("metrics|prometheus|telemetry|monitoring")


@policy_on_all("readiness-probe-missing", source=_SOURCE, groups=_GROUPS)
def readiness_probe_missing(objects: Objects, check: SetCheck) -> None:
    """A Service sends to pods of which no container says when it is ready.

    Ports for metrics do not count, nor do pods of their own and of Jobs.

    Why: Without a readiness probe, requests come before the container can answer, and go on when it cannot any more:
    every rollout costs some.
    """
    told: set[int] = set()
    for service, template in _served(objects):
        container, at = next(_behind(service, template), (None, ROOT))
        if container is None or id(template.member) in told:
            continue
        told.add(id(template.member))
        check.report(
            template.member,
            at + "readinessProbe",
            f'container "{container.get("name")}" has no readiness probe, and {title(service.tree)} sends to it',
            fix="set `readinessProbe`",
            see_also=[See(title(service.tree), service)],
        )


def _served(objects: Objects) -> Iterator[tuple[Member, Template]]:
    """Yield the Services with each workload that they send to and that never says whether it is ready."""
    pods = pods_of(objects)
    for service in objects.of("", "Service"):
        selector = service.spec.get("selector")
        if not selector or service.spec.get("publishNotReadyAddresses"):
            continue
        for template in pods.selected(selector_of_labels(selector), service.namespace):
            is_lasting = template.member.kind not in _FOR_A_WHILE
            if is_lasting and not any(container.get("readinessProbe") for container, _ in template.containers):
                yield service, template


def _behind(service: Member, template: Template) -> Iterator[tuple[Mapping[str, Any], Path]]:
    """Yield the containers of a pod that the ports of a Service lead to, those for metrics left out."""
    ports = [port for port in service.spec.get("ports") or () if not _METRICS.search(port.get("name") or "")]
    targets = {port.get("targetPort") or port.get("port") for port in ports}
    for container, at in template.containers:
        declared = container.get("ports") or ()
        own = {port[key] for port in declared for key in ("name", "containerPort") if port.get(key)}
        if own & targets or (targets and not declared and len(template.containers) == 1):
            yield container, at


@policy("probe-port-undeclared", on="core/v1 PodSpec", severity="note", source=_SOURCE, groups=_GROUPS)
def probe_port_undeclared(spec: Tree, at: Path, check: Check) -> None:
    """A probe calls a port by number that no container of the pod declares, although its own container declares ports.

    It is a warning where other probes of the container call a port that is declared. A number that stands in a command,
    an argument or a variable is not reported.

    Why: A probe of a wrong port always fails: the pod never becomes ready, or is restarted again and again.
    """
    containers: list[tuple[Any, Path]] = [
        (container, at + field + index)
        for field in ("containers", "initContainers")
        for index, container in enumerate(spec.get(field) or ())
    ]
    declared = {port.get("containerPort") for container, _ in containers for port in container.get("ports") or ()}
    for container, place in containers:
        probes = list(_probe_ports(container, place))
        has_good = any(isinstance(port, str) or port in declared for port, _ in probes)
        first = dict(reversed(probes))
        for port, there in first.items():
            if not container.get("ports") or isinstance(port, str) or port in declared or _is_told(container, port):
                continue
            own = ", ".join(str(each.get("containerPort")) for each in container["ports"])
            message = f'the probe calls port {port}, and container "{container.get("name")}" declares {own}'
            fix = "call the port that the container listens on, and declare it in `ports`"
            check.report(there, message, fix=fix, severity="warning" if has_good else None)


def _probe_ports(container: Tree, at: Path) -> Iterator[tuple[Any, Path]]:
    """Yield the ports that probes call in the pod itself, with their places."""
    for name in PROBES:
        probe = container.get(name) or {}
        for way in PROBE_WAYS:
            action = probe.get(way) or {}
            if action.get("port") and not action.get("host"):
                yield action["port"], at + name + way + "port"


def _is_told(container: Tree, number: int) -> bool:
    """Return whether a container is told a number, so that it may listen there."""
    texts = [
        *(container.get("command") or ()),
        *(container.get("args") or ()),
        *(variable.get("value") or "" for variable in container.get("env") or ()),
    ]
    return any(re.search(rf"(?<!\d){number}(?!\d)", text) for text in texts)


@policy("liveness-probe-missing", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def liveness_probe_missing(container: Tree, at: Path, check: Check) -> None:
    """A container that keeps running has no liveness probe.

    Why: A container that hangs is not restarted by itself. A probe that is too strict restarts what is only busy, so
    that many have none on purpose.
    """
    if at.field == "containers" and check.kind not in _FOR_A_WHILE and not container.get("livenessProbe"):
        message = f'container "{container.get("name")}" has no liveness probe'
        check.report(at + "livenessProbe", message, fix="set `livenessProbe`")


@policy("probes-identical", on=_CONTAINER, source=_SOURCE, groups=_GROUPS)
def probes_identical(container: Tree, at: Path, check: Check) -> None:
    """The liveness probe of a container is the same as its readiness probe.

    Why: The two answer different questions: a container that is only busy should get no more requests for a while, and
    is restarted instead, just when it is needed.
    """
    probe = container.get("livenessProbe")
    if probe and probe == container.get("readinessProbe"):
        check.report(
            at + "livenessProbe",
            "liveness and readiness probe are the same",
            fix="raise its `failureThreshold`",
        )
