"""One pod, the smallest thing that runs."""

from kpy import App, Chart, Container, Pod

app = App("course")
chart = app.add(Chart("pod"))
chart.add(Pod("simpleweb", containers=[Container(image="opusidea/simpleweb:v2", ports={"http": 80})]))
