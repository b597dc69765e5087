"""Carrying a plan out: in order, stopping at the first fault, and leaving what the next apply completes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import deepcopy
from itertools import groupby
from threading import Event, Thread
from typing import Literal

from kpy.errors import ClusterError
from kpy.kubectl.cluster import MANAGER, Cluster, Outcome
from kpy.kubectl.failures import Failure
from kpy.kubectl.inventory import MEMBER
from kpy.kubectl.jobs import is_running
from kpy.kubectl.objects import Tree
from kpy.kubectl.ownership import is_as_planned, rewritten
from kpy.kubectl.plan import Gone, Item, Plan
from kpy.kubectl.readiness import state_of
from kpy.kubectl.wait import wait_for
from kpy.objects import Key, metadata_of

__all__ = ["Deed", "Work"]

#: What became of an object.
Deed = Literal["created", "changed", "unchanged", "replaced", "deleted", "refused", "unknown"]

#: What must be there, and at work, before anything else comes.
_FOUNDATIONS = frozenset({"Namespace", "CustomResourceDefinition"})
#: Kinds that an app mixes, and of which none needs another, so that they go together.
_MIXED = {"ClusterRole": "Role", "ClusterRoleBinding": "RoleBinding", "Secret": "ConfigMap"}
_PATIENCE = 60.0
#: How often the lock is looked at while kubectl is at work.
_BEAT = 5.0
_BATCH = 200
#: How often the owners of an object are written while its controllers note something in it.
_TRIES = 10
#: How many objects are deleted at once.
_AT_ONCE = 8


class Work:
    """A plan being carried out, and what became of each object so far.

    Work ends early when the cluster refuses an object, or a Job fails that others wait for: what comes after it in
    order is left alone.
    """

    def __init__(
        self,
        cluster: Cluster,
        plan: Plan,
        *,
        me: str,
        tell: Callable[[str], None],
        force: bool = False,
        replace: bool = False,
        await_jobs: Callable[[Sequence[Item]], bool] | None = None,
        timeout: float = 300.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare to carry out a plan; `await_jobs` waits until Jobs are complete, and says why where one is not."""
        self._cluster = cluster
        self._plan = plan
        self._inventory = plan.inventory
        self._me, self._tell, self._force, self._replace, self._pause = me, tell, force, replace, pause
        self._await_jobs = await_jobs or self._await_quietly
        self._timeout = timeout
        self.deeds: dict[Key, Deed] = {}
        self.refusals: dict[Key, Failure] = {}
        #: The Jobs that are complete, as far as somebody waited for them.
        self.complete: set[Key] = set()

    @property
    def left(self) -> list[Key]:
        """The objects of the plan that nothing was done to."""
        return [item.key for item in self._plan.items if item.key not in self.deeds]

    def apply(self) -> bool:
        """Apply all objects in order; return whether the cluster took them all."""
        batches = list(_batches(self._plan.items))
        here = Key("", "Namespace", "", self._inventory.namespace)
        if not any(item.key == here and item.live is None for item in self._plan.items):
            self._lock()
        for items in batches:
            awaited = {key for item in items for key in item.waits_for}
            if not self._wait_for(item for item in self._plan.items if item.key in awaited):
                return False
            if not self._make_way(items) or not self._apply(items):
                return False
            if items[0].key.kind in _FOUNDATIONS and not self._wait_for_foundations(items):
                return False
            self._lock()
        return self._wait_for(item for item in self._plan.items if item.base_name)

    def delete(self, gone: Sequence[Gone]) -> bool:
        """Delete objects, users before what they use; return whether the cluster let them all go."""
        self._lock()
        with self._cluster.deleting(len(gone)) as delete:
            for alike in _alike(gone):
                for each in alike:
                    self.deeds[each.key] = "unknown"
                with self._locked(), _workers() as workers:
                    failures = workers.map(delete, [each.live for each in alike])
                    for each, failure in zip(alike, failures, strict=True):
                        self._note(each.key, "refused" if failure else "deleted", failure)
        return not any(each.key in self.refusals for each in gone)

    def renew(self) -> None:
        """Keep the lock during a long wait."""
        self._inventory.renew()

    def finish(self, keys: Iterable[Key] | None) -> None:
        """Give the lock back; with `keys`, note that the app has just these objects, and what was done."""
        self._inventory.unlock(keys, "" if keys is None else self._plan.comparison.summary())

    def forget(self) -> None:
        """Remove the inventory, since nothing is left that belongs to the app. Raises `ClusterError`."""
        if failure := self._inventory.remove():
            raise ClusterError(f"{self._inventory.key} cannot be deleted: {failure}")

    def abandon(self) -> None:
        """Give the lock back after an interrupt or an error, if that is possible."""
        self._inventory.abandon()

    def _lock(self) -> None:
        if not self._inventory.is_locked:
            self._inventory.lock(self._me, [item.key for item in self._plan.items if not item.is_adopted])
        self._inventory.renew()

    def _wait_for(self, jobs: Iterable[Item]) -> bool:
        """Wait until Jobs are complete, and remember that they have run; return whether they all have."""
        items = [item for item in jobs if not item.has_run and item.key not in self.complete]
        if items and not self._await_jobs(items):
            return False
        self.complete.update(item.key for item in items)
        named_by_content = [item.key for item in self._plan.items if item.base_name]
        self._inventory.note_run(self.complete.intersection(named_by_content), named_by_content)
        return True

    def _await_quietly(self, items: Sequence[Item]) -> bool:
        trees = [item.tree for item in items]
        states = wait_for(
            self._cluster,
            trees,
            timeout=self._timeout,
            show=lambda _: None,
            renew=self.renew,
            are_jobs=True,
            pause=self._pause,
        )
        return all(state.phase == "ready" for state in states.values())

    def _make_way(self, items: Sequence[Item]) -> bool:
        """Wait until older ones of Jobs run no more, since two of one kind at once could be in each other's way."""
        coming = {item.key for item in items if item.live is None}
        old = [
            gone
            for gone in self._plan.gone
            if gone.successor in coming and not gone.is_renamed and is_running(gone.live)
        ]
        for gone in old:
            self._tell(f"waiting   {gone.key}: it still runs, and {gone.successor} comes after it")
        deadline = time.monotonic() + self._timeout
        while old:
            live = self._cluster.get(gone.live for gone in old)
            old = [gone for gone in old if is_running(live.get(gone.key))]
            if old and time.monotonic() > deadline:
                for gone in old:
                    assert gone.successor is not None, "only what has one makes way"
                    fix = "wait until it has ended, or delete it, and apply again"
                    self._note(gone.successor, "refused", Failure("other", f"{gone.key} still runs", fix))
                return False
            if old:
                self._inventory.renew()
                self._pause(1.0)
        return True

    def _apply(self, items: Sequence[Item]) -> bool:
        """Apply a batch of objects; return whether the cluster took them all."""
        self.deeds |= {item.key: "unchanged" for item in items if item.has_run}
        items = [item for item in items if not item.has_run]
        replaced = [item for item in items if self._is_replaced(item)]
        for item in replaced:
            self.deeds[item.key] = "unknown"
            if failure := self._remove(item):
                self._note(item.key, "refused", failure)
                return False
        for item in items:
            if item.handover is not None and not self._is_replaced(item) and (failure := self._hand_over(item)):
                self._note(item.key, "refused", failure)
                return False
        for item in items:
            self.deeds[item.key] = "unknown"
        with self._locked():
            outcomes = self._cluster.apply([item.tree for item in items], force=self._force)
            outcomes = [
                self._until_forgotten(item, outcome) if item in replaced else outcome
                for item, outcome in zip(items, outcomes, strict=True)
            ]
        for item, outcome in zip(items, outcomes, strict=True):
            if outcome.failure is not None:
                is_open = outcome.failure.reason in ("killed", "not started", "unreachable")
                self._note(item.key, "unknown" if is_open else "refused", outcome.failure)
            elif item.live is None and outcome.result is not None and _is_older(outcome.result):
                self._let_go(item)
            else:
                self._note(item.key, "replaced" if item in replaced else _deed(item.live, outcome.result))
        return not any(outcome.failure for outcome in outcomes)

    def _is_replaced(self, item: Item) -> bool:
        return item.runs_again or (self._replace and item.change.effect == "immutable field changed")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Renew the lock while kubectl is at work, which may take long."""
        stop = Event()
        errors: list[ClusterError] = []

        def renew() -> None:
            while not stop.wait(_BEAT):
                try:
                    self._inventory.renew()
                except ClusterError as error:
                    errors.append(error)
                    return

        beat = Thread(target=renew, daemon=True)
        beat.start()
        try:
            yield
        finally:
            stop.set()
            beat.join()
        if errors:
            raise errors[0]

    def _let_go(self, item: Item) -> None:
        """Take the label of members from an object that somebody else had made before kpy could create it."""
        tree = deepcopy(item.tree)
        labels = tree["metadata"]["labels"]
        del labels[MEMBER]
        if not labels:
            del tree["metadata"]["labels"]
        failure = self._cluster.apply([tree], force=self._force)[0].failure
        self._note(item.key, "changed", failure)
        self._tell(f"{'':<10}somebody else made it after the plan was shown: kpy will never delete it")

    def _hand_over(self, item: Item) -> Failure | None:
        """Change the owners of fields of an object, and nothing else of it."""
        assert item.live is not None, "only what is there has owners"
        assert item.handover is not None, "only for objects with a handover"
        live: Tree | None = item.live
        for _ in range(_TRIES):
            if live is None or not is_as_planned(item.live, live, item.handover):
                break
            failure = self._cluster.replace(rewritten(live, item.handover)).failure
            if failure is None or failure.reason not in ("changed", "missing"):
                return failure
            live = self._cluster.get([item.tree]).get(item.key)
        return Failure("changed", "somebody changed it meanwhile", "apply again")

    def _remove(self, item: Item) -> Failure | None:
        """Delete an object that is replaced, and wait until it is gone."""
        if item.live is None:
            return None
        if failure := self._cluster.rehearse(item.tree) or self._cluster.delete(item.live):
            return failure
        uid = metadata_of(item.live).get("uid")
        deadline = time.monotonic() + _PATIENCE
        while (found := self._cluster.get([item.tree]).get(item.key)) and metadata_of(found).get("uid") == uid:
            if time.monotonic() > deadline:
                return Failure("other", f"it is still being deleted after {_PATIENCE:.0f} s", "apply again later")
            self._inventory.renew()
            self._pause(0.5)
        return None

    def _until_forgotten(self, item: Item, outcome: Outcome) -> Outcome:
        """Apply anew what is refused since the server still remembers the object that was deleted just now."""
        for _ in range(_TRIES):
            if outcome.failure is None or outcome.failure.reason != "changed":
                break
            self._pause(0.5)
            outcome = self._cluster.apply([item.tree], force=self._force)[0]
        return outcome

    def _wait_for_foundations(self, items: Sequence[Item]) -> bool:
        """Wait until namespaces are active and definitions established; return whether they all are."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            live = self._cluster.get(item.tree for item in items)
            states = {item.key: state_of(live.get(item.key)) for item in items}
            waiting = {key: state for key, state in states.items() if state.phase != "ready"}
            if not waiting:
                self._cluster.forget_kinds()
                return True
            if time.monotonic() > deadline or any(state.phase == "failed" for state in waiting.values()):
                for key, state in waiting.items():
                    self._note(key, "refused", Failure("other", f"it did not become ready: {state.message}"))
                return False
            self._pause(0.2)

    def _note(self, key: Key, deed: Deed, failure: Failure | None = None) -> None:
        self.deeds[key] = deed
        if failure is not None:
            self.refusals[key] = failure
        self._tell(f"{deed:<10}{key}" + (f": {failure}" if failure else ""))


