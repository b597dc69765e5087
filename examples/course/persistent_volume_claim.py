"""Two gibibytes of storage for a database."""

from kpy import App, Chart, Claim

app = App("course")
chart = app.add(Chart("persistent-volume-claim"))
chart.add(Claim("mongo-pvc", storage="2Gi"))
