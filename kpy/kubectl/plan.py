"""What applying an app would do to a cluster, found out before anything is changed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from functools import cache, partial
from typing import NamedTuple

from kpy.compare import Change, Comparison, compare
from kpy.compare.across import judge_across
from kpy.compare.comparison import changes_between
from kpy.compare.effects import judge_deletion
from kpy.compare.replicas import autoscaled
from kpy.compare.secret_texts import with_texts_as_data
from kpy.errors import ClusterError
from kpy.kubectl.cluster import Cluster, Outcome
from kpy.kubectl.encrypted import refuse_encrypted
from kpy.kubectl.failures import Failure
from kpy.kubectl.foreseen import foreseen
from kpy.kubectl.inventory import MEMBER, Inventory, describe_owner, find, owner_of
from kpy.kubectl.jobs import has_failed, is_job, successor_of
from kpy.kubectl.objects import Tree
from kpy.kubectl.ownership import Handover, handover_for, simulated
from kpy.kubectl.records import NOBODY, Owner
from kpy.kubectl.rehearsal import rehearsed
from kpy.kubectl.renames import deletion, with_replacements
from kpy.kubectl.takeover import after_takeover, is_from_kubectl
from kpy.manifest import Manifest, Resource
from kpy.model.merge import strategic_merge
from kpy.objects import Key, is_protected, key_of, metadata_of
from kpy.pipeline.order import in_order
from kpy.project.origin import NOWHERE, Origin
from kpy.schema import RELEASES, api
from kpy.schema.scopes import custom_scopes
from kpy.source import Location
from kpy.tree.part import namespace_of

__all__ = ["Gone", "Item", "Plan", "deletions", "find_inventory", "make_plan"]

_WITH_DATA = frozenset({"CustomResourceDefinition", "Namespace", "PersistentVolume", "PersistentVolumeClaim"})


class Item(NamedTuple):
    """One declared object, and what applying it would do."""

    key: Key
    #: The object as it will be applied, with the label of members where it is one.
    tree: Tree
    #: The object in the cluster; nothing when it will be created.
    live: Tree | None
    change: Change
    #: Why the cluster would refuse it.
    failure: Failure | None = None
    #: Why the cluster could not be asked; empty when it was.
    untried: str = ""
    #: What must change owners before it is applied.
    handover: Handover | None = None
    #: Its name without the digest, for a Job that runs once for each content; else empty.
    base_name: str = ""
    #: The Jobs that must be complete before it is applied.
    waits_for: tuple[Key, ...] = ()
    #: Whether it has run with this content already, and is gone: it is not made again.
    has_run: bool = False

    @property
    def may_run_again(self) -> bool:
        """Whether it is a Job that kpy deletes and makes anew when it has failed."""
        is_kept = self.is_adopted or (self.live is not None and is_protected(self.live))
        return bool(self.base_name) and not is_kept

    @property
    def runs_again(self) -> bool:
        """Whether it is such a Job, and has failed."""
        return self.may_run_again and has_failed(self.live)

    @property
    def is_adopted(self) -> bool:
        """Whether it was there before kpy, and so will never be deleted by it."""
        return self.live is not None and MEMBER not in (metadata_of(self.tree).get("labels") or {})

    @property
    def is_from_kubectl(self) -> bool:
        """Whether `kubectl apply` made it, so that fields which that set, and the app does not, will go."""
        return self.live is not None and is_from_kubectl(self.live)

    @property
    def holds_data(self) -> bool:
        """Whether deleting it can lose data."""
        if self.key.kind in _WITH_DATA or self.live is None:
            return self.key.kind in _WITH_DATA
        return judge_deletion(self.key.group, self.key.kind, self.live, ()).effect == "data loss"


class Gone(NamedTuple):
    """An object that an earlier apply made and that is no longer declared."""

    key: Key
    live: Tree
    change: Change
    #: What takes its place: the same Job with another content, or an object that has it among its former names.
    successor: Key | None = None
    #: Whether it has another name by now, so that both are one change.
    is_renamed: bool = False

    @property
    def holds_data(self) -> bool:
        """Whether more goes with it than the object: a claim's volume, all that is in a namespace."""
        return self.change.effect == "data loss" or self.key.kind in _WITH_DATA


