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
        ("version", "this is not kubectl: `kubectl version` does not say which version it is"),
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


def test_namespace_of_a_context_without_one_is_the_default() -> None:
    class Bare:
        def run(self, arguments: Sequence[str], stdin: str = "") -> Answer:
            return Answer(0, '{"contexts": [{"context": {"cluster": "a"}}]}', "")

    assert Cluster(Bare()).namespace == "default"
