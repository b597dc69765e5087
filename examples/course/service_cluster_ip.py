"""One address inside the cluster, in front of several pods."""

from kpy import App, Chart, Container, Deployment

app = App("course")
chart = app.add(Chart("service-cluster-ip"))
simpleweb = chart.add(
    Deployment("simpleweb", replicas=3, containers=[Container(image="opusidea/simpleweb:v2", ports={"http": 8080})])
)
chart.add(simpleweb.expose(ports={"http": 80}))
