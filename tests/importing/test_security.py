"""The Pod Security Standard stands for the fields that it asks for, where all of them are there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.importing.reading import imported

IDENTITY = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
BOUND = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def pod(context: Any, *containers: Any, **spec: Any) -> str:
    made = [{"name": f"c{at}", "image": "a:1", "securityContext": said} for at, said in enumerate(containers)]
    fields = {"containers": made, **({} if context is None else {"securityContext": context}), **spec}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": fields})


def written(text: str) -> str:
    made = imported(text)
    assert made.counts == {"short": 1}
    return " ".join(made.text.partition("chart.add(")[2].split()).replace("( ", "(").replace(" )", ")")


def test_restricted_pod_says_so_in_a_word() -> None:
    assert written(pod(IDENTITY, BOUND)) == (
        'Pod("web", containers=Container("c0", image="a:1"), security="restricted"))'
    )


def test_what_is_said_beside_the_standard_stays() -> None:
    more = {**BOUND, "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}, "readOnlyRootFilesystem": True}
    made = written(pod({**IDENTITY, "fsGroup": 5}, more, BOUND, initContainers=[]))

    assert "PodSecurityContext(fs_group=5)" in made
    assert 'SecurityContext(read_only_root_filesystem=True, capabilities=Capabilities(add=["NET_BIND_SERVICE"]' in made
    assert 'security="restricted"' in made


def test_init_containers_are_bound_too() -> None:
    bound = [{"name": "init", "image": "a:1", "securityContext": BOUND}]
    free = [{"name": "init", "image": "a:1"}]

    assert 'security="restricted"' in written(pod(IDENTITY, BOUND, initContainers=bound))
    assert 'security="restricted"' not in written(pod(IDENTITY, BOUND, initContainers=free))


def test_container_can_be_restricted_alone() -> None:
    made = written(pod(None, IDENTITY | BOUND, IDENTITY))

    assert 'Container("c0", image="a:1", security="restricted")' in made
    assert made.count("restricted") == 1


@pytest.mark.parametrize(
    ("context", "container"),
    [
        ({"runAsNonRoot": True}, BOUND),
        ({**IDENTITY, "seccompProfile": {"type": "Unconfined"}}, BOUND),
        (IDENTITY, {"allowPrivilegeEscalation": False}),
        (IDENTITY, {**BOUND, "capabilities": {"drop": ["ALL", "CHOWN"]}}),
        (IDENTITY, {**BOUND, "allowPrivilegeEscalation": True}),
    ],
)
def test_pod_that_says_less_keeps_its_fields(context: Any, container: Any) -> None:
    assert 'security="restricted"' not in written(pod(context, container))


def test_standard_writes_nothing_for_windows() -> None:
    assert 'security="restricted"' not in written(pod(IDENTITY, BOUND, os={"name": "windows"}))


@pytest.mark.parametrize(
    "more",
    [
        {"hostNetwork": True},
        {"volumes": [{"name": "root", "hostPath": {"path": "/"}}]},
    ],
)
def test_pod_that_does_what_the_standard_forbids_keeps_its_fields(more: dict[str, Any]) -> None:
    """It would be held to its word, and refused at synthesis."""
    assert 'security="restricted"' not in written(pod(IDENTITY, BOUND, **more))


def test_container_that_does_what_the_standard_forbids_keeps_its_fields() -> None:
    made = written(pod(None, {**IDENTITY, **BOUND, "runAsUser": 0}, IDENTITY))

    assert 'security="restricted"' not in made
