"""What runs all the time: workers, and services that are reached over HTTP."""

from __future__ import annotations

from typing import Literal

from kpy import Construct, Container, Deployment, Ingress, Probe, Resources, field
from kpy.typing import EnvInput

__all__ = ["Size", "WebService", "Worker"]

Size = Literal["small", "large"]

#: Processor and memory: what is asked for; memory is the limit, too.
SIZES: dict[Size, Resources] = {
    "small": Resources(cpu=("100m", None), memory="128Mi"),
    "large": Resources(cpu=("1", None), memory="1Gi"),
}


class Worker(Construct):
    """A program that runs all the time, and survives the loss of a node."""

    image: str
    """The image, from registry.acme.example."""
    size: Size = "small"
    """How much processor and memory each pod gets."""
    replicas: int = 2
    """How many pods there are; with two or more, one of them stays while nodes are drained."""
    env: EnvInput = field(factory=dict)
    """Variables of the environment."""
    metrics: int | None = None
    """The port with metrics at /metrics; Prometheus scrapes it."""

    def build(self) -> None:
        if self.replicas < 1:
            self.refuse(f"replicas={self.replicas}: expected one or more")
        self.deployment = self.add(Deployment(self.name, replicas=self.replicas, containers=[self.make_container()]))
        if self.replicas > 1:
            self.add(self.deployment.budget(max_unavailable=1))

    def make_container(self) -> Container:
        """Return the container; classes below add to it."""
        ports = self.make_ports() or None
        return Container(self.name, image=self.image, env=self.env, ports=ports, resources=SIZES[self.size])

    def make_ports(self) -> dict[str, int]:
        """Return the ports of the container, by name; classes below add to them."""
        return {} if self.metrics is None else {"metrics": self.metrics}


class WebService(Worker):
    """A service that is reached over HTTP, inside the cluster and, with a host, from outside."""

    port: int = 8080
    """The port on which it serves."""
    ready: str = "/ready"
    """The path that answers when it can serve."""
    host: str | None = None
    """The name by which it is reached from outside."""

    def build(self) -> None:
        super().build()
        self.service = self.add(self.deployment.expose(ports={"http": self.port}))
        if self.host is not None:
            self.add(Ingress(self.name, host=self.host, routes={"/": self.service["http"]}, tls=f"{self.name}-tls"))

    def make_container(self) -> Container:
        """Return the container, with its probe."""
        container = super().make_container()
        container.readiness_probe = Probe.http(self.ready, port="http")
        return container

    def make_ports(self) -> dict[str, int]:
        """Return the ports, with that on which it serves."""
        return {"http": self.port, **super().make_ports()}
