"""Objects that somebody else has written: found, referred to, changed, left out, and placed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from constructs.vendor import VENDOR, shop, shortened, write_vendor
from kpy import (
    OFF,
    App,
    Chart,
    ConfigMap,
    Container,
    Deployment,
    HorizontalPodAutoscaler,
    Ingress,
    Manifest,
    Namespace,
    PodDisruptionBudget,
    Raw,
    Service,
    SynthError,
    Yaml,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_vendor(tmp_path)


def deployment(manifest: Manifest, name: str = "metrics") -> dict[str, Any]:
    return manifest.find("Deployment", name).tree


def test_objects_are_found_by_kind_and_by_class(file: Path) -> None:
    vendor = Yaml(file)
    app = shop(vendor)

    service = vendor.find("Service", "metrics")

    assert isinstance(service, Service)
    assert service is vendor.find(Service) is app.find(Service, "metrics")
    assert [type(part).__name__ for part in vendor.parts] == ["Service", "Deployment", "ConfigMap"]
    assert str(service._where) == f"{file}:2:1"


def test_found_objects_stand_where_objects_of_the_app_do(file: Path) -> None:
    vendor = Yaml(file)
    web = Deployment(
        "web",
        containers=[
            Container(
                image="nginx:1",
                env={"LEVEL": vendor.find("ConfigMap", "settings")["LEVEL"]},
                env_from=[vendor.find(ConfigMap)],
                mounts={"/etc/metrics": vendor.find(ConfigMap)},
            )
        ],
    )
    found = vendor.find(Deployment)
    app = shop(
        vendor,
        web,
        Ingress("metrics", host="m.shop.io", routes={"/": vendor.find("Service", "metrics")}),
        PodDisruptionBudget("metrics", selector=found, min_available=1),
        HorizontalPodAutoscaler("metrics", scale_target_ref=found, min_replicas=1, max_replicas=2, cpu=50),
        found.expose(name="other"),
    )

    manifest = app.synth()

    backend = manifest.find("Ingress").tree["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": "metrics", "port": {"name": "http"}}
    assert deployment(manifest, "web")["spec"]["template"]["spec"]["volumes"] == [
        {"name": "settings", "configMap": {"name": "settings"}}
    ]
    assert manifest.find("PodDisruptionBudget").tree["spec"]["selector"] == {"matchLabels": {"app": "metrics"}}
    assert manifest.find("HorizontalPodAutoscaler").tree["spec"]["scaleTargetRef"]["name"] == "metrics"
    assert manifest.find("Service", "other").tree["spec"] == {
        "selector": {"app": "metrics"},
        "ports": [{"name": "http", "port": 8080, "targetPort": "http"}],
    }


def test_what_is_changed_of_a_found_object_is_changed_and_nothing_else(file: Path) -> None:
    before = deployment(shop(Yaml(file)).synth())
    vendor = Yaml(file)
    found = vendor.find(Deployment, "metrics")
    found.replicas = 5
    container = next(vendor.walk(Container))
    container.set_env(LEVEL=vendor.find(ConfigMap)["LEVEL"])
    container.mounts = {"/etc/metrics": vendor.find(ConfigMap)}

    after = deployment(shop(vendor).synth())

    expected = dict(before)
    expected["spec"] = {**before["spec"], "replicas": 5}
    (container_before,) = before["spec"]["template"]["spec"]["containers"]
    expected["spec"]["template"] = {
        **before["spec"]["template"],
        "spec": {
            "containers": [
                {
                    **container_before,
                    "env": [{"name": "LEVEL", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "LEVEL"}}}],
                    "volumeMounts": [{"name": "settings", "mountPath": "/etc/metrics"}],
                }
            ],
            "volumes": [{"name": "settings", "configMap": {"name": "settings"}}],
        },
    }
    assert after == expected


def test_change_leaves_what_kpy_would_write_in_another_way(tmp_path: Path) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(
        VENDOR.replace("replicas: 2", "replicas: 2\n  paused: null").replace("name: http, port", "port").split("---")[1]
    )
    vendor = Yaml(file)
    vendor.find(Deployment).replicas = 3

    tree = deployment(shop(vendor).synth())

    assert (tree["spec"]["replicas"], tree["spec"]["paused"]) == (3, None)


def test_synthesis_twice_gives_the_same_bytes(file: Path) -> None:
    vendor = Yaml(file, patch={"Deployment/*": {"spec": {"replicas": 4}}})
    vendor.find(Deployment).add_patch({"spec": {"minReadySeconds": 5}})
    app = shop(vendor)

    assert app.synth().to_yaml() == app.synth().to_yaml()
    assert deployment(app.synth())["spec"]["replicas"] == 4
    assert deployment(app.synth())["spec"]["minReadySeconds"] == 5


def test_objects_are_left_out(file: Path) -> None:
    vendor = Yaml(file, without=["Deployment/metrics", "Config*/*"])
    removed = Yaml(file)
    removed.remove(removed.find(Deployment))
    removed.remove(removed.find(ConfigMap))

    assert [each.kind for each in shop(vendor).synth()] == ["Service"]
    assert [each.kind for each in shop(removed).synth()] == ["Service"]
    assert [type(part).__name__ for part in vendor.parts] == ["Service"]


def test_object_that_was_moved_out_takes_the_place_of_the_one_in_the_file(file: Path) -> None:
    vendor = Yaml(file, without=["Deployment/metrics"])
    own = Deployment("metrics", containers=[Container(image="vendor/metrics:v2", ports={"http": 8080})])
    vendor.find("Service").selector = own  # type: ignore[assignment]  # a workload stands for its pods

    manifest = shop(vendor, own).synth()

    assert manifest.find("Service").tree["spec"]["selector"] == {"app.kubernetes.io/name": "metrics"}


def test_patches_are_merged_last_and_by_the_lists_of_the_api(file: Path) -> None:
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "metrics", "imagePullPolicy": "Always"}]}}}}

    tree = deployment(shop(Yaml(file, patch={"Deployment/metrics": patch})).synth())

    (container,) = tree["spec"]["template"]["spec"]["containers"]
    assert (container["imagePullPolicy"], container["image"]) == ("Always", "docker.io/vendor/metrics:v1")


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        ({"docker.io/vendor/metrics": "registry.shop.io/metrics:v2"}, "registry.shop.io/metrics:v2"),
        ({"docker.io/vendor/metrics": ":v2"}, "docker.io/vendor/metrics:v2"),
        ({"docker.io/vendor/metrics:v1": "m@sha256:" + "0" * 64}, "m@sha256:" + "0" * 64),
    ],
)
def test_images_are_replaced_by_their_names(file: Path, images: dict[str, str], expected: str) -> None:
    tree = deployment(shop(Yaml(file, images=images)).synth())

    assert tree["spec"]["template"]["spec"]["containers"][0]["image"] == expected


def test_images_of_custom_resources_are_replaced_and_those_in_texts_are_not() -> None:
    vendor = Yaml.text(
        """\
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: main}
spec: {image: "quay.io/prometheus/prometheus:v3"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: main}
data: {image: "quay.io/prometheus/prometheus:v3"}
""",
        images={"quay.io/prometheus/prometheus": ":v4"},
    )

    manifest = shop(vendor).synth()

    assert manifest.find("Prometheus").tree["spec"]["image"] == "quay.io/prometheus/prometheus:v4"
    assert manifest.find("ConfigMap").tree["data"]["image"] == "quay.io/prometheus/prometheus:v3"


BINDING = """\
apiVersion: v1
kind: ServiceAccount
metadata: {name: metrics, namespace: kube-system}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: metrics}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects:
  - {kind: ServiceAccount, name: metrics, namespace: kube-system}
  - {kind: ServiceAccount, name: other, namespace: kube-system}
