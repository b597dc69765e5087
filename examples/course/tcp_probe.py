"""A server that gets requests only while its port is open, and time to start."""

from kpy import App, Chart, Container, Pod, Probe

app = App("course")
chart = app.add(Chart("tcp-probe"))
redis = Container(
    image="redis:7.4",
    ports={"redis": 6379},
    startup_probe=Probe.tcp("redis", failure_threshold=30, period_seconds=2),
    readiness_probe=Probe.tcp("redis", period_seconds=10),
    liveness_probe=Probe.tcp("redis", period_seconds=20),
)
chart.add(Pod("redis", restart_policy="Always", containers=[redis]))
