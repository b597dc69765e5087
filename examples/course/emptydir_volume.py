"""Scratch space that lives as long as the pod."""

from kpy import App, Chart, Container, Pod, Volume

app = App("course")
chart = app.add(Chart("emptydir-volume"))
cache = Volume.empty_dir("cache-volume")
chart.add(
    Pod(
        "test-pd",
        containers=[Container(name="test-container", image="k8s.gcr.io/test-webserver", mounts={"/cache": cache})],
    )
)
