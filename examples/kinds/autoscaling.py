"""An autoscaler and a disruption budget written out, for a workload that another team owns."""

from kpy import App, Chart, Container, Deployment, HorizontalPodAutoscaler, Metric, PodDisruptionBudget, Resources

app = App("kinds")
chart = app.add(Chart("autoscaling", namespace="demo"))
api = chart.add(
    Deployment(
        "api",
        containers=[
            Container(
                image="ghcr.io/example/api:2.1", ports={"http": 8080}, resources=Resources(cpu="250m", memory="256Mi")
            )
        ],
    )
)
chart.add(
    HorizontalPodAutoscaler("api", scale_target_ref=api, min_replicas=2, max_replicas=10, metrics=[Metric.cpu(70)])
)
chart.add(PodDisruptionBudget("api", selector=api, max_unavailable=1))
