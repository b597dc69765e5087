"""A release with a migration: it runs once for each content, and the new pods come when it is complete."""

from datetime import timedelta

from kpy import App, Chart, ConfigMap, Container, Deployment, Job


def app(image: str = "ghcr.io/example/shop:3.2") -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace="shop"))
    # The migration reads these settings, so others are another content: it runs again.
    settings = chart.add(ConfigMap.from_literals("database", {"HOST": "db.example.com"}, content_hash=True))
    migrate = chart.add(
        Job(
            "migrate",
            content_hash=True,
            ttl=timedelta(days=1),
            backoff_limit=2,
            restart_policy="Never",
            containers=[Container(image=image, command=["shop", "migrate"], env_from=[settings])],
        )
    )
    chart.add(Deployment("shop", replicas=3, after=[migrate], containers=[Container(image=image, env_from=[settings])]))
    return app
