"""A namespace."""

from kpy import App, Chart, Namespace

app = App("course")
chart = app.add(Chart("namespace"))
chart.add(Namespace("demo"))
