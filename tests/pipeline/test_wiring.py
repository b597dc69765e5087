"""Wiring: what resources say to each other, and what charts and apps say to them."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from kpy import (
    OFF,
    App,
    Chart,
    Claim,
    ConfigMap,
    Container,
    Defaults,
    Deployment,
    Job,
    Manifest,
    Mount,
    Namespace,
    Pod,
    Raw,
    Resources,
    Secret,
    Service,
    StatefulSet,
    UsageError,
    Volume,
)
from kpy.pipeline import run


def synth(*parts: Any, **chart: Any) -> Manifest:
    app = App("shop")
    owner = app.add(Chart("shop", **chart))
    for part in parts:
        owner.add(part)
    return run(app)


def web(**arguments: Any) -> Deployment:
    container = Container(image="nginx:1", **arguments.pop("container", {}))
    return Deployment("web", containers=[container], **arguments)


def spec_of(manifest: Manifest, kind: str = "Deployment", name: str = "web") -> dict[str, Any]:
    tree = manifest.find(kind, name).tree
    spec: dict[str, Any] = tree["spec"]["template"]["spec"]
    return spec


def test_workload_without_selector_uses_its_name() -> None:
    tree = synth(web()).find("Deployment", "web").tree

    assert tree["spec"]["selector"] == {"matchLabels": {"app.kubernetes.io/name": "web"}}
    assert tree["spec"]["template"]["metadata"]["labels"] == {"app.kubernetes.io/name": "web"}


def test_labels_of_a_chart_reach_metadata_and_no_selector() -> None:
    manifest = synth(web(labels={"tier": "front"}), labels={"team": "shop"})

    tree = manifest.find("Deployment", "web").tree
    assert tree["metadata"]["labels"] == {"team": "shop", "tier": "front"}
    assert tree["spec"]["selector"] == {"matchLabels": {"app.kubernetes.io/name": "web"}}
    assert tree["spec"]["template"]["metadata"]["labels"] == {"app.kubernetes.io/name": "web", "tier": "front"}


def test_pod_labels_reach_the_template_only() -> None:
    tree = synth(web(pod_labels={"a": "b"}, pod_annotations={"c": "d"})).find("Deployment", "web").tree

    assert "labels" not in tree["metadata"]
    assert tree["spec"]["template"]["metadata"]["labels"] == {"app.kubernetes.io/name": "web", "a": "b"}
    assert tree["spec"]["template"]["metadata"]["annotations"] == {"c": "d"}


def test_pod_gets_the_selector_label_only_when_selected() -> None:
    pod = Pod("one", containers=[Container(image="nginx:1")])
    alone = synth(Pod("one", containers=[Container(image="nginx:1")]))
    selected = synth(pod, Service("one", selector=pod, ports=80))

    assert "labels" not in alone.find("Pod", "one").metadata
    assert selected.find("Pod", "one").metadata["labels"] == {"app.kubernetes.io/name": "one"}
    assert selected.find("Service", "one").tree["spec"]["selector"] == {"app.kubernetes.io/name": "one"}


def test_service_cannot_select_by_expressions() -> None:
    from kpy import In

    api = Deployment("api", selector={"app": In("a", "b")}, pod_labels={"app": "a"}, containers=[])

    with pytest.raises(UsageError, match="selects its pods by expressions, which a Service cannot"):
        synth(api, Service("api", selector=api, ports=80))


def test_one_volume_per_object_and_pod() -> None:
    config = ConfigMap.from_literals("app.config", {"a": "b"})
    containers = [
        Container(name="one", image="nginx:1", mounts={"/etc/one": config}),
        Container(name="two", image="nginx:1", mounts={"/etc/two": Mount(config, sub_path="a", read_only=True)}),
    ]

    spec = spec_of(synth(config, Deployment("web", containers=containers)))

    assert spec["volumes"] == [{"name": "app-config", "configMap": {"name": "app.config"}}]
    assert spec["containers"][1]["volumeMounts"] == [
        {"name": "app-config", "mountPath": "/etc/two", "subPath": "a", "readOnly": True}
    ]


def test_volumes_of_one_name_get_the_kind_as_suffix() -> None:
    config, secret = ConfigMap("shop"), Secret("shop")

    spec = spec_of(synth(config, secret, web(container={"mounts": {"/a": config, "/b": secret}})))

    assert [volume["name"] for volume in spec["volumes"]] == ["shop", "shop-secret"]


def test_long_names_of_volumes_are_cut() -> None:
    config = ConfigMap("c" * 80)

    spec = spec_of(synth(config, web(container={"mounts": {"/a": config}})))

    assert spec["volumes"][0]["name"] == "c" * 63


def test_volume_is_shared_between_containers() -> None:
    cache = Volume.empty_dir("cache")
    containers = [Container(name=name, image="nginx:1", mounts={"/cache": cache}) for name in ("a", "b")]

    spec = spec_of(synth(Deployment("web", containers=containers)))

    assert spec["volumes"] == [{"name": "cache", "emptyDir": {}}]


def test_claim_template_of_a_stateful_set_is_mounted_by_its_name() -> None:
    data = Claim("data", storage="1Gi")
    db = StatefulSet(
        "db",
        service_name="db",
        volume_claim_templates=[data],
        containers=[Container(image="postgres:17", mounts={"/var/lib/postgresql": data})],
    )

    tree = synth(db).find("StatefulSet", "db").tree

    assert tree["spec"]["volumeClaimTemplates"] == [
        {
            "metadata": {"name": "data"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        }
    ]
    assert "volumes" not in tree["spec"]["template"]["spec"]
    mounts = tree["spec"]["template"]["spec"]["containers"][0]["volumeMounts"]
    assert mounts == [{"name": "data", "mountPath": "/var/lib/postgresql"}]


def test_claim_template_keeps_its_patches_and_its_kind_where_it_wants_it() -> None:
    data = Claim("data", storage="1Gi", with_kind=True, patch={"spec": {"volumeMode": "Block"}})
    data.add_patch({"metadata": {"labels": {"tier": "db"}}, "spec": {"accessModes": ["ReadWriteOncePod"]}})
    container = Container(image="postgres:17", devices={"/dev/data": data})
    db = StatefulSet("db", service_name="db", volume_claim_templates=[data], containers=container)

    (template,) = synth(db).find("StatefulSet", "db").tree["spec"]["volumeClaimTemplates"]

    assert template == {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "labels": {"tier": "db"}},
        "spec": {
            "accessModes": ["ReadWriteOncePod"],
            "resources": {"requests": {"storage": "1Gi"}},
            "volumeMode": "Block",
        },
    }


def test_namespace_reaches_namespaced_kinds_only() -> None:
    manifest = synth(Namespace("shop"), ConfigMap("config"), ConfigMap("other", namespace="else"), namespace="shop")

    assert [resource.namespace for resource in manifest] == [None, "shop", "else"]


def test_namespace_can_be_an_object() -> None:
    namespace = Namespace("shop")

    manifest = synth(namespace, ConfigMap("config"), namespace=namespace)

    assert manifest.find("ConfigMap", "config").namespace == "shop"


def test_custom_kind_of_the_cluster_gets_no_namespace() -> None:
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "issuers.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Cluster",
            "names": {"kind": "Issuer", "plural": "issuers"},
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
            ],
        },
    }
    issuer = {"apiVersion": "example.com/v1", "kind": "Issuer", "metadata": {"name": "ca"}}
    claim = {"apiVersion": "other.com/v1", "kind": "Claim", "metadata": {"name": "c"}}

    manifest = synth(Raw(definition), Raw(issuer), Raw(claim), namespace="shop")

    assert manifest.find("Issuer", "ca").namespace is None
    assert manifest.find("Claim", "c").namespace == "shop"


def test_raw_labels_win_over_those_of_the_chart() -> None:
    raw = Raw({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "labels": {"team": "own"}}})

    manifest = synth(raw, labels={"team": "shop", "part": "x"})

    assert manifest.find("ConfigMap", "a").metadata["labels"] == {"team": "own", "part": "x"}


def test_nearest_default_wins_and_off_switches_it_off() -> None:
    app = App("shop", defaults=Defaults(image_pull_policy="Always", resources=Resources(memory="1Gi")))
    chart = app.add(Chart("shop", defaults=Defaults(image_pull_policy="Never")))
    chart.add(web())
    chart.add(Deployment("plain", containers=[Container(image="nginx:1", resources=OFF, image_pull_policy=OFF)]))

    manifest = app.synth()

    (container,) = spec_of(manifest)["containers"]
    assert container["imagePullPolicy"] == "Never"
    assert container["resources"] == {"requests": {"memory": "1Gi"}, "limits": {"memory": "1Gi"}}
    (container,) = spec_of(manifest, name="plain")["containers"]
    assert container == {"name": "plain", "image": "nginx:1"}


def test_content_hash_follows_every_reference() -> None:
    config = ConfigMap.from_literals("config", {"a": "b"}, content_hash=True)
    api = web(container={"env": {"A": config["a"]}, "env_from": [config], "mounts": {"/etc/app": config}})

    manifest = synth(config, api)

    name = "config-685c0c91ef"
    assert manifest.find("ConfigMap", name)
    spec = spec_of(manifest)
    (container,) = spec["containers"]
    assert container["env"][0]["valueFrom"]["configMapKeyRef"]["name"] == name
    assert container["envFrom"][0]["configMapRef"]["name"] == name
    assert spec["volumes"] == [{"name": "config", "configMap": {"name": name}}]


def migrate(**keywords: Any) -> Job:
    keywords = {"image": "shop:1", **keywords}
    container = Container(image=keywords.pop("image"), env_from=keywords.pop("env_from", ()))
    return Job("migrate", content_hash=True, restart_policy="Never", containers=[container], **keywords)


def name_of_job(*parts: Any) -> str:
    (found,) = synth(*parts).select({}, "Job")
    assert found.base_name == "migrate"
    return found.name


def test_job_is_named_by_what_it_does() -> None:
    plain = name_of_job(migrate())

    assert plain == "migrate-5949e82d3b"
    assert name_of_job(migrate(image="shop:2")) != plain
    assert name_of_job(migrate(patch={"spec": {"completions": 2}})) != plain


def test_how_long_a_job_may_take_is_no_part_of_its_name() -> None:
    patient = migrate(ttl=60, backoff_limit=9, active_deadline_seconds=5, parallelism=2, suspend=True)

    assert name_of_job(patient) == name_of_job(migrate())


@pytest.mark.parametrize("content_hash", [True, "annotation"])
def test_what_a_job_reads_is_a_part_of_what_it_does(content_hash: bool | Literal["annotation"]) -> None:
    first, second = (ConfigMap.from_literals("config", {"a": value}, content_hash=content_hash) for value in ("1", "2"))

    assert name_of_job(first, migrate(env_from=[first])) != name_of_job(second, migrate(env_from=[second]))


def test_what_comes_after_a_job_knows_its_name() -> None:
    job = migrate()
    manifest = synth(job, web(after=[job]), namespace="shop")

    (after,) = manifest.find("Deployment", "web").after
    assert (after.kind, after.name, after.namespace) == ("Job", "migrate-5949e82d3b", "shop")


@pytest.mark.parametrize(
    ("job", "message"),
    [
        (
            Job(content_hash=True, generate_name="a-", restart_policy="Never", containers=[Container(image="a:1")]),
            "is given both `content_hash` and `generate_name`, and each makes its name; leave one out",
        ),
        (
            Job("a", content_hash="annotation", restart_policy="Never", containers=[Container(image="a:1")]),  # type: ignore[arg-type]
            "says content_hash='annotation': write True, for a name by its content",
        ),
    ],
)
def test_job_whose_name_cannot_follow_its_content_is_refused(job: Job, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        synth(job)

    assert str(caught.value).endswith(message)


def test_patch_has_the_last_word() -> None:
    api = web(
        patch={"spec": {"replicas": 5, "template": {"spec": {"containers": [{"name": "web", "tty": True}]}}}},
    )

    tree = synth(api, namespace="shop").find("Deployment", "web").tree

    assert tree["spec"]["replicas"] == 5
    assert tree["spec"]["template"]["spec"]["containers"] == [{"name": "web", "image": "nginx:1", "tty": True}]


def test_job_says_its_time_to_live_once() -> None:
    job = Job("a", ttl=5, ttl_seconds_after_finished=6, restart_policy="Never", containers=[Container(image="a:1")])

    with pytest.raises(UsageError, match="is given both `ttl` and `ttl_seconds_after_finished`"):
        synth(job)