class Plan(NamedTuple):
    """Everything that applying an app would do."""

    items: list[Item]
    gone: list[Gone]
    inventory: Inventory
    #: Whether the record of the app was gone, and its objects were found by their label.
    is_restored: bool = False

    @property
    def comparison(self) -> Comparison:
        """The changes, those of the app in its order, then what is no longer declared."""
        gone = (gone.change for gone in self.gone if not gone.is_renamed)
        return Comparison([*(item.change for item in self.items), *gone])

    @property
    def is_pruning_everything(self) -> bool:
        """Whether all that earlier applies made is no longer declared."""
        lost = [gone for gone in self.gone if gone.successor is None]
        return bool(lost) and not any(item.live is not None and not item.is_adopted for item in self.items)

    @property
    def open_jobs(self) -> list[Item]:
        """The Jobs that run once for each content, and of which it is not known yet that they have run."""
        return [item for item in self.items if item.base_name and not self.inventory.has_run(item.key)]

    @property
    def failures(self) -> list[Item]:
        """What the cluster would refuse, apart from changes of immutable fields."""
        return [item for item in self.items if item.failure is not None and item.failure.reason != "immutable"]

    @property
    def immutable(self) -> list[Item]:
        """What must be replaced, since a field of it cannot change."""
        return [item for item in self.items if item.change.effect == "immutable field changed"]


def make_plan(
    cluster: Cluster,
    manifest: Manifest,
    *,
    namespace: str | None = None,
    force: bool = False,
    adopt: bool = False,
    ask: bool = True,
    owner: Owner = NOBODY,
    origin: Origin = NOWHERE,
    take_over: bool = False,
) -> Plan:
    """Return what applying a manifest would do; nothing is changed.

    `namespace` is where objects go that say none, and where the inventory is made; `force` takes fields over from
    others, `adopt` objects, `take_over` the app of another owner. Without `ask`, only reads are made, and the server is
    not asked to try. Raises `UsageError` for encrypted objects, and `ClusterError` when the cluster remembers another
    owner of the app.
    """
    refuse_encrypted(manifest)
    planning = _Planning(cluster, manifest, namespace, force=force, adopt=adopt, ask=ask)
    inventory = planning.inventory(owner, origin)
    if ask and not take_over:
        inventory.refuse_other_owner()
    return planning.run(inventory)


def find_inventory(
    cluster: Cluster,
    manifest: Manifest,
    *,
    namespace: str | None = None,
    owner: Owner = NOBODY,
    origin: Origin = NOWHERE,
) -> Inventory:
    """Return what the cluster remembers of an app. Raises `ClusterError` when it is not clear which is meant."""
    planning = _Planning(cluster, manifest, namespace, force=False, adopt=False, ask=False)
    return planning.inventory(owner, origin)


def deletions(trees: Sequence[Tree], beside: Sequence[Tree] = ()) -> list[Gone]:
    """Return what deleting objects does, in the order in which they should go; `beside` are those that stay."""
    everything = [*trees, *beside]
    return [Gone(key_of(live), live, deletion(key_of(live), live, everything)) for live in _in_order_of_deletion(trees)]


