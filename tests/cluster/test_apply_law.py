"""The law: after `apply old; apply new`, every object is what the plan promised, and the effect it named happened.

What happened is observed: whether the object is the same one, whether its version moved, and whether a controller has
made a new revision of its pods.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from cluster.pairs import Pair, pairs
from cluster.servers import Cluster as Server
from cluster.servers import eventually
from kpy.compare import EFFECTS, Change, Effect, compare
from kpy.kubectl import Cluster, Kubectl, Plan, Work, make_plan
from kpy.manifest import Manifest, Resource
from kpy.objects import key_of

pytestmark = pytest.mark.cluster

Tree = dict[str, Any]
_SIZE = 40
#: What a server chooses anew each time it is asked, in a dry run too.
_ALLOCATED = ("spec.ports[", "spec.healthCheckNodePort")
_REVISED = {"Deployment": "replicasets", "StatefulSet": "controllerrevisions", "DaemonSet": "controllerrevisions"}


def _batches() -> Iterator[Any]:
    names = [pair.name for pair in pairs("x")]
    for start in range(0, len(names), _SIZE):
        yield pytest.param(start, id=f"{names[start]} and {_SIZE - 1} more")


def _apply(cluster: Cluster, trees: Sequence[Tree], namespace: str) -> Plan:
    manifest = Manifest([Resource(tree) for tree in trees], release=cluster.release)
    plan = make_plan(cluster, manifest, namespace=namespace)
    work = Work(cluster, plan, me="law", tell=lambda text: None, replace=True)
    assert not plan.failures, [f"{item.key}: {item.failure}" for item in plan.failures]
    assert work.apply(), work.refusals
    work.finish([item.key for item in plan.items])
    return plan


def _revisions(server: Server, namespace: str) -> dict[tuple[str, str], int]:
    """Return how many revisions of its pods every workload has, by the kind and name of the owner."""
    count: dict[tuple[str, str], int] = {}
    for plural in sorted(set(_REVISED.values())):
        path = f"/apis/apps/v1/namespaces/{namespace}/{plural}"
        for tree in server.request("GET", path)[1]["items"]:
            for owner in tree["metadata"].get("ownerReferences", ()):
                key = owner["kind"], owner["name"]
                count[key] = count.get(key, 0) + 1
    return count


@pytest.mark.usefixtures("controllers")
@pytest.mark.parametrize("start", list(_batches()))
def test_what_was_planned_is_what_happens(cluster: Server, namespace: str, start: int) -> None:
    hold(cluster, namespace, list(pairs(namespace))[start : start + _SIZE])


def hold(cluster: Server, namespace: str, batch: Sequence[Pair]) -> None:
    """Apply what is old of all pairs, then what is new, and see that the law holds for each."""
    kubectl = Cluster(Kubectl(str(cluster.program("kubectl")), kubeconfig=str(cluster.kubeconfig)))
    _apply(kubectl, [pair.old for pair in batch], namespace)
    workloads = {(pair.old["kind"], pair.name) for pair in batch if pair.old["kind"] in _REVISED}
    workloads -= {
        ("Deployment", pair.name) for pair in batch if pair.old.get("spec", {}).get("paused")
    }  # makes no pods yet
    eventually(lambda: workloads <= _revisions(cluster, namespace).keys())
    before = {key.name: tree for key, tree in kubectl.get([pair.old for pair in batch]).items()}
    revisions = _revisions(cluster, namespace)
    said = compare([pair.old for pair in batch], [pair.new for pair in batch], kubernetes=kubectl.release)
    offline = {change.name: change for change in said.changes}

    plan = _apply(kubectl, [pair.new for pair in batch], namespace)

    effects = {item.key.name: item.change.effect for item in plan.items}
    expected = {
        (kind, name): revisions.get((kind, name), 0) + _is_revised(effects[name], plan, name)
        for kind, name in workloads
    }
    with suppress(AssertionError):  # what is missing is named below
        eventually(lambda: _of(workloads, cluster, namespace) == expected)
    after = {key.name: tree for key, tree in kubectl.get([pair.new for pair in batch]).items()}
    changes = {item.key.name: item.change for item in plan.items}
    wrong = [said for pair in batch for said in _broken(pair, changes[pair.name], before, after)]
    wrong += [
        f"{name}: compare says {change.effect}, the plan {effects[name]}"
        for name, change in offline.items()
        if change.effect != effects[name] and not _is_cautious(change, effects[name])
    ]
    seen = _of(workloads, cluster, namespace)
    wrong += [
        f"{name}: {seen[kind, name]} revisions, not {count}"
        for (kind, name), count in expected.items()
        if seen[kind, name] != count
    ]
    assert wrong == []


def _is_cautious(change: Change, effect: Effect) -> bool:
    """Tell whether the worse was named since only a server knows: pods held back, their number, a Job that ended."""
    unknown = ("now if the template changed", "goes from up to", "the Job is suspended", "becomes 0", "pods at once")
    is_open = any(word in reason for word in unknown for reason in change.reasons)
    return is_open and EFFECTS.index(change.effect) > EFFECTS.index(effect)


def _of(workloads: set[tuple[str, str]], server: Server, namespace: str) -> dict[tuple[str, str], int]:
    seen = _revisions(server, namespace)
    return {key: seen.get(key, 0) for key in workloads}


def _is_revised(effect: str, plan: Plan, name: str) -> bool:
    """Return whether a new revision of the pods is to be seen."""
    item = next(item for item in plan.items if item.key.name == name)
    if effect == "immutable field changed" or item.tree["spec"].get("paused"):
        return False
    return any(difference.is_within("spec", "template") for difference in item.change.differences)


def _broken(pair: Pair, change: Change, before: dict[str, Tree], after: dict[str, Tree]) -> Iterator[str]:
    """Yield how what happened to an object differs from what was said: nothing less, and nothing more."""
    old, new, effect = before[pair.name], after[pair.name], change.effect
    left = compare([new], [{**pair.new, "metadata": {**new["metadata"], **pair.new["metadata"]}}]).changes[0]
    is_same = old["metadata"]["uid"] == new["metadata"]["uid"]
    if is_same != (effect != "immutable field changed"):
        yield f"{pair.name}: {effect}, and the object is {'the same' if is_same else 'another one'}"
    moved = {difference.path for difference in compare([old], [new]).changes[0].differences}
    planned = {difference.path for difference in change.differences}
    if is_same and (surprising := {path for path in moved ^ planned if not path.startswith(_ALLOCATED)}):
        yield f"{pair.name}: {effect}, and planned or changed alone: {', '.join(sorted(surprising))}"
    generations = [tree["metadata"].get("generation") for tree in (old, new)]
    if effect == "no change" and generations[0] != generations[1]:
        yield f"{pair.name}: no change was planned, and its generation went from {generations[0]} to {generations[1]}"
    missing = [difference.path for difference in left.differences if difference.new is not None]
    if missing:
        yield f"{pair.name}: is not as declared in {', '.join(missing)}"
    assert key_of(old) == key_of(new)


def _prune(cluster: Cluster, plan: Plan) -> None:
    work = Work(cluster, plan, me="law", tell=lambda text: None)
    assert work.delete(plan.gone), work.refusals
    work.finish([item.key for item in plan.items])


@pytest.mark.parametrize("seed", range(30))
def test_sequence_of_manifests_leaves_what_the_last_one_declares(cluster: Server, namespace: str, seed: int) -> None:
    """Nothing of an earlier manifest is left, nothing of somebody else is taken, and a second look finds no change."""
    kubectl = Cluster(Kubectl(str(cluster.program("kubectl")), kubeconfig=str(cluster.kubeconfig)))
    cluster.kubectl("create", "configmap", "theirs", "--from-literal=human=data", "-n", namespace)
    choose = Random(seed)
    calm = [pair for pair in pairs(namespace) if pair.old["kind"] != "PersistentVolumeClaim"]  # it goes in its own time
    pool = choose.sample(calm, 16)
    declared: list[Tree] = []
    for _ in range(3):
        declared = [choose.choice((pair.old, pair.new)) for pair in choose.sample(pool, 10)]
        _prune(kubectl, _apply(kubectl, declared, namespace))

    again = make_plan(
        kubectl, Manifest([Resource(tree) for tree in declared], release=kubectl.release), namespace=namespace
    )

    assert again.comparison.is_same
    assert again.gone == []
    assert again.inventory.members().keys() == {key_of(tree) for tree in declared}
    assert cluster.kubectl("get", "configmap/theirs", "-n", namespace, "-o", "jsonpath={.data.human}").stdout == "data"
