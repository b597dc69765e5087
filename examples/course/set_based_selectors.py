"""A Deployment that finds its pods by sets of values."""

from kpy import App, Chart, Container, Deployment, In, NotIn

app = App("course")
chart = app.add(Chart("set-based-selectors"))
chart.add(
    Deployment(
        "worker",
        selector={
            "app": "worker",
            "environment": In("production", "qa"),
            "tier": NotIn("frontend", "backend"),
        },
        pod_labels={"environment": "qa"},
        containers=[Container(image="ghcr.io/example/worker:v1")],
    )
)
