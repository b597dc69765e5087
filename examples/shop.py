"""A shop of three tiers: web, API and database, for several environments.

kpy synth examples/shop.py --set env=prod --set replicas=6
"""

from __future__ import annotations

from kpy import (
    App,
    Chart,
    Claim,
    ConfigMap,
    Construct,
    Container,
    Defaults,
    Deployment,
    Ingress,
    Probe,
    Resources,
    Secret,
    Service,
    StatefulSet,
    Traffic,
)
from kpy.api.core.v1 import PodSecurityContext


class Postgres(Construct):
    """A PostgreSQL server with its own disk."""

    password: Secret
    storage: str = "10Gi"

    def build(self) -> None:
        data = Claim("data", storage=self.storage)
        self.server = self.add(
            StatefulSet(
                self.name,
                replicas=1,
                headless=True,
                volume_claim_templates=[data],
                security_context=PodSecurityContext(run_as_user=999, fs_group=999),
                containers=[
                    Container(
                        image="postgres:17.2",
                        ports={"postgres": 5432},
                        env={"POSTGRES_PASSWORD": self.password["password"], "PGDATA": "/var/lib/postgresql/data/pg"},
                        mounts={"/var/lib/postgresql/data": data},
                        readiness_probe=Probe.exec("pg_isready", "-U", "postgres", period_seconds=5),
                        resources=Resources(cpu=("250m", None), memory="512Mi"),
                    )
                ],
            )
        )


class Shop(Chart):
    """Web and API tiers of the shop, and its database."""

    host: str
    image: str
    database_password: str
    replicas: int = 2

    def build(self) -> None:
        config = self.add(ConfigMap.from_literals("shop", {"LOG_LEVEL": "info", "CURRENCY": "EUR"}, content_hash=True))
        password = self.add(
            Secret.from_literals(
                "database",
                {"password": self.database_password},
                waive={"secret-in-program": "the default of `app` is for trying out; real ones come with --set"},
            )
        )
        database = self.add(Postgres("postgres", password=password))

        api = self.add(
            Deployment(
                "api",
                replicas=self.replicas,
                containers=[
                    Container(
                        image=f"{self.image}/api:v2",
                        ports={"http": 8080},
                        env={
                            "CURRENCY": config["CURRENCY"],
                            "DATABASE_HOST": "postgres",
                            "DATABASE_PASSWORD": password["password"],
                        },
                        env_from=[config],
                        liveness_probe=Probe.http("/healthz", port="http", period_seconds=15),
                        readiness_probe=Probe.http("/ready", port="http"),
                        resources=Resources(cpu=("250m", "1"), memory="256Mi"),
                    )
                ],
            )
        )
        web = self.add(
            Deployment(
                "web",
                replicas=2,
                containers=[
                    Container(
                        image=f"{self.image}/web:v2",
                        ports={"http": 8080},
                        readiness_probe=Probe.http("/", port="http"),
                    )
                ],
            )
        )
        self.publish(api, web)
        traffic = self.add(Traffic("traffic"))
        traffic.policy(web).allow_from_namespace("ingress-nginx", ports=["http"])
        traffic.policy(api).allow_from_namespace("ingress-nginx", ports=["http"])
        traffic.allow_between(web, api, ports=["http"])
        traffic.allow_between(api, database.server, ports=["postgres"])
        traffic.allow_dns(web, api)

    def publish(self, api: Deployment, web: Deployment) -> None:
        """Put the two tiers on the net, and keep them there."""
        to_api: Service = self.add(api.expose())
        to_web: Service = self.add(web.expose())
        self.add(Ingress("shop", host=self.host, routes={"/api": to_api, "/": to_web}))
        self.add(api.scale(self.replicas, 5 * self.replicas, cpu=70))
        self.add(api.budget(max_unavailable=1))
        api.spread_across("zone").keep_apart()


def app(env: str = "dev", replicas: int = 2, database_password: str = "change-me") -> App:
    """Return the shop for one environment."""
    app = App(
        "shop",
        labels={"app.kubernetes.io/part-of": "shop"},
        defaults=Defaults(resources=Resources(cpu=("100m", None), memory="128Mi"), security="restricted"),
    )
    host = "shop.example" if env == "prod" else f"{env}.shop.example"
    app.add(
        Shop(
            "shop",
            namespace=f"shop-{env}",
            host=host,
            image="ghcr.io/shop",
            database_password=database_password,
            replicas=replicas,
        )
    )
    return app