class _Planning:
    """The way to a plan."""

    def __init__(
        self, cluster: Cluster, manifest: Manifest, namespace: str | None, *, force: bool, adopt: bool, ask: bool
    ) -> None:
        self.cluster = cluster
        self.said_namespace = namespace
        self.force, self.adopt, self.ask = force, adopt, ask
        self.release = cluster.release if cluster.release in RELEASES else None
        self.places: dict[Key, Location | None] = {}
        self.trees: dict[Key, Tree] = {}
        #: Names without digest, of Jobs that run once for each content.
        self.bases: dict[Key, str] = {}
        #: Objects as the manifest names them, and what must come before each.
        self.named: dict[Key, Key] = {}
        self.after: dict[Key, tuple[Key, ...]] = {}
        self.scopes = custom_scopes(resource.tree for resource in manifest)
        for resource in manifest:
            self.take(resource)
        cluster.mask.learn(self.trees.values())
        self.app = manifest.app.name if manifest.app is not None else "app"
        self.charts = manifest.app.parts if manifest.app is not None else ()
        self.live: dict[Key, Tree] = {}
        self.scaled = autoscaled(self.trees.values())
        self.describe_owner = cache(partial(describe_owner, cluster))
        #: The objects as they will be, as far as the server has said it.
        self.afters: dict[Key, Tree] = {}
        self.handovers: dict[Key, Handover] = {}
        #: Kinds whose definition, which comes first, is new or changes.
        self.redefined: set[tuple[str, str]] = set()

    def take(self, resource: Resource) -> None:
        """Copy a resource, and say its namespace where it says none."""
        tree = _as_stored(deepcopy(resource.tree))
        metadata = tree.setdefault("metadata", {})
        if self.is_namespaced(resource):
            metadata["namespace"] = resource.namespace or self.said_namespace or self.cluster.namespace
        else:
            metadata.pop("namespace", None)
        key = key_of(tree)
        self.trees[key] = tree
        self.places[key] = resource.where
        self.named[resource.identity] = key
        self.after[key] = resource.after
        if is_job(key) and resource.base_name:
            self.bases[key] = resource.base_name

    def is_namespaced(self, resource: Resource) -> bool:
        """Tell whether objects of its kind live in namespaces; unknown kinds do where one is said."""
        group = resource.api_version.rpartition("/")[0]
        if (group, resource.kind) in self.scopes:
            return self.scopes[group, resource.kind]
        served = self.cluster.served(group, resource.kind)
        return served.namespaced if served else resource.namespace is not None

    def inventory(self, owner: Owner, origin: Origin) -> Inventory:
        """Return what the cluster remembers of the app."""
        places = self.inventory_places()
        return find(self.cluster, self.app, places, owner=owner, origin=origin, declared=self.trees)

    def run(self, inventory: Inventory) -> Plan:
        members = inventory.members() if inventory.live is not None else {}
        served = [tree for key, tree in self.trees.items() if self.cluster.served(key.group, key.kind)]
        self.live = self.cluster.get((tree for tree in served if metadata_of(tree).get("name")), members)
        foreign = {key: failure for key in self.trees if (failure := self.foreign(key, inventory))}
        for key, tree in self.trees.items():
            live = self.live.get(key)
            if key not in foreign and (live is None or self.adopt or owner_of(live) == inventory.id):
                metadata = tree["metadata"]
                metadata["labels"] = {**(metadata.get("labels") or {}), MEMBER: inventory.id}
        ran = {key for key in self.bases if key not in self.live and inventory.has_run(key)}
        items = [self.as_released(item, ran) for item in self.items(foreign, ran)]
        is_restored = inventory.live is None and any(owner_of(live) == inventory.id for live in self.live.values())
        members = inventory.members() if is_restored else members
        plan = self.with_others(Plan(items, self.gone(members), inventory, is_restored))
        return Plan(*with_replacements(plan.items, plan.gone), inventory, is_restored)

    def with_others(self, plan: Plan) -> Plan:
        """Return a plan that says what the changes of some objects do to others."""
        before = [*self.live.values(), *(gone.live for gone in plan.gone)]
        changes = iter(judge_across(plan.comparison.changes, before, self.afters.values()))
        items = [item._replace(change=next(changes)) for item in plan.items]
        return plan._replace(items=items, gone=[gone._replace(change=next(changes)) for gone in plan.gone])

    def inventory_places(self) -> list[str]:
        """Return where the inventory may be; the first is where a new one is made.

        An app in one namespace keeps it there; an app in several keeps it in that of the context. The namespaces of
        charts count even if nothing is left in them.
        """
        if self.said_namespace is not None:
            return [self.said_namespace]
        charts = (namespace_of(part) for part in self.charts)
        named = [key.namespace for key in self.trees if key.namespace]
        namespaces = list(dict.fromkeys([*named, *(namespace for namespace in charts if namespace)]))
        own = self.cluster.namespace
        return [*namespaces, own] if len(namespaces) == 1 else [own, *namespaces]

    def foreign(self, key: Key, inventory: Inventory) -> Failure | None:
        """Return why an object must be left alone: it belongs to another app."""
        live = self.live.get(key)
        owner = owner_of(live) if live is not None else ""
        if not owner or owner == inventory.id or self.adopt:
            return None
        return Failure(
            "other",
            f"it belongs to {self.describe_owner(owner)}",
            "remove it from one of the two apps, or take it over with --adopt",
        )

    def as_released(self, item: Item, ran: set[Key]) -> Item:
        """Return an object with what is known of Jobs: which it waits for, and whether it is one that need not run."""
        jobs = tuple(self.named[each] for each in self.after[item.key] if is_job(each) and each in self.named)
        item = item._replace(waits_for=jobs, base_name=self.bases.get(item.key, ""), has_run=item.key in ran)
        if item.has_run:
            return item._replace(change=item.change._replace(effect="no change"))
        if item.runs_again:
            reasons = ("it has failed: it is deleted and runs again",)
            return item._replace(change=item.change._replace(effect="create", differences=(), reasons=reasons))
        return item

    def items(self, foreign: dict[Key, Failure], ran: Collection[Key]) -> list[Item]:
        untried = {key: why for key in self.trees if (why := self.why_untried(key))}
        refused = foreign | {key: failure for key in self.trees if (failure := self.hopeless(key))}
        tried = [key for key in self.trees if key not in untried and key not in refused and key not in ran]
        for key, live in self.live.items():
            if handover := handover_for(key, live, self.trees[key], self.scaled):
                self.handovers[key] = handover
        outcomes: dict[Key, Outcome] = {}
        if self.ask:
            answers = self.cluster.apply([self.trees[key] for key in tried], dry_run=True, force=self.force)
            outcomes = dict(zip(tried, answers, strict=True))
            self.refuse_blindness(outcomes)
            handovers, force = self.handovers, self.force
            outcomes = rehearsed(self.cluster, outcomes, self.trees, self.live, handovers, force=force)
        found = []
        for key in self.trees:
            outcome = outcomes.get(key) or Outcome(None, refused.get(key))
            found.append(self.item(key, outcome, untried.get(key, "")))
        return found

    def refuse_blindness(self, outcomes: Mapping[Key, Outcome]) -> None:
        """Raise `ClusterError` where reading showed nothing of an object that the server has."""
        for key, outcome in outcomes.items():
            if key not in self.live and metadata_of(outcome.result or {}).get("resourceVersion"):
                if self.cluster.get([self.trees[key]]):
                    raise ClusterError(f"{key}: somebody has made it just now: run the command again")
                raise ClusterError(
                    f"{key}: the cluster has it, and kubectl get does not show it: if kubectl is a wrapper, "
                    "say where kubectl itself is with --kubectl FILE"
                )

    def item(self, key: Key, outcome: Outcome, untried: str) -> Item:
        tree, live, failure = self.trees[key], self.live.get(key), outcome.failure
        if failure is not None and failure.reason == "no kind" and key.group in api().groups:
            failure = failure._replace(fix=f"Kubernetes {self.cluster.release} does not serve it, or not by default")
        handover = self.handovers.get(key)
        if failure is not None and handover is not None and handover.taken and failure.reason == "invalid":
            untried, failure = "what the server had filled in beside it goes first", None
        if failure is not None and (why := self.excuse(key, failure)):
            untried, failure = why, None
        if live is None:
            self.afters[key] = tree
            change = compare([], [tree], kubernetes=self.release).changes[0]
        else:
            after = after_takeover(live, outcome.result or self.merged(live, tree), tree)
            after = simulated(live, after, handover) if handover is not None else after
            self.afters[key] = after
            change = compare([live], [after], kubernetes=self.release).changes[0]
            if outcome.result is not None and change.effect == "immutable field changed":
                change = changes_between([live], [after], kubernetes=self.release, is_accepted=True).changes[0]
                change = change._replace(reasons=("the API server takes this change", *change.reasons))
            if failure is None and (outcome.result is None or (key.group, key.kind) in self.redefined):
                declared = tree if outcome.result is None else after
                change, failure = foreseen(change, live, after, declared, self.trees.values(), self.release)
        if failure is not None and failure.reason == "invalid" and change.effect == "immutable field changed":
            failure = failure._replace(reason="immutable")
        if failure is not None and failure.reason == "immutable":
            fields = f"the API server refuses to change {', '.join(failure.fields)}" if failure.fields else str(failure)
            reasons = change.reasons if change.effect == "immutable field changed" else (fields,)
            change = change._replace(effect="immutable field changed", reasons=reasons)
        if key.kind == "CustomResourceDefinition" and change.effect != "no change":
            spec = tree.get("spec") or {}
            self.redefined.add((str(spec.get("group")), str(spec.get("names", {}).get("kind"))))
        return Item(key, tree, live, change._replace(where=self.places[key]), failure, untried, handover)

    def merged(self, live: Tree, tree: Tree) -> Tree:
        """Return about what applying would make of an object, where the server was not asked or refused."""
        kind = api(self.release).kind(tree["apiVersion"], tree["kind"])
        return strategic_merge(live, tree, api(self.release).type(kind.type) if kind else None)

    def why_untried(self, key: Key) -> str:
        """Return why the server cannot be asked yet: something that the app brings along is missing."""
        namespace = Key("", "Namespace", "", key.namespace)
        if key.namespace and namespace in self.trees and namespace not in self.live:
            return f'namespace "{key.namespace}" is not there yet'
        if (key.group, key.kind) in self.scopes and self.cluster.served(key.group, key.kind) is None:
            return "its definition is not there yet"
        return ""

    def hopeless(self, key: Key) -> Failure | None:
        """Return why the server need not be asked: it has no such kind, or no name, or lets the object go just now."""
        if metadata_of(self.live.get(key) or {}).get("deletionTimestamp"):
            return Failure("terminating", "it is being deleted", "wait until it is gone, and apply again")
        if not key.name:
            return Failure("other", "it has no name of its own, only `generateName`", "give it a name")
        if self.cluster.served(key.group, key.kind) is not None or (key.group, key.kind) in self.scopes:
            return None
        return Failure(
            "no kind",
            f"the cluster does not know {key.kind} of {self.trees[key]['apiVersion']}",
            "apply its CustomResourceDefinition first, or add it to the app",
        )

    def excuse(self, key: Key, failure: Failure) -> str:
        """Return why a refusal means nothing yet; empty when it does."""
        if failure.reason == "no dry run":
            return failure.message
        if (key.group, key.kind) in self.redefined:
            return "its definition changes first"
        names = {each.name for each in self.trees if each not in self.live}
        said = re.findall(r"[\w.-]+", failure.message)
        if failure.reason in ("other", "forbidden", "missing") and re.search("not found|was found", failure.message):
            missing = names.intersection(word.rpartition("/")[2] for word in said) - {key.name}
            return f"{', '.join(sorted(missing))} is not there yet" if missing else ""
        return ""

    def gone(self, members: dict[Key, Tree]) -> list[Gone]:
        self.cluster.mask.learn(members.values())
        left = [live for key, live in members.items() if key not in self.trees]
        return [self.succeeded(gone) for gone in deletions(left, [*self.live.values()])]

    def succeeded(self, gone: Gone) -> Gone:
        """Return an object that goes with the Job that takes its place, if there is one."""
        successor = successor_of(gone.key, self.bases)
        if successor is None or gone.change.protected:
            return gone
        change = gone.change._replace(reasons=(f"{successor} takes its place",))
        return gone._replace(change=change, successor=successor)


def _as_stored(tree: Tree) -> Tree:
    """Return an object as a server stores it: the texts of a Secret as data.

    What is sent as `stringData` is stored as `data`, and who sent it owns only the former: a key that is left out later
    would stay for ever.
    """
    is_secret = (tree.get("apiVersion"), tree.get("kind")) == ("v1", "Secret")
    return dict(with_texts_as_data(tree)) if is_secret else tree


def _in_order_of_deletion(trees: Sequence[Tree]) -> list[Tree]:
    """Return objects in the order in which they should go: users before what they use, namespaces last."""
    return [resource.tree for resource in reversed(in_order(Resource(tree) for tree in trees))]
