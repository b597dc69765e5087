"""Effects across kinds on a real server: what is named is what is seen to happen.

What no controller here does is not seen here: there is no network, so neither Ingresses nor network policies do
anything, and no kubelet that would miss a key of a ConfigMap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

import pytest

from cluster.servers import Cluster as Server
from cluster.servers import eventually
from kpy.compare import compare
from kpy.kubectl import Cluster, Kubectl, Plan, Work, make_plan
from kpy.manifest import Manifest, Resource

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("nodes")]

Tree = dict[str, Any]


class World(NamedTuple):
    """A namespace of a server, and what is in it."""

    server: Server
    namespace: str

    def get(self, what: str, path: str) -> str:
        """Return a field of an object, or of all objects of a kind."""
        words = ("get", what, "-n", self.namespace, "--ignore-not-found", "-o", f"jsonpath={path}")
        return self.server.kubectl(*words).stdout

    def slices(self) -> list[Tree]:
        """Return what the Service leads to, in parts."""
        path = f"/apis/discovery.k8s.io/v1/namespaces/{self.namespace}/endpointslices"
        slices: list[Tree] = self.server.request("GET", path)[1]["items"]
        return slices

    def addresses(self) -> int:
        """Return how many pods the Service leads to."""
        endpoints = [each for part in self.slices() for each in part["endpoints"] or ()]
        return sum(each["conditions"].get("ready") is True for each in endpoints)

    def ports(self) -> set[int]:
        """Return the ports on which the Service leads to pods."""
        return {each["port"] for part in self.slices() for each in part["ports"] or ()}

    def running(self) -> int:
        """Return how many pods of the workload are ready."""
        said = self.get("deployments,statefulsets", "{.items[0].status.availableReplicas}")
        return int(said or 0)

    def pods(self) -> set[str]:
        """Return the names of the pods, each with its identity, without those that go."""
        path = "{range .items[*]}{.metadata.name}/{.metadata.uid}/{.metadata.deletionTimestamp} {end}"
        return {each.removesuffix("/") for each in self.get("pods", path).split() if each.endswith("/")}

    def revisions(self) -> int:
        """Return how many ReplicaSets there are."""
        return len(self.get("replicasets", "{.items[*].metadata.name}").split())


def made(kind: str, group: str = "v1", *, name: str = "web", **fields: Any) -> Tree:
    return {"apiVersion": group, "kind": kind, "metadata": {"name": name}, **fields}


#: The node of these tests has never been ready, as far as its taints say.
ANYWHERE: Tree = {"tolerations": [{"operator": "Exists"}]}


def workload(
    kind: str = "Deployment", image: str = "web:1", *, tier: str = "front", outcome: str = "", **spec: Any
) -> Tree:
    metadata: Tree = {"labels": {"app": "web", "tier": tier}}
    if outcome:
        metadata["annotations"] = {"kpy.test/outcome": outcome}
    template = {"metadata": metadata, "spec": {**ANYWHERE, "containers": [{"name": "web", "image": image}]}}
    selected = {"selector": {"matchLabels": {"app": "web"}}, "template": template}
    return made(kind, "apps/v1", spec={**selected, **spec})


def service(*ports: int, **spec: Any) -> Tree:
    listed = [{"name": f"p{port}", "port": port} for port in ports or (80,)]
    return made("Service", spec={"selector": {"tier": "front"}, "ports": listed, **spec})


def job(**spec: Any) -> Tree:
    template = {
        "metadata": {"annotations": {"kpy.test/outcome": "ready"}},
        "spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a:1"}]},
    }
    return made("Job", "batch/v1", spec={"template": template, **spec})


def autoscaler(most: int) -> Tree:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    return made("HorizontalPodAutoscaler", "autoscaling/v2", spec={"scaleTargetRef": target, "maxReplicas": most})


def rolling(**fields: Any) -> Tree:
    return {"type": "RollingUpdate", "rollingUpdate": fields}


ON_DELETE = {"type": "OnDelete"}


def kubectl_of(server: Server) -> Cluster:
    return Cluster(Kubectl(str(server.program("kubectl")), kubeconfig=str(server.kubeconfig)))


def apply(world: World, trees: Sequence[Tree]) -> Plan:
    """Apply objects and return what was planned."""
    cluster = kubectl_of(world.server)
    resources = [Resource(deepcopy(tree)) for tree in trees]
    plan = make_plan(cluster, Manifest(resources, release="1.36"), namespace=world.namespace)
    work = Work(cluster, plan, me="effects", tell=lambda text: None, replace=True)
    assert not plan.failures, [f"{item.key}: {item.failure}" for item in plan.failures]
    assert work.apply(), work.refusals
    assert work.delete(plan.gone), work.refusals
    work.finish([item.key for item in plan.items])
    return plan


def effects_of(plan: Plan) -> dict[str, str]:
    return {change.kind: change.effect for change in plan.comparison.changes if change.effect != "no change"}


class Case(NamedTuple):
    """Two manifests, the effects that are named, what is so before, and what is to be seen after."""

    name: str
    old: list[Tree]
    new: list[Tree]
    effects: dict[str, str]
    before: Callable[[World], bool]
    after: Callable[[World], bool]


CASES = [
    Case(
        "a Service that selects other pods",
        [workload(), service()],
        [workload(), service(selector={"tier": "back"})],
        {"Service": "outage"},
        lambda world: world.addresses() == 1,
        lambda world: world.addresses() == 0,
    ),
    Case(
        "pods that are labelled in another way",
        [workload(), service()],
        [workload(tier="back"), service()],
        {"Deployment": "outage"},
        lambda world: world.addresses() == 1,
        lambda world: world.addresses() == 0,
    ),
    Case(
        "a Deployment that goes and leaves its Service",
        [workload(), service()],
        [service()],
        {"Deployment": "outage"},
        lambda world: world.addresses() == 1,
        lambda world: world.addresses() == 0,
    ),
    Case(
        "a Service that goes on with other pods",
        [workload(), service()],
        [{**workload(), "metadata": {"name": "other"}}, service()],
        {"Deployment": "delete"},  # and another one is created
        lambda world: world.addresses() == 1,
        lambda world: world.addresses() == 1,
    ),
    Case(
        "a port that goes",
        [workload(), service(80, 81)],
        [workload(), service(80)],
        {"Service": "outage"},
        lambda world: world.ports() == {80, 81},
        lambda world: world.ports() == {80},
    ),
    Case(
        "ports of the nodes that go",
        [service(type="NodePort")],
        [service()],
        {"Service": "outage"},
        lambda world: world.get("service/web", "{.spec.ports[0].nodePort}") != "",
        lambda world: world.get("service/web", "{.spec.ports[0].nodePort}") == "",
    ),
    Case(
        "no pods any more",
        [workload(replicas=2)],
        [workload(replicas=0)],
        {"Deployment": "outage"},
        lambda world: world.running() == 2,
        lambda world: world.running() == 0,
    ),
    Case(
        "all pods unavailable while new ones do not come",
        [workload(replicas=2)],
        [workload(outcome="pending", replicas=2, strategy=rolling(maxUnavailable="100%"))],
        {"Deployment": "outage"},
        lambda world: world.running() == 2,
        lambda world: world.running() == 0,
    ),
    Case(
        "the only pod, and none beside it",
        [workload()],
        [workload(outcome="pending", strategy=rolling(maxSurge=0, maxUnavailable="50%"))],
        {"Deployment": "outage"},
        lambda world: world.running() == 1,
        lambda world: world.running() == 0,
    ),
    Case(
        "half of the pods",
        [workload(replicas=2)],
        [workload(outcome="pending", replicas=2, strategy=rolling(maxUnavailable="50%"))],
        {"Deployment": "rolling restart"},
        lambda world: world.running() == 2,
        lambda world: world.revisions() == 2 and world.running() == 1,
    ),
    Case(
        "an autoscaler with fewer pods",
        [workload(replicas=4)],
        [workload(), autoscaler(2)],
        {"HorizontalPodAutoscaler": "scale down"},
        lambda world: world.running() == 4,
        lambda world: world.running() == 2,
    ),
    Case(
        "a Job that is suspended",
        [job(parallelism=2)],
        [job(parallelism=2, suspend=True)],
        {"Job": "outage"},
        lambda world: len(world.pods()) == 2,
        lambda world: world.pods() == set(),
    ),
    Case(
        "a Job with fewer pods at once",
        [job(parallelism=3)],
        [job(parallelism=1)],
        {"Job": "scale down"},
        lambda world: len(world.pods()) == 3,
        lambda world: len(world.pods()) == 1,
    ),
    Case(
        "stateful pods with other numbers",
        [workload("StatefulSet", serviceName="x", replicas=2)],
        [workload("StatefulSet", serviceName="x", replicas=2, ordinals={"start": 4})],
        {"StatefulSet": "outage"},
        lambda world: {pod.partition("/")[0] for pod in world.pods()} == {"web-0", "web-1"},
        lambda world: {pod.partition("/")[0] for pod in world.pods()} == {"web-4", "web-5"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_effect_that_is_named_is_seen(cluster: Server, namespace: str, case: Case) -> None:
    world = World(cluster, namespace)
    apply(world, case.old)
    eventually(lambda: case.before(world), within=120)

    plan = apply(world, case.new)

    offline = compare(case.old, case.new).changes
    assert effects_of(plan) == case.effects
    assert {change.kind: change.effect for change in offline if change.effect != "no change"} == case.effects
    eventually(lambda: case.after(world), within=120)


class Brake(NamedTuple):
    """A workload whose pods are held back while its template changes, and then let go."""

    name: str
    kind: str
    fields: Tree
    held: Tree


BRAKES = [
    Brake("paused", "Deployment", {"replicas": 2}, {"paused": True}),
    Brake(
        "by a partition", "StatefulSet", {"serviceName": "x", "replicas": 2}, {"updateStrategy": rolling(partition=2)}
    ),
    Brake("until deleted", "StatefulSet", {"serviceName": "x", "replicas": 2}, {"updateStrategy": ON_DELETE}),
    Brake("until deleted", "DaemonSet", {}, {"updateStrategy": ON_DELETE}),
]


@pytest.mark.parametrize("brake", BRAKES, ids=lambda brake: f"{brake.kind} {brake.name}")
def test_pods_that_were_held_back_restart_when_they_are_let_go(cluster: Server, namespace: str, brake: Brake) -> None:
    """Three releases: the first runs, the second changes nothing that runs, and the third does."""
    world, count = World(cluster, namespace), brake.fields.get("replicas", 1)

    def release(image: str, **more: Any) -> list[Tree]:
        return [workload(brake.kind, image, **brake.fields, **more)]

    first, second, third = release("web:1"), release("web:2", **brake.held), release("web:2")
    apply(world, first)
    eventually(lambda: len(world.pods()) == count, within=120)
    pods = world.pods()

    assert effects_of(apply(world, second)) == {brake.kind: "update in place"}
    eventually(lambda: is_seen(world, brake.kind), within=120)
    assert world.pods() == pods

    assert compare(second, third).changes[0].effect == "rolling restart"
    assert effects_of(apply(world, third)) == {brake.kind: "rolling restart"}
    eventually(lambda: len(world.pods()) == count and world.pods().isdisjoint(pods), within=120)


@pytest.mark.parametrize("brake", BRAKES, ids=lambda brake: f"{brake.kind} {brake.name}")
def test_pods_that_were_held_back_for_nothing_stay(cluster: Server, namespace: str, brake: Brake) -> None:
    """The plan sees that no pod waits for another template; without a cluster, the worse is named."""
    world, count = World(cluster, namespace), brake.fields.get("replicas", 1)
    plain, held = workload(brake.kind, **brake.fields), workload(brake.kind, **brake.fields, **brake.held)
    apply(world, [plain])
    eventually(lambda: len(world.pods()) == count and is_seen(world, brake.kind), within=120)
    pods = world.pods()
    apply(world, [held])
    eventually(lambda: is_seen(world, brake.kind), within=120)

    plan = apply(world, [plain])

    assert effects_of(plan) == {brake.kind: "update in place"}
    assert compare([held], [plain]).changes[0].effect == "rolling restart"
    eventually(lambda: is_seen(world, brake.kind), within=120)
    assert world.pods() == pods


def is_seen(world: World, kind: str) -> bool:
    """Tell whether the controller has seen the workload as it is, and has all its pods."""
    path = "{.metadata.generation} {.status.observedGeneration}"
    generation, _, seen = world.get(f"{kind.lower()}/web", path).partition(" ")
    status = {"Deployment": "availableReplicas", "StatefulSet": "availableReplicas", "DaemonSet": "numberAvailable"}
    available = world.get(f"{kind.lower()}/web", "{.status." + status[kind] + "}")
    return generation == seen and int(available or 0) == (1 if kind == "DaemonSet" else 2)


def definition(name: str, *versions: Tree) -> Tree:
    names = {"kind": name.title(), "plural": f"{name}s", "listKind": f"{name.title()}List", "singular": name}
    spec = {"group": "example.com", "scope": "Namespaced", "names": names, "versions": list(versions)}
    return made("CustomResourceDefinition", "apiextensions.k8s.io/v1", name=f"{name}s.example.com", spec=spec)


def version(name: str, *fields: str, storage: bool = True, served: bool = True) -> Tree:
    inner = {"type": "object", "properties": {field: {"type": "string"} for field in fields}}
    schema = {"type": "object", "properties": {"spec": inner}}
    return {"name": name, "served": served, "storage": storage, "schema": {"openAPIV3Schema": schema}}


def is_served(cluster: Server, path: str) -> bool:
    """Tell whether the server knows a path."""
    return cluster.kubectl("get", "--raw", path, check=False).returncode == 0


def test_field_that_a_definition_loses_is_lost(cluster: Server, namespace: str) -> None:
    kind = f"lost{namespace.replace('-', '')}"
    path = f"/apis/example.com/v1/namespaces/{namespace}/{kind}s"
    old, new = definition(kind, version("v1", "size", "colour")), definition(kind, version("v1", "size"))
    world = World(cluster, namespace)
    apply(world, [old])
    eventually(lambda: is_served(cluster, path))
    thing = {"apiVersion": "example.com/v1", "kind": kind.title(), "metadata": {"name": "a"}}
    cluster.request("POST", path, {**thing, "spec": {"size": "1", "colour": "red"}})

    plan = apply(world, [new])

    assert effects_of(plan) == {"CustomResourceDefinition": "data loss"}
    eventually(lambda: cluster.request("GET", f"{path}/a")[1].get("spec") == {"size": "1"})


def test_version_that_is_not_served_any_more_is_an_outage(cluster: Server, namespace: str) -> None:
    kind = f"gone{namespace.replace('-', '')}"
    path = f"/apis/example.com/v2/namespaces/{namespace}/{kind}s"
    world = World(cluster, namespace)
    apply(world, [definition(kind, version("v1"), version("v2", storage=False))])
    eventually(lambda: is_served(cluster, path))

    plan = apply(world, [definition(kind, version("v1"), version("v2", storage=False, served=False))])

    assert effects_of(plan) == {"CustomResourceDefinition": "outage"}
    eventually(lambda: not is_served(cluster, path))


def test_replaced_stateful_set_takes_its_claims_along(cluster: Server, namespace: str) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    fields: Tree = {
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": spec}],
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"},
    }
    world = World(cluster, namespace)
    apply(world, [workload("StatefulSet", serviceName="a", **fields)])
    eventually(lambda: world.get("pvc/data-web-0", "{.metadata.ownerReferences[0].kind}") == "StatefulSet", within=120)
    before = world.get("pvc/data-web-0", "{.metadata.uid}")

    plan = apply(world, [workload("StatefulSet", serviceName="b", **fields)])

    (item,) = plan.items
    assert (item.change.effect, item.holds_data) == ("immutable field changed", True)
    eventually(lambda: world.get("pvc/data-web-0", "{.metadata.uid}") not in ("", before), within=120)


def test_volume_whose_claim_is_gone_goes_when_it_is_not_retained(cluster: Server, namespace: str) -> None:
    def volume(policy: str) -> Tree:
        source = {"hostPath": {"path": f"/tmp/kpy-nothing-is-here-{namespace}"}}
        claim = {"claimRef": {"namespace": namespace, "name": "gone", "uid": "1"}}
        spec = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], **source, **claim}
        return made("PersistentVolume", name=f"of-{namespace}", spec={**spec, "persistentVolumeReclaimPolicy": policy})

    world, phase = World(cluster, namespace), "{.status.phase}"
    apply(world, [volume("Retain")])
    eventually(lambda: world.get(f"pv/of-{namespace}", phase) == "Released", within=120)

    plan = apply(world, [volume("Delete")])

    assert effects_of(plan) == {"PersistentVolume": "data loss"}
    eventually(lambda: world.get(f"pv/of-{namespace}", phase) in ("", "Failed"), within=120)


def test_object_behind_two_versions_is_one(cluster: Server, namespace: str) -> None:
    world = World(cluster, namespace)
    old, new = autoscaler(5), autoscaler(5)
    old["apiVersion"] = "autoscaling/v1"
    old["spec"]["targetCPUUtilizationPercentage"] = 70
    target = {"type": "Utilization", "averageUtilization": 70}
    new["spec"]["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    apply(world, [old])

    plan = apply(world, [new])

    assert (effects_of(plan), compare([old], [new]).is_same) == ({}, True)
    assert kubectl_of(cluster).get([{**new, "metadata": {"name": "web", "namespace": namespace}}])
    assert effects_of(apply(world, [new])) == {}
