"""Defaults reach pods and containers, are replaced or merged, and can be refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kpy import (
    OFF,
    App,
    ArgumentError,
    Chart,
    ConfigMap,
    Construct,
    Container,
    CronJob,
    Defaults,
    Deployment,
    Job,
    Pod,
    Raw,
    Resources,
    Secret,
    Service,
    Yaml,
)
from kpy.api.core import v1 as core
from kpy.constructs.pods import PodOwner


class Vendor(Construct):
    """A construct of one's own, around what a vendor gives."""

    def build(self) -> None:
        self.add(web())


def web(**arguments: Any) -> Deployment:
    container = Container(image="nginx:1", **arguments.pop("container", {}))
    return Deployment("web", containers=[container], **arguments)


def template(part: Any, *, app: Any = None, chart: Any = None, kind: str = "Deployment") -> dict[str, Any]:
    """Return the template of the pods that a part makes in a chart and an app with such defaults."""
    root = App("shop", defaults=app)
    root.add(Chart("main", defaults=chart)).add(part)
    tree = root.synth().find(kind).tree
    if kind == "CronJob":
        tree = tree["spec"]["jobTemplate"]
    found: dict[str, Any] = tree if kind == "Pod" else tree["spec"]["template"]
    return found


def shortened(error: BaseException) -> str:
    return re.sub(r"[^\s(]*test_defaults\.py:\d+", "FILE", str(error))


POD = Defaults(pod_labels={"team": "shop"}, pod_annotations={"scrape": "true"}, env={"TZ": "UTC"})


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        (web, "Deployment"),
        (lambda: Job("web", restart_policy="Never", containers=[Container(image="a:1")]), "Job"),
        (
            lambda: CronJob("web", schedule="@daily", restart_policy="Never", containers=[Container(image="a:1")]),
            "CronJob",
        ),
        (lambda: Pod("web", containers=[Container(image="a:1")]), "Pod"),
    ],
)
def test_labels_annotations_and_variables_reach_all_that_makes_pods(part: Any, kind: str) -> None:
    pods = template(part(), app=POD, kind=kind)

    assert pods["metadata"]["labels"]["team"] == "shop"
    assert pods["metadata"]["annotations"] == {"scrape": "true"}
    assert pods["spec"]["containers"][0]["env"] == [{"name": "TZ", "value": "UTC"}]


def test_labels_of_pods_never_enter_a_selector() -> None:
    app = App("shop", defaults=POD)
    api = web()
    app.add(Chart("main")).add(api, Service("web", selector=api, ports=80))

    manifest = app.synth()

    deployment = manifest.find("Deployment").tree
    assert deployment["spec"]["selector"] == {"matchLabels": {"app.kubernetes.io/name": "web"}}
    assert "labels" not in deployment["metadata"]
    assert manifest.find("Service").tree["spec"]["selector"] == {"app.kubernetes.io/name": "web"}


def test_labels_and_variables_count_one_by_one_and_the_nearest_wins() -> None:
    pods = template(
        web(pod_labels={"a": "own"}, container={"env": {"A": "own"}}),
        chart=Defaults(pod_labels={"a": "chart", "b": "chart"}, env={"B": "chart", "A": "chart"}),
        app=Defaults(pod_labels={"b": "app", "c": "app"}, env={"C": "app"}),
    )

    assert pods["metadata"]["labels"] == {
        "app.kubernetes.io/name": "web",
        "a": "own",
        "b": "chart",
        "c": "app",
    }
    env = {each["name"]: each["value"] for each in pods["spec"]["containers"][0]["env"]}
    assert env == {"A": "own", "B": "chart", "C": "app"}


def test_variables_of_defaults_come_before_those_that_may_use_them() -> None:
    pods = template(web(container={"env": {"URL": "$(HOST):80"}}), app=Defaults(env={"HOST": "db"}))

    assert [each["name"] for each in pods["spec"]["containers"][0]["env"]] == ["HOST", "URL"]


def test_any_field_of_pods_and_containers_can_be_a_default() -> None:
    pods = template(
        web(),
        app=Defaults(
            pod={"terminationGracePeriodSeconds": 60},
            container=Container(termination_message_policy="FallbackToLogsOnError"),
        ),
        chart=Defaults(pod=core.PodSpec(enable_service_links=False), container={"stdin": True}),
    )

    assert pods["spec"]["terminationGracePeriodSeconds"] == 60
    assert pods["spec"]["enableServiceLinks"] is False
    assert pods["spec"]["containers"][0]["terminationMessagePolicy"] == "FallbackToLogsOnError"
    assert pods["spec"]["containers"][0]["stdin"] is True


