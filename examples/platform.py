"""A platform: twelve services, a database, a queue, cron jobs, one gate, and the rules of the house.

kpy synth examples/platform.py --set env=prod -o deploy/ --layout chart
"""

from __future__ import annotations

from datetime import timedelta

from kpy import (
    App,
    Chart,
    Claim,
    ConfigMap,
    Construct,
    Container,
    CronJob,
    Defaults,
    Deployment,
    Grant,
    Group,
    Ingress,
    LimitRange,
    Namespace,
    NetworkPolicy,
    PriorityClass,
    Probe,
    ResourceQuota,
    Resources,
    Role,
    ServiceAccount,
    StatefulSet,
    StorageClass,
    Traffic,
    field,
)
from kpy.api.core.v1 import LimitRangeItem, PodSecurityContext

# What the twelve services are called, what they cost, and whom they call.
SERVICES: dict[str, dict[str, list[str]]] = {
    "frontend": {"calls": ["catalogue", "cart", "checkout", "search", "profile"]},
    "catalogue": {"calls": ["inventory", "pricing"]},
    "cart": {"calls": ["catalogue"]},
    "checkout": {"calls": ["cart", "payment", "shipping", "notification"]},
    "payment": {"calls": []},
    "shipping": {"calls": ["inventory"]},
    "notification": {"calls": []},
    "inventory": {"calls": []},
    "pricing": {"calls": []},
    "search": {"calls": ["catalogue"]},
    "profile": {"calls": []},
    "reviews": {"calls": ["profile"]},
}
WITH_DATABASE = ("cart", "payment", "inventory", "profile", "reviews")
WITH_QUEUE = ("checkout", "notification", "shipping")


class Microservice(Construct):
    """What every service of the house has: a Deployment, a Service, an account, scale and a budget."""

    registry: str
    version: str = "v1"
    replicas: int = 2
    config: ConfigMap | None = None
    env: dict[str, str] = field(factory=dict)
    priority: PriorityClass | None = None

    def build(self) -> None:
        self.account = self.add(ServiceAccount(self.name, automount_service_account_token=False))
        self.deployment = self.add(
            Deployment(
                self.name,
                replicas=self.replicas,
                service_account_name=self.account,
                priority_class_name=self.priority,
                containers=[
                    Container(
                        image=f"{self.registry}/{self.name}:{self.version}",
                        ports={"http": 8080, "metrics": 9090},
                        env=self.env,
                        env_from=[self.config] if self.config else None,
                        liveness_probe=Probe.http("/live", port="http", period_seconds=15),
                        readiness_probe=Probe.http("/ready", port="http"),
                    )
                ],
            )
        )
        self.deployment.spread_across("zone").keep_apart()
        self.service = self.add(self.deployment.expose())
        self.add(self.deployment.scale(self.replicas, 4 * self.replicas, cpu=75))
        self.add(self.deployment.budget(max_unavailable="25%"))


class Stateful(Construct):
    """A server with a disk for each of its pods."""

    image: str
    port: tuple[str, int]
    path: str
    user: int
    storage_class: StorageClass
    replicas: int = 1

    def build(self) -> None:
        data = Claim("data", storage="20Gi", storage_class_name=self.storage_class)
        name, number = self.port
        self.server = self.add(
            StatefulSet(
                self.name,
                replicas=self.replicas,
                headless=True,
                volume_claim_templates=[data],
                security_context=PodSecurityContext(run_as_user=self.user, fs_group=self.user),
                containers=[
                    Container(
                        image=self.image,
                        ports={name: number},
                        mounts={self.path: data},
                        readiness_probe=Probe.tcp(name, period_seconds=5),
                        resources=Resources(cpu=("500m", None), memory="1Gi"),
                    )
                ],
            )
        )


class House(Chart):
    """The rules of the house: the namespace, its limits, and who may look."""

    team: str

    def build(self) -> None:
        self.add(Namespace(f"{self.name}-{self.team}", pod_security="restricted"))
        self.add(
            ResourceQuota("quota", hard={"requests.cpu": 40, "requests.memory": "80Gi", "persistentvolumeclaims": 10})
        )
        limit = LimitRangeItem(type="Container", max={"memory": "4Gi"}, default_request={"cpu": "50m"})
        self.add(LimitRange("limits", limits=[limit]))
        viewer = self.add(
            Role("viewer").allow(["get", "list", "watch"], ["pods", "pods/log", "services", "deployments", "jobs"])
        )
        self.add(viewer.bind(Group(f"{self.team}-developers")))
        self.add(NetworkPolicy("default").deny_all())


