"""An example of each construct for its page of the reference: what is added to a chart, with what it needs."""

from __future__ import annotations

from typing import Final

__all__ = ["CONSTRUCT_EXAMPLES"]

#: Construct to the Python that uses it, as ruff lays it out, where `chart` is there and all names of kpy are imported.
CONSTRUCT_EXAMPLES: Final[dict[str, str]] = {
    "App": """\
app.add(Chart("tools", namespace="tools")).add(ConfigMap("motd", data={"text": "hello"}))
""",
    "Chart": """\
team = app.add(Chart("checkout", namespace="checkout", labels={"team": "checkout"}))
team.add(ConfigMap("settings", data={"CURRENCY": "EUR"}))
""",
    "Claim": """\
chart.add(Claim("uploads", storage="2Gi"))
""",
    "ClusterRole": """\
chart.add(ClusterRole("node-reader").allow(["get", "list"], "nodes"))
""",
    "ClusterRoleBinding": """\
role = chart.add(ClusterRole("node-reader").allow(["get", "list"], "nodes"))
chart.add(ClusterRoleBinding("node-readers", role_ref=role, subjects=[Group("platform")]))
""",
    "ConfigMap": """\
chart.add(ConfigMap.from_literals("settings", {"LOG_LEVEL": "info", "LIVES": "3"}))
""",
    "Construct": """\


class Website(Construct):
    image: str
    replicas: int = 2

    def build(self) -> None:
        web = self.add(
            Deployment(
                self.name,
                replicas=self.replicas,
                containers=[Container(image=self.image, ports={"http": 8080})],
            )
        )
        self.add(web.expose(port=80))


chart.add(Website("web", image="ghcr.io/shop/web:v1"))
""",
    "Container": """\
settings = chart.add(ConfigMap("settings", data={"LOG_LEVEL": "info"}))
chart.add(
    Deployment(
        "web",
        containers=[
            Container(
                image="ghcr.io/shop/web:v1",
                ports={"http": 8080},
                env={"LOG_LEVEL": settings["LOG_LEVEL"]},
                resources=Resources(cpu="250m", memory="256Mi"),
                readiness_probe=Probe.http("/healthz", port="http"),
            ),
        ],
    )
)
""",
    "CronJob": """\
chart.add(
    CronJob(
        "report",
        schedule="0 3 * * *",
        restart_policy="OnFailure",
        containers=[Container(image="ghcr.io/shop/report:v1")],
    )
)
""",
    "DaemonSet": """\
chart.add(
    DaemonSet(
        "logs",
        tolerations=[{"operator": "Exists"}],
        containers=[
            Container(
                image="ghcr.io/shop/logs:v1",
                mounts={"/var/log": Volume.host_path("logs", "/var/log")},
            )
        ],
    )
)
""",
    "Defaults": """\
team = app.add(Chart("checkout", namespace="checkout", defaults=Defaults(resources=Resources(memory="128Mi"))))
team.add(Deployment("web", containers=[Container(image="ghcr.io/shop/web:v1")]))
""",
    "Deployment": """\
web = chart.add(
    Deployment(
        "web",
        replicas=2,
        containers=[Container(image="ghcr.io/shop/web:v1", ports={"http": 8080})],
    )
)
chart.add(web.expose(port=80))
""",
    "Grant": """\
account = chart.add(ServiceAccount("controller"))
chart.add(Grant("read-pods", to=[account]).read("pods"))
""",
    "Handler": """\
chart.add(
    Deployment(
        "web",
        containers=[
            Container(image="ghcr.io/shop/web:v1", lifecycle={"preStop": {"sleep": {"seconds": 5}}}),
        ],
    )
)
""",
    "HorizontalPodAutoscaler": """\
web = chart.add(
    Deployment(
        "web",
        containers=[
            Container(image="ghcr.io/shop/web:v1", ports={"http": 8080}, resources=Resources(cpu="250m")),
        ],
    )
)
chart.add(web.scale(2, 10, cpu=70))
""",
    "Ingress": """\
web = chart.add(
    Deployment(
        "web",
        containers=[
            Container(image="ghcr.io/shop/web:v1", ports={"http": 8080}, resources=Resources(cpu="250m")),
        ],
    )
)
service = chart.add(web.expose(port=80))
chart.add(Ingress("web", host="shop.example.com", routes={"/": service}))
""",
    "IngressClass": """\
chart.add(IngressClass("internal", controller="k8s.io/ingress-nginx"))
""",
    "Job": """\
chart.add(
    Job(
        "migrate",
        restart_policy="Never",
        backoff_limit=2,
        ttl_seconds_after_finished=3600,
        containers=[Container(image="ghcr.io/shop/api:v1", args=["migrate"])],
    )
)
""",
    "LimitRange": """\
chart.add(
    LimitRange(
        "limits",
        limits=[
            {
                "type": "Container",
                "defaultRequest": {"memory": "128Mi"},
                "default": {"memory": "256Mi"},
            },
        ],
    )
)
""",
    "Metric": """\
web = chart.add(
    Deployment(
        "web",
        containers=[
            Container(image="ghcr.io/shop/web:v1", ports={"http": 8080}, resources=Resources(cpu="250m")),
        ],
    )
)
chart.add(web.scale(2, 10, metrics=[Metric.pods("requests_per_second", average="100")]))
""",
    "Mount": """\
settings = chart.add(ConfigMap("settings", data={"app.conf": "lives = 3\\n"}))
chart.add(
    Deployment(
        "web",
        containers=[
            Container(
                image="ghcr.io/shop/web:v1",
                mounts={"/etc/app/app.conf": Mount(settings, sub_path="app.conf", read_only=True)},
            ),
        ],
    )
)
""",
    "Namespace": """\
chart.add(Namespace("shop", labels={"team": "checkout"}))
""",
    "NetworkPolicy": """\
web = chart.add(
    Deployment(
        "web",
        containers=[
            Container(image="ghcr.io/shop/web:v1", ports={"http": 8080}, resources=Resources(cpu="250m")),
        ],
    )
)
api = chart.add(Deployment("api", containers=[Container(image="ghcr.io/shop/api:v1", ports={"http": 8080})]))
chart.add(NetworkPolicy("api", target=api).allow_from(web, ports=["http"]))
""",
    "PersistentVolume": """\
chart.add(
    PersistentVolume(
        "archive",
        capacity={"storage": "10Gi"},
        access_modes=["ReadWriteMany"],
        storage_class_name="",
        nfs={"server": "nfs.example.com", "path": "/archive"},
    )
)
""",
    "PersistentVolumeClaim": """\
chart.add(PersistentVolumeClaim("uploads", storage="2Gi"))
""",
    "Pod": """\
chart.add(Pod("once", restart_policy="Never", containers=[Container(image="ghcr.io/shop/once:v1")]))
""",
    "PodDisruptionBudget": """\
web = chart.add(
    Deployment(
        "web",
        containers=[
            Container(image="ghcr.io/shop/web:v1", ports={"http": 8080}, resources=Resources(cpu="250m")),
        ],
    )
)
chart.add(web.budget(max_unavailable=1))
""",
    "PriorityClass": """\
chart.add(PriorityClass("important", value=1000, description="For what customers see."))
""",
    "Probe": """\
chart.add(
    Deployment(
        "web",
        containers=[
            Container(
                image="ghcr.io/shop/web:v1",
                ports={"http": 8080},
                readiness_probe=Probe.http("/healthz", port="http", period_seconds=5),
            ),
        ],
    )
)
""",
    "Raw": """\
chart.add(
    Raw(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "settings"},
            "data": {"LOG_LEVEL": "info"},
        }
    )
)
""",
    "ReplicaSet": """\
chart.add(ReplicaSet("web", replicas=2, containers=[Container(image="ghcr.io/shop/web:v1")]))
""",
    "ResourceQuota": """\
chart.add(ResourceQuota("quota", hard={"requests.memory": "8Gi", "pods": "20"}))
""",
    "Resources": """\
chart.add(
    Deployment(
        "web",
        containers=[
            Container(image="ghcr.io/shop/web:v1", resources=Resources(cpu=("250m", "1"), memory="256Mi")),
        ],
    )
)
""",
    "Role": """\
chart.add(Role("pod-reader").allow(["get", "list"], "pods"))
""",
    "RoleBinding": """\
role = chart.add(Role("pod-reader").allow(["get", "list"], "pods"))
account = chart.add(ServiceAccount("controller"))
chart.add(RoleBinding("controller", role_ref=role, subjects=[account]))
""",
    "RuntimeClass": """\
chart.add(RuntimeClass("sandboxed", handler="runsc"))
""",
    "ScalingRules": """\
web = chart.add(
    Deployment(
        "web",
        containers=[
            Container(image="ghcr.io/shop/web:v1", ports={"http": 8080}, resources=Resources(cpu="250m")),
        ],
    )
)
chart.add(web.scale(2, 10, cpu=70, scale_down=ScalingRules.at_most(percent=10, period=60)))
""",
    "Secret": """\
database = chart.add(Secret.from_literals("database", {"password": "read it from a vault"}))
chart.add(
    Deployment(
        "web",
        containers=[
            Container(image="ghcr.io/shop/web:v1", env={"PASSWORD": database["password"]}),
        ],
    )
)
""",
    "Service": """\
web = chart.add(
    Deployment(
        "web",
        containers=[
            Container(image="ghcr.io/shop/web:v1", ports={"http": 8080}, resources=Resources(cpu="250m")),
        ],
    )
)
chart.add(Service("web", selector=web, ports={"http": 80}))
""",
    "ServiceAccount": """\
account = chart.add(ServiceAccount("web", automount_service_account_token=False))
chart.add(Deployment("web", service_account_name=account, containers=[Container(image="ghcr.io/shop/web:v1")]))
""",
    "StatefulSet": """\
chart.add(
    StatefulSet(
        "database",
        volume_claim_templates=[Claim("data", storage="10Gi")],
        containers=[Container(image="postgres:17.2", mounts={"/var/lib/postgresql": "data"})],
    )
)
""",
    "StorageClass": """\
chart.add(StorageClass("fast", provisioner="ebs.csi.aws.com", parameters={"type": "gp3"}))
""",
    "Traffic": """\
web = chart.add(
    Deployment(
        "web",
        containers=[
            Container(image="ghcr.io/shop/web:v1", ports={"http": 8080}, resources=Resources(cpu="250m")),
        ],
    )
)
api = chart.add(Deployment("api", containers=[Container(image="ghcr.io/shop/api:v1", ports={"http": 8080})]))
chart.add(Traffic("traffic")).isolate(web, api).allow_between(web, api).allow_dns(web, api)
""",
    "Volume": """\
chart.add(
    Deployment(
        "web",
        containers=[
            Container(
                image="ghcr.io/shop/web:v1",
                mounts={"/tmp": Volume.empty_dir("scratch", size_limit="64Mi")},
            ),
        ],
    )
)
""",
    "Yaml": """\
from pathlib import Path

Path("vendor.yaml").write_text("apiVersion: v1\\nkind: ConfigMap\\nmetadata:\\n  name: settings\\n")
chart.add(Yaml("vendor.yaml"))
""",
}
