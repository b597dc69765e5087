"""A port on every node that leads to the pods."""

from kpy import App, Chart, Container, Deployment
from kpy.api.core.v1 import ServicePort

app = App("course")
chart = app.add(Chart("service-node-port"))
simpleweb = chart.add(
    Deployment("simpleweb", containers=[Container(image="opusidea/simpleweb:v2", ports={"http": 8080})])
)
port = ServicePort(name="http", port=80, target_port="http", node_port=30080)
chart.add(simpleweb.expose(type="NodePort", ports=[port]))
