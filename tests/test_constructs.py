"""Constructs: what their short forms write, and what they refuse."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from kpy import (
    App,
    ArgumentError,
    Chart,
    Claim,
    ConfigMap,
    Container,
    CronJob,
    Deployment,
    Exists,
    Grant,
    Group,
    HorizontalPodAutoscaler,
    In,
    Ingress,
    KpyError,
    NetworkPolicy,
    NotIn,
    PersistentVolume,
    Probe,
    Role,
    Secret,
    Service,
    ServiceAccount,
    StatefulSet,
    Traffic,
    UsageError,
    User,
)
from kpy.pipeline import run


def trees(*parts: Any, **chart: Any) -> list[dict[str, Any]]:
    app = App("shop")
    owner = app.add(Chart("shop", **chart))
    for part in parts:
        owner.add(part)
    return run(app).to_dicts()


def tree(*parts: Any, kind: str, **chart: Any) -> dict[str, Any]:
    (found,) = [each for each in trees(*parts, **chart) if each["kind"] == kind]
    return found


def web(name: str = "web", **container: Any) -> Deployment:
    return Deployment(name, containers=[Container(image="nginx:1", **container)])


def said(error: BaseException) -> str:
    return re.sub(r"[^\s(]*test_constructs\.py:\d+", "FILE", str(error))


@pytest.mark.parametrize(
    ("ports", "written"),
    [
        (8080, [{"containerPort": 8080}]),
        ([80, "53/UDP"], [{"containerPort": 80}, {"containerPort": 53, "protocol": "UDP"}]),
        ({"http": 80}, [{"name": "http", "containerPort": 80}]),
        ({"dns": "53/UDP"}, [{"name": "dns", "containerPort": 53, "protocol": "UDP"}]),
    ],
)
def test_ports_of_a_container(ports: Any, written: list[dict[str, Any]]) -> None:
    assert Container(image="a", ports=ports).to_dict()["ports"] == written


def test_port_that_is_none_is_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        Container(image="a", ports=["http"])

    assert said(caught.value) == (
        "FILE: `ports` of Container: 'http' is no port of a container: expected a number, `\"53/UDP\"`, "
        "or a ContainerPort"
    )


def test_env_takes_texts_keys_and_fields() -> None:
    from kpy.api.core.v1 import ObjectFieldSelector

    config, secret = ConfigMap("config"), Secret("secret")
    container = Container(
        image="a",
        env={"A": "b", "C": config["c"], "D": secret["d"], "IP": ObjectFieldSelector(field_path="status.podIP")},
        env_from=[config, secret.env(prefix="DB_")],
    )

    written = container.to_dict()

    assert written["env"] == [
        {"name": "A", "value": "b"},
        {"name": "C", "valueFrom": {"configMapKeyRef": {"key": "c", "name": "config"}}},
        {"name": "D", "valueFrom": {"secretKeyRef": {"key": "d", "name": "secret"}}},
        {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
    ]
    assert written["envFrom"] == [
        {"configMapRef": {"name": "config"}},
        {"prefix": "DB_", "secretRef": {"name": "secret"}},
    ]


@pytest.mark.parametrize(
    ("probe", "written"),
    [
        (
            Probe.http("/ok", port="http", headers={"a": "b"}),
            {"httpGet": {"path": "/ok", "port": "http", "httpHeaders": [{"name": "a", "value": "b"}]}},
        ),
        (Probe.tcp(80, period_seconds=5), {"tcpSocket": {"port": 80}, "periodSeconds": 5}),
        (Probe.exec("ls", "/"), {"exec": {"command": ["ls", "/"]}}),
        (Probe.grpc(9000, service="api"), {"grpc": {"port": 9000, "service": "api"}}),
    ],
)
def test_probes(probe: Probe, written: dict[str, Any]) -> None:
    assert probe.to_dict() == written


def test_expose_takes_the_ports_of_the_containers() -> None:
    api = web(ports={"http": 8080})

    service = tree(api, api.expose(), kind="Service")

    assert service["spec"]["ports"] == [{"name": "http", "port": 8080, "targetPort": "http"}]


def test_expose_of_several_nameless_ports_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        web(ports=[80, 81]).expose()

    assert said(caught.value) == (
        'Deployment "web" (FILE) has 2 ports and no name for 80, 81; a Service of several ports needs names: write '
        '`ports={"http": 8080, ...}`, or say `expose(ports=...)`'
    )


def test_expose_without_ports_is_refused() -> None:
    with pytest.raises(UsageError, match="has no container port to expose"):
        web().expose()


def test_service_knows_its_dns_names() -> None:
    chart = App("shop").add(Chart("shop", namespace="prod"))
    service = chart.add(Service("api", selector={"a": "b"}, ports=80))

    assert (service.host, service.fqdn) == ("api", "api.prod.svc")


def test_service_without_namespace_has_no_full_name_yet() -> None:
    with pytest.raises(UsageError, match="has no namespace yet, so no `fqdn`"):
        _ = Service("api").fqdn


def test_ingress_routes_by_prefix_and_host() -> None:
    api = web("api", ports={"http": 8080, "admin": 9090})
    front = web("front", ports=80)
    to_api, to_front = api.expose(), front.expose()
    edge = Ingress("edge", host="shop.io", routes={"/api": to_api["http"], "/": to_front, "admin.io/": to_api["admin"]})

    rules = tree(api, front, to_api, to_front, edge, kind="Ingress")["spec"]["rules"]

    assert [(rule["host"], [path["path"] for path in rule["http"]["paths"]]) for rule in rules] == [
        ("shop.io", ["/api", "/"]),
        ("admin.io", ["/"]),
    ]
    backends = [path["backend"]["service"] for path in rules[0]["http"]["paths"]]
    assert backends == [
        {"name": "api", "port": {"name": "http"}},
        {"name": "front", "port": {"number": 80}},
    ]
    assert {path["pathType"] for rule in rules for path in rule["http"]["paths"]} == {"Prefix"}


def test_ingress_must_pick_one_of_several_ports() -> None:
    api = web("api", ports={"http": 8080, "admin": 9090})
    service = api.expose()

    with pytest.raises(UsageError) as caught:
        trees(api, service, Ingress("edge", routes={"/": service}))

    assert said(caught.value) == (
        'Ingress "edge" (FILE) routes to Service "api" (FILE), which has several ports, "http", "admin"; pick one: '
        '`service["http"]`'
    )


def test_policy_ports_have_the_protocol_that_was_said() -> None:
    policy = NetworkPolicy("api", target={"app": "api"})
    policy.allow_from({"app": "web"}, ports=["http", "53/UDP", "8000-8100", 9090])

    (rule,) = tree(policy, kind="NetworkPolicy")["spec"]["ingress"]

    assert rule["ports"] == [
        {"port": "http", "protocol": "TCP"},
        {"port": 53, "protocol": "UDP"},
        {"port": 8000, "endPort": 8100, "protocol": "TCP"},
        {"port": 9090, "protocol": "TCP"},
    ]


def test_deny_all_mentions_both_directions_and_allows_nothing() -> None:
    spec = tree(NetworkPolicy("closed").deny_all(), kind="NetworkPolicy")["spec"]

    assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_traffic_writes_both_halves_into_one_policy_per_workload() -> None:
    front, api = web("front"), web("api", ports={"http": 80})
    traffic = Traffic("traffic")
    traffic.allow_between(front, api, ports=["http"]).allow_dns(front)

    policies = {
        each["metadata"]["name"]: each["spec"] for each in trees(front, api, traffic) if "Policy" in each["kind"]
    }

    peer = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "api"}}}
    assert policies["front"]["policyTypes"] == ["Egress"]
    assert policies["front"]["egress"][0] == {"to": [peer], "ports": [{"port": "http", "protocol": "TCP"}]}
    assert policies["front"]["egress"][1]["ports"] == [
        {"port": 53, "protocol": "UDP"},
        {"port": 53, "protocol": "TCP"},
    ]
    assert policies["api"]["policyTypes"] == ["Ingress"]


def test_selectors_take_sets() -> None:
    api = Deployment(
        "api",
        selector={"app": "api", "environment": In("production", "qa"), "tier": NotIn("back"), "team": Exists()},
        pod_labels={"environment": "qa", "team": "x"},
        containers=[Container(image="a:1")],
    )

    assert tree(api, kind="Deployment")["spec"]["selector"] == {
        "matchLabels": {"app": "api"},
        "matchExpressions": [
            {"key": "environment", "operator": "In", "values": ["production", "qa"]},
            {"key": "tier", "operator": "NotIn", "values": ["back"]},
            {"key": "team", "operator": "Exists"},
        ],
    }


def test_autoscaler_takes_the_replicas_of_its_target() -> None:
    api = Deployment("api", replicas=3, containers=[Container(image="a:1")])

    written = trees(api, api.scale(2, 9, cpu=80, memory="512Mi"))

    assert "replicas" not in written[0]["spec"]
    assert written[1]["spec"]["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}
    assert [metric["resource"]["target"] for metric in written[1]["spec"]["metrics"]] == [
        {"type": "Utilization", "averageUtilization": 80},
        {"type": "AverageValue", "averageValue": "512Mi"},
    ]


def test_autoscaler_says_no_metric_that_was_not_said() -> None:
    api = web()

    spec = tree(
        api, HorizontalPodAutoscaler("api", scale_target_ref=api, max_replicas=3), kind="HorizontalPodAutoscaler"
    )

    assert set(spec["spec"]) == {"maxReplicas", "scaleTargetRef"}


def test_subject_of_a_binding_has_the_namespace_of_its_account() -> None:
    account, role = ServiceAccount("api"), Role("reader").allow("get", "pods")

    binding = tree(account, role, role.bind(account, User("jane"), Group("devs")), kind="RoleBinding", namespace="shop")

    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": "api", "namespace": "shop"},
        {"kind": "User", "name": "jane", "apiGroup": "rbac.authorization.k8s.io"},
        {"kind": "Group", "name": "devs", "apiGroup": "rbac.authorization.k8s.io"},
    ]


def test_role_looks_groups_up() -> None:
    role = Role("r").allow("get", ["pods", "deployments", "pods/log", "issuers.cert-manager.io", Deployment])

    assert [(rule.api_groups, rule.resources) for rule in role.rules or ()] == [
        ([""], ["pods", "pods/log"]),
        (["apps"], ["deployments", "deployments"]),
        (["cert-manager.io"], ["issuers"]),
    ]


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        ("pod", "the API has no resource 'pod'; roles name resources in the plural: 'pods'"),
        ("deploy", "the API has no resource 'deploy'; roles name resources in the plural: 'deployments'"),
        ("podss", "the API has no resource 'podss'; did you mean 'pods'?"),
        (
            "issuers",
            "the API has no resource 'issuers'; for a custom resource, add its group: \"certificates.cert-manager.io\"",
        ),
    ],
)
def test_role_refuses_resources_that_do_not_exist(resource: str, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Role("r").allow("get", resource)

    assert said(caught.value) == message


def test_grant_names_objects() -> None:
    account, config = ServiceAccount("api"), ConfigMap("config")

    written = trees(account, config, Grant("api", to=[account]).read(config).write("jobs"), namespace="shop")

    (role,) = [each for each in written if each["kind"] == "Role"]
    assert role["rules"] == [
        {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["config"], "verbs": ["get", "watch"]},
        {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["update", "patch", "delete", "create"]},
    ]


def test_volume_gives_the_claim_that_fits_it() -> None:
    volume = PersistentVolume("media", storage="1Ti", access_modes=["ReadWriteMany"])

    claim = volume.claim("media")

    assert claim.access_modes == ["ReadWriteMany"]
    assert (claim.storage, claim.storage_class_name, claim.volume_name) == ("1Ti", "", volume)


def test_claim_without_modes_asks_for_one() -> None:
    spec = tree(Claim("data", storage="1Gi"), kind="PersistentVolumeClaim")["spec"]

    assert spec == {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


def test_headless_service_is_part_of_its_stateful_set() -> None:
    db = StatefulSet("db", headless=True, containers=[Container(image="postgres:17", ports={"pg": 5432})])

    service, owner = trees(db)

    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["selector"] == {"app.kubernetes.io/name": "db"}
    assert owner["spec"]["serviceName"] == "db"


@pytest.mark.parametrize(
    ("every", "cron"),
    [
        (timedelta(minutes=15), "*/15 * * * *"),
        (timedelta(hours=1), "0 * * * *"),
        (timedelta(hours=6), "0 */6 * * *"),
        (timedelta(days=1), "0 0 * * *"),
        ("@daily", "@daily"),
    ],
)
def test_schedule_may_say_how_often(every: str | timedelta, cron: str) -> None:
    assert CronJob("job", schedule=every).schedule == cron


def test_schedule_that_cron_cannot_say_is_refused() -> None:
    with pytest.raises(KpyError, match="cannot be said in cron"):
        CronJob("job", schedule=timedelta(minutes=7))


def test_pods_are_placed() -> None:
    api, cache = web("api"), web("cache")
    api.spread_across("zone", required=True).keep_apart().near(cache).on_nodes({"disk": In("ssd")})

    (written,) = [each for each in trees(api, cache) if each["metadata"]["name"] == "api"]
    spec = written["spec"]["template"]["spec"]

    own, other = ({"matchLabels": {"app.kubernetes.io/name": name}} for name in ("api", "cache"))
    assert spec["topologySpreadConstraints"] == [
        {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": own,
        }
    ]
    anti = spec["affinity"]["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert anti == [{"weight": 100, "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname", "labelSelector": own}}]
    near = spec["affinity"]["podAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert near[0]["podAffinityTerm"]["labelSelector"] == other
    nodes = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert nodes == {
        "nodeSelectorTerms": [{"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]}]
    }


def test_security_writes_what_the_standard_asks_and_nothing_said() -> None:
    from kpy.api.core.v1 import PodSecurityContext

    api = Deployment(
        "api",
        security="restricted",
        security_context=PodSecurityContext(run_as_user=1000),
        containers=[Container(image="a:1")],
    )

    spec = tree(api, kind="Deployment")["spec"]["template"]["spec"]

    assert spec["securityContext"] == {
        "runAsUser": 1000,
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert spec["containers"][0]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }


def test_content_annotation_rolls_the_pods_out() -> None:
    config = ConfigMap.from_literals("config", {"a": "b"}, content_hash="annotation")
    api = web(env_from=[config])

    template = tree(config, api, kind="Deployment")["spec"]["template"]

    assert template["metadata"]["annotations"] == {"checksum/configmap-config": "685c0c91ef"}


def test_field_of_a_container_on_its_workload_is_explained() -> None:
    with pytest.raises(ArgumentError) as caught:
        Deployment("web", image="nginx")  # type: ignore[call-arg]  # the mistake under test

    assert said(caught.value) == (
        "FILE: Deployment has no argument `image`; it is a field of the container: `containers=[Container(image=...)]`"
    )


def test_whole_config_map_as_a_variable_is_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        Container(image="a", env={"A": ConfigMap("config")})  # type: ignore[dict-item]  # the mistake under test

    assert said(caught.value) == (
        "FILE: `env` of Container: the variable 'A' is a whole ConfigMap: name a key, `...[\"key\"]`, "
        "or use `env_from=[...]`"
    )


def test_route_to_a_workload_is_refused() -> None:
    api = web("api", ports=80)

    with pytest.raises(UsageError) as caught:
        trees(api, Ingress("edge", routes={"/": api}))  # type: ignore[dict-item]  # the mistake under test

    assert said(caught.value) == (
        'Ingress "edge" (FILE) routes to Deployment "api" (FILE), and routes lead to Services: add one with '
        "`chart.add(....expose())` and route to that"
    )
