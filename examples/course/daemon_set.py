"""A collector of logs on every node, control plane included."""

from kpy import App, Chart, Container, DaemonSet, Mount, Volume

app = App("course")
chart = app.add(Chart("daemon-set"))
logs = Volume.host_path("logs", "/var/log")
collector = Container(image="fluent/fluent-bit:3.2.2", mounts={"/var/log": Mount(logs, read_only=True)})
agent = chart.add(DaemonSet("log-collector", containers=[collector]))
agent.tolerate("node-role.kubernetes.io/control-plane", effect="NoSchedule")
