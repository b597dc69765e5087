"""One setting, written in place."""

from kpy import App, Chart, ConfigMap

app = App("course")
chart = app.add(Chart("configmap-literal"))
chart.add(ConfigMap.from_literals("test", {"lives": "3"}))
