"""What kpy remembers in a cluster of an app: one ConfigMap, the parent of an ApplySet as KEP-3659 describes it.

The parent says which kinds of objects in which namespaces the app has made; the objects themselves carry a label. What
has the label and is no longer declared can be found again, whatever became of the charts it was in. Only what kpy has
created gets the label: an object that was there before is changed, but is never a member, and never deleted.

The parent is also the lock: who applies writes their name and the time into it, always onto the version that they have
read, so that two at once cannot both believe to be alone.
"""

from __future__ import annotations

import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from kpy.errors import ClusterError
from kpy.kubectl.cluster import Cluster
from kpy.kubectl.failures import Failure
from kpy.kubectl.objects import Tree
from kpy.kubectl.records import (
    NOBODY,
    Apply,
    Owner,
    read_history,
    read_jobs,
    with_jobs,
    written_history,
    written_jobs,
)
from kpy.objects import Key, key_of, metadata_of
from kpy.project.origin import NOWHERE, Origin

__all__ = ["MEMBER", "Inventory", "describe_owner", "elsewhere", "find", "owner_of"]

_PREFIX = "applyset.kubernetes.io"
#: The label of members; its value is the ID of the set.
MEMBER = f"{_PREFIX}/part-of"
_ID = f"{_PREFIX}/id"
_KINDS = f"{_PREFIX}/contains-group-kinds"
_NAMESPACES = f"{_PREFIX}/additional-namespaces"
_TOOLING = f"{_PREFIX}/tooling"

#: A lock that nobody renews ends after this long.
LEASE = timedelta(seconds=60)
_RENEW_AFTER = 20.0
#: A kind with its group, or a namespace.
_WORD = re.compile(r"[A-Za-z0-9][-A-Za-z0-9.]*")


