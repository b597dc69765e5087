"""Mistakes that are known from other tools of this kind, and how kpy does without them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kpy import (
    App,
    Chart,
    Claim,
    ClusterRole,
    ClusterRoleBinding,
    ConfigMap,
    Construct,
    Container,
    Deployment,
    Group,
    HorizontalPodAutoscaler,
    In,
    IngressClass,
    Namespace,
    NetworkPolicy,
    PersistentVolume,
    PriorityClass,
    Raw,
    Role,
    RuntimeClass,
    Service,
    ServiceAccount,
    StatefulSet,
    StorageClass,
    SynthError,
    Traffic,
    UsageError,
    Volume,
)
from kpy.api.core.v1 import NFSVolumeSource
from kpy.pipeline import run

Tree = dict[str, Any]


def synth(*parts: Any, **chart: Any) -> dict[tuple[str, str], Tree]:
    """Return kind and name to each object that a chart of these parts becomes."""
    app = App("shop")
    owner = app.add(Chart("shop", **{"namespace": "shop", **chart}))
    for part in parts:
        owner.add(part)
    return {(each.kind, each.name): each.tree for each in run(app)}


def refusal(*parts: Any) -> list[str]:
    """Return the names of the rules that refuse a chart of these parts."""
    with pytest.raises(SynthError) as caught:
        synth(*parts)
    return [found.rule for found in caught.value.report.errors]


def workload(name: str, **ports: int | str) -> Deployment:
    return Deployment(name, containers=[Container(image="a:1", ports=ports)])


class TestClaims:
    """Claims without size or modes, which no server takes."""

    def test_claim_without_size_is_refused(self) -> None:
        assert refusal(Claim("data")) == ["storage-request-required"]

    def test_claim_always_has_modes(self) -> None:
        claim = synth(Claim("data", storage="1Gi"))["PersistentVolumeClaim", "data"]

        assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]

    def test_claim_of_a_volume_has_its_size_and_modes(self) -> None:
        nfs = NFSVolumeSource(server="10.0.0.5", path="/media")
        volume = PersistentVolume("media", storage="1Ti", access_modes=["ReadWriteMany"], nfs=nfs)

        claim = synth(volume, volume.claim("media"))["PersistentVolumeClaim", "media"]

        assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
        assert claim["spec"]["resources"] == {"requests": {"storage": "1Ti"}}


class TestKindsOfTheCluster:
    """Kinds of the whole cluster that are given a namespace."""

    @pytest.mark.parametrize(
        "part",
        [
            Namespace("a"),
            ClusterRole("a").allow("get", "pods"),
            ClusterRole("b").allow("get", "pods").bind(Group("g")),
            PriorityClass("a", value=1),
            RuntimeClass("a", handler="runsc"),
            StorageClass("a", provisioner="a.io/b"),
            IngressClass("a", controller="a.io/b"),
            PersistentVolume(
                "a",
                storage="1Gi",
                access_modes=["ReadWriteOnce"],
                nfs=NFSVolumeSource(server="10.0.0.5", path="/a"),
            ),
        ],
        ids=lambda part: part.kind,
    )
    def test_chart_gives_them_none(self, part: Any) -> None:
        others = [part.role] if isinstance(part, ClusterRoleBinding) else []

        written = synth(part, *others)

        assert all("namespace" not in each["metadata"] for each in written.values())

    def test_namespace_by_keyword_is_refused(self) -> None:
        with pytest.raises(UsageError, match="belongs to the whole cluster: leave `namespace` out"):
            synth(ClusterRole("a", namespace="shop").allow("get", "pods"))


class TestServices:
    """Services whose expression selectors become empty, and so select every pod."""

    def test_workload_selected_by_expressions_is_refused(self) -> None:
        api = Deployment(
            "api",
            selector={"tier": In("a", "b")},
            pod_labels={"tier": "a"},
            containers=[Container(image="a:1", ports=80)],
        )

        with pytest.raises(UsageError, match="selects its pods by expressions, which a Service cannot"):
            synth(api, api.expose())

    def test_service_and_workload_have_one_selector(self) -> None:
        api = Deployment("api", selector={"app": "x"}, containers=[Container(image="a:1", ports=80)])

        written = synth(api, api.expose())

        assert written["Service", "api"]["spec"]["selector"] == {"app": "x"}
        assert written["Deployment", "api"]["spec"]["selector"] == {"matchLabels": {"app": "x"}}


class TestPolicies:
    """Network policies with port 0, with TCP for a UDP port, or without DNS."""

    def test_all_ports_of_a_protocol_are_no_port(self) -> None:
        policy = NetworkPolicy("a").allow_from(ports=["TCP", "UDP"])

        (rule,) = synth(policy)["NetworkPolicy", "a"]["spec"]["ingress"]

        assert rule["ports"] == [{"protocol": "TCP"}, {"protocol": "UDP"}]

    def test_port_0_is_refused(self) -> None:
        assert refusal(NetworkPolicy("a").allow_from(ports=[0])) == ["network-policy-port-invalid"]

    @pytest.mark.parametrize(
        ("said", "port"), [("dns", "dns"), (5353, 5353), ("5353", 5353)], ids=["name", "number", "text"]
    )
    def test_udp_port_is_udp_in_both_halves(self, said: int | str, port: int | str) -> None:
        client, dns = workload("client"), workload("dns", dns="5353/UDP")

        written = synth(client, dns, Traffic("t").allow_between(client, dns, ports=[said]))

        ports = [{"port": port, "protocol": "UDP"}]
        assert written["NetworkPolicy", "client"]["spec"]["egress"][0]["ports"] == ports
        assert written["NetworkPolicy", "dns"]["spec"]["ingress"][0]["ports"] == ports

    def test_port_of_both_protocols_is_both(self) -> None:
        dns = workload("dns", udp="53/UDP", tcp=53)

        written = synth(dns, NetworkPolicy("dns", target=dns).allow_from(ports=[53]))

        (rule,) = written["NetworkPolicy", "dns"]["spec"]["ingress"]
        assert rule["ports"] == [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]

    def test_names_can_be_looked_up_in_one_word(self) -> None:
        client, api = workload("client"), workload("api", http=80)
        traffic = Traffic("t").allow_between(client, api, ports=["http"]).allow_dns(client)

        rules = synth(client, api, traffic)["NetworkPolicy", "client"]["spec"]["egress"]

        assert rules[1]["ports"] == [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]

    def test_policy_is_where_its_pods_are(self) -> None:
        app = App("shop")
        api = app.add(Chart("shop", namespace="shop")).add(workload("api"))
        app.add(Chart("policies", namespace="policies")).add(NetworkPolicy("api", target=api).deny_ingress())

        assert app.synth().find("NetworkPolicy", "api").namespace == "shop"


class TestAutoscalers:
    """Autoscalers with metrics, bounds and behaviour that nobody said."""

    def test_only_what_was_said_is_written(self) -> None:
        api = workload("api")

        written = synth(api, HorizontalPodAutoscaler("api", scale_target_ref=api, max_replicas=3))

        assert written["HorizontalPodAutoscaler", "api"]["spec"] == {
            "maxReplicas": 3,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"},
        }

    def test_target_with_replicas_leaves_them_to_the_autoscaler(self) -> None:
        api = Deployment("api", replicas=3, containers=[Container(image="a:1")])

        written = synth(api, api.scale(2, 5, cpu=80))

        assert "replicas" not in written["Deployment", "api"]["spec"]


class TestAccess:
    """Bindings whose subjects lack their namespace, and rules on resources that do not exist."""

    def test_service_account_has_its_namespace(self) -> None:
        account, role = ServiceAccount("api"), Role("reader").allow("get", "pods")
        cluster = ClusterRole("reader").allow("get", "nodes")

        written = synth(account, role, role.bind(account), cluster, cluster.bind(account, name="nodes"))

        subject = {"kind": "ServiceAccount", "name": "api", "namespace": "shop"}
        assert written["RoleBinding", "reader"]["subjects"] == [subject]
        assert written["ClusterRoleBinding", "nodes"]["subjects"] == [subject]

    def test_rules_name_resources_in_the_plural_with_their_group(self) -> None:
        scaler = Role("scaler").allow("update", [HorizontalPodAutoscaler, NetworkPolicy, "deployments/scale"])

        rules = synth(scaler)["Role", "scaler"]["rules"]

        assert [(rule["apiGroups"], rule["resources"]) for rule in rules] == [
            (["autoscaling"], ["horizontalpodautoscalers"]),
            (["networking.k8s.io"], ["networkpolicies"]),
            (["apps"], ["deployments/scale"]),
        ]


class TestFiles:
    """Objects of one name in two namespaces that become one file."""

    def test_each_object_has_its_own_file(self, tmp_path: Path) -> None:
        app = App("shop")
        chart = app.add(Chart("shop"))
        for namespace in ("a", "b"):
            chart.add(ConfigMap("config", namespace=namespace))

        app.synth().write(tmp_path, layout="resource")

        assert len(list(tmp_path.rglob("*.yaml"))) == 2


class TestValues:
    """Values that are dropped without a word, and values that nobody said."""

    @pytest.mark.parametrize("value", [0, False, "", [], {}, {"a": None}, [None, 0]], ids=repr)
    def test_raw_values_come_out_as_they_went_in(self, value: object) -> None:
        raw = Raw({"apiVersion": "x.io/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": {"value": value}})

        assert synth(raw)["Thing", "a"]["spec"] == {"value": value}

    def test_zero_and_empty_are_said(self) -> None:
        api = Deployment(
            "api",
            replicas=0,
            automount_service_account_token=False,
            termination_grace_period_seconds=0,
            tolerations=[],
            containers=[Container(image="a:1", env={"EMPTY": ""}, mounts={"/tmp": Volume.empty_dir("tmp")})],
        )

        spec = synth(api)["Deployment", "api"]["spec"]

        assert spec["replicas"] == 0
        pods = spec["template"]["spec"]
        assert (pods["automountServiceAccountToken"], pods["terminationGracePeriodSeconds"]) == (False, 0)
        assert (pods["tolerations"], pods["volumes"]) == ([], [{"name": "tmp", "emptyDir": {}}])
        assert pods["containers"][0]["env"] == [{"name": "EMPTY", "value": ""}]

    def test_fields_that_kpy_does_not_know_are_kept(self) -> None:
        patch: Mapping[str, object] = {"spec": {"fromTheFuture": {"a": [1]}}}

        assert synth(ConfigMap("a"), Raw(_thing(patch)))["Thing", "a"]["spec"] == patch["spec"]

    def test_least_deployment_says_nothing_more(self) -> None:
        labels = {"app.kubernetes.io/name": "api"}

        assert synth(Deployment("api", containers=[Container(image="a:1")]))["Deployment", "api"] == {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "api", "namespace": "shop"},
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {"containers": [{"name": "api", "image": "a:1"}]},
                },
            },
        }


def _thing(fields: Mapping[str, object]) -> dict[str, object]:
    return {"apiVersion": "x.io/v1", "kind": "Thing", "metadata": {"name": "a"}, **fields}


class Nested(Construct):
    """A workload two levels down."""

    def build(self) -> None:
        self.add(workload("api", http=80))


class TestSelectors:
    """Selectors and names that change when code moves, so that an apply is refused."""

    def test_nesting_and_names_of_charts_change_nothing(self) -> None:
        class Outer(Construct):
            def build(self) -> None:
                self.add(Nested("nested"))

        flat, nested = App("one"), App("two")
        flat.add(Chart("a", namespace="shop")).add(workload("api", http=80))
        nested.add(Chart("b", namespace="shop")).add(Outer("outer"))

        assert flat.synth().to_dicts() == nested.synth().to_dicts()


class TestStatefulSets:
    """StatefulSets whose volumes, or claim templates, are lost."""

    def test_templates_and_volumes_are_both_there(self) -> None:
        data, config = Claim("data", storage="1Gi"), ConfigMap("config")
        mounts = {"/data": data, "/etc/db": config, "/tmp": Volume.empty_dir("tmp")}
        db = StatefulSet(
            "db",
            headless=True,
            volume_claim_templates=[data],
            containers=[Container(image="a:1", ports={"sql": 5432}, mounts=mounts)],
        )

        spec = synth(config, db)["StatefulSet", "db"]["spec"]

        assert [each["metadata"]["name"] for each in spec["volumeClaimTemplates"]] == ["data"]
        pods = spec["template"]["spec"]
        assert [each["name"] for each in pods["volumes"]] == ["config", "tmp"]
        assert [each["name"] for each in pods["containers"][0]["volumeMounts"]] == ["data", "config", "tmp"]

    def test_headless_service_selects_its_pods(self) -> None:
        db = StatefulSet("db", headless=True, containers=[Container(image="a:1", ports={"sql": 5432})])

        written = synth(db)

        assert written["Service", "db"]["spec"]["clusterIP"] == "None"
        assert written["Service", "db"]["spec"]["selector"] == {"app.kubernetes.io/name": "db"}
        assert written["StatefulSet", "db"]["spec"]["serviceName"] == "db"

    def test_one_claim_mounted_without_being_a_template_is_a_volume(self) -> None:
        data = Claim("data", storage="1Gi")
        db = StatefulSet("db", containers=[Container(image="a:1", mounts={"/data": data})], service_name="db")

        pods = synth(data, db, Service("db", cluster_ip="None", selector=db))["StatefulSet", "db"]["spec"]["template"]

        assert pods["spec"]["volumes"] == [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
