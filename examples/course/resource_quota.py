"""What a namespace may use in all."""

from kpy import App, Chart, ResourceQuota

app = App("course")
chart = app.add(Chart("resource-quota", namespace="demo"))
chart.add(
    ResourceQuota(
        "quota",
        hard={"requests.cpu": 8, "requests.memory": "16Gi", "limits.memory": "32Gi", "pods": 40, "services": 10},
    )
)
