"""Policies that look at more than one object: rights of accounts, networks of nodes, autoscalers; and once a thing."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from kpy.diagnostics import Diagnostic
from kpy.validation import validate

_BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: pilot, namespace: harbour}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: pilot}
subjects: [{kind: ServiceAccount, name: pilot, namespace: harbour}]
---
"""
_ACCOUNT = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: pilot, namespace: harbour}
---
"""


def _found(select: str | list[str], *texts: str) -> list[Diagnostic]:
    documents = [document for text in texts for document in yaml.safe_load_all(text) if document]
    chosen = [select] if isinstance(select, str) else select
    return [found for found in validate(documents, select=chosen) if found.family == "policy"]


def _pod(**spec: Any) -> str:
    containers = [{"name": "main", "image": "boat:1"}]
    metadata = {"name": "boat", "namespace": "harbour"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": containers, **spec}}
    return yaml.safe_dump(pod) + "---\n"


def _deployment(replicas: int | None = 1, **said: Any) -> str:
    spec = {"containers": [{"name": "main", "image": "boat:1", **said.pop("container", {})}], **said.pop("pod", {})}
    template = {"metadata": {"labels": {"app": "boat"}}, "spec": spec}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "boat", "namespace": "harbour"},
        "spec": {"selector": {"matchLabels": {"app": "boat"}}, "template": template, **said},
    }
    if replicas is not None:
        deployment["spec"]["replicas"] = replicas
    return yaml.safe_dump(deployment) + "---\n"


@pytest.mark.parametrize(
    ("texts", "severities"),
    [
        ((_ACCOUNT,), ["warning"]),
        ((_ACCOUNT, _BINDING), []),
        ((_ACCOUNT, _BINDING.replace("pilot, namespace: harbour}]", "cook, namespace: harbour}]")), ["warning"]),
        ((_ACCOUNT, _BINDING.replace("pilot, namespace: harbour}]", "pilot, namespace: sea}]")), ["warning"]),
        ((_ACCOUNT.replace("---", "automountServiceAccountToken: false\n---"),), []),
        ((), ["note"]),
        ((_BINDING,), []),
    ],
)  # fmt: skip
def test_pods_whose_account_has_rights_need_their_token(texts: tuple[str, ...], severities: list[str]) -> None:
    found = _found("service-account-token-mounted", _pod(serviceAccountName="pilot"), *texts)

    assert [each.severity for each in found] == severities


def test_pods_of_the_default_account_get_a_token_that_nobody_needs() -> None:
    (found,) = _found("service-account-token-mounted", _pod())

    assert (found.severity, found.field) == ("warning", "spec.automountServiceAccountToken")
    assert found.fix == "set `automountServiceAccountToken: false`, or waive this for pods that need a token"


def test_what_pods_say_of_their_token_goes_before_what_the_account_says() -> None:
    account = _ACCOUNT.replace("---", "automountServiceAccountToken: false\n---")
    pod = _pod(serviceAccountName="pilot", automountServiceAccountToken=True)

    assert len(_found("service-account-token-mounted", account, pod)) == 1


@pytest.mark.parametrize(("is_on_host", "count"), [(True, 0), (False, 1)])
def test_pods_on_the_network_of_their_node_need_no_policy(*, is_on_host: bool, count: int) -> None:
    assert len(_found("network-policy-missing", _pod(hostNetwork=is_on_host))) == count


_SCALER = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: boat, namespace: harbour}
spec:
  minReplicas: 1
  maxReplicas: 9
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: boat}
---
"""


def test_one_replica_of_an_autoscaler_is_told_at_the_autoscaler() -> None:
    (found,) = _found("replicas-single", _deployment(4), _SCALER)

    assert (found.resource, found.field) == (
        'HorizontalPodAutoscaler "harbour/boat"',
        "spec.minReplicas",
    )
    assert found.message == 'Deployment "harbour/boat" may be scaled down to one replica'
    assert _found("replicas-single", _deployment(1), _SCALER.replace("minReplicas: 1", "minReplicas: 2")) == []


_CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: hold, namespace: harbour}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
"""


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ({}, 1),
        ({"strategy": {"type": "Recreate"}}, 0),
        ({"container": {"args": ["--leader-elect"]}}, 0),
        ({"container": {"args": ["--leader-elect=false"]}}, 1),
        ({"container": {"env": [{"name": "LEADER_ELECTION", "value": "true"}]}}, 0),
        ({"pod": {"volumes": [{"name": "hold", "persistentVolumeClaim": {"claimName": "hold"}}]}}, 0),
    ],
)
def test_what_can_only_be_one_need_not_be_two(said: dict[str, Any], count: int) -> None:
    assert len(_found("replicas-single", _CLAIM, _deployment(1, **said))) == count


@pytest.mark.parametrize(
    ("spec", "baseline", "restricted"),
    [
        ({"volumes": [{"name": "logs", "hostPath": {"path": "/data"}}]}, "host-path", "volume-types"),
        (
            {"containers": [{"name": "a", "image": "a", "securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}]},
            "capabilities",
            "capabilities-restricted",
        ),
        ({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}, "seccomp-unconfined", "seccomp"),
        (
            {"containers": [{"name": "main", "image": "a:1", "securityContext": {"procMount": "Unmasked"}}]},
            "proc-mount",
            "proc-mount-restricted",
        ),
    ],
)
def test_what_both_standards_refuse_is_told_once(spec: dict[str, Any], baseline: str, restricted: str) -> None:
    def told(group: str) -> list[tuple[str, ...]]:
        about = ("hostPath", "SYS_ADMIN", "seccompProfile.type", "procMount")
        found = _found(group, _pod(**spec))
        told = [each for each in found if any(word in f"{each.field} {each.message}" for word in about)]
        return [tuple(rule.removeprefix("pod-security-") for rule in (each.rule, *each.also)) for each in told]

    assert told("pod-security-baseline") == [(baseline,)]
    assert told("pod-security-restricted") == [(restricted,)]
    assert told("pod-security") == [(baseline, restricted)]


def test_a_secret_that_becomes_many_variables_is_told_once() -> None:
    def variable(name: str, secret: str) -> dict[str, Any]:
        return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": "a"}}}

    env = [variable("A", "keys"), variable("B", "keys"), variable("C", "maps")]
    found = _found("secret-read-from-env", _pod(containers=[{"name": "main", "image": "boat:1", "env": env}]))

    assert [len(each.places) for each in found] == [1, 0]


def test_the_group_resources_does_not_ask_for_limits_of_ephemeral_storage() -> None:
    (found,) = _found("resources", _pod())

    assert "ephemeral-storage-limit-missing" not in (found.rule, *found.also)
    assert len(_found("ephemeral-storage-limit-missing", _pod())) == 1


@pytest.mark.parametrize(
    ("path", "rules"),
    [
        ("/var/run/docker.sock", ["runtime-socket-mounted", "pod-security-host-path", "pod-security-volume-types"]),
        ("/etc", ["sensitive-host-path", "pod-security-host-path", "pod-security-volume-types"]),
        ("/var/log/boat", ["pod-security-host-path", "pod-security-volume-types"]),
    ],
)
def test_a_volume_of_the_node_is_told_once_and_by_what_matters_most(path: str, rules: list[str]) -> None:
    volumes = [{"name": "node", "hostPath": {"path": path}}]

    (found,) = (each for each in _found("policy", _pod(volumes=volumes)) if 'volume "node"' in each.message)

    assert [found.rule, *found.also] == rules
    assert found.places == ()


def test_what_a_server_refuses_is_told_by_its_rule() -> None:
    namespace = """
apiVersion: v1
kind: Namespace
metadata: {name: harbour, labels: {pod-security.kubernetes.io/enforce: baseline}}
---
"""
    volumes = [{"name": "node", "hostPath": {"path": "/etc"}}]

    (found,) = _found("sensitive-host-path", namespace, _pod(volumes=volumes))

    assert (found.severity, found.rule, found.also) == ("error", "pod-security-host-path", ("sensitive-host-path",))
