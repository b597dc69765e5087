"""What people write without looking it up works, and everywhere alike."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

from kpy import (
    App,
    Chart,
    Claim,
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
    NetworkPolicy,
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
from kpy.api.core.v1 import EnvVarSource, SecurityContext
from kpy.api.meta.v1 import ObjectMeta
from kpy.pipeline.draft import Links
from tests.constructs.synthesis import said, tree, trees, web


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


class TestMappings:
    """A mapping in the names of the API stands wherever a model does, and becomes the same model."""

    @pytest.mark.parametrize(
        ("part", "same"),
        [
            (
                Service("a", selector={"a": "b"}, ports=[{"name": "http", "port": 80, "targetPort": 8080}]),
                Service("a", selector={"a": "b"}, ports={"http": "80:8080"}),
            ),
            (
                Service("a", selector={"matchLabels": {"a": "b"}}, ports={"http": {"port": 80, "targetPort": 8080}}),
                Service("a", selector={"a": "b"}, ports={"http": "80:8080"}),
            ),
            (web(ports=[{"containerPort": 80}]), web(ports=80)),
            (web(env=[{"name": "A", "value": "b"}]), web(env={"A": "b"})),
            (
                web(env={"A": {"secretKeyRef": {"name": "s", "key": "k"}}}),
                web(env={"A": Secret.existing("s")["k"]}),
            ),
            (
                web(env={"A": {"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}}),
                web(env={"A": EnvVarSource.from_dict({"fieldRef": {"fieldPath": "metadata.name"}})}),
            ),
            (web(env_from=[{"secretRef": {"name": "s"}}]), web(env_from=[Secret.existing("s")])),
            (web(liveness_probe={"httpGet": {"path": "/", "port": 80}}), web(liveness_probe=Probe.http("/", 80))),
            (
                web(mounts={"/tmp": {"name": "tmp", "emptyDir": {}}}),
                web(mounts={"/tmp": Volume.empty_dir("tmp")}),
            ),
            (
                Deployment("a", strategy={"maxSurge": 1}, containers=[{"name": "a", "image": "a:1"}]),
                Deployment(
                    "a",
                    strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}},
                    containers=[Container(image="a:1")],
                ),
            ),
            (
                Role("r", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]),
                Role("r").allow("get", "pods"),
            ),
            (
                RoleBinding(
                    "r",
                    role_ref={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
                    subjects=[{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "jane"}],
                ),
                ClusterRole.existing("view").bind_in_namespace(User("jane"), name="r"),
            ),
            (
                Deployment("a", metadata={"finalizers": ["a/b"], "labels": {"a": "b"}}, containers=[]),
                Deployment("a", metadata=ObjectMeta(finalizers=["a/b"], labels={"a": "b"}), containers=[]),
            ),
            (
                Ingress("a", routes={"/": {"service": {"name": "s", "port": {"number": 80}}}}),
                Ingress("a", routes={"/": Service.existing("s")[80]}),
            ),
            (
                Ingress("a", routes={"/": Service.existing("s")[80]}, tls=[{"hosts": ["b"], "secretName": "c"}]),
                Ingress("a", routes={"/": Service.existing("s")[80]}, tls={"b": "c"}),
            ),
            (
                NetworkPolicy("a").allow_from(ports=[{"port": 80, "protocol": "TCP"}]),
                NetworkPolicy("a").allow_from(ports=[80]),
            ),
            (
                NetworkPolicy("a", ingress=[{"ports": [{"port": 80, "protocol": "TCP"}]}]),
                NetworkPolicy("a").allow_from(ports=[80]),
            ),
            (
                NetworkPolicy("a", target={"matchLabels": {"a": "b"}}).deny_all(),
                NetworkPolicy("a", target={"a": "b"}).deny_all(),
            ),
            (
                PersistentVolume("a", claim_ref={"kind": "PersistentVolumeClaim", "name": "c", "apiVersion": "v1"}),
                PersistentVolume("a", claim_ref=Claim.existing("c")),
            ),
            (
                HorizontalPodAutoscaler("a", scale_up={"selectPolicy": "Disabled"}, max_replicas=3),
                HorizontalPodAutoscaler("a", behavior={"scaleUp": {"selectPolicy": "Disabled"}}, max_replicas=3),
            ),
        ],
    )
    def test_mapping_becomes_what_the_short_form_becomes(self, part: Any, same: Any) -> None:
        assert lowered(part) == lowered(same)

    def test_defaults_may_be_a_mapping(self) -> None:
        app = App("a", defaults={"imagePullPolicy": "Always", "resources": {"limits": {"memory": "1Gi"}}})
        app.add(Chart("c", defaults={"securityContext": {"runAsUser": 1}})).add(web())

        (container,) = app.synth().to_dicts()[0]["spec"]["template"]["spec"]["containers"]
        assert container["imagePullPolicy"] == "Always"
        assert container["resources"] == {"limits": {"memory": "1Gi"}}
        assert container["securityContext"] == {"runAsUser": 1}

    def test_model_can_be_read_and_changed_whatever_it_was_given_as(self) -> None:
        container = Container(image="a", security_context={"runAsUser": 1})
        assert container.security_context == SecurityContext(run_as_user=1)

        deployment = Deployment("a", affinity={"podAffinity": {}}, containers=[container])
        assert deployment.near(web("b")).affinity.pod_affinity is not None  # type: ignore[union-attr]

    def test_list_without_mappings_stays_the_list_that_was_given(self) -> None:
        containers: list[Container] = []
        deployment = Deployment("a", containers=containers)

        containers.append(Container(image="a:1"))
        assert pod_of(deployment)["containers"] == [{"name": "a", "image": "a:1"}]

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (
                lambda: Deployment("a", containers=Container(image="a")),  # type: ignore[arg-type]
                "FILE: `containers` of Deployment: expected a list, not Container(image='a'): write `[...]`, even "
                "around one element",
            ),
            (
                lambda: Deployment("a", containers=[Container(image="a"), "nginx"]),  # type: ignore[list-item]
                "FILE: `containers[1]` of Deployment: expected a Container or a mapping, not 'nginx': write "
                "`Container(image='nginx')`",
            ),
            (
                lambda: Container(security_context="restricted"),  # type: ignore[arg-type]
                "FILE: `security_context` of Container: expected a SecurityContext or a mapping, not 'restricted': a "
                "level is said by `security='restricted'`",
            ),
            (
                lambda: Deployment("a", affinity=[{}]),  # type: ignore[arg-type]
                "FILE: `affinity` of Deployment: expected an Affinity or a mapping, not [{}]",
            ),
            (
                lambda: Container(ports="8080"),  # type: ignore[arg-type]
                "FILE: `ports` of Container: '8080' is no port of a container: expected a number, `\"53/UDP\"`, or a "
                "ContainerPort; write 8080 without quotes",
            ),
            (
                lambda: lowered(Deployment("a", volumes=[ConfigMap("c")])),  # type: ignore[list-item]
                "FILE: `volumes[0]` of Deployment: ConfigMap 'c' cannot stand here: the field does not name an object; "
                'say where it is mounted: `mounts={"/path": ...}`',
            ),
            (
                lambda: App("a", defaults={"image_pull_policy": "Always"}),
                "FILE: `defaults` of App: Defaults has no field 'image_pull_policy': a mapping has the names of the "
                'API, so write "imagePullPolicy", or `Defaults(image_pull_policy=...)`',
            ),
            (
                lambda: Container(resources={"cpu": "1"}),
                'FILE: `resources` of Container: a mapping has the names of the API, `{"requests": {"cpu": ...}, '
                '"limits": {...}}`; the short form is `Resources(cpu=...)`',
            ),
            (
                lambda: Container(volume_mounts={"/data": Claim("data")}),  # type: ignore[arg-type]
                'FILE: `volume_mounts` of Container: expected a list; paths to what is there are `mounts={"/path": '
                "...}`",
            ),
            (
                lambda: Ingress("a", tls=["shop.io"]),  # type: ignore[arg-type]
                "FILE: `tls` of Ingress: 'shop.io' is no certificate: write `{\"shop.io\": secret}`, hosts to Secrets",
            ),
            (
                lambda: RoleBinding("a", role="view"),  # type: ignore[arg-type]
                "FILE: `role` of RoleBinding: 'view' is no role: expected a Role, a ClusterRole or a RoleRef: write "
                '`ClusterRole.existing("view")`',
            ),
        ],
    )
    def test_wrong_one_is_explained(self, call: Callable[[], object], message: str) -> None:
        with pytest.raises(KpyError) as caught:
            call()

        assert said(caught.value) == message

    def test_key_in_snake_case_is_answered_with_the_right_one(self) -> None:
        app = App("a")
        app.add(Chart("c")).add(web(security_context={"run_as_user": 1}))

        with pytest.raises(KpyError) as caught:
            app.synth()

        assert "SecurityContext has no field `run_as_user`" in str(caught.value)
        assert "did you mean `runAsUser`?" in str(caught.value)


def lowered(part: Any) -> dict[str, Any]:
    """Return the tree of an object, as it is before others are looked at."""
    made: dict[str, Any] = {}
    part.lower_into(made, Links())
    return made


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
    with pytest.raises(KpyError, match=r"is no route: expected a Service, or a Service and \"Exact\""):
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
    with pytest.raises(KpyError, match="has no Service of its own; say `headless=True`, or use `expose"):
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
    with pytest.raises(KpyError, match="says both `service_account` and `service_account_name`; leave one out"):
        lowered(Deployment("a", service_account="a", service_account_name="b", containers=[]))


def test_role_stands_where_its_reference_goes() -> None:
    role = Role("reader")

    assert lowered(RoleBinding("r", role_ref=role))["roleRef"] == lowered(RoleBinding("r", role=role))["roleRef"]


def test_mount_takes_a_mapping_for_its_volume() -> None:
    assert pod_of(web(mounts={"/tmp": Mount({"name": "tmp", "emptyDir": {}}, read_only=True)}))["volumes"] == [
        {"name": "tmp", "emptyDir": {}}
    ]
