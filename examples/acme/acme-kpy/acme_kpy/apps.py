"""An app as ACME has it: labels, defaults and transforms that hold for everything in it."""

from __future__ import annotations

from typing import Literal

from acme_kpy.services import Worker
from kpy import App, Defaults

__all__ = ["Environment", "acme_app", "scrape"]

Environment = Literal["dev", "prod"]

#: What pods get that do not say it themselves. A chart, a construct or a workload refuses each of them with `OFF`.
DEFAULTS = Defaults(
    security="restricted",
    automount_service_account_token=False,
    env={"TZ": "UTC"},
    pod={"terminationGracePeriodSeconds": 60},
)


def acme_app(name: str, *, team: str, env: Environment = "dev") -> App:
    """Return an empty app of a team; add charts to it."""
    return App(
        name,
        labels={"acme.example/team": team, "acme.example/env": env},
        defaults=DEFAULTS,
        transforms=[scrape],
    )


def scrape(worker: Worker) -> None:
    """Let Prometheus scrape the pods of whatever says where its metrics are."""
    if worker.metrics is not None:
        worker.deployment.pod_annotations = {
            **(worker.deployment.pod_annotations or {}),
            "prometheus.io/scrape": "true",
            "prometheus.io/port": str(worker.metrics),
        }
