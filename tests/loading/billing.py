"""An app that uses objects of another one."""

from __future__ import annotations

import pytest

from kpy import App, Chart, Container, Deployment, Manifest, Report, SynthError


def chart_in(namespace: str) -> tuple[App, Chart]:
    app = App("billing")
    return app, app.add(Chart("billing", namespace=namespace))


def web(**container: object) -> Deployment:
    return Deployment("web", containers=[Container(image="y:1", **container)])  # type: ignore[arg-type]  # of tests


def errors(app: App) -> Report:
    with pytest.raises(SynthError) as refused:
        app.synth()
    return refused.value.report


def titles(manifest: Manifest) -> list[str]:
    return [f"{each.kind}/{each.name}" for each in manifest]
