"""All keys of a ConfigMap as environment variables."""

from kpy import App, Chart, ConfigMap, Container, Pod

app = App("course")
chart = app.add(Chart("env-from-configmap", namespace="default"))
config = chart.add(ConfigMap.from_literals("super-config", {"NUM_LIVES": "3", "PORT": "9090"}))
chart.add(
    Pod(
        "super-pod",
        containers=[Container(name="super-container", image="opusidea/super-image:0.1", ports=8080, env_from=[config])],
    )
)
