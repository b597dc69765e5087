"""What kubectl and API servers say, and what kpy makes of it."""

from __future__ import annotations

import pytest

from kpy.kubectl import Answer
from kpy.kubectl.failures import failure_of, failures_of


@pytest.mark.parametrize(
    ("said", "reason", "message"),
    [
        (
            "The connection to the server localhost:8080 was refused - did you specify the right host or port?",
            "context",
            "no cluster is chosen: there is no kubeconfig, or it has no current context: "
            "set KUBECONFIG, or use --kubeconfig or --context",
        ),
        (
            'E1122 23:05:13.31 30404 memcache.go:265] "Unhandled Error" err="dial tcp: connection refused"\n'
            "The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?",
            "unreachable",
            "no cluster answers at 10.0.0.1:6443: start it, or choose another with --context",
        ),
        (
            'Unable to connect to the server: dial tcp: lookup k8s.example.com: no such host',
            "unreachable",
            "the cluster cannot be reached: dial tcp: lookup k8s.example.com: no such host: "
            "check the network and --context, and run the command again",
        ),
        (
            "Unable to connect to the server: tls: failed to verify certificate: x509: certificate has expired",
            "unreachable",
            "the cluster's certificate is not trusted: certificate has expired: "
            "renew the cluster's entry in the kubeconfig",
        ),
        (
            "Unable to connect to the server: getting credentials: exec: executable aws not found",
            "credentials",
            "no credentials can be had: exec: executable aws not found: log in to the cluster again",
        ),
        (
            "error: stat /gone: no such file or directory",
            "context",
            "the kubeconfig /gone cannot be read: choose another with --kubeconfig",
        ),
        (
            'Error from server (Forbidden): error when creating "STDIN": configmaps is forbidden: '
            'User "ann" cannot create resource "configmaps" in API group "" in the namespace "shop"',
            "forbidden",
            'user "ann" may not create configmaps in API group "" in the namespace "shop": '
            "ask for a role that allows it, or choose another user with --context",
        ),
        (
            'Error from server (Conflict): Operation cannot be fulfilled on services "a": StorageError: invalid '
            "object, Code: 4, Key: /registry/services/specs/shop/a, ResourceVersion: 0, AdditionalErrorMsg: "
            "Precondition failed: UID in precondition: 031c2cce, UID in object meta: ",
            "changed",
            "somebody else has changed it meanwhile: run the command again",
        ),
        (
            'Error from server (NotFound): namespaces "shop" not found',
            "no namespace",
            'there is no namespace "shop" in the cluster: '
            'add `Namespace("shop")` to the app, or run `kubectl create namespace shop`',
        ),
        (
            'error: resource mapping not found for name: "w" namespace: "" from "STDIN": '
            'no matches for kind "Widget" in version "example.com/v1"\nensure CRDs are installed first',
            "no kind",
            "the cluster does not know Widget of example.com/v1: "
            "apply its CustomResourceDefinition first, or add it to the app",
        ),
        (
            'Error from server: admission webhook "a.b" denied the request: no: the image is unsigned',
            "webhook",
            'the admission webhook "a.b" refuses it: no: the image is unsigned',
        ),
        (
            'Error from server (InternalError): Internal error occurred: failed calling webhook "a.b": failed to call '
            'webhook: Post "https://a.b.svc:443/?timeout=10s": dial tcp 10.0.0.1:443: connect: connection refused',
            "webhook down",
            'the admission webhook "a.b" does not answer: failed to call webhook: '
            'Post "https://a.b.svc:443/?timeout=10s": dial tcp 10.0.0.1:443: connect: connection refused',
        ),
        (
            'Error from server (BadRequest): admission webhook "a.b" does not support dry run',
            "no dry run",
            "a webhook of the cluster cannot take part in a dry run",
        ),
        (
            'Error from server (Conflict): error when replacing "STDIN": Operation cannot be fulfilled on '
            'configmaps "b": the object has been modified; please apply your changes to the latest version',
            "changed",
            "somebody else has changed it meanwhile: run the command again",
        ),
        ("Error from server: etcdserver: request timed out", "other", "etcdserver: request timed out"),
        ("", "other", "kubectl ended with 1 and printed nothing"),
    ],
)  # fmt: skip
def test_failure_is_explained(said: str, reason: str, message: str) -> None:
    failure = failure_of(Answer(1, "", said))

    assert (failure.reason, str(failure)) == (reason, message)


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        (
            'The Deployment "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: '
            "field is immutable",
            ("spec.selector",),
        ),
        ('The Secret "s" is invalid: data: Forbidden: field is immutable when `immutable` is set', ("data",)),
        (
            'The StatefulSet "db" is invalid: spec: Forbidden: updates to statefulset spec for fields other than '
            "'replicas', 'ordinals', 'template' are forbidden",
            ("spec",),
        ),
        (
            'The Service "web" is invalid: \n'
            '* spec.clusterIPs[0]: Invalid value: ["10.0.0.9"]: may not change once set\n'
            "* spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
            ("spec.clusterIPs[0]", "spec.ports[0].port"),
        ),
    ],
)
def test_immutable_fields_are_named(said: str, fields: tuple[str, ...]) -> None:
    failure = failure_of(Answer(1, "", said))

    assert (failure.reason, failure.fields) == ("immutable", fields)


def test_invalid_value_is_not_taken_for_an_immutable_one() -> None:
    said = 'The Pod "web" is invalid: spec.containers[0].image: Required value'

    assert failure_of(Answer(1, "", said)).reason == "invalid"


def test_conflict_has_owners_and_fields() -> None:
    said = (
        'error: Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.a\n'
        "Please review the fields above--they currently have other managers."
    )

    failure = failure_of(Answer(1, "", said))

    assert failure.conflicts == (("kubectl-edit", "data.a"),)


def test_refusals_of_several_objects_are_told_apart() -> None:
    gone = 'Error from server (NotFound): namespaces "shop" not found\n'
    answer = Answer(1, "", f"Warning: old\n{gone}{gone}")

    assert [failure.reason for failure in failures_of(answer, 2)] == ["no namespace", "no namespace"]
    assert failures_of(answer, 3) == []  # one of the three was taken, and kubectl does not say which
    assert failures_of(Answer(1, "", f"{gone}Apply failed with 1 conflict: \n"), 2) == []


def test_kubectl_that_was_killed_is_told_from_one_that_refuses() -> None:
    assert failure_of(Answer(-9, "", "")) == ("killed", "kubectl was stopped by signal 9", "", (), ())
