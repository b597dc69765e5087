"""What is said when a method is called wrongly, and when a field holds what it does not take."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from kpy import (
    App,
    Chart,
    ConfigMap,
    Container,
    Deployment,
    KpyError,
    Metric,
    Namespace,
    NetworkPolicy,
    PersistentVolume,
    Probe,
    Resources,
    Role,
    Secret,
    User,
)
from kpy.api.core.v1 import PodOS
from kpy.model.calls import checked


def web(**arguments: object) -> Deployment:
    return Deployment("web", **{"containers": [Container(image="web:1")], **arguments})  # type: ignore[arg-type]


def in_an_app(part: object) -> App:
    app = App("shop")
    app.add(Chart("shop")).add(part)  # type: ignore[type-var]
    return app


def said(call: Callable[[], object]) -> str:
    with pytest.raises(KpyError) as caught:
        call()
    return re.sub(r"[^\s(]*test_calls\.py:\d+", "FILE", str(caught.value))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: web().scale(min=2, max=10),
            "FILE: Deployment.scale has no arguments `min` (did you mean `min_replicas`?) and `max` "
            "(did you mean `max_replicas`?)",
        ),
        (
            lambda: web().scale(1, 2, 3),
            "FILE: Deployment.scale takes only `min_replicas` and `max_replicas` without a name; give 3 by name",
        ),
        (lambda: Role("r").allow("get"), "FILE: Role.allow needs `resources`; required are `verbs` and `resources`"),
        (lambda: NetworkPolicy("n").allow_dns(53), "FILE: NetworkPolicy.allow_dns takes no arguments; 53 was given"),
        (lambda: Probe.http(), "FILE: Probe.http needs `path` and `port`"),
        (lambda: User(), "FILE: User needs `name`"),
        (
            lambda: web().on_nodes("gpu"),
            "FILE: `labels` of `Deployment.on_nodes` must be a mapping of texts to text, an In, a NotIn, an Exists or "
            "a DoesNotExist, not 'gpu'",
        ),
        (
            lambda: ConfigMap.from_files("c", ["a.conf", "b.conf"]),
            "FILE: `files` of `ConfigMap.from_files` must be text, a path or a mapping of texts to text or a path, not "
            "['a.conf', 'b.conf']",
        ),
        (
            lambda: Container("web", "web:1"),
            "FILE: Container takes only `name` without a name; give the image by name, `image='web:1'`",
        ),
        (
            lambda: web().expose(80),
            "FILE: the first argument of `expose` is the name of the Service: write `expose(port=80)`",
        ),
        (
            lambda: Container(liveness_probe="/healthz"),
            "FILE: `liveness_probe` of Container: expected a Probe or a mapping, not '/healthz': write "
            "`Probe.http('/healthz', port=...)`",
        ),
        (lambda: Metric.cpu(utilization=80), "FILE: Metric.cpu has no argument `utilization`; did you mean `goal`?"),
        (
            lambda: NetworkPolicy("n", ingress=["web"]),
            "FILE: `ingress[0]` of NetworkPolicy: expected a NetworkPolicyIngressRule or a mapping, not 'web': "
            "connections are allowed by `.allow_from(...)`",
        ),
        (
            lambda: Deployment("web", containers=[{"name": "a", "ports": {80}}]).expose(),
            "FILE: `ports` of Container must be a list of ContainerPorts, not {80}",
        ),
        (
            lambda: PersistentVolume("v", claim_ref="data"),
            "FILE: `claim_ref` of PersistentVolume: 'data' is not a claim: expected a Claim or an ObjectReference",
        ),
    ],
)
def test_wrong_call_is_explained(call: Callable[[], object], message: str) -> None:
    assert said(call) == message


def test_all_that_is_wrong_with_a_call_is_said_at_once() -> None:
    assert said(lambda: Container(imgae="a", port=80, ports="x", env="A=b", zebra=1)) == (  # type: ignore[call-arg, arg-type]
        "FILE: Container has no arguments `imgae` (did you mean `image`?), `port` (did you mean `ports`?) and `zebra`\n"
        "  also: `ports` of Container: 'x' is not a port of a container: expected a number, `\"53/UDP\"`, or a "
        "ContainerPort\n"
        "  also: `env` of Container: variables must be a list, not 'A=b': write `[...]`, even around one element"
    )


@pytest.mark.parametrize(
    ("app", "message"),
    [
        (
            lambda: in_an_app(web(os="linux")),
            "FILE: `os` of Deployment: expected a PodOS or a mapping, not 'linux': write `{\"name\": 'linux'}`",
        ),
        (
            lambda: in_an_app(web(os=PodOS)),
            "FILE: `os` of Deployment: PodOS is a class: write `PodOS(...)`",
        ),
        (
            lambda: in_an_app(web(pod_labels=["a"])),
            "FILE: `pod_labels` of Deployment must be a mapping of texts to texts, not ['a']",
        ),
        (
            lambda: in_an_app(Namespace("n", pod_security=5)),
            'FILE: `pod_security` of Namespace must be "privileged", "baseline" or "restricted" or a mapping of texts '
            "to texts, not 5",
        ),
    ],
)
def test_field_that_makes_synthesis_fail_is_named_at_the_line_of_its_object(
    app: Callable[[], App], message: str
) -> None:
    assert said(lambda: app().synth()) == message


def test_value_inside_of_another_has_its_own_line() -> None:
    resources = Resources(extended=None)  # type: ignore[arg-type]

    with pytest.raises(KpyError) as caught:
        Container(image="a", resources=resources)

    assert caught.value.where == resources._where
    assert "`extended` of Resources must be a mapping of texts" in str(caught.value)


def test_values_of_secrets_are_not_shown() -> None:
    text = said(lambda: Secret.from_literals("db", {"password": ["hunter2"]}))  # type: ignore[dict-item]

    assert text == ("FILE: the value of 'password' must be text or a number, not a value of the type list")


def test_error_of_code_that_was_called_rightly_stays_what_it_is() -> None:
    @checked
    def broken(size: int) -> None:
        raise TypeError("mine")

    with pytest.raises(TypeError, match=r"^mine$"):
        broken(3)


def test_method_keeps_its_signature_and_docstring() -> None:
    from inspect import getdoc, signature

    assert list(signature(Deployment.scale).parameters)[:3] == ["self", "min_replicas", "max_replicas"]
    assert (getdoc(Deployment.scale) or "").startswith("Return an autoscaler")


def test_findings_of_synthesis_keep_places_of_their_own() -> None:
    text = said(lambda: in_an_app(web(replicas="3")).synth())

    assert text.startswith("FILE: error[wrong-type]: `replicas` must be an integer")
