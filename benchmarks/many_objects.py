"""The app that goes to a cluster: sets of a ConfigMap, a Deployment that uses it, and its Service, in one namespace."""

from __future__ import annotations

from kpy import App, Chart, ConfigMap, Container, Deployment


def app(count: int = 1_000) -> App:
    """Return an app of so many objects."""
    app = App("bench")
    chart = app.add(Chart("bench", namespace="bench"))
    for number in range(count // 3):
        config = chart.add(ConfigMap(f"config-{number}", data={"LEVEL": "info", "PORT": "8080"}))
        image = Container(image="ghcr.io/shop/api:v2", ports={"http": 8080}, env={"LEVEL": config["LEVEL"]})
        chart.add(chart.add(Deployment(f"api-{number}", replicas=2, containers=[image])).expose())
    for number in range(count % 3):
        chart.add(ConfigMap(f"more-{number}", data={"LEVEL": "info"}))
    return app
