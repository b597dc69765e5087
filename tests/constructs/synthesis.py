"""What tests of constructs share: parts to plain trees, and messages without the place of the test."""

from __future__ import annotations

import re
from typing import Any

from kpy import App, Chart, Container, Deployment
from kpy.pipeline import run
from kpy.pipeline.draft import Links


def trees(*parts: Any, **chart: Any) -> list[dict[str, Any]]:
    """Return the objects that a chart of these parts becomes."""
    app = App("shop")
    owner = app.add(Chart("shop", **chart))
    for part in parts:
        owner.add(part)
    return run(app).to_dicts()


def tree(*parts: Any, kind: str, **chart: Any) -> dict[str, Any]:
    """Return the only object of a kind among them."""
    (found,) = [each for each in trees(*parts, **chart) if each["kind"] == kind]
    return found


def web(name: str = "web", **container: Any) -> Deployment:
    """Return a Deployment of one container."""
    return Deployment(name, containers=[Container(image="nginx:1", **container)])


def said(error: BaseException) -> str:
    """Return the message of an error, with `FILE` for the place in a test."""
    return re.sub(r"[^\s(]*(?:test_\w+|synthesis)\.py:\d+", "FILE", str(error))


def lowered(part: Any) -> dict[str, Any]:
    """Return the tree of an object, as it is before others are looked at."""
    made: dict[str, Any] = {}
    part.lower_into(made, Links())
    return made