def test_fields_are_replaced_unless_they_are_to_be_merged() -> None:
    app = Defaults(node_selector={"disk": "ssd"}, tolerations=[{"key": "a"}])
    chart = Defaults(node_selector={"zone": "a"}, tolerations=[{"key": "b"}])
    merging = Defaults(node_selector={"zone": "a"}, tolerations=[{"key": "b"}], merge=["node_selector"])

    replaced = template(web(), app=app, chart=chart)["spec"]
    merged = template(web(), app=app, chart=merging)["spec"]

    assert replaced["nodeSelector"] == {"zone": "a"}
    assert merged["nodeSelector"] == {"zone": "a", "disk": "ssd"}
    assert merged["tolerations"] == replaced["tolerations"] == [{"key": "b"}]


def test_defaults_to_be_merged_are_merged_with_what_a_workload_says() -> None:
    spec = template(
        web(
            node_selector={"disk": "hdd"},
            tolerations=[{"key": "own"}],
            container={"resources": {"limits": {"memory": "1Gi"}}},
        ),
        app=Defaults(
            node_selector={"disk": "ssd", "zone": "a"},
            tolerations=[{"key": "app"}, {"key": "own"}],
            resources=Resources(cpu="100m", memory="128Mi"),
            merge=True,
        ),
    )["spec"]

    assert spec["nodeSelector"] == {"disk": "hdd", "zone": "a"}
    assert spec["tolerations"] == [{"key": "app"}, {"key": "own"}]
    assert spec["containers"][0]["resources"] == {
        "limits": {"cpu": "100m", "memory": "1Gi"},
        "requests": {"cpu": "100m", "memory": "128Mi"},
    }


FULL: dict[str, Any] = {
    "resources": Resources(memory="128Mi"),
    "image_pull_policy": "Always",
    "security_context": {"runAsNonRoot": True},
    "env": {"A": "1"},
    "pod_security_context": {"runAsUser": 1000},
    "image_pull_secrets": ["registry"],
    "node_selector": {"disk": "ssd"},
    "tolerations": [{"operator": "Exists"}],
    "service_account_name": "account",
    "priority_class_name": "high",
    "automount_service_account_token": False,
    "security": "restricted",
    "pod_labels": {"team": "shop"},
    "pod_annotations": {"scrape": "true"},
}


@pytest.mark.parametrize("field", FULL)
@pytest.mark.parametrize("where", ["chart", "construct", "workload"])
def test_every_default_can_be_switched_off_at_every_place(field: str, where: str) -> None:
    off = Defaults(**{field: OFF})
    plain = template(web())

    given = template(web(), app=Defaults(**{field: FULL[field]}))
    match where:
        case "chart":
            found = template(web(), app=Defaults(**{field: FULL[field]}), chart=off)
        case "construct":
            found = template(Vendor("vendor", defaults=off), app=Defaults(**{field: FULL[field]}))
        case _:
            found = template(web(defaults=off), app=Defaults(**{field: FULL[field]}))

    assert given != plain
    assert found == plain


@pytest.mark.parametrize("where", ["chart", "construct", "workload"])
def test_all_defaults_can_be_switched_off_at_every_place(where: str) -> None:
    app = Defaults(**FULL, pod={"hostNetwork": True}, container={"tty": True})
    parts = {"chart": web(), "construct": Vendor("vendor", defaults=OFF), "workload": web(defaults=OFF)}

    found = template(parts[where], app=app, chart=OFF if where == "chart" else None)

    assert found == template(web())


def test_nearer_defaults_hold_beside_what_is_switched_off() -> None:
    found = template(
        Vendor("vendor", defaults=Defaults(env=OFF, image_pull_policy="Never")),
        app=Defaults(env={"A": "1"}, image_pull_policy="Always", node_selector={"a": "b"}),
        chart=Defaults(env={"B": "1"}),
    )["spec"]

    assert "env" not in found["containers"][0]
    assert found["containers"][0]["imagePullPolicy"] == "Never"
    assert found["nodeSelector"] == {"a": "b"}


