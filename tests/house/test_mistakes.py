"""Values of the wrong shape: refused where they are given, or at the line of the object that has them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from kpy import App, Chart, Claim, ConfigMap, Construct, Container, Deployment, Ingress, KpyError, NetworkPolicy, Raw
from kpy.pipeline import run

CONFIG = ConfigMap.from_literals("config", {"key": "value"})
LOOP: dict[str, object] = {"kind": "Loop"}
LOOP["spec"] = LOOP


def web(**arguments: Any) -> Deployment:
    return Deployment("web", containers=[Container(image="nginx:1", ports={"http": 8080})], **arguments)


def said(error: BaseException) -> str:
    return re.sub(r"[^\s(]*test_mistakes\.py:\d+", "FILE", str(error))


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (
            lambda: Container(image="a", mounts=[CONFIG]),
            'FILE: `mounts` of Container: expected a mapping of paths to what is there, `{"/path": ...}`, '
            'not [<ConfigMap "config">]',
        ),
        (
            lambda: Container(image="a", mounts={CONFIG: "/etc"}),
            'FILE: `mounts` of Container: <ConfigMap "config"> stands where the path belongs: write `{"/path": ...}`',
        ),
        (
            lambda: Container(image="a", mounts={"/etc": web()}),
            'FILE: `mounts` of Container: <Deployment "web"> cannot be mounted: expected a ConfigMap, a Secret, '
            "a PersistentVolumeClaim, a Volume, a Mount, or the name of a volume of the pod",
        ),
        (
            lambda: Container(image="a", devices={"/dev/x": Claim}),
            "FILE: `devices` of Container: PersistentVolumeClaim is a class: write `PersistentVolumeClaim(...)`",
        ),
        (
            lambda: Ingress("a", routes=[web().expose()]),
            'FILE: `routes` of Ingress: expected a mapping of paths to Services, `{"/": service}`, '
            'not [<Service "web">]',
        ),
        (
            lambda: Ingress("a", routes={web().expose(): "/"}),
            'FILE: `routes` of Ingress: <Service "web"> stands where the path belongs: write `{"/": service}`',
        ),
        (
            lambda: web(patch="spec"),
            "FILE: `patch` of Deployment: expected a mapping in the names of the API, `{\"spec\": {...}}`, not 'spec'",
        ),
        (
            lambda: web(after=CONFIG),
            'FILE: `after` of Deployment: objects to come first must be a list, not <ConfigMap "config">: '
            "write `[...]`, even around one element",
        ),
        (
            lambda: web(after=["config"]),
            "FILE: `after` of Deployment: 'config' is not an object of the app: give the value that was added",
        ),
        (
            lambda: web(waive=["run-as-root"]),
            'FILE: `waive` of Deployment: expected rules with reasons, `{"rule-name": "why it may be"}`, '
            "not ['run-as-root']",
        ),
    ],
)
def test_value_of_a_wrong_shape_is_refused(mistake: Callable[[], Any], message: str) -> None:
    with pytest.raises(KpyError) as caught:
        mistake()

    assert said(caught.value) == message


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (Ingress("a", routes={"api": web().expose()}), 'routes \'api\': a route begins with "/" or with "host/"'),
        (NetworkPolicy("a", target="web"), "'web' is not a selector"),
        (web(patch={"spec": {"template": {"spec": {"containers": [{"image": "b"}]}}}}), "does not say its `name`"),
        (Raw(LOOP), "contains itself"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_synthesis_refuses_has_the_line_of_the_object(part: Construct, message: str) -> None:
    app = App("shop")
    app.add(Chart("shop")).add(part)

    with pytest.raises(KpyError) as caught:
        run(app)

    assert said(caught.value).startswith("FILE: ")
    assert message in said(caught.value)
    assert part._where == caught.value.where


def test_mount_that_is_changed_to_what_cannot_be_mounted_has_the_line_of_the_object() -> None:
    app, deployment = App("shop"), web()
    app.add(Chart("shop")).add(deployment)
    deployment.containers[0].mounts = {"/etc": CONFIG}  # type: ignore[index,union-attr]  # it has one
    deployment.containers[0].mounts["/etc"] = 3  # type: ignore[index,union-attr]  # the mistake under test

    with pytest.raises(KpyError, match=r"test_mistakes\.py:\d+: 3 cannot be mounted"):
        run(app)


def test_object_with_keys_is_no_sequence() -> None:
    """Python would ask it for 0, 1, 2 and so on, and it has an answer to all."""
    with pytest.raises(TypeError, match="'ConfigMap' object is not iterable"):
        list(CONFIG)  # type: ignore[call-overload]  # the mistake under test
    with pytest.raises(TypeError, match="'ConfigMap'"):
        "key" in CONFIG  # type: ignore[operator]  # noqa: B015  # likewise


def test_parts_show_kind_and_name() -> None:
    assert repr(CONFIG) == '<ConfigMap "config">'
    assert repr(App("shop")) == '<App "shop">'
