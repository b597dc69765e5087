"""A user name and a password; a real one is not written into a program."""

from kpy import App, Chart, Secret

app = App("course")
chart = app.add(Chart("secret"))
login = {"username": "admin", "password": "1f2d1u2e67df"}
chart.add(Secret.from_literals("mysecret", login, waive={"secret-in-program": "an example, and no secret"}))
