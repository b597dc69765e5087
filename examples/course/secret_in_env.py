"""Keys of a Secret as environment variables; the Secret is made by someone else."""

from kpy import App, Chart, Container, Pod, Secret

app = App("course")
chart = app.add(Chart("secret-in-env"))
login = Secret.existing("mysecret")
redis = Container(
    image="redis:7.4",
    env={"SECRET_USERNAME": login["username"], "SECRET_PASSWORD": login["password"]},
)
chart.add(Pod("secret-env-pod", restart_policy="Never", containers=[redis]))
