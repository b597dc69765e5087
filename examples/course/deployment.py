"""A web server in three copies."""

from kpy import App, Chart, Container, Deployment
from kpy.api.core.v1 import PodTemplateSpec
from kpy.api.meta.v1 import ObjectMeta

app = App("course")
chart = app.add(Chart("deployment"))
chart.add(
    Deployment(
        "simpleweb-depl",
        replicas=3,
        selector={"app": "simpleweb"},
        template=PodTemplateSpec(metadata=ObjectMeta(name="simpleweb-pod")),
        containers=[Container(name="simpleweb", image="opusidea/simpleweb:v2")],
    )
)
