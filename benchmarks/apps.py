"""The app that is measured: charts, each with a ConfigMap, a Deployment that uses it, and its Service."""

from __future__ import annotations

from kpy import App, Chart, ConfigMap, Container, Deployment, Probe, Resources


def build(charts: int = 1) -> App:
    app = App("bench")
    for number in range(charts):
        chart = app.add(Chart(f"shop-{number}", namespace=f"shop-{number}"))
        config = chart.add(ConfigMap("config", data={"LEVEL": "info", "PORT": "8080"}))
        api = chart.add(
            Deployment(
                "api",
                replicas=2,
                containers=[
                    Container(
                        image="ghcr.io/shop/api:v2",
                        ports={"http": 8080},
                        env={"LEVEL": config["LEVEL"], "MODE": "live"},
                        resources=Resources(cpu=("250m", "1"), memory="256Mi"),
                        liveness_probe=Probe.http("/healthz", port="http"),
                    )
                ],
            )
        )
        chart.add(api.expose())
    return app