class Inventory:
    """The inventory of one app in one namespace."""

    def __init__(
        self,
        cluster: Cluster,
        app: str,
        namespace: str,
        live: Tree | None = None,
        *,
        owner: Owner = NOBODY,
        origin: Origin = NOWHERE,
        declared: Iterable[Key] = (),
    ) -> None:
        self._cluster = cluster
        self.app = app
        self.namespace = namespace
        #: Who works with it now, and where the code comes from.
        self.owner = owner
        self.origin = origin
        #: What the app declares, by which members are looked for where the ConfigMap is gone.
        self._declared = tuple(declared)
        #: What was done, newest first.
        self.history = read_history(((live or {}).get("data") or {}).get("history"))
        self._jobs = read_jobs(((live or {}).get("data") or {}).get("jobs"))
        #: The ConfigMap as it was last read; nothing before the first apply.
        self.live = live
        self._holder = ""
        self._renewed = 0.0

    @property
    def key(self) -> Key:
        """The ConfigMap that it is kept in."""
        return Key("", "ConfigMap", self.namespace, name_for(self.app))

    @property
    def id(self) -> str:
        """The ID of the ApplySet, which the label of every member has as its value."""
        text = f"{self.key.name}.{self.namespace}.ConfigMap."
        return f"applyset-{urlsafe_b64encode(sha256(text.encode()).digest()).decode().rstrip('=')}-v1"

    @property
    def kinds(self) -> set[str]:
        """The kinds that members may have: `Deployment.apps`."""
        return self._words(_KINDS)

    @property
    def namespaces(self) -> set[str]:
        """The namespaces that members may be in, its own included."""
        return self._words(_NAMESPACES) | {self.namespace}

    @property
    def is_locked(self) -> bool:
        """Whether this run of kpy holds the lock."""
        return bool(self._holder)

    @property
    def renewed(self) -> str:
        """When it was last written: `2026-01-31T12:00:00+00:00`; empty when it never was."""
        return str(((self.live or {}).get("data") or {}).get("renewed") or "")

    @property
    def recorded_owner(self) -> Owner:
        """Who owns the app, as the cluster remembers it; empty texts where it does not."""
        data = (self.live or {}).get("data") or {}
        return Owner(str(data.get("project") or ""), str(data.get("environment") or ""))

    @property
    def recorded_origin(self) -> Origin:
        """Where the code came from that was applied last."""
        data = (self.live or {}).get("data") or {}
        return Origin(*(str(data.get(field) or "") for field in Origin._fields))

    @property
    def is_of_another(self) -> bool:
        """Whether the cluster remembers another owner. Who had no name may get one."""
        recorded = self.recorded_owner
        return bool(recorded.project) and recorded != self.owner

    def refuse_other_owner(self) -> None:
        """Raise `ClusterError` when the app belongs to another project or environment."""
        if not self.is_of_another:
            return
        origin = f" ({self.recorded_origin})" if str(self.recorded_origin) else ""
        raise ClusterError(
            f'the app "{self.app}" of namespace "{self.namespace}" belongs to {self.recorded_owner}{origin}, and '
            f"this is {self.owner}: give one of the two apps another name, or, if it is the same app, take it over "
            "with --take-over"
        )

    def members(self) -> dict[Key, Tree]:
        """Return the objects that kpy made for this app and that are still there.

        Where the ConfigMap is gone, they are looked for among the kinds and namespaces that the app declares.
        """
        declared = self._declared if self.live is None else ()
        kinds = []
        for group_kind in sorted(self.kinds | {key.group_kind for key in declared}):
            kind, _, group = group_kind.partition(".")
            if served := self._cluster.served(group, kind):
                kinds.append(f"{served.plural}.{group}" if group else served.plural)
        found: dict[Key, Tree] = {}
        for namespace in sorted(self.namespaces | {key.namespace for key in declared if key.namespace}):
            found |= self._cluster.members(kinds, namespace, f"{MEMBER}={self.id}")
        return {key: tree for key, tree in found.items() if _is_made_by_kpy(tree)}

    def holder(self, now: datetime | None = None) -> str:
        """Return who is at work with this app at the moment, and since when; empty when nobody is."""
        said = (self.live or {}).get("data") or {}
        renewed = _time(self.renewed)
        if not said.get("holder") or renewed is None or (now or datetime.now(UTC)) - renewed > LEASE:
            return ""
        return f"{said['holder']}, seen at {renewed:%H:%M:%S} UTC"

    def has_run(self, job: Key) -> bool:
        """Tell whether a Job of this name has run to its end, whether it is still there or not."""
        return _job(job) in self._jobs

    def note_run(self, jobs: Iterable[Key], declared: Iterable[Key]) -> None:
        """Remember at once that Jobs have run; `declared` are all that the app has. Raises `ClusterError`."""
        if self._holder and (new := [job for job in jobs if not self.has_run(job)]):
            self._jobs = with_jobs(self._jobs, map(_job, new), map(_job, declared))
            self._write(self.kinds, self.namespaces, holder=self._holder)

    def lock(self, me: str, keys: Iterable[Key]) -> None:
        """Say that this app is being worked on, and what it may have from now on. Raises `ClusterError`."""
        if other := self.holder():
            raise ClusterError(
                f'another kpy is at work with the app "{self.app}": {other}; wait until it is done. '
                f"If it is dead, its lock ends {LEASE.seconds} seconds after that time"
            )
        self._holder = me
        keys = list(keys)
        kinds = self.kinds | {key.group_kind for key in keys}
        self._write(kinds, self.namespaces | {key.namespace for key in keys if key.namespace}, holder=me)

    def renew(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Say again that this app is being worked on, if it was last said some time ago."""
        if self._holder and clock() - self._renewed > _RENEW_AFTER:
            self._write(self.kinds, self.namespaces, holder=self._holder)

    def unlock(self, keys: Iterable[Key] | None = None, changes: str = "") -> None:
        """Say that the work is done; with `keys`, that the app has just these objects, and with `changes`, how."""
        if not self._holder:
            return
        if changes:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            self.history = [Apply(now, self._holder, str(self.origin), changes), *self.history]
        if keys is None:
            kinds, namespaces = self.kinds, self.namespaces
        else:
            keys = list(keys)
            kinds, namespaces = {key.group_kind for key in keys}, {key.namespace for key in keys if key.namespace}
        self._write(kinds, namespaces, holder="", may_be_gone=True)
        self._holder = ""

    def abandon(self) -> None:
        """Give the lock back after an interrupt, which may have come before the answer to the last write."""
        holder = self._holder
        if not holder:
            return
        with suppress(ClusterError):
            self.unlock()
            return
        with suppress(ClusterError):
            found = find(self._cluster, self.app, [self.namespace], owner=self.owner, origin=self.origin)
            if ((found.live or {}).get("data") or {}).get("holder") == holder:
                found._holder = holder
                found.unlock()

    def remove(self) -> Failure | None:
        """Delete the inventory itself."""
        failure = self._cluster.delete(self.live) if self.live is not None else None
        if failure is None:
            self._holder = ""
        return failure

    def _write(
        self, kinds: Iterable[str], namespaces: Iterable[str], *, holder: str, may_be_gone: bool = False
    ) -> None:
        tree = self._tree(kinds, namespaces, holder)
        outcome = self._cluster.create(tree) if self.live is None else self._cluster.replace(tree)
        if may_be_gone and outcome.failure is not None and outcome.failure.reason == "missing":
            return  # with its namespace
        if outcome.failure is not None and outcome.failure.reason in ("exists", "changed", "missing"):
            raise ClusterError(
                f'another kpy has worked with the app "{self.app}" meanwhile: run the command again to see what is left'
            )
        if outcome.failure is not None:
            raise ClusterError(f"{self.key}, which keeps what belongs to the app, cannot be written: {outcome.failure}")
        self.live = outcome.result
        self._renewed = time.monotonic()

    def _tree(self, kinds: Iterable[str], namespaces: Iterable[str], holder: str) -> Tree:
        version = metadata_of(self.live or {}).get("resourceVersion")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": self.key.name,
                "namespace": self.namespace,
                "labels": {"app.kubernetes.io/managed-by": "kpy", _ID: self.id},
                "annotations": {
                    _TOOLING: "kpy/v1",
                    _KINDS: ",".join(sorted(kinds)),
                    _NAMESPACES: ",".join(sorted(set(namespaces) - {self.namespace})),
                },
                **({"resourceVersion": version} if version else {}),
            },
            "data": self._data(now, holder),
        }

    def _data(self, now: str, holder: str) -> dict[str, str]:
        said = {
            "app": self.app,
            "renewed": now,
            "holder": holder,
            **self.owner._asdict(),
            **self.origin._asdict(),
            "history": written_history(self.history) if self.history else "",
            "jobs": written_jobs(self._jobs) if self._jobs else "",
        }
        return {field: text for field, text in said.items() if text}

    def _words(self, annotation: str) -> set[str]:
        """Return the words of an annotation. Raises `ClusterError` for what can be no kind and no namespace."""
        annotations = metadata_of(self.live or {}).get("annotations") or {}
        words = {word for word in str(annotations.get(annotation) or "").split(",") if word}
        for word in sorted(words):
            if not _WORD.fullmatch(word):
                raise ClusterError(
                    f"{self.key}, which keeps what belongs to the app, cannot be right: its annotation "
                    f"`{annotation}` has {word!r}. Somebody has edited it: take that out, or delete the ConfigMap; "
                    f"the next apply finds its objects by their label"
                )
        return words


def find(
    cluster: Cluster,
    app: str,
    namespaces: Iterable[str],
    *,
    owner: Owner = NOBODY,
    origin: Origin = NOWHERE,
    declared: Iterable[Key] = (),
) -> Inventory:
    """Return the inventory of an app: the one in any of these namespaces, else a new one in the first.

    Only the first must be readable: whoever may not look into another has nothing there. Raises `ClusterError` when
    there are several.
    """
    declared = tuple(declared)
    places = [
        Inventory(cluster, app, namespace, owner=owner, origin=origin, declared=declared)
        for namespace in dict.fromkeys(namespaces)
    ]
    shells: list[Tree] = [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": each.key.name, "namespace": each.namespace}}
        for each in places
    ]
    try:
        live = cluster.get(shells)
    except ClusterError:
        others = filter(None, map(cluster.peek, shells[1:]))
        live = cluster.get(shells[:1]) | {key_of(other): other for other in others}
    found = [
        Inventory(cluster, app, each.namespace, live[each.key], owner=owner, origin=origin)
        for each in places
        if each.key in live
    ]
    if len(found) > 1:
        where = ", ".join(each.namespace for each in found)
        raise ClusterError(
            f'the app "{app}" has been applied from several namespaces: {where}; say which is meant with --namespace'
        )
    return found[0] if found else places[0]


def elsewhere(cluster: Cluster, inventory: Inventory) -> list[str]:
    """Return the namespaces in which an app of the same name has an inventory; none where that may not be asked."""
    parents = cluster.everywhere("configmaps", f"{_ID},app.kubernetes.io/managed-by=kpy")
    keys = [key_of(tree) for tree in parents]
    return sorted(key.namespace for key in keys if key.name == inventory.key.name and key != inventory.key)


def name_for(app: str) -> str:
    """Return the name of the ConfigMap of an app."""
    plain = re.sub(r"[^a-z0-9]+", "-", app.lower()).strip("-")
    if plain == app and len(plain) <= 200:
        return f"kpy-{plain}"
    return f"kpy-{plain[:200]}-{sha256(app.encode()).hexdigest()[:8]}"


def owner_of(tree: Tree) -> str:
    """Return the ID of the set that an object belongs to; empty when it belongs to none."""
    return str((metadata_of(tree).get("labels") or {}).get(MEMBER) or "")


def describe_owner(cluster: Cluster, owner: str) -> str:
    """Return which set has this ID, for messages: the app where it is one of kpy's that may be read."""
    for parent in cluster.everywhere("configmaps", f"{_ID}={owner}"):
        if app := (parent.get("data") or {}).get("app"):
            return f'the app "{app}" of namespace "{key_of(parent).namespace}"'
    return f"another ApplySet, {owner}"


def _is_made_by_kpy(tree: Tree) -> bool:
    """Tell an object that kpy applied from one whose controller, or author, copied the label."""
    managers = {entry.get("manager") for entry in metadata_of(tree).get("managedFields") or ()}
    return "kpy" in managers and not metadata_of(tree).get("ownerReferences")


def _job(key: Key) -> str:
    return f"{key.namespace}/{key.name}"


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
