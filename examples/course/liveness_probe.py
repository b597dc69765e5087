"""A container that is restarted when it stops answering."""

from kpy import App, Chart, Container, Pod, Probe

app = App("course")
chart = app.add(Chart("liveness-probe"))
probe = Probe.http(
    "/healthz",
    port=8080,
    headers={"X-Custom-Header": "Awesome"},
    initial_delay_seconds=15,
    timeout_seconds=1,
)
chart.add(
    Pod(
        "liveness-http",
        labels={"test": "liveness"},
        containers=[Container(name="liveness", image="k8s.gcr.io/liveness", args=["/server"], liveness_probe=probe)],
    )
)
