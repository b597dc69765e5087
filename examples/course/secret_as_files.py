"""A Secret as files that only their owner can read."""

from kpy import App, Chart, Container, Mount, Pod, Secret

app = App("course")
chart = app.add(Chart("secret-as-files"))
login = Secret.existing("mysecret").volume(default_mode=0o400)
chart.add(
    Pod(
        "secret-files-pod",
        containers=[Container(image="redis:7.4", mounts={"/etc/login": Mount(login, read_only=True)})],
    )
)
