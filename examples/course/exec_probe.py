"""A container that is healthy as long as a command succeeds, and restarted after failures."""

from kpy import App, Chart, Container, Pod, Probe

app = App("course")
chart = app.add(Chart("exec-probe"))
probe = Probe.exec("cat", "/tmp/healthy", initial_delay_seconds=5, period_seconds=5)
worker = Container(
    image="busybox:1.37",
    args=["sh", "-c", "touch /tmp/healthy; sleep 30; rm /tmp/healthy; sleep 600"],
    liveness_probe=probe,
)
chart.add(Pod("liveness-exec", restart_policy="OnFailure", containers=[worker]))
