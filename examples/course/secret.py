"""A user name and a password."""

from kpy import App, Chart, Secret

app = App("course")
chart = app.add(Chart("secret"))
chart.add(Secret.from_literals("mysecret", {"username": "admin", "password": "1f2d1u2e67df"}))
