"""`kpy diff` and `kpy apply` with a stand-in below the seam."""

from __future__ import annotations

import io
import sys

import pytest

from kpy.kubectl.objects import read_list

from .conftest import Kpy
from .fake import FakeKubectl


def test_diff_shows_what_will_be_created_and_changes_nothing(kpy: Kpy, kubectl: FakeKubectl) -> None:
    before = dict(kubectl.objects)

    code, out, _ = kpy("diff")

    assert code == 0
    assert [line.partition("   (")[0] for line in out.splitlines()] == [
        '+ ConfigMap "default/config": create',
        '+ Secret "default/creds": create',
        '+ Deployment "default/web": create',
        "3 create",
    ]
    assert kubectl.objects == before


def test_apply_creates_in_order_and_says_so(kpy: Kpy, kubectl: FakeKubectl) -> None:
    code, out, _ = kpy("apply", "--yes")

    assert code == 0
    assert out.splitlines() == [
        'created   ConfigMap "default/config"',
        'created   Secret "default/creds"',
        'created   Deployment "default/web"',
    ]
    assert kubectl.names("Deployment") == ["web"]


def test_reader_that_goes_away_stops_nothing(kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in `kpy apply --yes | head -1`: a cluster is not left half done because of that."""

    class Gone(io.TextIOWrapper):
        def flush(self) -> None:
            raise BrokenPipeError(32, "Broken pipe")

        def close(self) -> None:
            """Do not flush once more when nobody holds it any longer, as Python 3.13 does aloud."""

    monkeypatch.setattr(sys, "stdout", Gone(io.BytesIO()))

    code, _, err = kpy("apply", "--yes")

    assert (code, "error" in err) == (0, False)
    assert kubectl.names("Deployment") == ["web"]


def test_configuration_goes_at_once_however_it_is_mixed(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes", "--set", "extra=true")  # a ConfigMap, a Secret, another ConfigMap

    applies = [stdin for words, stdin in kubectl.calls if words[0] == "apply" and "--dry-run=server" not in words]
    assert [[tree["metadata"]["name"] for tree in read_list(stdin)] for stdin in applies] == [
        ["config", "creds", "extra"],
        ["web"],
    ]


def test_applying_again_changes_nothing(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    before = dict(kubectl.objects)

    assert kpy("apply") == (0, "", "3 no change\n")
    assert kubectl.objects == before


def test_blast_radius_is_shown_before_anything_changes(kpy: Kpy) -> None:
    kpy("apply", "--yes")

    _, out, _ = kpy("diff", "--set", "image=web:2")

    lines = [line.partition("   (")[0] for line in out.splitlines()]
    assert lines == [
        '~ ConfigMap "default/config": update in place',
        '    data[a]: "web:1" -> "web:2"',
        '~ Secret "default/creds": update in place',
        "    data[password]: (hidden) -> (hidden)",
        '~ Deployment "default/web": rolling restart',
        '    spec.template.spec.containers[name=web].image: "web:1" -> "web:2"',
        "1 rolling restart, 2 update in place",
    ]


def test_diff_can_fail_a_pipeline(kpy: Kpy) -> None:
    kpy("apply", "--yes")

    code, _, err = kpy("diff", "--set", "image=web:2", "--fail-on", "restart")

    assert (code, err) == (1, "1 change is as bad as --fail-on restart, or worse\n")


def test_secret_is_never_shown_even_when_the_server_says_it(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kubectl.refusals["creds"] = 'The Secret "creds" is invalid: data: Invalid value: "hunter22-web:1": too plain\n'

    code, out, err = kpy("apply", "--yes")

    assert code == 1
    assert "hunter22" not in out + err
    assert 'Secret "default/creds": data: Invalid value: "(hidden)": too plain' in err


def test_objects_go_in_by_standard_input_only(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")

    assert not any("hunter22" in word or "aHVudGVyMjI" in word for words, _ in kubectl.calls for word in words)


def test_nothing_is_changed_when_the_server_would_refuse_something(kpy: Kpy, kubectl: FakeKubectl) -> None:
    before = dict(kubectl.objects)
    kubectl.refusals["web"] = (
        'Error from server: admission webhook "policy.example.com" denied the request: image is not signed\n'
    )

    code, out, err = kpy("apply", "--yes")

    assert (code, out) == (1, "")
    assert 'Deployment "default/web": the admission webhook "policy.example.com" refuses it: image is not signed' in err
    assert err.endswith("the cluster would refuse 1 object; nothing was changed\n")
    assert kubectl.objects == before


def test_refusal_of_everything_is_asked_for_once(kpy: Kpy, kubectl: FakeKubectl) -> None:
    """Whoever may not change anything in a namespace with 500 objects need not wait for 1,000 runs of kubectl."""
    forbidden = 'Error from server (Forbidden): "{0}" is forbidden: User "ann" cannot patch resource "{0}"\n'
    kubectl.refusals = {name: forbidden.format(name) for name in ("config", "creds", "web")}

    code, _, err = kpy("apply", "--yes")

    assert code == 1
    assert [line.partition(": error: ")[2].partition(":")[0] for line in err.splitlines()[4:-1]] == [
        'ConfigMap "default/config"',
        'Secret "default/creds"',
        'Deployment "default/web"',
    ]
    assert 'Secret "default/creds": user "ann" may not patch creds: ask for a role' in err
    assert sum(words[0] == "apply" for words, _ in kubectl.calls) == 1


def test_conflicts_are_shown_with_their_owners(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kubectl.refusals["web"] = (
        'error: Apply failed with 2 conflicts: conflicts with "kubectl" with subresource "scale" using apps/v1:\n'
        "- .spec.replicas\n"
        'conflicts with "kubectl-set" using apps/v1:\n'
        '- .spec.template.spec.containers[name="c"].image\n'
        "Please review the fields above--they currently have other managers. Here\nare the ways\n"
    )

    code, _, err = kpy("apply", "--yes")

    assert code == 1
    assert (
        'error: Deployment "default/web": other field managers look after fields that the app sets: "kubectl", '
        '"kubectl-set": leave these fields out of the app, or take them over with --force-conflicts\n'
        '    spec.replicas belongs to "kubectl"\n'
        '    spec.template.spec.containers[name="c"].image belongs to "kubectl-set"\n'
    ) in err


def test_force_is_passed_on_only_when_said(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    assert not any("--force-conflicts" in words for words, _ in kubectl.calls)

    kpy("apply", "--yes", "--force-conflicts", "--set", "image=web:2")

    assert sum("--force-conflicts" in words for words, _ in kubectl.calls) == 3


def test_partial_failure_says_what_was_not_applied(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kubectl.refusals["dry:creds"] = 'Error from server (BadRequest): admission webhook "a.b" does not support dry run\n'
    kpy("apply", "--yes")  # cannot be tried, but is taken
    del kubectl.refusals["dry:creds"]
    real = kubectl._apply

    def refuse(trees: list[dict[str, object]], *, is_dry: bool) -> object:
        kubectl.refusals = {} if is_dry else {"creds": "Error from server: etcd is full\n"}
        return real(trees, is_dry=is_dry)

    kubectl._apply = refuse  # type: ignore[method-assign,assignment]

    code, out, err = kpy("apply", "--yes", "--set", "image=web:2")

    assert code == 1
    assert out.splitlines() == [
        'changed   ConfigMap "default/config"',
        'refused   Secret "default/creds": etcd is full',
    ]
    assert err.endswith('1 applied, 1 refused, 1 not applied\nnot applied: Deployment "default/web"\n')


def test_object_that_is_being_deleted_is_waited_out(kpy: Kpy, kubectl: FakeKubectl) -> None:
    """A change would be taken, and go with the object."""
    kpy("apply", "--yes")
    config = kubectl.find("ConfigMap", "config")
    assert config is not None
    config["metadata"]["deletionTimestamp"] = "2026-01-31T12:00:00Z"

    code, out, err = kpy("apply", "--yes")

    assert (code, out) == (1, "")
    assert err.endswith(
        'error: ConfigMap "default/config": it is being deleted: wait until it is gone, and apply again\n'
        "the cluster would refuse 1 object; nothing was changed\n"
    )


def test_without_somebody_to_ask_yes_must_be_said(kpy: Kpy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    code, _, err = kpy("apply")

    assert code == 2
    assert err.endswith("error: Apply these changes? There is nobody to ask, so nothing was changed: add --yes\n")


IMMUTABLE = 'The Deployment "web" is invalid: spec.selector: Invalid value: {}: field is immutable\n'


def test_immutable_field_is_named_and_replaced_only_when_said(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    before = kubectl.find("Deployment", "web")
    assert before is not None
    kubectl.refusals["dry:web"] = IMMUTABLE

    code, out, err = kpy("apply", "--yes")
    assert (code, out) == (1, "")
    assert "immutable field changed" in err
    assert "    the API server refuses to change spec.selector\n" in err
    assert err.endswith(
        'Deployment "default/web" cannot be changed in place: --replace deletes and creates anew; nothing was changed\n'
    )

    code, out, _ = kpy("apply", "--yes", "--replace")
    after = kubectl.find("Deployment", "web")
    assert (code, out.splitlines()[-1]) == (0, 'replaced  Deployment "default/web"')
    assert after is not None
    assert after["metadata"]["uid"] != before["metadata"]["uid"]


def test_nothing_is_deleted_that_could_not_be_created_anew(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    kubectl.refusals["dry:web"] = IMMUTABLE
    kubectl.refusals["new:web"] = 'The Deployment "web" is invalid: spec.template: Required value\n'

    code, out, _ = kpy("apply", "--yes", "--replace")

    assert (code, out.splitlines()[-1]) == (1, 'refused   Deployment "default/web": spec.template: Required value')
    assert kubectl.names("Deployment") == ["web"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("answers", "code", "question", "deployments", "maps"),
    [
        ("n\n", 1, "Apply these changes? [y/N] nothing was changed\n", "web:1", ["config", "extra"]),
        ("", 1, "Apply these changes? [y/N] nothing was changed\n", "web:1", ["config", "extra"]),
        ("y\nn\n", 0, 'Delete what is no longer declared: ConfigMap "default/extra"? [y/N] ', "web:2",
         ["config", "extra"]),
        ("y\nyes\n", 0, 'Delete what is no longer declared: ConfigMap "default/extra"? [y/N] ', "web:2", ["config"]),
    ],
)  # fmt: skip
def test_person_is_asked(
    kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch,
    answers: str, code: int, question: str, deployments: str, maps: list[str],
) -> None:  # fmt: skip
    kpy("apply", "--yes", "--set", "extra=true")
    monkeypatch.setattr("sys.stdin", Terminal(answers))

    found, _, err = kpy("apply", "--set", "image=web:2")

    deployment = kubectl.find("Deployment", "web")
    assert deployment is not None
    assert (found, err.endswith(question)) == (code, True)
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == deployments
    assert kubectl.names("ConfigMap")[1:] == maps


def test_warnings_of_the_server_are_passed_on(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kubectl.warning = 'Warning: would violate PodSecurity "restricted:latest"\nWarning: password hunter22-web:1\n'

    _, _, err = kpy("diff")

    assert err == 'warning: would violate PodSecurity "restricted:latest"\nwarning: password (hidden)\n'


def test_dry_run_of_the_client_asks_the_server_nothing(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    kubectl.calls.clear()

    code, _, err = kpy("apply", "--dry-run=client", "--set", "image=web:2")

    assert code == 0
    assert err.endswith("1 rolling restart, 2 update in place\nnothing was changed: this was a dry run\n")
    assert not any(words[0] == "apply" for words, _ in kubectl.calls)


def test_unknown_kind_is_refused_before_anything_changes(kpy: Kpy, kubectl: FakeKubectl) -> None:
    code, _, err = kpy("apply", "--yes", "--set", "crd=true")

    assert code == 1
    assert (
        'Widget "default/w": the cluster does not know Widget of example.com/v1: '
        "apply its CustomResourceDefinition first, or add it to the app\n"
    ) in err


@pytest.mark.parametrize(
    ("client", "broken", "message"),
    [
        ("v1.24.9", "", "kubectl is v1.24.9, and kpy needs v1.25 or newer: install a newer one, or say where"),
        ("v1.36.0", "The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?",
         "no cluster answers at 10.0.0.1:6443: start it, or choose another with --context"),
        ("v1.36.0", "error: You must be logged in to the server (Unauthorized)",
         "the cluster does not accept the credentials, which may have expired: log in to it again"),
        ("v1.36.0", 'error: context "nope" does not exist', 'there is no context "nope" in the kubeconfig'),
    ],
)  # fmt: skip
def test_cluster_that_cannot_be_spoken_to(
    kpy: Kpy, kubectl: FakeKubectl, client: str, broken: str, message: str
) -> None:
    kubectl.client = client
    kubectl.broken = {"version": broken} if broken else {}

    code, _, err = kpy("apply", "--yes")

    assert code == 2
    assert err.startswith(f"error: {message}")


def test_cluster_that_goes_away_before_anything_changes_is_said_once(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kubectl.broken = {"apply": "The connection to the server 10.0.0.1:6443 was refused"}

    code, out, err = kpy("apply", "--yes")

    message = "error: no cluster answers at 10.0.0.1:6443: start it, or choose another with --context\n"
    assert (code, out, err) == (2, "", message)


def test_other_kpy_at_work_is_detected(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")
    inventory = kubectl.find("ConfigMap", "kpy-shop")
    assert inventory is not None
    inventory["data"] |= {"holder": "ann at ci-7, process 12", "renewed": "2999-01-01T12:00:00+00:00"}
    before = dict(kubectl.objects)

    code, _, err = kpy("apply", "--yes", "--set", "image=web:2")

    assert code == 2
    assert 'another kpy is at work with the app "shop": ann at ci-7, process 12, seen at 12:00:00 UTC' in err
    assert kubectl.objects == before


@pytest.mark.parametrize("broken", ["soon", "5", "-3m"])
def test_timeout_that_is_none_is_refused(kpy: Kpy, broken: str) -> None:
    code, _, err = kpy("apply", "--wait", f"--timeout={broken}")

    assert (code, err.startswith(f"error: --timeout {broken}: ")) == (2, True)


def test_lock_is_given_back(kpy: Kpy, kubectl: FakeKubectl) -> None:
    kpy("apply", "--yes")

    inventory = kubectl.find("ConfigMap", "kpy-shop")
    assert inventory is not None
    assert sorted(inventory["data"]) == ["app", "history", "renewed"]
    assert inventory["metadata"]["annotations"]["applyset.kubernetes.io/contains-group-kinds"] == (
        "ConfigMap,Deployment.apps,Secret"
    )