---
apiVersion: v1
kind: Service
metadata: {name: metrics, namespace: kube-system}
spec: {selector: {app: metrics}, ports: [{port: 443}]}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.k8s.io}
spec:
  service: {name: metrics, namespace: kube-system}
  group: metrics.k8s.io
  version: v1beta1
  groupPriorityMinimum: 100
  versionPriority: 100
"""


@pytest.mark.parametrize("as_object", [False, True])
def test_objects_are_moved_into_a_namespace_and_what_names_them_follows(as_object: bool) -> None:
    monitoring = Namespace("monitoring")
    vendor = Yaml.text(BINDING, namespace=monitoring if as_object else "monitoring")
    app = shop(monitoring, vendor)
    chart = app.find(Chart)
    chart.add(Ingress("metrics", host="m.shop.io", namespace="monitoring", routes={"/": vendor.find(Service)[443]}))

    manifest = app.synth()

    assert manifest.find("ServiceAccount").namespace == manifest.find("Service").namespace == "monitoring"
    assert "namespace" not in manifest.find("ClusterRoleBinding").metadata
    assert manifest.find("ClusterRoleBinding").tree["subjects"] == [
        {"kind": "ServiceAccount", "name": "metrics", "namespace": "monitoring"},
        {"kind": "ServiceAccount", "name": "other", "namespace": "kube-system"},
    ]
    assert manifest.find("APIService").tree["spec"]["service"]["namespace"] == "monitoring"


def test_labels_order_and_waivers_hold_for_all_objects(file: Path) -> None:
    first = ConfigMap("first", data={"a": "b"})
    vendor = Yaml(file, labels={"team": "shop"}, after=[first], waive={"selects-no-pod": "the vendor knows"})
    last = ConfigMap("last", data={"a": "b"}, after=[vendor])

    manifest = shop(vendor, last, first).synth()

    names = [f"{each.kind}/{each.name}" for each in manifest]
    assert names.index("ConfigMap/first") < min(names.index(f"{kind}/metrics") for kind in ("Service", "Deployment"))
    assert names[-1] == "ConfigMap/last"
    assert manifest.find("Deployment").metadata["labels"] == {"team": "shop", "app": "metrics"}


def test_rule_is_waived_for_the_objects_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "vendor.yaml"
    file.write_text(VENDOR.replace("selector: {app: metrics}", "selector: {app: others}"))

    assert [each.rule for each in shop(Yaml(file)).synth().report] == ["service-selects-no-pod"]
    assert not list(shop(Yaml(file, waive={"service-selects-no-pod": "they come later"})).synth().report)


def test_raw_takes_patch_order_waivers_and_protection() -> None:
    issuer = {"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": {"name": "ca"}, "spec": {"ca": {}}}
    first = ConfigMap("first", data={"a": "b"})
    raw = Raw(issuer, patch={"spec": {"ca": {"secretName": "ca"}}}, after=[first], protect=True, aliases=["old"])
    raw.add_patch({"spec": {"ca": {"crl": ["x"]}}})

    manifest = shop(raw, first).synth()

    assert [each.kind for each in manifest] == ["ConfigMap", "Issuer"]
    assert manifest.find("Issuer").tree == {
        **issuer,
        "metadata": {"name": "ca", "annotations": {"kpy.dev/aliases": "old", "kpy.dev/protect": "true"}},
        "spec": {"ca": {"secretName": "ca", "crl": ["x"]}},
    }


def test_rule_is_waived_for_a_raw_object() -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "a"},
        "spec": {"selector": {"app": "a"}, "ports": [{"port": 80}]},
    }

    assert [each.rule for each in shop(Raw(service)).synth().report] == ["service-selects-no-pod"]
    assert not list(shop(Raw(service, waive={"service-selects-no-pod": "made elsewhere"})).synth().report)


def test_transforms_over_parts_reach_the_objects_of_files(file: Path) -> None:
    def scaled(deployment: Deployment) -> None:
        deployment.replicas = 7

    vendor = Yaml(file)
    app = App("shop", transforms=[scaled])
    app.add(Chart("shop")).add(vendor)

    assert deployment(app.synth())["spec"]["replicas"] == 7
    assert vendor.find(Deployment).replicas == 2


def test_folders_and_patterns_name_several_files(tmp_path: Path) -> None:
    (tmp_path / "rbac").mkdir()
    for name, text in zip(("b.yaml", "a.yml", "rbac/c.yaml"), VENDOR.split("---\n"), strict=True):
        (tmp_path / name).write_text(text)
    (tmp_path / ".hidden.yaml").write_text("a: b")

    assert [each.kind for each in Yaml(tmp_path).parts] == ["Deployment", "Service", "ConfigMap"]  # type: ignore[union-attr]
    assert [each.kind for each in Yaml(tmp_path / "**" / "*.yaml").parts] == ["Service", "ConfigMap"]  # type: ignore[union-attr]
    assert [each.kind for each in Yaml(str(tmp_path / "[ab].y*ml")).parts] == ["Deployment", "Service"]  # type: ignore[union-attr]


def test_findings_keep_the_lines_of_the_file_and_changes_have_that_of_the_program(tmp_path: Path) -> None:
    file = tmp_path / "vendor.yaml"
    file.write_text(VENDOR.replace("port: 80,", "port: 80000,"))
    vendor = Yaml(file, patch={"Deployment/metrics": {"spec": {"replicas": "many"}}})

    with pytest.raises(SynthError) as error:
        shop(vendor).synth()

    in_file, in_program = error.value.report
    assert str(in_file.where) == f"{file}:9:26"
    assert shortened(Exception(in_file.made_in[-1])) == 'Yaml "vendor.yaml" (FILE)'
    assert in_program.where == vendor._where


def test_text_is_placed_where_it_stands_in_the_program() -> None:
    vendor = Yaml.text("""\
