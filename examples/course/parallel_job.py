"""Twelve pieces of work, three at a time, with at most four retries."""

from kpy import App, Chart, Container, Job

app = App("course")
chart = app.add(Chart("parallel-job"))
render = Container(image="ghcr.io/example/render:v1", command=["render", "--frame", "$(JOB_COMPLETION_INDEX)"])
chart.add(
    Job(
        "render",
        completions=12,
        parallelism=3,
        completion_mode="Indexed",
        backoff_limit=4,
        restart_policy="Never",
        containers=[render],
    )
)
