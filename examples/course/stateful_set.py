"""A database in three pods with names that stay, each with a disk of its own."""

from kpy import App, Chart, Claim, Container, StatefulSet

app = App("course")
chart = app.add(Chart("stateful-set"))
data = Claim("data", storage="1Gi")
chart.add(
    StatefulSet(
        "mongo",
        replicas=3,
        headless=True,
        volume_claim_templates=[data],
        containers=[Container(image="mongo:7.0", ports={"mongo": 27017}, mounts={"/data/db": data})],
    )
)