apiVersion: v1
kind: ConfigMap
metadata: {name: text-of-this-test}
data: {a: 1}
""")

    with pytest.raises(SynthError) as error:
        shop(vendor).synth()

    (finding,) = error.value.report
    assert finding.where is not None
    line = Path(__file__).read_text().splitlines()[finding.where.line - 1]
    assert line == "data: {a: 1}"


def test_text_that_was_made_is_placed_at_the_call() -> None:
    vendor = Yaml.text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: %d}\n" % 1)  # noqa: UP031

    with pytest.raises(SynthError) as error:
        shop(vendor).synth()

    assert [finding.where for finding in error.value.report] == [vendor._where]


def test_broken_text_says_which_line_of_it() -> None:
    with pytest.raises(SynthError) as error:
        shop(Yaml.text("a: b\n" + "c: ]\n")).synth()

    (finding,) = error.value.report
    assert finding.message.startswith("line 2: ")


def test_security_of_a_found_workload_can_be_set(file: Path) -> None:
    vendor = Yaml(file)
    vendor.find(Deployment).security = "restricted"
    vendor.find(Deployment).resources = OFF  # type: ignore[attr-defined]

    (container,) = deployment(shop(vendor).synth())["spec"]["template"]["spec"]["containers"]

    assert container["securityContext"]["allowPrivilegeEscalation"] is False


def test_nothing_is_made_of_a_file_that_nobody_looks_into(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Yaml] = []
    monkeypatch.setattr(Yaml, "open", opened.append)
    vendor = Yaml(file)

    shop(vendor, ConfigMap("a", after=[vendor])).synth()

    assert opened == []
