"""Ports of containers, and those of the node that they take."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import CONTAINERS, POD_SPEC, is_bare_pod
from kpy.syntax.ports import port_name_fault

_SOURCE = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports"


@rule("container-port-name-duplicate", on=CONTAINERS, source=_SOURCE, needs="ports")
def container_port_name_duplicate(container: Tree, at: Path, check: Check) -> None:
    """The ports of a container must have different names."""
    if len(container["ports"]) < 2:
        return
    seen = set()
    for index, port in enumerate(container["ports"]):
        name = port.get("name")
        if name in seen:
            message = f'another port of the container is named "{name}"'
            check.report(at + "ports" + index + "name", message, fix="give each port its own name")
        elif name and not port_name_fault(name):
            seen.add(name)


@rule("host-port-duplicate", on=POD_SPEC, source=_SOURCE)
def host_port_duplicate(spec: Tree, at: Path, check: Check) -> None:
    """Two ports of a pod must not use the same port of the node; init containers run at other times."""
    seen: set[tuple[str, str, int]] = set()
    for index, container in enumerate(spec.get("containers", ())):
        _report_taken(spec, container, at + "containers" + index, seen, check)
    for index, container in enumerate(spec.get("initContainers", ())):
        _report_taken(spec, container, at + "initContainers" + index, set(), check)


def _report_taken(spec: Tree, container: Tree, at: Path, seen: set[tuple[str, str, int]], check: Check) -> None:
    implied = spec.get("hostNetwork") and is_bare_pod(check)
    for index, port in enumerate(container.get("ports", ())):
        number = port.get("hostPort") or (port.get("containerPort") if implied else 0)
        if not number:
            continue
        key = (port.get("protocol") or "TCP", port.get("hostIP", ""), number)
        if key in seen:
            message = f"port {number} ({key[0]}) of the node is taken by another port of the pod"
            check.report(at + "ports" + index + "hostPort", message, fix="use another port, protocol or `hostIP`")
        seen.add(key)


@rule("host-network-port", on=POD_SPEC, source=_SOURCE, needs="hostNetwork")
def host_network_port(spec: Tree, at: Path, check: Check) -> None:
    """With `hostNetwork` a container's port is the node's: `hostPort` must be absent or the same number."""
    if not spec.get("hostNetwork"):
        return
    for index, container in enumerate(spec.get("containers", ())):
        for position, port in enumerate(container.get("ports", ())):
            host, inside = port.get("hostPort"), port.get("containerPort", 0)
            if host and host != inside:
                message = f"`hostPort` is {host}, but the pod is in the node's network and `containerPort` is {inside}"
                check.report(at + "containers" + index + "ports" + position + "hostPort", message, fix="remove it")
