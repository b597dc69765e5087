"""A mapping in the names of the API stands wherever a model does, and becomes the same model."""

from __future__ import annotations

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
    HorizontalPodAutoscaler,
    Ingress,
    KpyError,
    NetworkPolicy,
    PersistentVolume,
    Probe,
    Role,
    RoleBinding,
    Secret,
    Service,
    User,
    Volume,
)
from kpy.api.core.v1 import EnvVarSource, SecurityContext
from kpy.api.meta.v1 import ObjectMeta
from tests.constructs.synthesis import lowered, said, tree, web


def pod_of(deployment: Deployment) -> dict[str, Any]:
    found: dict[str, Any] = tree(deployment, kind="Deployment")["spec"]["template"]["spec"]
    return found


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
def test_mapping_becomes_what_the_short_form_becomes(part: Any, same: Any) -> None:
    assert lowered(part) == lowered(same)


def test_defaults_may_be_a_mapping() -> None:
    app = App("a", defaults={"imagePullPolicy": "Always", "resources": {"limits": {"memory": "1Gi"}}})
    app.add(Chart("c", defaults={"securityContext": {"runAsUser": 1}})).add(web())

    (container,) = app.synth().to_dicts()[0]["spec"]["template"]["spec"]["containers"]
    assert container["imagePullPolicy"] == "Always"
    assert container["resources"] == {"limits": {"memory": "1Gi"}}
    assert container["securityContext"] == {"runAsUser": 1}


def test_model_can_be_read_and_changed_whatever_it_was_given_as() -> None:
    container = Container(image="a", security_context={"runAsUser": 1})
    assert container.security_context == SecurityContext(run_as_user=1)

    deployment = Deployment("a", affinity={"podAffinity": {}}, containers=[container])
    assert deployment.near(web("b")).affinity.pod_affinity is not None  # type: ignore[union-attr]


def test_only_container_needs_no_list() -> None:
    deployment = Deployment("a", containers=Container(image="a:1"), init_containers=Container("b", image="b:1"))

    assert deployment.containers == [Container(image="a:1")]
    assert pod_of(deployment) == {
        "initContainers": [{"name": "b", "image": "b:1"}],
        "containers": [{"name": "a", "image": "a:1"}],
    }
    assert deployment.container().image == "a:1"


def test_list_without_mappings_stays_the_list_that_was_given() -> None:
    containers: list[Container] = []
    deployment = Deployment("a", containers=containers)

    containers.append(Container(image="a:1"))
    assert pod_of(deployment)["containers"] == [{"name": "a", "image": "a:1"}]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: Deployment("a", containers={"image": "a"}),  # type: ignore[arg-type]
            "FILE: `containers` of Deployment: expected a list, not {'image': 'a'}: write `[...]`, even around one "
            "element",
        ),
        (
            lambda: Deployment("a", containers=[Container(image="a"), "nginx"]),  # type: ignore[list-item]
            "FILE: `containers[1]` of Deployment: expected a Container or a mapping, not 'nginx': write "
            "`Container(image='nginx')`",
        ),
        (
            lambda: Container(security_context="restricted"),  # type: ignore[arg-type]
            "FILE: `security_context` of Container: expected a SecurityContext or a mapping, not 'restricted': a "
            "level is set by `security='restricted'`",
        ),
        (
            lambda: Deployment("a", affinity=[{}]),  # type: ignore[arg-type]
            "FILE: `affinity` of Deployment: expected an Affinity or a mapping, not [{}]",
        ),
        (
            lambda: Container(ports="8080"),  # type: ignore[arg-type]
            "FILE: `ports` of Container: '8080' is not a port of a container: expected a number, `\"53/UDP\"`, or a "
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
            'FILE: `volume_mounts` of Container: expected a list; paths to what is there are `mounts={"/path": ...}`',
        ),
        (
            lambda: Ingress("a", tls=["shop.io"]),  # type: ignore[arg-type]
            "FILE: `tls` of Ingress: 'shop.io' is not a certificate: write `{\"shop.io\": secret}`, hosts to Secrets",
        ),
        (
            lambda: RoleBinding("a", role="view"),  # type: ignore[arg-type]
            "FILE: `role` of RoleBinding: 'view' is not a role: expected a Role, a ClusterRole or a RoleRef: write "
            '`ClusterRole.existing("view")`',
        ),
    ],
)
def test_wrong_one_is_explained(call: Callable[[], object], message: str) -> None:
    with pytest.raises(KpyError) as caught:
        call()

    assert said(caught.value) == message


def test_key_in_snake_case_is_answered_with_the_right_one() -> None:
    app = App("a")
    app.add(Chart("c")).add(web(security_context={"run_as_user": 1}))

    with pytest.raises(KpyError) as caught:
        app.synth()

    assert "SecurityContext has no field `run_as_user`" in str(caught.value)
    assert "did you mean `runAsUser`?" in str(caught.value)
