"""An app, and kpy's commands on it with the real kubectl, for the tests of `kpy apply` and its friends."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest

from cluster.servers import Cluster
from kpy.cli.main import run

APP = """\
from kpy import App, Chart, Claim, ConfigMap, Container, Deployment, Namespace, Secret


def app(
    ns: str, image: str = "web:1", label: str = "web", extra: bool = False, own: bool = False, empty: bool = False,
    chart: str = "shop",
) -> App:
    app = App("shop")
    parts = app.add(Chart(chart, namespace=ns))
    if own:
        parts.add(Namespace(ns))
    if empty:
        return app
    config = parts.add(ConfigMap.from_literals("config", {"image": image}))
    parts.add(Secret.from_literals("creds", {"password": f"hunter22-{image}"}))
    if extra:
        parts.add(ConfigMap.from_literals("extra", {"a": "1"}))
        parts.add(Claim("data", storage="1Gi"))
    parts.add(Deployment("web", selector={"app": label}, containers=[Container(image=image, env_from=[config])]))
    return app
"""


@attrs.frozen
class Kpy:
    """Runs commands on an app in a namespace of its own."""

    cluster: Cluster
    namespace: str
    capsys: pytest.CaptureFixture[str]
    kubectl: Path | None = None
    """The kubectl that is used in the place of the cluster's own."""

    def __call__(
        self, command: str, *flags: str, values: Mapping[str, object] | None = None, context: str = "admin"
    ) -> tuple[int, str, str]:
        """Run a command and return the exit code and both streams."""
        code = run([*self.words(command, values or {}), f"--context={context}", *flags])
        out, err = self.capsys.readouterr()
        return code, out, err

    def process(self, command: str, *flags: str) -> list[str]:
        """Return what runs a command as a process of its own."""
        return [sys.executable, "-m", "kpy", *self.words(command, {}), *flags]

    def words(self, command: str, values: Mapping[str, object]) -> list[str]:
        said = {"ns": self.namespace, **values}
        settings = [word for key, value in said.items() for word in ("--set", f"{key}={value}")]
        kubectl = self.kubectl or self.cluster.program("kubectl")
        where = [f"--kubectl={kubectl}", f"--kubeconfig={self.cluster.kubeconfig}"]
        return [command, "shop.py", *settings, *where]

    def get(self, what: str, path: str) -> str:
        """Return a field of an object in the cluster."""
        return self.cluster.kubectl("get", what, "-n", self.namespace, "-o", f"jsonpath={path}").stdout


def deeds(out: str) -> list[str]:
    """Return what was done to each object."""
    return [line.split()[0] for line in out.splitlines()]
