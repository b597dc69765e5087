"""A name inside the cluster for a server outside."""

from kpy import App, Chart, Service

app = App("course")
chart = app.add(Chart("service-external-name"))
chart.add(Service("payments", type="ExternalName", external_name="payments.example.com"))
