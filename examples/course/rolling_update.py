"""A Deployment that is replaced one pod at a time."""

from kpy import App, Chart, Container, Deployment
from kpy.api.apps.v1 import RollingUpdateDeployment

app = App("course")
chart = app.add(Chart("rolling-update"))
chart.add(
    Deployment(
        "simpleweb-depl",
        replicas=2,
        strategy=RollingUpdateDeployment(max_surge=1, max_unavailable=1),
        selector={"app": "simpleweb"},
        containers=[Container(name="simpleweb", image="opusidea/simpleweb:v2")],
    )
)
