"""A kubectl, or a wrapper of it, that answers with something else: that is said, and never a fault of kpy's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from kpy.kubectl import Answer
from kpy.kubectl.cluster import Cluster

from .conftest import Kpy
from .fake import FakeKubectl

ANSWERS = (
    "",
    "null",
    "[]",
    "5",
    "{",
    "[" * 100_000,
    "welcome\n{}",
    "{}",
    "[{}]",
    '{"kind": "List", "items": 5}',
    '{"kind": "List", "items": [5]}',
    '{"kind": "ConfigMap", "apiVersion": "v1", "metadata": 5}',
    '{"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a", "labels": 5}}',
    '{"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a", "annotations": {"a": 5}}}',
    '{"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a", "managedFields": [5]}}',
    '{"clientVersion": null}',
    '{"clientVersion": {"gitVersion": 5}}',
    '{"clientVersion": {"gitVersion": "v1.36.0"}, "serverVersion": []}',
    '{"contexts": 5}',
    '{"contexts": [null]}',
    '{"contexts": [{"context": 5}]}',
)
Run = Callable[..., Answer]
COMMANDS = ("version", "config", "get", "apply", "create", "replace", "delete", "api-resources", "logs")


@pytest.mark.parametrize("command", ["diff", "apply", "status", "delete"])
@pytest.mark.parametrize("asked", COMMANDS)
def test_answer_that_is_none_of_kubectls_is_no_fault_of_kpy(
    kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch, command: str, asked: str
) -> None:
    flags = ["--yes"] if command in ("apply", "delete") else []
    real = kubectl.run
    answers = [Answer(code, said, "") for said in ANSWERS for code in (0, 1)]
    kpy("apply", "--yes")
    for answer in answers:
        monkeypatch.setattr(kubectl, "run", _answering(real, asked, answer))
        found = kpy(command, *flags)
        monkeypatch.setattr(kubectl, "run", real)

        assert found[0] in (0, 1, 2), (answer.out[:80], answer.code, found[2])
        if command == "delete" and not kubectl.find("ConfigMap", "config"):
            kpy("apply", "--yes")


def _answering(real: Run, asked: str, answer: Answer) -> Run:
    """Return what runs kubectl, but for one command, which it answers so."""
    return lambda arguments, stdin="": answer if arguments[0] == asked else real(arguments, stdin)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            "get",
            "kubectl answered with something that is not an object: if it is a wrapper that prints more, "
            "say where kubectl itself is with --kubectl FILE",
        ),
        (
            "version",
            "`kubectl version -o json` printed something other than JSON: if it is a wrapper that prints more, "
            "say where kubectl itself is with --kubectl FILE",
        ),
    ],
)
def test_wrapper_that_prints_more_is_told_what_to_do(
    kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch, asked: str, message: str
) -> None:
    real = kubectl.run

    def run(arguments: Sequence[str], stdin: str = "") -> Answer:
        answer = real(arguments, stdin)
        return answer._replace(out=f"welcome\n{answer.out}") if arguments[0] == asked else answer

    kpy("apply", "--yes")
    monkeypatch.setattr(kubectl, "run", run)

    assert kpy("diff") == (2, "", f"error: {message}\n")


NOTHING = "printed nothing: if it is a wrapper, say where kubectl itself is with --kubectl FILE"


@pytest.mark.parametrize(
    ("command", "asked", "message"),
    [
        (
            "diff",
            "version",
            "kubectl printed nothing when it was asked for its version: if it is a wrapper, "
            "say where kubectl itself is with --kubectl FILE",
        ),
        ("diff", "config", f"kubectl config {NOTHING}"),
        ("delete", "get", f"kubectl get {NOTHING}"),
        ("diff", "apply", f"kubectl apply {NOTHING}"),
        ("apply", "replace", f"kubectl replace {NOTHING}"),
        ("delete", "delete", f"kubectl delete {NOTHING}"),
    ],
)
def test_wrapper_that_prints_nothing_is_named(
    kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch, command: str, asked: str, message: str
) -> None:
    kpy("apply", "--yes")
    monkeypatch.setattr(kubectl, "run", _answering(kubectl.run, asked, Answer(0, "", "")))

    code, _, err = kpy(command, *([] if command == "diff" else ["--yes"]), *CHANGE[command])

    assert code in (1, 2)
    assert f"error: {message}\n" in err


CHANGE = {"diff": (), "apply": ("--set", "image=web:2"), "delete": ()}


def test_what_reading_does_not_show_is_not_taken_for_new(
    kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    kpy("apply", "--yes")
    monkeypatch.setattr(kubectl, "run", _answering(kubectl.run, "get", Answer(0, "", "")))

    message = (
        'ConfigMap "default/config": the cluster has it, and kubectl get does not show it: if kubectl is a wrapper, '
        "say where kubectl itself is with --kubectl FILE"
    )
    assert kpy("apply", "--yes") == (2, "", f"error: {message}\n")


def test_what_is_made_while_kpy_plans_is_told(kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch) -> None:
    real = kubectl.run

    def run(arguments: Sequence[str], stdin: str = "") -> Answer:
        if "--dry-run=server" in arguments:
            kubectl.put(
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config", "namespace": "default"}}
            )
        return real(arguments, stdin)

    monkeypatch.setattr(kubectl, "run", run)

    message = 'ConfigMap "default/config": somebody has made it just now: run the command again'
    assert kpy("diff") == (2, "", f"error: {message}\n")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            Answer(0, "", "Error from server (Forbidden): you may not\n"),
            "you may not",
        ),
        (
            Answer(127, "", "sh: 1: kubectl: not found\n"),
            "kubectl cannot be started: sh: 1: kubectl: not found: say where it is with --kubectl FILE",
        ),
        (
            Answer(1, "Unable to connect to the server: EOF\n", ""),
            "the cluster cannot be reached: EOF: check the network and --context, and run the command again",
        ),
        (Answer(1, "", "\x1b[31mAccess denied\x1b[0m\n"), "Access denied"),
        (Answer(1, "Please log in\n", "Warning: the token expires\n"), "Please log in"),
        (Answer(-9, "", ""), "kubectl was stopped by signal 9"),
        (Answer(3, "", ""), "kubectl ended with 3 and printed nothing"),
        (Answer(3, '{"data": "hunter22"}', ""), "kubectl ended with 3 and printed nothing"),
    ],
)
@pytest.mark.parametrize("asked", ["version", "config", "get"])
def test_wrapper_that_fails_in_its_own_way_is_heard(
    kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch, asked: str, answer: Answer, message: str
) -> None:
    monkeypatch.setattr(kubectl, "run", _answering(kubectl.run, asked, answer))

    assert kpy("diff") == (2, "", f"error: {message}\n")


def test_kubectl_that_is_not_there_any_more_has_deleted_nothing(
    kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a shell says, "not found", is not what a server says of an object."""
    kpy("apply", "--yes")
    gone = Answer(127, "", "sh: 1: kubectl: not found\n")
    monkeypatch.setattr(kubectl, "run", _answering(kubectl.run, "delete", gone))

    code, out, err = kpy("delete", "--yes")

    why = "kubectl cannot be started: sh: 1: kubectl: not found: say where it is with --kubectl FILE"
    assert code == 1
    assert out.splitlines()[0] == f'refused   Deployment "default/web": {why}'
    assert err.splitlines()[-1] == "0 deleted, 3 refused, 0 not deleted"