def _is_older(result: Tree) -> bool:
    """Return whether an object that kpy meant to create has fields of others, and so was there before."""
    managers = {entry.get("manager") for entry in metadata_of(result).get("managedFields") or ()}
    return bool(managers - {MANAGER})


def _alike(gone: Iterable[Gone]) -> Iterator[list[Gone]]:
    """Iterate over objects of one kind at a time, so that what uses others goes before them."""
    for _, group in groupby(gone, key=lambda each: each.key.kind):
        alike = list(group)
        for start in range(0, len(alike), _BATCH):
            yield alike[start : start + _BATCH]


@contextmanager
def _workers() -> Iterator[ThreadPoolExecutor]:
    """Delete several objects at once, each only if it is still that object."""
    workers = ThreadPoolExecutor(_AT_ONCE)
    try:
        yield workers
    finally:
        workers.shutdown(cancel_futures=True)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Iterate over objects of one sort at a time, and not too many, so that the lock is renewed in between.

    A Job, and what waits for it, are not in one batch.
    """
    for _, group in groupby(items, key=lambda item: _MIXED.get(item.key.kind, item.key.kind)):
        batch: list[Item] = []
        for item in group:
            if len(batch) == _BATCH or any(each.key in item.waits_for for each in (batch if item.waits_for else ())):
                yield batch
                batch = []
            batch.append(item)
        yield batch


def _deed(live: Tree | None, result: Tree | None) -> Deed:
    if live is None:
        return "created"
    versions = {metadata_of(tree).get("resourceVersion") for tree in (live, result or {})}
    return "unchanged" if len(versions) == 1 else "changed"
