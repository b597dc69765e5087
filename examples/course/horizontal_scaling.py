"""Two to ten copies, as many as the load asks for."""

from kpy import App, Chart, Container, Deployment, Resources

app = App("course")
chart = app.add(Chart("horizontal-scaling"))
simpleweb = Container(image="opusidea/simpleweb:v2", resources=Resources(cpu=("100m", None)))
deployment = chart.add(Deployment("simpleweb", containers=[simpleweb]))
chart.add(deployment.scale(2, 10, cpu=70))
