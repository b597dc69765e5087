"""A container that asks for half a core and gets one at most."""

from kpy import App, Chart, Container, Pod, Resources

app = App("course")
chart = app.add(Chart("resource-limits"))
chart.add(
    Pod(
        "cpu-demo",
        containers=[
            Container(
                name="cpu-demo-ctr",
                image="vish/stress",
                args=["-cpus", "2"],
                resources=Resources(cpu=("0.5", "1")),
            )
        ],
    )
)
