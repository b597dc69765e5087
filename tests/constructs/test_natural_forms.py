"""What people write without looking it up works, and everywhere alike."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

from kpy import (
    Chart,
    ClusterRole,
    ConfigMap,
    Container,
    Deployment,
    Grant,
    Handler,
    HorizontalPodAutoscaler,
    In,
    Ingress,
    Job,
    KpyError,
    Mount,
    PersistentVolume,
    Pod,
    Probe,
    Raw,
    Role,
    RoleBinding,
    Secret,
    Service,
    ServiceAccount,
    StatefulSet,
    Traffic,
    User,
    Volume,
)
from kpy.api.apps.v1 import ReplicaSet as ApiReplicaSet
from kpy.api.meta.v1 import ObjectMeta
from tests.constructs.synthesis import lowered, said, tree, trees, web


def spec_of(*parts: Any, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = tree(*parts, kind=kind)["spec"]
    return found


def pod_of(deployment: Deployment) -> dict[str, Any]:
    found: dict[str, Any] = spec_of(deployment, kind="Deployment")["template"]["spec"]
    return found


def test_name_of_a_container_comes_first() -> None:
    assert pod_of(Deployment("a", containers=[Container("web", image="a:1")]))["containers"] == [
        {"name": "web", "image": "a:1"}
    ]


def test_port_of_a_service_leads_to_the_only_port_of_the_container() -> None:
    service, dns = web(ports={"http": 8080}).expose(port=80), web(ports=["53/UDP"]).expose(port=5353)

    assert lowered(service)["spec"]["ports"] == [{"name": "http", "port": 80, "targetPort": "http"}]
    assert lowered(dns)["spec"]["ports"] == [{"port": 5353, "protocol": "UDP", "targetPort": 53}]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: web(ports={"http": 80, "admin": 81}).expose(port=80),
            'FILE: Deployment "web" (FILE) has several container ports, and `port=80` can lead to one only: say which, '
            '`expose(ports={"http": 80})`',
        ),
        (
            lambda: web().expose(port=80),
            'FILE: Deployment "web" (FILE) has no container port that 80 could lead to: give a container '
            '`ports={...}`, or say both, `expose(ports="80:8080")`',
        ),
        (
            lambda: web(ports=80).expose(port=80, ports=[80]),
            "FILE: `expose` was given both `port` and `ports`; leave one out",
        ),
    ],
)
def test_port_that_leads_nowhere_is_explained(call: Callable[[], object], message: str) -> None:
    with pytest.raises(KpyError) as caught:
        call()

    assert said(caught.value) == message


def test_ingress_has_one_host_or_several() -> None:
    ingress = Ingress("a", host=["a.io", "b.io"], routes={"/": Service.existing("s")[80]}, tls="cert")

    assert [rule["host"] for rule in lowered(ingress)["spec"]["rules"]] == ["a.io", "b.io"]
    assert lowered(ingress)["spec"]["tls"] == [{"hosts": ["a.io", "b.io"], "secretName": "cert"}]


def test_route_has_a_path_type_of_its_own() -> None:
    service = Service.existing("s")[80]
    ingress = Ingress("a", path_type="Prefix", routes={"/": service, "/healthz": (service, "Exact")})

    (rule,) = lowered(ingress)["spec"]["rules"]
    assert [(path["path"], path["pathType"]) for path in rule["http"]["paths"]] == [
        ("/", "Prefix"),
        ("/healthz", "Exact"),
    ]


def test_route_with_a_wrong_path_type_is_explained() -> None:
    with pytest.raises(KpyError, match=r"is not a route: expected a Service, or a Service and \"Exact\""):
        lowered(Ingress("a", routes={"/": (Service.existing("s"), "exact")}))  # type: ignore[dict-item]


def test_topologies_are_one_or_several() -> None:
    spec = pod_of(web().spread_across(["zone", "hostname"]).keep_apart(["node", "zone"]))

    assert [each["topologyKey"] for each in spec["topologySpreadConstraints"]] == [
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    ]
    wishes = spec["affinity"]["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert [each["podAffinityTerm"]["topologyKey"] for each in wishes] == [
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
    ]


def test_condition_takes_values_one_by_one_or_as_a_list() -> None:
    assert In(["ssd", "nvme"]).values == In("ssd", "nvme").values == ("ssd", "nvme")


def test_numbers_are_literals() -> None:
    secret = Secret.from_literals("s", {"port": 5432, "ratio": 0.5, "key": b"\xff"})
    assert {key: b64decode(value) for key, value in (secret.data or {}).items()} == {
        "port": b"5432",
        "ratio": b"0.5",
        "key": b"\xff",
    }
    assert ConfigMap.from_literals("c", {"port": 5432}).data == {"port": "5432"}


@pytest.mark.parametrize("make", [Secret.from_literals, ConfigMap.from_literals])
def test_literals_that_may_mean_several_things_are_explained(make: Callable[..., object]) -> None:
    with pytest.raises(KpyError) as caught:
        make("a", {"debug": True})
    assert said(caught.value) == (
        'FILE: the value of \'debug\' must be text, not True: write "true", "True" or "1", as the program reads it'
    )

    with pytest.raises(KpyError) as caught:
        make("a", {"password": None})
    assert said(caught.value) == (
        "FILE: the value of 'password' must be text or a number, not a value of the type NoneType; a variable of the "
        "environment that is not set?"
    )


def test_headless_stateful_set_has_its_service() -> None:
    database = StatefulSet("db", headless=True, containers=[Container(image="db:1", ports={"sql": 5432})])

    assert (database.service.host, database.service.port) == ("db", 5432)
    with pytest.raises(KpyError, match="has no Service of its own; write `headless=True`, or use `expose"):
        _ = StatefulSet("db", containers=[]).service


def test_service_has_one_port_or_says_which_it_has() -> None:
    assert Service("a", ports=["80:8080"]).port == 80
    with pytest.raises(KpyError, match='has several ports, "http", "81": write the number of the one you mean'):
        _ = Service("a", ports=[{"name": "http", "port": 80}, 81]).port
    with pytest.raises(KpyError, match="has no port: give it `ports=`"):
        _ = Service("a").port


@pytest.mark.parametrize(
    "make",
    [
        lambda common: Role("r").bind(User("jane"), **common),
        lambda common: ClusterRole("r").bind(User("jane"), **common),
        lambda common: ClusterRole("r").bind_in_namespace(User("jane"), **common),
        lambda common: web().scale(1, 2, cpu=80, **common),
        lambda common: web().budget(min_available=1, **common),
        lambda common: web(ports=80).expose(**common),
        lambda common: web(ports=80).expose_via_ingress("a.io", **common)[1],
        lambda common: PersistentVolume("v", storage="1Gi").claim("c", **common),
        lambda common: Grant("g", to=[User("jane")], **common).role,
        lambda common: Grant("g", to=[User("jane")], **common).binding,
        lambda common: Traffic("t", **common).policy(web()),
    ],
)
def test_everything_that_is_made_takes_labels_and_annotations(make: Callable[[dict[str, Any]], Any]) -> None:
    made = make({"labels": {"team": "shop"}, "annotations": {"a": "b"}})

    assert (made.labels, made.annotations) == ({"team": "shop"}, {"a": "b"})


def test_port_of_a_probe_is_given_with_or_without_its_name() -> None:
    assert Probe.http("/", 80) == Probe.http("/", port=80)
    assert Handler.http("/", 80) == Handler.http("/", port=80)
    assert Probe.exec(["pg_isready", "-q"]) == Probe.exec("pg_isready", "-q")


def test_size_of_scratch_space_is_given_with_or_without_its_name() -> None:
    assert Volume.empty_dir("tmp", "64Mi") == Volume.empty_dir("tmp", size_limit="64Mi")


def test_several_are_added_at_once() -> None:
    chart = Chart("c")
    service, ingress = chart.add(*web(ports=80).expose_via_ingress("a.io"))

    assert chart.parts == (service, ingress)
    with pytest.raises(KpyError, match=r"write a star before several, `add\(\*parts\)`"):
        chart.add([service])  # type: ignore[call-overload]


def test_name_can_be_left_to_the_server() -> None:
    job = Job(generate_name="migrate-", restart_policy="Never", containers=[Container(image="m:1")])
    pod = Pod(metadata={"generateName": "debug-"}, containers=[Container(image="m:1")])

    made = trees(job, pod)
    assert [each["metadata"] for each in made] == [{"generateName": "migrate-"}, {"generateName": "debug-"}]
    assert made[0]["spec"]["template"]["spec"]["containers"][0]["name"] == "migrate"


def test_object_without_any_name_is_refused() -> None:
    with pytest.raises(KpyError) as caught:
        Job(restart_policy="Never")

    assert said(caught.value) == "FILE: Job needs `name`, or `generate_name` for what is only created"


@pytest.mark.parametrize(
    "target",
    [
        Raw({"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "web"}}),
        ApiReplicaSet(metadata=ObjectMeta(name="web")),
        web(),
        {"apiVersion": "a/v1", "kind": "Rollout", "name": "web"},
    ],
)
def test_any_object_is_scaled(target: Any) -> None:
    reference = lowered(HorizontalPodAutoscaler("a", max_replicas=3, scale_target_ref=target))["spec"]["scaleTargetRef"]

    assert reference["name"] == "web"
    assert set(reference) == {"apiVersion", "kind", "name"}


def test_service_account_writes_the_field_that_the_api_reads() -> None:
    account = ServiceAccount("api")
    deployment = Deployment("a", service_account=account, containers=[Container(image="a:1")])

    spec = tree(account, deployment, kind="Deployment")["spec"]["template"]["spec"]
    assert spec["serviceAccountName"] == "api"
    assert "serviceAccount" not in spec


def test_two_service_accounts_are_refused() -> None:
    with pytest.raises(KpyError, match="is given both `service_account` and `service_account_name`; leave one out"):
        lowered(Deployment("a", service_account="a", service_account_name="b", containers=[]))


def test_role_stands_where_its_reference_goes() -> None:
    role = Role("reader")

    assert lowered(RoleBinding("r", role_ref=role))["roleRef"] == lowered(RoleBinding("r", role=role))["roleRef"]


def test_mount_takes_a_mapping_for_its_volume() -> None:
    assert pod_of(web(mounts={"/tmp": Mount({"name": "tmp", "emptyDir": {}}, read_only=True)}))["volumes"] == [
        {"name": "tmp", "emptyDir": {}}
    ]
