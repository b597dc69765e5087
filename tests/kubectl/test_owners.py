"""An app belongs to a project; what others made is neither deleted nor taken."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from kpy.cli import apply as apply_command
from kpy.kubectl import Answer, inventory, work

from .conftest import Kpy
from .fake import FakeKubectl


def settings(text: str) -> None:
    Path("pyproject.toml").write_text(text)


def record(kubectl: FakeKubectl) -> dict[str, str]:
    found = kubectl.find("ConfigMap", "kpy-shop")
    assert found is not None
    data: dict[str, str] = found["data"]
    return data


@pytest.mark.parametrize("command", ["apply", "delete", "diff"])
def test_app_of_another_project_is_refused_and_both_are_named(kpy: Kpy, kubectl: FakeKubectl, command: str) -> None:
    settings('[tool.kpy]\nproject = "payments"\n')
    kpy("apply", "--yes")
    settings('[project]\nname = "checkout"\n')

    code, _, err = kpy(command, *(["--yes"] if command != "diff" else []))

    assert code == 2
    assert err == (
        'error: the app "shop" of namespace "default" belongs to the project "payments", and this is the project '
        '"checkout": give one of the two apps another name, or, if it is the same app, take it over with --take-over\n'
    )
    assert sorted(kubectl.names("ConfigMap")) == ["config", "kpy-shop"]


def test_app_is_taken_over_when_asked_for(kpy: Kpy, kubectl: FakeKubectl) -> None:
    settings('[tool.kpy]\nproject = "payments"\n')
    kpy("apply", "--yes")
    settings('[tool.kpy]\nproject = "checkout"\n')

    assert kpy("apply", "--yes", "--take-over", "--set", "image=web:2")[0] == 0

    assert record(kubectl)["project"] == "checkout"
    assert kpy("apply", "--yes")[0] == 0


def test_app_without_a_project_may_get_one(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    settings('[tool.kpy]\nproject = "shop"\n')

    assert kpy("apply", "--yes", "--set", "image=web:2")[0] == 0
    assert record(kubectl)["project"] == "shop"


def test_status_of_the_app_of_another_project_can_be_read(kpy: Kpy) -> None:
    settings('[tool.kpy]\nproject = "payments"\n')
    kpy("apply", "--yes")
    settings('[tool.kpy]\nproject = "checkout"\n')

    assert "ready" in kpy("status")[1]


def test_replacing_what_kpy_did_not_make_asks_for_adoption(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kubectl.put(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config", "namespace": "default"}, "data": {}}
    )
    kubectl.refusals["config"] = (
        'The ConfigMap "config" is invalid: data: Forbidden: field is immutable when `immutable` is set\n'
    )

    code, _, err = kpy("apply", "--yes", "--replace")

    assert code == 1
    assert 'ConfigMap "default/config": not made by kpy, so --replace does not delete it without --adopt' in err
    assert kubectl.find("ConfigMap", "config") is not None


def test_object_that_was_made_after_the_plan_is_not_adopted(
    kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    def agree(question: str) -> bool:
        tree = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config", "namespace": "default"}}
        kubectl.put({**tree, "data": {"human": "data"}})
        return True

    monkeypatch.setattr(apply_command, "ask", agree)

    code, out, _ = kpy("apply")

    assert code == 0
    assert "somebody else made it after the plan was shown: kpy will never delete it\n" in out
    applied = [json.loads(stdin)["items"] for arguments, stdin in kubectl.calls if arguments[0] == "apply"]
    last = next(tree for trees in reversed(applied) for tree in trees if tree["metadata"]["name"] == "config")
    assert "labels" not in last["metadata"]


def test_record_that_is_gone_is_restored(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    kubectl.objects = {key: tree for key, tree in kubectl.objects.items() if key.name != "kpy-shop"}

    code, _, err = kpy("apply", "--yes")

    assert code == 0
    assert 'note: ConfigMap "default/kpy-shop", which keeps what belongs to the app, is gone' in err
    assert kubectl.find("ConfigMap", "kpy-shop") is not None


@pytest.mark.parametrize(("command", "said"), [("diff", "is gone"), ("status", "never applied from namespace")])
def test_record_that_is_gone_is_said_by_those_who_change_nothing(
    kpy: Kpy, kubectl: FakeKubectl, command: str, said: str
) -> None:
    kpy("apply", "--yes")
    kubectl.objects = {key: tree for key, tree in kubectl.objects.items() if key.name != "kpy-shop"}

    _, _, err = kpy(command)

    assert said in err
    assert kubectl.find("ConfigMap", "kpy-shop") is None


def test_objects_are_deleted_although_the_record_is_gone(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    kubectl.objects = {key: tree for key, tree in kubectl.objects.items() if key.name != "kpy-shop"}

    code, out, err = kpy("delete", "--yes")

    assert code == 0, err
    assert 'deleted   ConfigMap "default/config"' in out
    assert kubectl.names("Deployment") == []


@pytest.mark.parametrize("command", [["diff"], ["apply", "--yes"], ["status"], ["delete", "--yes"]])
def test_record_that_was_edited_is_explained(kpy: Kpy, kubectl: FakeKubectl, command: list[str]) -> None:
    kpy("apply", "--yes")
    found = kubectl.find("ConfigMap", "kpy-shop")
    assert found is not None
    found["metadata"]["annotations"]["applyset.kubernetes.io/additional-namespaces"] = "../x"

    code, _, err = kpy(*command)

    assert code == 2
    assert err == (
        'error: ConfigMap "default/kpy-shop", which keeps what belongs to the app, cannot be right: its annotation '
        "`applyset.kubernetes.io/additional-namespaces` has '../x'. Somebody has edited it: take that out, or delete "
        "the ConfigMap; the next apply finds its objects by their label\n"
    )


def test_lock_is_renewed_while_kubectl_is_at_work(
    kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "_BEAT", 0.01)
    monkeypatch.setattr(inventory, "_RENEW_AFTER", 0.0)
    seen: list[int] = []
    answer = kubectl.run

    def slow(arguments: Sequence[str], stdin: str = "") -> Answer:
        if arguments[0] == "apply" and "--dry-run=server" not in arguments:
            before = sum(call[0][0] == "replace" for call in kubectl.calls)
            deadline = time.monotonic() + 10
            while sum(call[0][0] == "replace" for call in kubectl.calls) == before and time.monotonic() < deadline:
                time.sleep(0.005)
            seen.append(sum(call[0][0] == "replace" for call in kubectl.calls) - before)
        return answer(arguments, stdin)

    monkeypatch.setattr(kubectl, "run", slow)

    assert kpy("apply", "--yes")[0] == 0
    assert all(count > 0 for count in seen)


def test_last_applies_are_remembered(kpy: Kpy, kubectl: FakeKubectl) -> None:
    for number in range(12):
        kpy("apply", "--yes", "--set", f"image=web:{number}")

    code, out, _ = kpy("status", "--history", "--format", "json")

    history = json.loads(out)
    assert (code, len(history)) == (0, 10)
    assert history[0]["changes"] == "1 rolling restart, 2 update in place"
    assert kpy("status", "--history")[1].count("rolling restart") == 10


def test_no_apply_is_remembered_of_a_new_app(kpy: Kpy) -> None:
    assert kpy("status", "--history") == (
        1,
        "",
        'no apply of the app "shop" is remembered in namespace "default"\n',
    )


@pytest.mark.parametrize(
    ("allowed", "flags", "message"),
    [
        (["prod"], ["--context=dev"], "--context dev: `contexts` of [tool.kpy] does not allow it; it allows prod."),
        (["a", "b"], [], "this project may be applied to several contexts: choose one with --context: a, b"),
    ],
)
def test_context_that_the_project_does_not_allow_is_refused(
    kpy: Kpy, kubectl: FakeKubectl, allowed: list[str], flags: list[str], message: str
) -> None:
    settings(f"[tool.kpy]\ncontexts = {json.dumps(allowed)}\n")

    code, _, err = kpy("diff", *flags)

    assert code == 2
    assert message in err
    assert kubectl.calls == []


def test_limit_of_contexts_can_be_lifted(kpy: Kpy) -> None:
    settings('[tool.kpy]\ncontexts = ["prod"]\n')

    assert kpy("diff", "--context=dev", "--any-context")[0] == 0
    assert kpy("diff", "--context=prod")[0] == 0
    assert kpy("diff")[0] == 0