class Platform(Chart):
    """The twelve services with what they need."""

    registry: str
    host: str
    critical: PriorityClass
    storage_class: StorageClass

    def build(self) -> None:
        config = self.add(ConfigMap.from_literals("platform", {"REGION": "eu-1", "LOG_FORMAT": "json"}))
        database = self.add(
            Stateful("postgres", image="postgres:17.2", port=("postgres", 5432), path="/var/lib/postgresql/data",
                     user=999, storage_class=self.storage_class)
        )  # fmt: skip
        queue = self.add(
            Stateful("rabbitmq", image="rabbitmq:4.0", port=("amqp", 5672), path="/var/lib/rabbitmq", user=999,
                     storage_class=self.storage_class, replicas=3)
        )  # fmt: skip
        services = {name: self.microservice(name, config) for name in SERVICES}
        self.add(Ingress("gate", host=self.host, routes={"/": services["frontend"].service["http"]}))
        self.connect(services, database, queue)
        self.add_jobs(config)

    def microservice(self, name: str, config: ConfigMap) -> Microservice:
        """Add one service."""
        env = {"SERVICE_NAME": name}
        if name in WITH_DATABASE:
            env["DATABASE_HOST"] = "postgres"
        if name in WITH_QUEUE:
            env["QUEUE_HOST"] = "rabbitmq"
        critical = self.critical if name in ("checkout", "payment") else None
        return self.add(Microservice(name, registry=self.registry, config=config, env=env, priority=critical))

    def connect(self, services: dict[str, Microservice], database: Stateful, queue: Stateful) -> None:
        """Allow the calls that there are, and no others."""
        traffic = self.add(Traffic("traffic"))
        traffic.allow_dns(*(service.deployment for service in services.values()))
        for name, service in services.items():
            for called in SERVICES[name]["calls"]:
                traffic.allow_between(service.deployment, services[called].deployment, ports=["http"])
            if name in WITH_DATABASE:
                traffic.allow_between(service.deployment, database.server, ports=["postgres"])
            if name in WITH_QUEUE:
                traffic.allow_between(service.deployment, queue.server, ports=["amqp"])
            traffic.policy(service.deployment).allow_from_namespace("monitoring", ports=["metrics"])
        traffic.policy(services["frontend"].deployment).allow_from_namespace("ingress-nginx", ports=["http"])

    def add_jobs(self, config: ConfigMap) -> None:
        """Add what runs by the clock."""
        cleaner = self.add(ServiceAccount("cleaner"))
        self.add(Grant("cleaner", to=[cleaner]).allow(["list", "delete"], "jobs"))
        schedules: dict[str, str | timedelta] = {
            "report": "0 6 * * 1-5",
            "reindex": timedelta(hours=6),
            "cleaner": "@daily",
        }
        for name, schedule in schedules.items():
            self.add(
                CronJob(
                    name,
                    schedule=schedule,
                    time_zone="Europe/Berlin",
                    concurrency_policy="Forbid",
                    backoff_limit=2,
                    ttl=timedelta(days=1),
                    restart_policy="Never",
                    service_account_name=cleaner if name == "cleaner" else None,
                    containers=[Container(image=f"{self.registry}/jobs:v1", args=[name], env_from=[config])],
                )
            )


def app(env: str = "staging", registry: str = "registry.example/platform") -> App:
    """Return the platform for one environment."""
    app = App(
        "platform",
        labels={"app.kubernetes.io/part-of": "platform", "environment": env},
        defaults=Defaults(
            resources=Resources(cpu=("100m", None), memory="256Mi"),
            image_pull_policy="IfNotPresent",
            security="restricted",
        ),
    )
    cluster = app.add(Chart("cluster"))
    critical = cluster.add(PriorityClass("critical", value=100_000, description="checkout and payment"))
    fast = cluster.add(StorageClass("fast", provisioner="ebs.csi.aws.com", parameters={"type": "gp3"}))
    app.add(House("house", namespace=f"house-{env}", team=env))
    app.add(
        Platform(
            "platform",
            namespace=f"house-{env}",
            registry=registry,
            host=f"{env}.example.com",
            critical=critical,
            storage_class=fast,
        )
    )
    return app
