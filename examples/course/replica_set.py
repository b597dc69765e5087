"""Three copies of a pod, kept at three."""

from kpy import App, Chart, Container, ReplicaSet

app = App("course")
chart = app.add(Chart("replica-set"))
chart.add(ReplicaSet("simpleweb", replicas=3, containers=[Container(image="opusidea/simpleweb:v2")]))
