"""A backup every night at three, one at a time."""

from kpy import App, Chart, Container, CronJob

app = App("course")
chart = app.add(Chart("cron-job"))
chart.add(
    CronJob(
        "backup",
        schedule="0 3 * * *",
        concurrency_policy="Forbid",
        successful_jobs_history_limit=7,
        backoff_limit=2,
        restart_policy="OnFailure",
        containers=[Container(image="ghcr.io/example/backup:v1")],
    )
)
