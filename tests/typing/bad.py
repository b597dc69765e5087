"""Each of these lines is refused, for the reason named on it. Run by `test_typing.py`."""

from kpy import App, Chart, Claim, ConfigMap, Container, Deployment, Ingress, Job, OtherApp, Service, policy
from kpy.api.apps.v1 import DeploymentSpec
from kpy.api.core.v1 import Container as ApiContainer
from kpy.api.core.v1 import ContainerPort
from kpy.typing import Check, Path


class Shop(Chart):
    host: str
    replicas: int = 2


config = ConfigMap.from_literals("config", {})
container = ApiContainer(name="a")

Shop("shop")  # mypy: call-arg; pyright: reportCallIssue
Shop("shop", host=80)  # mypy: arg-type; pyright: reportArgumentType
Shop("shop", host="a", replica=3)  # mypy: call-arg; pyright: reportCallIssue
Deployment()  # mypy: call-arg; pyright: reportCallIssue
Deployment("api", "web")  # mypy: call-arg; pyright: reportCallIssue
Deployment("api", replicas="3")  # mypy: arg-type; pyright: reportArgumentType
Deployment("api", containers=["nginx"])  # mypy: list-item; pyright: reportArgumentType
Deployment("api", imagePullSecrets=[])  # mypy: call-arg; pyright: reportCallIssue
Deployment("api", restart_policy="Sometimes")  # mypy: arg-type; pyright: reportArgumentType
Container(imgae="nginx")  # mypy: call-arg; pyright: reportCallIssue
Container(ports={"http": 1.5})  # mypy: dict-item; pyright: reportArgumentType
Deployment("api", containers={"name": "api"})  # mypy: arg-type; pyright: reportArgumentType
Deployment("api", affinity=[{}])  # mypy: arg-type; pyright: reportArgumentType
Job(generate_name=3)  # mypy: arg-type; pyright: reportArgumentType
Ingress("a", routes={"/": (config, "Exactly")})  # mypy: dict-item; pyright: reportArgumentType
Container(ports=80.5)  # mypy: arg-type; pyright: reportArgumentType
Container(ports=["dns", 1.5])  # mypy: list-item; pyright: reportArgumentType
Deployment("api", image_pull_secrets="registry")  # mypy: arg-type; pyright: reportArgumentType
Container(env={"A": 1})  # mypy: dict-item; pyright: reportArgumentType
Container(env_from=[container])  # mypy: list-item; pyright: reportArgumentType
Container(command="sleep 3600")  # mypy: arg-type; pyright: reportArgumentType
Service("api", type="Balanced")  # mypy: arg-type; pyright: reportArgumentType
Claim("data", access_modes=["ReadWriteSometimes"])  # mypy: list-item; pyright: reportArgumentType
ConfigMap.from_literals("c", {}, data={})  # mypy: call-arg; pyright: reportCallIssue
ContainerPort(container_port="80")  # mypy: arg-type; pyright: reportArgumentType
ContainerPort(80)  # mypy: call-arg; pyright: reportCallIssue
ApiContainer(image_pull_policy="Alway")  # mypy: arg-type; pyright: reportArgumentType
DeploymentSpec(selector="app=web")  # mypy: arg-type; pyright: reportArgumentType
Chart("shop").add("web")  # mypy: call-overload; pyright: reportArgumentType
container.imgae = "nginx"  # mypy: attr-defined; pyright: reportAttributeAccessIssue
container.image = 3  # mypy: assignment; pyright: reportAttributeAccessIssue
config["a"].upper()  # mypy: attr-defined; pyright: reportAttributeAccessIssue


@policy("config-named", on=ConfigMap)  # mypy: arg-type; pyright: reportArgumentType
def config_named(service: Service, at: Path, check: Check) -> None: ...


policy("config-named", on=ConfigMap, severity="bad")  # mypy: call-overload; pyright: reportCallIssue
App("shop", context="prod")  # mypy: arg-type; pyright: reportArgumentType
App("shop").context(Service)  # mypy: type-var; pyright: reportArgumentType
OtherApp("shop")  # mypy: call-arg; pyright: reportCallIssue
OtherApp("shop", from_="shop.py").find(Service).prot = 3  # mypy: attr-defined; pyright: reportAttributeAccessIssue
