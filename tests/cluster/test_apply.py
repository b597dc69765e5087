"""`kpy apply` and `kpy diff` with the real kubectl against a real API server."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from charts.samples import program

from cluster.commands import Kpy, deeds
from cluster.servers import STRANGER, Cluster
from kpy.documents import read_documents

pytestmark = pytest.mark.cluster


def test_app_is_created_and_then_unchanged(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    code, out, _ = kpy("apply", "--yes")

    assert (code, deeds(out)) == (0, ["created"] * 3)
    assert kpy.get("deployment/web", "{.metadata.managedFields[0].manager}") == "kpy"
    assert kpy("apply", "--yes") == (0, "", "3 no change\n")
    assert kpy("diff", "--fail-on", "create") == (0, "3 no change\n", "")


def test_diff_is_what_the_server_would_do(kpy: Kpy) -> None:
    kpy("apply", "--yes")

    _, out, err = kpy("diff", values={"image": "web:2"})

    assert err == ""
    assert [line.partition("   (")[0] for line in out.splitlines()] == [
        line.partition("   (")[0] for line in expected_diff(out)
    ]
    assert "hunter22" not in out


def expected_diff(out: str) -> list[str]:
    name = out.split('"')[1].partition("/")[0]
    return [
        f'~ ConfigMap "{name}/config": update in place',
        '    data[image]: "web:1" -> "web:2"',
        f'~ Secret "{name}/creds": update in place',
        "    data[password]: (hidden) -> (hidden)",
        f'~ Deployment "{name}/web": rolling restart',
        '    spec.template.spec.containers[name=web].image: "web:1" -> "web:2"',
        "1 rolling restart, 2 update in place",
    ]


def test_namespace_of_the_app_comes_first(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    values = {"ns": f"{namespace}-own", "own": True}

    code, out, err = kpy("apply", "--yes", values=values)

    assert (code, out.splitlines()[0]) == (0, f'created   Namespace "{namespace}-own"')
    assert f'cannot be tried by the server yet: namespace "{namespace}-own" is not there yet' in err
    assert kpy("apply", "--yes", values=values) == (0, "", "4 no change\n")


def test_missing_namespace_is_named(kpy: Kpy, namespace: str) -> None:
    code, _, err = kpy("apply", "--yes", values={"ns": f"{namespace}-gone"})

    assert code == 1
    assert (
        f'error: ConfigMap "{namespace}-gone/config": there is no namespace "{namespace}-gone" in the cluster: '
        f'add `Namespace("{namespace}-gone")` to the app, or run `kubectl create namespace {namespace}-gone`\n'
    ) in err
    assert err.endswith("the cluster would refuse 3 objects; nothing was changed\n")


def test_conflict_is_shown_with_its_owner_and_forced_only_when_said(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    kpy("apply", "--yes")
    cluster.kubectl("set", "image", "deployment/web", "web=web:3", "-n", namespace)

    code, _, err = kpy("apply", "--yes", values={"image": "web:2"})

    assert code == 1
    assert '    spec.template.spec.containers[name="web"].image belongs to "kubectl-set"\n' in err
    assert kpy.get("configmap/config", "{.data.image}") == "web:1"

    assert kpy("apply", "--yes", "--force-conflicts", values={"image": "web:2"})[0] == 0
    assert kpy.get("deployment/web", "{..image}") == "web:2"


def test_immutable_field_is_named_and_replaced_where_said(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    kpy("apply", "--yes")
    before = kpy.get("deployment/web", "{.metadata.uid}")

    code, out, err = kpy("apply", "--yes", values={"label": "shop"})

    assert (code, out) == (1, "")
    assert "the API server refuses to change spec.selector.matchLabels[app]" in err
    assert err.endswith("cannot be changed in place: --replace deletes and creates anew; nothing was changed\n")

    code, out, _ = kpy("apply", "--yes", "--replace", values={"label": "shop"})

    assert (code, deeds(out)) == (0, ["unchanged", "unchanged", "replaced"])
    assert kpy.get("deployment/web", "{.metadata.uid}") != before


def test_prune_removes_what_went_and_keeps_claims(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    kpy("apply", "--yes", values={"extra": True})

    code, out, err = kpy("apply", "--yes", "--prune")

    assert (code, deeds(out)[-1]) == (0, "deleted")
    assert "it holds data: it stays without --allow-data-loss" in err
    assert cluster.names("configmaps,pvc", namespace) == [
        "configmap/config",
        "configmap/kpy-shop",
        "persistentvolumeclaim/data",
    ]

    kpy("apply", "--yes", "--prune", "--allow-data-loss")

    deleting = kpy.get("pvc", "{.items[*].metadata.deletionTimestamp}")
    assert deleting or cluster.names("pvc", namespace) == []


def test_prune_of_everything_needs_an_extra_word(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    kpy("apply", "--yes")

    kpy("apply", "--yes", "--prune", values={"empty": True})
    assert cluster.names("deployments", namespace) == ["deployment.apps/web"]

    kpy("apply", "--yes", "--prune", "--prune-all", values={"empty": True})
    assert cluster.names("deployments,secrets", namespace) == []


def test_object_that_was_there_before_is_never_pruned(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    cluster.kubectl("create", "configmap", "extra", "-n", namespace)
    _, _, err = kpy("apply", "--yes", values={"extra": True})
    assert f'ConfigMap "{namespace}/extra": not made by kpy, which will never delete it\n' in err

    kpy("apply", "--yes", "--prune")

    assert "configmap/extra" in cluster.names("configmaps", namespace)


def test_what_kubectl_applied_is_taken_over_as_the_diff_says(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    data = {"image": "web:1", "old": "1"}
    tree = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config"}, "data": data}
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(tree))

    _, out, err = kpy("diff", "--adopt")

    assert '    data[old]: "1" -> not set\n' in out
    assert "applied by kubectl so far; fields that it set and the app does not will go\n" in err
    assert kpy("apply", "--yes", "--adopt")[0] == 0
    assert kpy.get("configmap/config", "{.data}") == '{"image":"web:1"}'
    assert kpy("diff") == (0, "3 no change\n", "")


def test_value_of_kubectls_own_that_changes_is_taken_over_only_when_said(
    kpy: Kpy, cluster: Cluster, namespace: str
) -> None:
    tree = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config"}, "data": {"image": "web:0"}}
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(tree))

    code, _, err = kpy("apply", "--yes", "--adopt")

    assert code == 1
    assert '    data.image belongs to "kubectl-client-side-apply"\n' in err
    assert kpy("apply", "--yes", "--adopt", "--force-conflicts")[0] == 0
    assert kpy.get("configmap/config", "{.data.image}") == "web:1"


def test_renamed_chart_changes_nothing(kpy: Kpy) -> None:
    kpy("apply", "--yes", values={"extra": True})

    assert kpy("diff", values={"extra": True, "chart": "store"}) == (0, "5 no change\n", "")
    assert kpy("diff", values={"chart": "store"})[1].endswith("1 data loss, 1 delete, 3 no change\n")


def test_inventory_is_an_apply_set(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    kpy("apply", "--yes")

    parent = json.loads(cluster.kubectl("get", "configmap", "kpy-shop", "-n", namespace, "-o", "json").stdout)
    id_ = parent["metadata"]["labels"]["applyset.kubernetes.io/id"]
    members = cluster.kubectl(
        "get",
        "deployments,configmaps,secrets",
        "-n",
        namespace,
        "-l",
        f"applyset.kubernetes.io/part-of={id_}",
        "-o",
        "name",
    )
    assert sorted(members.stdout.split()) == ["configmap/config", "deployment.apps/web", "secret/creds"]
    assert parent["metadata"]["annotations"] == {
        "applyset.kubernetes.io/additional-namespaces": "",
        "applyset.kubernetes.io/contains-group-kinds": "ConfigMap,Deployment.apps,Secret",
        "applyset.kubernetes.io/tooling": "kpy/v1",
    }


@pytest.mark.parametrize(
    ("context", "code", "message"),
    [
        (STRANGER, 2, "error: the cluster does not accept the credentials, which may have expired"),
        ("nobody", 2, 'error: there is no context "nobody" in the kubeconfig: choose another with --context'),
        ("guest", 2, 'error: user "guest" may not get configmaps in API group "" in the namespace'),
    ],
)
def test_who_may_not_is_told_so(kpy: Kpy, context: str, code: int, message: str) -> None:
    found, _, err = kpy("apply", "--yes", context=context)

    assert (found, err[: len(message)]) == (code, message)


def test_no_cluster_is_said(kpy: Kpy, tmp_path: Path, cluster: Cluster) -> None:
    config = json.loads(cluster.kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    other = tmp_path / "kubeconfig"
    other.write_text(json.dumps(config))

    code, _, err = kpy("diff", f"--kubeconfig={other}")

    assert code == 2
    assert err == "error: no cluster answers at 127.0.0.1:1: start it, or choose another with --context\n"


EXAMPLES = Path(__file__).parents[2] / "examples"
APPS = sorted(path for path in EXAMPLES.rglob("*.py") if not {"infra", "acme"} & {*path.parts})
#: What the apps make that need an installed library; `tests/examples` holds the files to that.
SNAPSHOTS = sorted(EXAMPLES.glob("acme/*/snapshots/*/*.yaml"))
#: Examples to the programs that they need.
NEEDS = {"charts": ("helm", "kustomize")}


@pytest.mark.parametrize("path", APPS, ids=lambda path: path.relative_to(EXAMPLES).as_posix().removesuffix(".py"))
def test_server_takes_every_example(
    path: Path, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that `kpy synth` emits, in namespaces that exist, and with the definitions of its custom kinds."""
    from kpy.loading import load_app

    for name in NEEDS.get(path.parent.name, ()):
        (tmp_path / name).symlink_to(program(name))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.chdir(path.parent)
    manifest = load_app(path.name).synth()
    if definitions := sorted(map(str, path.parent.glob("crds/**/*.yaml"))):
        cluster.kubectl("apply", *(f"-f={file}" for file in definitions))
        cluster.kubectl("wait", "--for=condition=Established", *(f"-f={file}" for file in definitions))
    prepare(cluster, [namespace for resource in manifest if (namespace := resource.namespace)])

    try_all(cluster, manifest.to_dicts())


@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: path.relative_to(EXAMPLES).as_posix())
def test_server_takes_the_apps_of_the_library(path: Path, cluster: Cluster) -> None:
    trees = [document.tree for document in read_documents(path.read_text(), str(path)).documents]
    prepare(cluster, [namespace for tree in trees if (namespace := tree["metadata"].get("namespace"))])

    try_all(cluster, trees)


def try_all(cluster: Cluster, trees: Sequence[dict[str, Any]]) -> None:
    """Let the server say that it takes objects."""
    everything = json.dumps({"apiVersion": "v1", "kind": "List", "items": trees})
    flags = ["--server-side", "--dry-run=server", "--field-manager=kpy", "-o", "name"]
    done = cluster.kubectl("apply", *flags, "-f", "-", stdin=everything, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.split()) == len(trees)


def prepare(cluster: Cluster, namespaces: Sequence[str]) -> None:
    for name in dict.fromkeys(namespaces):
        tree = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        cluster.request("POST", "/api/v1/namespaces", tree)
