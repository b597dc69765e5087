"""The parts around the seam: starting kubectl, hiding Secrets, the inventory and its lock, waiting."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from kpy.errors import ClusterError
from kpy.kubectl import Answer, Cluster, Kubectl, State, reasons_for, states_of, wait_for
from kpy.kubectl.inventory import Inventory, find, name_for
from kpy.objects import Key
from kpy.redaction.mask import Mask

from .fake import FakeKubectl

#: A program that says what it was given.
ECHO = f"#!{sys.executable}\nimport json, sys\nprint(json.dumps([sys.argv[1:], sys.stdin.read()]))\nsys.exit(3)\n"
KEYS = [Key("apps", "Deployment", "shop", "web"), Key("", "ConfigMap", "other", "config")]
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def kubectl() -> FakeKubectl:
    return FakeKubectl()


@pytest.fixture
def cluster(kubectl: FakeKubectl) -> Cluster:
    return Cluster(kubectl)


def test_arguments_reach_kubectl_as_they_are_and_never_a_shell(tmp_path: Path) -> None:
    program = tmp_path / "kubectl"
    program.write_text(ECHO)
    program.chmod(0o755)
    nasty = '$(touch x); "; `id` && é'

    answer = Kubectl(str(program), context=nasty, kubeconfig="c").run(["get", nasty], f"in\n{nasty}")

    arguments, stdin = json.loads(answer.out)
    assert arguments == ["get", nasty, "--request-timeout=60s", f"--context={nasty}", "--kubeconfig=c"]
    assert (stdin, answer.code) == (f"in\n{nasty}", 3)


def test_missing_kubectl_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "text").write_text("")

    for program, message in (
        (None, "there is no kubectl on PATH: install it (https://kubernetes.io/docs/tasks/tools/), "
         "or say where it is with --kubectl FILE"),
        ("gone", "--kubectl gone: there is no such program"),
        (str(tmp_path / "text"), f"--kubectl {tmp_path / 'text'}: this is not a program that can be run"),
    ):  # fmt: skip
        with pytest.raises(ClusterError) as caught:
            Kubectl(program)
        assert str(caught.value) == message


def test_synth_and_validate_never_load_what_starts_kubectl(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("from kpy import App, Chart, ConfigMap\napp = App('a')\n"
                                      "app.add(Chart('a')).add(ConfigMap('c'))\n")  # fmt: skip
    code = (
        "import sys; from kpy.cli.main import run; run([{!r}, 'shop.py'])\n"
        "print([name for name in sys.modules if name.startswith(('subprocess', 'kpy.kubectl'))], file=sys.stderr)"
    )
    for command in ("synth", "validate"):
        said = subprocess.run(
            [sys.executable, "-c", code.format(command)], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert said.stderr.splitlines()[-1] == "[]"


def test_values_of_secrets_are_hidden_as_text_and_as_base64() -> None:
    mask = Mask()
    mask.learn([{"apiVersion": "v1", "kind": "Secret", "data": {"a": "aHVudGVyMjI="}, "stringData": {"b": "s3same!"}}])

    said = "hunter22 aHVudGVyMjI= s3same! czNzYW1lIQ== other"

    assert mask.hide(said) == "(hidden) (hidden) (hidden) (hidden) other"


@pytest.mark.parametrize(
    "said",
    [
        'bad value "-----BEGIN KEY-----\\nMHcCAQEEIA\\n-----END KEY-----\\n": no key',  # as Go and JSON quote it
        "bad line MHcCAQEEIA in it",
        "hunter2 or aHVudGVyMgo=",  # with the end of its line
        '{"b":"say \\"<pass>\\" & go"}',
        '{"b":"say \\"\\u003cpass\\u003e\\" \\u0026 go"}',
    ],
)
def test_values_of_secrets_are_hidden_however_they_are_quoted(said: str) -> None:
    mask = Mask()
    key = "-----BEGIN KEY-----\nMHcCAQEEIA\n-----END KEY-----\n"
    more = {"b": 'say "<pass>" & go', "c": "hunter2\n"}
    tree = {"data": {"a": b64encode(key.encode()).decode()}, "stringData": more}
    mask.learn([{"apiVersion": "v1", "kind": "Secret", **tree}])

    hidden = mask.hide(said)

    assert "(hidden)" in hidden
    assert not [word for word in ("MHcC", "pass", "BEGIN", "hunter", "aHV") if word in hidden]


def test_values_of_others_and_tiny_ones_are_left_alone() -> None:
    mask = Mask()
    mask.learn([
        {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "visible"}},
        {"apiVersion": "v1", "kind": "Secret", "stringData": {"a": "an"}},
    ])  # fmt: skip

    assert mask.hide("visible and more") == "visible and more"


def test_id_is_that_of_the_enhancement_proposal(cluster: Cluster) -> None:
    wanted = urlsafe_b64encode(sha256(b"kpy-shop.prod.ConfigMap.").digest()).decode().rstrip("=")

    assert Inventory(cluster, "shop", "prod").id == f"applyset-{wanted}-v1"
    assert len(Inventory(cluster, "shop", "prod").id) <= 63


@pytest.mark.parametrize(
    ("app", "name"), [("shop", "kpy-shop"), ("Shop", "kpy-shop-d00aae6b"), ("a_b", "kpy-a-b-648fa9b3")]
)
def test_every_app_has_a_name_of_its_own(app: str, name: str) -> None:
    assert name_for(app) == name


def test_inventory_lists_kinds_and_namespaces(cluster: Cluster, kubectl: FakeKubectl) -> None:
    inventory = Inventory(cluster, "shop", "shop")

    inventory.lock("ann", KEYS)

    stored = kubectl.find("ConfigMap", "kpy-shop")
    assert stored is not None
    assert stored["metadata"]["annotations"] == {
        "applyset.kubernetes.io/additional-namespaces": "other",
        "applyset.kubernetes.io/contains-group-kinds": "ConfigMap,Deployment.apps",
        "applyset.kubernetes.io/tooling": "kpy/v1",
    }
    assert stored["data"]["holder"] == "ann"


def test_inventory_shrinks_only_when_the_work_is_done(cluster: Cluster) -> None:
    inventory = Inventory(cluster, "shop", "shop")
    inventory.lock("ann", KEYS)
    inventory.unlock()
    again = find(cluster, "shop", ["elsewhere", "shop"])
    again.lock("ann", KEYS[:1])
    assert again.kinds == {"Deployment.apps", "ConfigMap"}

    again.unlock(KEYS[:1])

    assert (again.kinds, again.namespaces) == ({"Deployment.apps"}, {"shop"})


def test_two_that_read_the_same_cannot_both_lock(cluster: Cluster) -> None:
    first, second = find(cluster, "shop", ["shop"]), find(cluster, "shop", ["shop"])
    first.lock("ann", KEYS)

    with pytest.raises(ClusterError) as caught:
        second.lock("bob", KEYS)

    message = 'another kpy has worked with the app "shop" meanwhile: run the command again to see what is left'
    assert str(caught.value) == message


def test_lock_of_a_dead_one_ends(cluster: Cluster) -> None:
    live = {"data": {"holder": "ann", "renewed": NOON.isoformat()}}
    inventory = Inventory(cluster, "shop", "shop", live)

    assert inventory.holder(NOON.replace(second=59)) == "ann, seen at 12:00:00 UTC"
    assert inventory.holder(NOON.replace(minute=2)) == ""


@pytest.mark.parametrize("has_inventory", [False, True])
def test_interrupt_while_locking_leaves_no_lock(
    cluster: Cluster, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch, has_inventory: bool
) -> None:
    if has_inventory:
        before = find(cluster, "shop", ["shop"])
        before.lock("ann", KEYS)
        before.unlock()
    inventory = find(cluster, "shop", ["shop"])
    write = kubectl._write

    def interrupted(verb: str, tree: dict[str, object]) -> Answer:
        monkeypatch.undo()
        write(verb, tree)
        raise KeyboardInterrupt

    monkeypatch.setattr(kubectl, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        inventory.lock("ann", KEYS)

    inventory.abandon()

    assert find(cluster, "shop", ["shop"]).holder() == ""


@pytest.mark.parametrize("is_written", [False, True])
def test_interrupt_while_unlocking_leaves_no_lock(
    cluster: Cluster, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch, is_written: bool
) -> None:
    inventory = find(cluster, "shop", ["shop"])
    inventory.lock("ann", KEYS)
    write = kubectl._write

    def interrupted(verb: str, tree: dict[str, object]) -> Answer:
        monkeypatch.undo()
        if is_written:
            write(verb, tree)
        raise KeyboardInterrupt

    monkeypatch.setattr(kubectl, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        inventory.unlock(KEYS)

    inventory.abandon()

    assert find(cluster, "shop", ["shop"]).holder() == ""


def test_long_work_renews_its_lock(cluster: Cluster, kubectl: FakeKubectl) -> None:
    inventory = Inventory(cluster, "shop", "shop")
    inventory.lock("ann", KEYS)
    kubectl.calls.clear()

    inventory.renew(clock=lambda: 0.0)
    assert kubectl.calls == []

    inventory.renew(clock=lambda: 1e12)
    assert [words[0] for words, _ in kubectl.calls] == ["replace"]


def test_app_in_two_inventories_is_refused(cluster: Cluster) -> None:
    for namespace in ("a", "b"):
        Inventory(cluster, "shop", namespace).lock("ann", [])

    with pytest.raises(ClusterError) as caught:
        find(cluster, "shop", ["a", "b"])

    message = 'the app "shop" has been applied from several namespaces: a, b; say which is meant with --namespace'
    assert str(caught.value) == message


def test_inventory_is_not_where_nobody_may_look(
    cluster: Cluster, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = kubectl.run

    def guarded(arguments: Sequence[str], stdin: str = "") -> Answer:
        if "closed" in stdin:
            return Answer(1, "", 'Error from server (Forbidden): User "ann" cannot get resource "configmaps"\n')
        return run(arguments, stdin)

    monkeypatch.setattr(kubectl, "run", guarded)

    assert find(cluster, "shop", ["open", "closed"]).namespace == "open"
    with pytest.raises(ClusterError):
        find(cluster, "shop", ["closed", "open"])


def test_waiting_ends_when_all_are_ready_or_one_has_failed_or_time_is_over(
    cluster: Cluster, kubectl: FakeKubectl
) -> None:
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once", "namespace": "default"}}
    key = Key("batch", "Job", "default", "once")
    statuses = [{}, {"conditions": [{"type": "Complete", "status": "True"}]}]
    shown: list[State] = []

    def pause(_: float) -> None:
        kubectl.put({**job, "status": statuses.pop(0)})

    wait_for(cluster, [job], timeout=60, show=lambda states: shown.append(states[key]), pause=pause)

    assert [state.message for state in shown] == ["not there", "pods: 0 active, 0 succeeded, 0 failed", "complete"]
    clock = iter((0.0, 1.0, 99.0, 99.0, 99.0))
    kubectl.objects.clear()
    late = wait_for(
        cluster, [job], timeout=60, show=lambda states: None, clock=lambda: next(clock), pause=lambda _: None
    )
    assert late == {key: State("failed", "not ready in time: not there")}


def test_claim_that_waits_for_its_first_pod_is_as_far_as_it_can_be(cluster: Cluster, kubectl: FakeKubectl) -> None:
    metadata = {"name": "data", "namespace": "default"}
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": metadata,
        "spec": {"storageClassName": "a"},
    }
    key = Key("", "PersistentVolumeClaim", "default", "data")
    assert states_of(cluster, {key: claim}, [key]) == {key: State("waiting", "pending")}

    kubectl.put({
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "a"},
        "volumeBindingMode": "WaitForFirstConsumer",
    })  # fmt: skip
    assert states_of(cluster, {key: claim}, [key]) == {key: State("ready", "waits for its first pod")}


def test_reasons_hide_secrets(cluster: Cluster, kubectl: FakeKubectl) -> None:
    cluster.mask.learn([{"apiVersion": "v1", "kind": "Secret", "stringData": {"a": "hunter22"}}])
    kubectl.logs = "cannot log in with hunter22\n"
    ended = {"name": "web", "state": {"terminated": {"exitCode": 1, "reason": "Error"}}}
    status = {"phase": "Failed", "containerStatuses": [ended]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "default"}, "status": status}

    assert reasons_for(cluster, pod) == [
        '  container "web": Error: exit code 1',
        '  last lines of container "web":',
        "    cannot log in with (hidden)",
    ]
