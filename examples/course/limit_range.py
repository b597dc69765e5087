"""What containers of a namespace get when they say nothing, and the most that they may ask for."""

from kpy import App, Chart, LimitRange
from kpy.api.core.v1 import LimitRangeItem

app = App("course")
chart = app.add(Chart("limit-range", namespace="demo"))
per_container = LimitRangeItem(
    type="Container",
    default_request={"cpu": "100m", "memory": "128Mi"},
    default={"memory": "256Mi"},
    max={"memory": "1Gi"},
)
per_pod = LimitRangeItem(type="Pod", max={"cpu": 4, "memory": "4Gi"})
chart.add(LimitRange("limits", limits=[per_container, per_pod]))