def test_field_in_a_mapping_can_be_switched_off() -> None:
    found = template(
        web(), app=Defaults(pod={"hostNetwork": True}), chart=Defaults(pod={"hostNetwork": OFF}, container={"tty": OFF})
    )["spec"]

    assert "hostNetwork" not in found


def pod_tree(**more: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "raw"},
        "spec": {"containers": [{"name": "raw", "image": "raw:1"}]},
        **more,
    }


def test_raw_and_yaml_are_reached_where_that_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "pod.yaml"
    file.write_text(str(pod_tree()).replace("'", '"'), encoding="utf-8")
    said = Defaults(env={"A": "1"}, pod_labels={"a": "b"}, security="restricted")
    asked = Defaults(env={"A": "1"}, pod_labels={"a": "b"}, security="restricted", include_raw=True)

    for part in (Raw(pod_tree()), Yaml(file)):
        assert template(part, app=said, kind="Pod") == pod_tree()
    for part in (Raw(pod_tree()), Yaml(file)):
        found = template(part, app=asked, kind="Pod")
        assert found["metadata"]["labels"] == {"a": "b"}
        assert found["spec"]["containers"][0]["env"] == [{"name": "A", "value": "1"}]
        assert found["spec"]["securityContext"]["runAsNonRoot"] is True


def test_encrypted_objects_are_never_reached() -> None:
    tree = pod_tree(sops={"mac": "x", "version": "3.11.0"})
    app = App("shop", defaults=Defaults(env={"A": "1"}, include_raw=True))
    app.add(Chart("main")).add(Raw(tree))

    assert app.synth().find("Pod").tree == tree


def test_references_in_defaults_are_followed() -> None:
    app = App("shop")
    chart = app.add(Chart("main"))
    config = chart.add(ConfigMap("config", data={"A": "1"}, content_hash=True))
    app.defaults = Defaults(env={"A": config["A"]}, image_pull_secrets=[Secret.existing("registry")])
    chart.add(Deployment("web", containers=[Container("a", image="a:1"), Container("b", image="b:1")]))

    manifest = app.synth()

    spec = manifest.find("Deployment").tree["spec"]["template"]["spec"]
    names = {each["env"][0]["valueFrom"]["configMapKeyRef"]["name"] for each in spec["containers"]}
    assert names == {manifest.find("ConfigMap").name}
    assert spec["imagePullSecrets"] == [{"name": "registry"}]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            {"merge": ["nodeselector"]},
            "`merge` of Defaults: there is no field 'nodeselector' to merge; did you mean `node_selector`?",
        ),
        (
            {"merge": "node_selector"},
            "`merge` of Defaults: fields to merge must be a list, not 'node_selector': write `[...]`, even around one "
            "element",
        ),
        (
            {"container": Container(image="a:1", mounts={"/a": core.Volume(name="a")})},
            "`container` of Defaults: `mounts` cannot be a default of containers: a transform over `Container` can set "
            "it",
        ),
        (
            {"container": Container(security="restricted")},
            "`container` of Defaults: `security` cannot be a default of containers: say `security` of Defaults",
        ),
        ({"pod": "x"}, "`pod` of Defaults: expected a PodSpec or a mapping, not 'x'"),
    ],
)
def test_what_cannot_be_a_default_is_refused(arguments: Any, text: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Defaults(**arguments)

    assert shortened(caught.value) == f"FILE: {text}"


def test_same_field_said_twice_is_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        template(web(), app=Defaults(node_selector={"a": "b"}, pod={"nodeSelector": {"c": "d"}}))

    assert shortened(caught.value) == "FILE: Defaults says `node_selector` twice; leave one out"


def test_what_is_no_defaults_is_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        Vendor("vendor", defaults=5)

    assert shortened(caught.value) == "FILE: `defaults` of Vendor: expected `Defaults(...)` or OFF, not 5"


def test_transform_can_change_defaults_of_a_part() -> None:
    def opt_out(workload: PodOwner) -> None:
        workload.defaults = OFF

    app = App("shop", defaults=POD, transforms=[opt_out])
    app.add(Chart("main")).add(web())

    assert "env" not in app.synth().find("Deployment").tree["spec"]["template"]["spec"]["containers"][0]
