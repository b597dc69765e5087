"""An app of another team, in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kpy import OtherApp

SHOP = """
from enum import StrEnum
from kpy import *

class Stage(StrEnum):
    DEV = "dev"
    PROD = "prod"

made = []

def app(env: Stage = Stage.DEV) -> App:
    made.append(env)
    app = App("shop", labels={"made": str(len(made))})
    chart = app.add(Chart("shop", namespace=f"shop-{env.value}"))
    settings = chart.add(ConfigMap("settings", data={"LIVES": "3"}))
    chart.add(ConfigMap("hashed", data={"A": env.value}, content_hash=True))
    chart.add(Secret("login", string_data={"password": "hunter2"}))
    chart.add(ServiceAccount("robot"))
    api = chart.add(Deployment("api", containers=[Container(image="x:1", ports={"http": 80, "admin": 81})]))
    chart.add(api.expose())
    chart.add(Ingress("broken", host="not a host", routes={"/": api.expose("never-added")["http"]}))
    return app
"""
Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a file below the test's folder, which is the current one, and return its path."""
    monkeypatch.chdir(tmp_path)

    def write(name: str, text: str) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    write("shop.py", SHOP)
    return write


@pytest.fixture
def shop(write: Write, tmp_path: Path) -> OtherApp:
    return OtherApp("shop", from_=str(tmp_path / "shop.py"), env="prod")
