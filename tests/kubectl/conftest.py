"""A command of kpy on a small app, with a stand-in below the seam."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kpy.cli import clusters
from kpy.cli.main import run

from .fake import FakeKubectl

APP = """\
from kpy import App, Chart, ConfigMap, Container, Deployment, Raw, Secret


def app(image: str = "web:1", extra: bool = False, web: bool = True, empty: bool = False, crd: bool = False) -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace="default"))
    if not empty:
        chart.add(ConfigMap.from_literals("config", {"a": image}))
        chart.add(Secret.from_literals("creds", {"password": "hunter22-" + image}))
    if web and not empty:
        chart.add(Deployment("web", containers=[Container(image=image)]))
    if extra:
        chart.add(ConfigMap.from_literals("extra", {"a": "1"}))
    if crd:
        chart.add(Raw({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}}))
    return app
"""

Kpy = Callable[..., tuple[int, str, str]]


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKubectl:
    """Return the stand-in that all commands of the test speak to, in a folder with an app."""
    fake = FakeKubectl()
    monkeypatch.setattr(clusters, "transport_for", lambda given, context: fake)
    monkeypatch.chdir(tmp_path)
    Path("shop.py").write_text(APP)
    return fake


@pytest.fixture
def kpy(kubectl: FakeKubectl, capsys: pytest.CaptureFixture[str]) -> Kpy:
    """Run a command on the app and return the exit code and both streams."""

    def kpy(command: str, *words: str) -> tuple[int, str, str]:
        code = run([command, "shop.py", *words])
        out, err = capsys.readouterr()
        return code, out, err

    return kpy
