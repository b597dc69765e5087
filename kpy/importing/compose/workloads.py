"""A service of compose as a workload with its Services."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.importing.compose.amounts import seconds
from kpy.importing.compose.containers import command, image, probe, pull_policy, resources, security
from kpy.importing.compose.environment import Environment
from kpy.importing.compose.fields import Fields
from kpy.importing.compose.keys import DEPLOY, SERVICE, UPDATE
from kpy.importing.compose.names import dns_label
from kpy.importing.compose.pods import as_annotations, hooks, pod_fields
from kpy.importing.compose.ports import Port, read_ports
from kpy.importing.compose.project import Project
from kpy.importing.compose.settings import read_settings
from kpy.importing.compose.volumes import Storage, Volumes

__all__ = ["Workload"]

Tree = dict[str, Any]
_NAME: Final = "app.kubernetes.io/name"
_WAITS_WITH: Final = "busybox:1.37"
#: Where a service speaks of others by their names.
_SPEAKING: Final = ("environment", "command", "entrypoint", "healthcheck")
_CONDITIONS: Final = ("service_started", "service_healthy", "service_completed_successfully")


class Workload:
    """One service, read."""

    def __init__(self, key: str, project: Project, storage: Storage) -> None:
        self.key = key
        self.name = dns_label(key)
        self._project, self._storage = project, storage
        self._service = Fields(project.section("services")[key], ("services", key), project.notes, project.places)
        if self.name != key:
            self._service.note("", f"the name becomes {self.name!r}: whoever speaks of it as {key!r} has to be changed")
        self._deploy = self._service.inner("deploy")
        self.ports: list[Port] = read_ports(self._service)
        self.dependencies = self._dependencies()
        self._aliases = self._networks()

    def _dependencies(self) -> dict[str, str]:
        """Return the services that this one depends on, each with the condition."""
        said = self._service.take("depends_on")
        found: dict[str, str] = {}
        if isinstance(said, Mapping):
            for name in said:
                fields = self._inner(said[name], "depends_on", str(name))
                condition = fields.text("condition") or "service_started"
                if condition not in _CONDITIONS:
                    raise fields.wrong(f"expected {', '.join(_CONDITIONS)}, not {condition!r}", "condition")
                fields.take("required")
                fields.rest({"restart": "pods are not started again because of others"})
                found[str(name)] = condition
        elif isinstance(said, list):
            found = {str(name): "service_started" for name in said}
        elif said is not None:
            raise self._service.wrong("expected services, as a list or with conditions", "depends_on")
        for name in found:
            if name not in self._project.section("services"):
                raise self._service.wrong(f"there is no service {name!r}", "depends_on")
        return found

    def _inner(self, value: object, *steps: str) -> Fields:
        return Fields(value, (*self._service.steps, *steps), self._project.notes, self._project.places)

    def _networks(self) -> list[str]:
        """Return the other names under which the service is found."""
        said = self._service.take("networks")
        aliases: list[str] = []
        for name in said if isinstance(said, Mapping) else ():
            fields = self._inner(said[name], "networks", str(name))
            aliases += fields.strings("aliases")
            fields.rest(dict.fromkeys(fields, "the network of the cluster gives addresses"))
        return [dns_label(alias) for alias in aliases]

    def objects(self, others: Mapping[str, Workload], *, is_awaited: bool) -> Iterator[Tree]:
        """Yield the objects that the service becomes; `is_awaited` where another waits for its end."""
        service, deploy = self._service, self._deploy
        environment = Environment(service, self.name, self._project, self._storage)
        volumes = Volumes(service, self.name, self._project, self._storage)
        pod = self._pod(environment, volumes, others)
        mode = deploy.text("mode") or "replicated"
        is_job = is_awaited or mode.endswith("-job")
        self._restart(is_job)
        metadata: Tree = {"name": self.name}
        marks = {**as_annotations(service, "labels"), **as_annotations(deploy, "labels")}
        if marks:
            metadata["annotations"] = marks
        template: Tree = {"spec": pod}
        if own := {**marks, **as_annotations(service, "annotations")}:
            template["metadata"] = {"annotations": own}
        count = deploy.text("replicas") or service.text("scale")
        update = deploy.inner("update_config")
        if is_job:
            restart = "OnFailure" if service.text("restart").startswith("on-failure") else "Never"
            pod["restartPolicy"] = restart
            yield _object("batch/v1", "Job", metadata, {"template": template})
        else:
            template.setdefault("metadata", {})["labels"] = {_NAME: self.name}
            spec: Tree = {"selector": {"matchLabels": {_NAME: self.name}}, "template": template}
            kind = "DaemonSet" if mode == "global" else "Deployment"
            if kind == "Deployment":
                spec |= _rollout(update, has_claim=volumes.has_claim)
                if count.isdecimal():
                    spec["replicas"] = int(count)
            yield _object("apps/v1", kind, metadata, spec)
            yield from self._services(others)
        environment.finish()
        update.rest(UPDATE)
        deploy.rest(DEPLOY)
        for known in ("profiles", "extends"):
            service.take(known)
        service.rest(SERVICE)

    def _pod(self, environment: Environment, volumes: Volumes, others: Mapping[str, Workload]) -> Tree:
        service = self._service
        environment.read()
        container: Tree = {"name": self.name, "image": image(service, self.name, dns_label(self._project.name))}
        container |= command(service, environment)
        if policy := pull_policy(service):
            container["imagePullPolicy"] = policy
        if folder := service.text("working_dir"):
            container["workingDir"] = folder
        volumes.read()
        read_settings(service, self._project, self._storage, volumes)
        readiness = probe(service, environment)
        parts: Tree = {
            "env": environment.variables,
            "envFrom": environment.sources,
            "ports": [_container_port(port) for port in self.ports],
            "volumeMounts": volumes.mounts,
            "resources": resources(service, self._deploy),
            "readinessProbe": readiness,
            "lifecycle": hooks(service),
            "securityContext": security(service),
            "stdin": service.flag("stdin_open"),
            "tty": service.flag("tty"),
        }
        container |= {key: value for key, value in parts.items() if value}
        waits = [wait for wait in map(self._wait, [*self._waited(others)]) if wait is not None]
        pod: Tree = {"initContainers": waits} if waits else {}
        pod |= {"containers": [container], **pod_fields(service, self._deploy)}
        if volumes.volumes:
            pod["volumes"] = [{"name": name, **source} for name, source in volumes.volumes.items()]
        return pod

    def _waited(self, others: Mapping[str, Workload]) -> Iterator[Workload]:
        """Yield the services whose health is waited for; say of the others why they are not."""
        started = [name for name, condition in self.dependencies.items() if condition == "service_started"]
        if started:
            text = f"{', '.join(started)}: pods start in any order: programs have to try again until it is there"
            self._service.note("depends_on", text)
        for name, condition in self.dependencies.items():
            if condition == "service_completed_successfully":
                text = f"{name} is a Job: `after=` it in the app lets `kpy apply` wait for its end"
                self._service.note("depends_on", text)
            elif condition == "service_healthy" and name in others:
                yield others[name]

    def _wait(self, other: Workload) -> Tree | None:
        port = next((port.number for port in other.ports if port.protocol == "TCP"), None)
        if port is None:
            text = f"{other.key} has no port in the file, so that nothing waits until it is healthy: add `expose`"
            self._service.note("depends_on", text)
            return None
        text = f"an init container waits until {other.key} is healthy; leave it out if the program tries again"
        self._service.note("depends_on", text)
        script = f"until nc -z {other.name} {port}; do sleep 2; done"
        return {"name": f"wait-for-{other.name}"[:63], "image": _WAITS_WITH, "command": ["/bin/sh", "-c", script]}

    def _restart(self, is_job: bool) -> None:
        said = self._service.text("restart")
        if not is_job and (said in ("no", "false") or said.startswith("on-failure")):
            self._service.note("restart", f"{said}: a Deployment starts its containers always; what ends is a Job")

    def _services(self, others: Mapping[str, Workload]) -> Iterator[Tree]:
        names = [self.name, *self._aliases]
        for other in others.values():
            names += other.links_to(self.key)
        is_needed = self.ports or len(names) > 1 or any(self._is_named_by(other) for other in others.values())
        for name in dict.fromkeys(names) if is_needed else ():
            spec: Tree = {"selector": {_NAME: self.name}}
            if self.ports:
                spec["ports"] = [_service_port(port) for port in self.ports]
            else:
                spec["clusterIP"] = "None"
                text = "it has no port in the file: its Service is only a name; `expose` gives it an address"
                self._service.note("", text)
            yield _object("v1", "Service", {"name": name}, spec)

    def links_to(self, key: str) -> list[str]:
        """Return the names under which this service wants to find another one."""
        entries = [each.partition(":") for each in self._service.strings("links")]
        return [dns_label(alias or name) for name, _, alias in entries if name == key]

    def _is_named_by(self, other: Workload) -> bool:
        if other is self:
            return False
        if self.key in other.dependencies:
            return True
        said = self._project.section("services")[other.key]
        text = json.dumps([said.get(key) for key in _SPEAKING], default=str)
        return re.search(rf"(?<![\w-]){re.escape(self.key)}(?![\w-])", text) is not None


def _rollout(update: Fields, *, has_claim: bool) -> Tree:
    """Return how a Deployment replaces its pods; with a claim, the old one has to go first."""
    parallelism, order, delay = update.text("parallelism"), update.text("order"), update.text("delay")
    found: Tree = {}
    if (pause := seconds(delay)) is not None and delay != "0s":
        found["minReadySeconds"] = pause
    if has_claim:
        return {**found, "strategy": {"type": "Recreate"}}
    if parallelism.isdecimal() or order:
        count = max(1, int(parallelism)) if parallelism.isdecimal() else 1
        surge, gone = (count, 0) if order == "start-first" else (0, count)
        found["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": gone}}
    return found


def _object(api_version: str, kind: str, metadata: Tree, spec: Tree) -> Tree:
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}


def _container_port(port: Port) -> Tree:
    found: Tree = {"name": port.name, "containerPort": port.number}
    return found if port.protocol == "TCP" else {**found, "protocol": port.protocol}


def _service_port(port: Port) -> Tree:
    found: Tree = {"name": port.name, "port": port.number, "targetPort": port.name}
    if port.protocol != "TCP":
        found["protocol"] = port.protocol
    if port.app_protocol:
        found["appProtocol"] = port.app_protocol
    return found
