"""What users write type-checks, with exact types coming out. Run by `test_typing.py`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Unpack, assert_type

from kpy import (
    OFF,
    Accepts,
    App,
    Chart,
    Claim,
    ConfigMap,
    Construct,
    Container,
    Context,
    CronJob,
    Defaults,
    Deployment,
    HorizontalPodAutoscaler,
    In,
    Ingress,
    Job,
    Manifest,
    NetworkPolicy,
    OtherApp,
    PersistentVolumeClaim,
    Probe,
    Project,
    Quantity,
    Raw,
    Report,
    Resources,
    Role,
    RoleBinding,
    Secret,
    Service,
    StatefulSet,
    User,
    Volume,
    Yaml,
    accepts,
    field,
    policy,
    policy_on_all,
    transform,
    validate,
)
from kpy.api.core.v1 import Affinity, ConfigMapEnvSource, ContainerPort, PodSecurityContext, SecurityContext
from kpy.api.core.v1 import Container as ApiContainer
from kpy.api.meta.v1 import LabelSelector, ObjectMeta
from kpy.api.networking.v1 import NetworkPolicySpec
from kpy.api.scheduling.v1 import PriorityClass
from kpy.constructs.fields.mappings import ServicePortMapping
from kpy.typing import (
    Check,
    ContainerArguments,
    DeploymentArguments,
    EnvInput,
    JsonObject,
    Member,
    Objects,
    Off,
    Part,
    Path,
    PodOwner,
    PortsInput,
    See,
    SetCheck,
)


def to_hosts(said: str | Sequence[str]) -> list[str]:
    return [said] if isinstance(said, str) else list(said)


class Cache(Construct):
    memory: str = "64Mi"

    def build(self) -> None:
        self.deployment = self.add(Deployment("cache", containers=[Container(image="redis:7", ports=6379)]))
        self.service = self.add(self.deployment.expose())


class Site(Construct):
    """What builds nothing of its field, so that it can be set later."""

    hosts: Accepts[str | Sequence[str] | None, list[str] | None] = accepts(to_hosts, default=None)
    count: int | None = field(default=None, deprecated="use `hosts`")


site = Site("site", count=2)
site.hosts = "shop.com"
site.hosts = ["shop.com", "shop.io"]
site.warn("small-site", "it has few hosts", field="hosts")


class Shop(Chart):
    image: str
    replicas: int = 2
    regions: Sequence[str] = field(factory=tuple)
    hosts: Accepts[str | Sequence[str] | None, list[str] | None] = accepts(to_hosts, default=None)

    def build(self) -> None:
        self.cache = self.add(Cache("cache", memory="128Mi"))


shop = Shop("shop", image="ghcr.io/shop", hosts="shop.io", namespace="shop", labels={"team": "checkout"})
assert_type(shop.name, str)
assert_type(shop.hosts, list[str] | None)
assert_type(shop.cache.service, Service)

app = App("shop", kubernetes="1.33", defaults=Defaults(resources=Resources(memory="128Mi")))
assert_type(app.add(shop), Shop)
assert_type(App("empty").synth(), Manifest)
chart = app.add(Chart("flat"))

config = chart.add(ConfigMap.from_literals("config", {"LIVES": "3"}, content_hash=True, immutable=True))
secret = Secret.from_literals("db", {"password": "secret"})
data = Claim("data", storage="2Gi")
container = Container(
    image="ghcr.io/shop/api:v2",
    ports={"http": 8080},
    env={"LIVES": config["LIVES"], "PASSWORD": secret["password"]},
    env_from=[config],
    mounts={"/data": data, "/etc/app": config},
    liveness_probe=Probe.http("/healthz", port="http", period_seconds=15),
    resources=Resources(cpu=("250m", 1), memory=Quantity("1Gi")),
    image_pull_policy=OFF,
)
assert_type(container.ports, list[ContainerPort] | None)
container.ports = [8080, "53/UDP", ContainerPort(container_port=80)]
container.ports = {"http": 8080, "dns": "53/UDP", "node": ContainerPort(container_port=80, host_port=80)}
container.ports = (8080, 8081)
container.ports = 8080
api = Deployment(
    "api", replicas=2, containers=[container, ApiContainer(name="side", image="side:1")], patch={"spec": {}}
)
assert_type(api.replicas, int | None)
assert_type(chart.add(api), Deployment)
assert_type(api.expose(type="NodePort", annotations={"a": "b"}), Service)
by_identity = {api: 1}

Deployment(
    "api", containers=[container], security_context=PodSecurityContext(run_as_non_root=True), selector={"a": "b"}
)
Deployment("api", selector=LabelSelector(match_labels={"a": "b"}), metadata=ObjectMeta(finalizers=["a/b"]))
Deployment("api", image_pull_secrets=["registry", secret], containers=[container])
StatefulSet("db", service_name="db", volume_claim_templates=[data], containers=[container])
Job("once", ttl=timedelta(hours=1), restart_policy="Never", containers=[container])
CronJob("daily", schedule="0 6 * * *", restart_policy="OnFailure", containers=[container])
Ingress("edge", host="shop.io", routes={"/api": api.expose()})
assert_type(NetworkPolicy("api", target=api).allow_from(api, ports=["http"]), NetworkPolicy)
Raw({"apiVersion": "example.com/v1", "kind": "Shop", "metadata": {"name": "a"}})

Container("api", image="ghcr.io/shop/api:v2", security_context={"runAsUser": 1}, ports=[{"containerPort": 80}])
assert_type(container.security_context, SecurityContext | Off | None)
Deployment("api", containers=[{"name": "api", "image": "api:1"}], strategy={"maxSurge": 1}, service_account=secret)
assert_type(api.affinity, Affinity | None)
Deployment("api", metadata={"finalizers": ["a/b"]}, tolerations=[{"key": "gpu"}], affinity={"nodeAffinity": {}})
Role("reader", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]).bind(User("jane"), labels={})
RoleBinding("reader", role_ref={"kind": "Role", "name": "reader"}, subjects=[{"kind": "User", "name": "jane"}])
port: ServicePortMapping = {"name": "http", "port": 80, "targetPort": "http"}
Service("api", selector=api, ports=[port, {"name": "metrics", "port": 81}])
Chart("defaults", defaults={"imagePullPolicy": "Always"})
Ingress("edge", host=["a.io", "b.io"], routes={"/": api.expose(port=80), "/healthz": (api.expose(), "Exact")})
api.spread_across(["zone", "hostname"]).keep_apart("node")
Secret.from_literals("db", {"port": 5432, "key": b"x"})
Probe.http("/", 80)
Probe.exec(["a", "b"])
Volume.empty_dir("tmp", "64Mi")
Job(generate_name="migrate-", restart_policy="Never", containers=[container])
assert_type(StatefulSet("db", headless=True, containers=[container]).service.port, int)
assert_type(Chart("several").add(Deployment("a"), Claim("b")), tuple[Deployment, PersistentVolumeClaim])
assert_type(chart.add(*api.expose_via_ingress("a.io")), tuple[Service, Ingress])
HorizontalPodAutoscaler("api", max_replicas=3, scale_target_ref=Raw({}), scale_up={"selectPolicy": "Disabled"})
api.scale(1, 3, cpu=80, labels={"a": "b"})
In(["ssd", "nvme"])

assert_type(chart.add(PriorityClass(metadata=ObjectMeta(name="high"), value=1000)), PriorityClass)
assert_type(ApiContainer.from_dict({"name": "a"}), ApiContainer)
assert_type(PriorityClass.kind, str)
ConfigMapEnvSource(name=config)
NetworkPolicySpec(pod_selector=api)

project = Project.load(".")
assert_type(project.folder, str)
assert_type(project.settings.ignore, tuple[str, ...])
assert_type(project.release(app, kubernetes="1.33"), str | None)
assert_type(project.synth(App("empty")), Manifest)
assert_type(project.validate([{"kind": "Pod"}]), Report)


def load() -> App:
    return project.load_app("shop.py:app", {"env": ["prod"]})


def change(app: App, cache: Cache) -> None:
    """Ask a tree and change it."""
    assert_type(app.find(Deployment, "cache"), Deployment)
    assert_type(app.find(Container), Container)
    assert_type(list(app.walk(Deployment)), list[Deployment])
    cache.remove(app.find(Service))
    container = cache.deployment.container("cache")
    assert_type(container, Container)
    assert_type(container.set_env({"A": "1"}, B=None), Container)
    assert_type(cache.deployment.add_container(Container("proxy", image="envoy:1")), Container)
    assert_type(cache.deployment.set_env(LOG_LEVEL="debug").add_patch({"spec": {}}), Deployment)
    assert_type(cache.path, str)
    for part in app.walk():
        part.name.lower()


def scrape(workload: PodOwner) -> None:
    workload.pod_annotations = {**(workload.pod_annotations or {}), "prometheus.io/scrape": "true"}


def rename(metadata: ObjectMeta) -> None:
    metadata.labels = {"a": "b"}


@transform(on="Container")
def mirror(container: dict[str, Any]) -> None:
    container["image"] = f"mirror/{container['image']}"


App("shop", transforms=[scrape, rename, mirror])
Chart("shop", transforms=(scrape,))


def with_sidecar(name: str, env: EnvInput, ports: PortsInput, **rest: Unpack[DeploymentArguments]) -> Part:
    """Pass keywords on to a Deployment."""
    return Deployment(name, **rest)


def small(**rest: Unpack[ContainerArguments]) -> Container:
    """Pass keywords on to a Container."""
    rest.setdefault("image", "nginx:1")
    return Container(**rest)


small(image="nginx:1", env={"A": "1"}, ports=80)
with_sidecar("api", {}, 80, replicas=2, pod_labels={"a": "b"}, service_account_name="x")


class Labelled(Construct):
    """A construct that keeps its labels for itself."""

    labels: dict[str, str] = field(factory=dict)
    after: str = "noon"


assert_type(Labelled("a", labels={"a": "b"}).labels, dict[str, str])
Cache("cache", labels={"a": "b"}, defaults=OFF, waive={"rule-name": "why"}, after=[Labelled("a")])
Chart("vendor", defaults=OFF)
Defaults(security=OFF, env={"A": "1"}, pod={"hostNetwork": True}, container=Container(tty=True), merge=True)
Deployment("api", defaults=Defaults(env=OFF), after=[Labelled("a")])


@policy("cache-is-small", on=Cache, groups=["house"])
def cache_is_small(cache: Cache, at: Path, check: Check) -> None:
    """Caches are small."""
    assert_type(cache.deployment, Deployment)
    check.report(at + "deployment", f"{cache.name} is large", fix="make it smaller")


@policy("no-workload-unnamed", on=PodOwner)
def no_workload_unnamed(workload: PodOwner, at: Path, check: Check) -> None:
    """Every workload has a name."""


@policy("container-typed", on=ApiContainer)
def container_typed(container: ApiContainer, at: Path, check: Check) -> None:
    """Containers of Raw objects have a type here, too."""
    assert_type(container.image, str | None)


@policy("no-raw-here", on=[Raw, Yaml, "Container"], waivable=False)
def no_raw_here(part: Raw | Yaml, at: Path, check: Check) -> None:
    """Nothing is written by hand."""


@policy("image-pinned", on="Container")
def image_pinned(container: JsonObject, at: Path, check: Check) -> None:
    """Images are pinned."""


@policy_on_all("names-differ", severity="error")
def names_differ(objects: Objects, check: SetCheck) -> None:
    """No two objects have one name."""
    first: dict[str, Member] = {}
    for member in objects:
        other = first.setdefault(member.name, member)
        if other is not member:
            check.report(member, Path() + "metadata" + "name", "taken", see_also=[See("by this", other)])


validate([], policies=[cache_is_small, names_differ], select=["house"])


def host_of_shop() -> str:
    """Ask another app for an object."""
    shop = OtherApp("shop", from_="acme_shop.app:app", env="prod", replicas=3)
    assert_type(shop.find(Service, "api"), Service)
    assert_type(shop.find(Cache), Cache)
    return shop.find(Service, "api").fqdn


class Env(Context):
    """What an app says once."""

    stage: str
    domain: str = "shop.io"


class InApp(Construct):
    """A construct that asks for it."""

    def build_in_app(self) -> None:
        assert_type(self.context(Env), Env)
        assert_type(self.context(Env).stage, str)
        assert_type(self.root, Part)
        self.root.find(Chart, "monitoring").add(ConfigMap(self.name))


class EnvChart(Chart):
    """A chart that asks for it."""

    def build_in_app(self) -> None:
        assert_type(self.context(Env), Env)


with_context = App("shop", context=[Env(stage="prod")])
with_context.add(Chart("monitoring"))
with_context.add(Chart("main", context=Env(stage="dev"))).add(InApp("a"))
with_context.add(EnvChart("b"))
assert_type(with_context.context(Env), Env)
