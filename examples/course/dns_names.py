"""A client that finds a Service and a single pod by their DNS names."""

from kpy import App, Chart, Container, Deployment, StatefulSet

app = App("course")
data = app.add(Chart("dns-names-data", namespace="data"))
web = app.add(Chart("dns-names-web", namespace="web"))

mongo = data.add(
    StatefulSet("mongo", replicas=2, headless=True, containers=[Container(image="mongo:7.0", ports={"mongo": 27017})])
)
reports = data.add(
    Deployment("reports", containers=[Container(image="ghcr.io/example/reports:v1", ports={"http": 80})])
)
service = data.add(reports.expose())
client = Container(
    image="ghcr.io/example/client:v1",
    env={"REPORTS": f"http://{service.fqdn}", "FIRST_MONGO": mongo.pod_fqdn(0)},
)
web.add(Deployment("client", containers=[client]))
