"""A computation that runs once and is cleaned up after 100 seconds."""

from kpy import App, Chart, Container, Job

app = App("course")
chart = app.add(Chart("job-with-ttl"))
chart.add(
    Job(
        "pi-with-ttl",
        ttl=100,
        restart_policy="Never",
        containers=[Container(name="pi", image="perl", command=["perl", "-Mbignum=bpi", "-wle", "print bpi(2000)"])],
    )
)
