"""An identity for pods that may read ConfigMaps, and nothing else."""

from kpy import App, Chart, Container, Deployment, Grant, ServiceAccount

app = App("course")
chart = app.add(Chart("service-account", namespace="demo"))
account = chart.add(ServiceAccount("reader"))
chart.add(Grant("reader", to=[account]).read("configmaps"))
chart.add(
    Deployment("reader", service_account_name=account, containers=[Container(image="ghcr.io/example/config-reader:v1")])
)
