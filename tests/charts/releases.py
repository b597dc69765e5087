"""Charts in apps, for tests: rendered by the real helm, with a cache of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpy import App, Chart, Helm, Manifest
from kpy.errors import KpyError
from tests.charts.samples import WEB, program, write

__all__ = ["prepare", "refusal", "release", "synth", "web"]


def prepare(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the real helm on PATH, with a cache of its own; return the folder."""
    (folder / "bin").mkdir()
    (folder / "bin" / "helm").symlink_to(program("helm"))
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/bin:/usr/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    return folder


def web(folder: Path, **files: str) -> Path:
    write(folder / "web", {**WEB, **files})
    return folder / "web"


def release(chart: Path | str, *others: Any, kubernetes: str = "1.36", **arguments: Any) -> tuple[App, Helm]:
    app = App("shop", kubernetes=kubernetes)
    shop = app.add(Chart("shop", namespace="shop"))
    made = shop.add(Helm("web", chart, **arguments))
    for other in others:
        shop.add(other)
    return app, made


def synth(chart: Path | str, *others: Any, **arguments: Any) -> Manifest:
    return release(chart, *others, **arguments)[0].synth()


def refusal(chart: Path | str, **arguments: Any) -> str:
    with pytest.raises(KpyError) as caught:
        synth(chart, **arguments)
    return str(caught.value).partition(": ")[2]