def test_object_that_kubectl_leaves_out_of_its_answer_is_named(
    kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config", "namespace": "default"}}'
    monkeypatch.setattr(kubectl, "run", _answering(kubectl.run, "apply", Answer(0, one, "")))

    assert kpy("diff") == (
        2,
        "",
        'error: kubectl apply does not say what became of Secret "default/creds": if it is a wrapper, '
        "say where kubectl itself is with --kubectl FILE\n",
    )


@pytest.mark.parametrize("stream", ["[corp] prod\n", "Warning: version difference\n", "\x1b[1mhello\x1b[0m\n"])
def test_wrapper_that_talks_beside_the_answer_changes_nothing(
    kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch, stream: str
) -> None:
    real = kubectl.run

    def run(arguments: Sequence[str], stdin: str = "") -> Answer:
        answer = real(arguments, stdin)
        return answer._replace(err=stream + answer.err)

    monkeypatch.setattr(kubectl, "run", run)

    code, out, _ = kpy("apply", "--yes")

    assert (code, len(out.splitlines())) == (0, 3)
    assert kpy("delete", "--yes")[0] == 0
    assert kubectl.names("Deployment") == []


def test_namespace_of_a_context_without_one_is_the_default() -> None:
    class Bare:
        def run(self, arguments: Sequence[str], stdin: str = "") -> Answer:
            return Answer(0, '{"contexts": [{"context": {"cluster": "a"}}]}', "")

    assert Cluster(Bare()).namespace == "default"
