"""A cluster, spoken to through kubectl: reading, applying and deleting objects."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property, partial
from typing import Any, NamedTuple, TypeVar

from kpy.errors import ClusterError
from kpy.kubectl.failures import Failure, Reason, failure_of, failures_of
from kpy.kubectl.objects import Tree, as_list, mapping_in, read_json, read_list, text_in
from kpy.kubectl.transport import Answer, Transport
from kpy.objects import Key, key_of, metadata_of
from kpy.redaction.mask import Mask
from kpy.schema import RELEASES, Kind, api

__all__ = ["MANAGER", "OLDEST", "Cluster", "Outcome", "Served"]

_T = TypeVar("_T")
_R = TypeVar("_R")

#: The field manager under which kpy applies.
MANAGER = "kpy"
#: The oldest kubectl that checks fields strictly.
OLDEST = (1, 25)

#: How many objects one kubectl speaks of: from its 300th request on, it waits between them.
_AT_ONCE = 125
#: How many kubectl ask at once; whoever asks changes nothing.
_ASKING = 4

#: Failures that a second try in the same run would meet again.
_FATAL: frozenset[Reason] = frozenset({"unreachable", "credentials", "context", "killed"})


class Served(NamedTuple):
    """What a cluster serves under a kind."""

    plural: str
    namespaced: bool


class Outcome(NamedTuple):
    """What became of one object that was applied."""

    #: The object as the cluster has it now, or would have it after a dry run; nothing when it was refused.
    result: Tree | None
    failure: Failure | None = None


class Cluster:
    """A cluster, and what was learned of it. Methods raise `ClusterError` when it cannot be spoken to."""

    def __init__(self, transport: Transport, mask: Mask | None = None) -> None:
        self._transport = transport
        #: Hides Secret values in what kubectl says.
        self.mask = mask or Mask()
        #: What the server warned of when objects were applied, each warning once.
        self.warnings: dict[str, None] = {}

    @cached_property
    def release(self) -> str:
        """The minor release of its API server: `1.33`. Raises `ClusterError` for a kubectl that is too old."""
        answer = self._transport.run(["version", "-o", "json"])
        try:
            said = read_json(answer.out)
        except ClusterError:
            said = {}
        client = text_in(mapping_in(said, "clientVersion"), "gitVersion")
        if not client and not answer.code:
            raise ClusterError("this is not kubectl: `kubectl version` does not say which version it is")
        if client and _minor(client) < OLDEST:
            raise ClusterError(
                f"kubectl is {client}, and kpy needs v{OLDEST[0]}.{OLDEST[1]} or newer: "
                "install a newer one, or say where one is with --kubectl FILE"
            )
        self._done(answer)
        return ".".join(map(str, _minor(text_in(mapping_in(said, "serverVersion"), "gitVersion"))))

    @cached_property
    def namespace(self) -> str:
        """The namespace of the current context."""
        said = read_json(self._done(self._transport.run(["config", "view", "--minify", "-o", "json"])).out)
        contexts = said.get("contexts") or [{}]
        current = contexts[0] if isinstance(contexts, list) and isinstance(contexts[0], dict) else {}
        return text_in(mapping_in(current, "context"), "namespace") or "default"

    def served(self, group: str, kind: str) -> Served | None:
        """Return what the cluster serves under a kind; nothing when it does not know it."""
        known = _built_in(group, kind)
        return Served(known.plural, known.namespaced) if known else self._custom.get((group, kind))

    @cached_property
    def _custom(self) -> Mapping[tuple[str, str], Served]:
        """All kinds that the cluster serves; asked for only where there are custom resources."""
        answer = self._transport.run(["api-resources", "--no-headers"])
        if not answer.out:
            self._done(answer)  # with some output, only a part of the API is down
        found = {}
        for line in answer.out.splitlines():
            words = line.split()
            if len(words) >= 4:
                group = words[-3].rpartition("/")[0]
                found[group, words[-1]] = Served(words[0], words[-2] == "true")
        return found

    def forget_kinds(self) -> None:
        """Ask again which kinds there are, since a definition was made."""
        self.__dict__.pop("_custom", None)

    def get(self, trees: Iterable[Mapping[str, Any]]) -> dict[Key, Tree]:
        """Return the objects with the identity of these that are in the cluster."""
        wanted = [
            {"apiVersion": tree["apiVersion"], "kind": tree["kind"], "metadata": _identity(tree)} for tree in trees
        ]
        if len(wanted) > _AT_ONCE:
            return {key: tree for part in _in_parts(self.get, wanted) for key, tree in part.items()}
        if not wanted:
            return {}
        arguments = ["get", "-f", "-", "-o", "json", "--ignore-not-found", "--show-managed-fields"]
        answer = self._transport.run(arguments, as_list(wanted))
        if answer.code and failure_of(answer).reason not in ("no kind", "missing"):
            self._done(answer)
        return self._learned(read_list(answer.out))

    def peek(self, tree: Mapping[str, Any]) -> Tree | None:
        """Return the object with the identity of this; nothing where there is none, or where it may not be read."""
        answer = self._transport.run(["get", "-f", "-", "-o", "json", "--ignore-not-found"], as_list([tree]))
        found = [] if answer.code else read_list(answer.out)
        return found[0] if found else None

    def members(self, kinds: Sequence[str], namespace: str, selector: str) -> dict[Key, Tree]:
        """Return the objects of some kinds, each `Kind.group`, that have the label, in a namespace or in none."""
        kinds = list(kinds)
        while kinds:
            arguments = ["get", ",".join(kinds), "-n", namespace, "-l", selector, "-o", "json", "--show-managed-fields"]
            answer = self._transport.run(arguments)
            unknown = re.search(r"the server doesn't have a resource type \"([^\"]*)\"", answer.err)
            if answer.code and unknown and (left := [kind for kind in kinds if not _is_of(kind, unknown[1])]) != kinds:
                kinds = left  # a kind that the cluster knew once, before an upgrade
            else:
                return self._learned(read_list(self._done(answer).out))
        return {}

    def everywhere(self, plural: str, selector: str) -> list[Tree]:
        """Return the objects with a label in all namespaces; none where they may not be read."""
        answer = self._transport.run(["get", plural, "--all-namespaces", "-l", selector, "-o", "json"])
        return [] if answer.code else read_list(answer.out)

    def apply(self, trees: Sequence[Mapping[str, Any]], *, dry_run: bool = False, force: bool = False) -> list[Outcome]:
        """Apply objects on the server's side and return what became of each.

        Where one is refused, the others are applied all the same. Where kubectl does not say which, the faulty ones are
        found by halving. Raises `ClusterError` when the cluster cannot be asked for a dry run.
        """
        if len(trees) > _AT_ONCE and dry_run:
            parts = _in_parts(partial(self.apply, dry_run=True, force=force), trees)
            return [outcome for part in parts for outcome in part]
        if not trees:
            return []
        flags = ["--dry-run=server"] if dry_run else ["--show-managed-fields"]
        flags += ["--force-conflicts"] if force else []
        arguments = ["apply", "--server-side", f"--field-manager={MANAGER}", *flags, "-f", "-", "-o", "json"]
        answer = self._transport.run(arguments, as_list(trees))
        warnings = re.findall(r"^Warning: (.*)$", answer.err, re.MULTILINE)
        self.warnings |= dict.fromkeys(map(self.mask.hide, warnings))
        if not answer.code:
            results = self._learned(read_list(answer.out))
            return [Outcome(results.get(key_of(tree))) for tree in trees]
        failure = self._explained(answer)
        if dry_run and failure.reason in _FATAL:
            raise ClusterError(str(failure))
        if len(trees) == 1 or failure.reason in _FATAL:
            return [Outcome(None, failure)] * len(trees)
        if failures := failures_of(answer._replace(err=self.mask.hide(answer.err)), len(trees)):
            return [Outcome(None, each) for each in failures]
        half = len(trees) // 2
        return [
            outcome
            for part in (trees[:half], trees[half:])
            for outcome in self.apply(part, dry_run=dry_run, force=force)
        ]

    def rehearse(self, tree: Mapping[str, Any]) -> Failure | None:
        """Return why an object that is there could not be created anew; nothing when it could."""
        arguments = ["create", "-f", "-", "-o", "json", "--dry-run=server", f"--field-manager={MANAGER}"]
        failure = self._write(arguments, tree).failure
        # That its name, address or port is taken, by itself, is found out last.
        is_taken = failure is not None and (failure.reason == "exists" or "already allocated" in failure.message)
        return None if is_taken else failure

    def create(self, tree: Mapping[str, Any]) -> Outcome:
        """Create one object that must not be there yet."""
        return self._write(["create", "-f", "-", "-o", "json", f"--field-manager={MANAGER}"], tree)

    def replace(self, tree: Mapping[str, Any]) -> Outcome:
        """Replace one object; with a resource version, only if nobody changed it since."""
        return self._write(["replace", "-f", "-", "-o", "json", f"--field-manager={MANAGER}"], tree)

    def delete(self, live: Mapping[str, Any]) -> Failure | None:
        """Delete just this object, not one that took its name meanwhile; what depends on it follows."""
        key, uid = key_of(live), metadata_of(live).get("uid")
        served = self.served(key.group, key.kind)
        if served is None:
            return None
        root = f"/apis/{live['apiVersion']}" if key.group else f"/api/{live['apiVersion']}"
        inside = f"/namespaces/{key.namespace}" if served.namespaced else ""
        options = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": {"uid": uid},
            "propagationPolicy": "Background",
        }
        path = f"{root}{inside}/{served.plural}/{key.name}"
        answer = self._transport.run(["delete", "--raw", path, "-f", "-"], json.dumps(options))
        failure = self._explained(answer) if answer.code else None
        return None if failure is not None and failure.reason == "missing" else failure

    def events(self, uid: str, namespace: str) -> list[Tree]:
        """Return the warnings about an object, oldest first."""
        selector = f"involvedObject.uid={uid},type=Warning"
        arguments = ["get", "events", "-n", namespace or "default", f"--field-selector={selector}", "-o", "json"]
        answer = self._transport.run(arguments)
        return [] if answer.code else read_list(answer.out)

    def pods(self, namespace: str, selector: Mapping[str, str]) -> list[Tree]:
        """Return the pods with these labels; none where they may not be read."""
        labels = ",".join(f"{key}={value}" for key, value in selector.items())
        answer = self._transport.run(["get", "pods", "-n", namespace, "-l", labels, "-o", "json"])
        return [] if answer.code else read_list(answer.out)

    def logs(self, namespace: str, pod: str, container: str, *, previous: bool, lines: int = 10) -> str:
        """Return the last lines that a container wrote; empty where there are none."""
        flags = [f"--tail={lines}", *(["--previous"] if previous else [])]
        answer = self._transport.run(["logs", pod, "-n", namespace, "-c", container, *flags])
        return "" if answer.code else self.mask.hide(answer.out.strip())

    def _write(self, arguments: Sequence[str], tree: Mapping[str, Any]) -> Outcome:
        answer = self._transport.run(arguments, json.dumps(tree))
        if answer.code:
            return Outcome(None, self._explained(answer))
        written = read_list(answer.out)
        if len(written) != 1:
            raise ClusterError(f"kubectl {arguments[0]} does not say what became of the object: is it a wrapper?")
        return Outcome(written[0])

    def _learned(self, trees: list[Tree]) -> dict[Key, Tree]:
        self.mask.learn(trees)
        return {key_of(tree): tree for tree in trees}

    def _explained(self, answer: Answer) -> Failure:
        return failure_of(answer._replace(err=self.mask.hide(answer.err)))

    def _done(self, answer: Answer) -> Answer:
        if answer.code:
            raise ClusterError(str(self._explained(answer)))
        return answer


def _in_parts(ask: Callable[[Sequence[_T]], _R], items: Sequence[_T]) -> list[_R]:
    """Return the answers for parts of a long list, asked side by side, in the order of the list."""
    parts = [items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE)]
    workers = ThreadPoolExecutor(_ASKING)
    try:
        return list(workers.map(ask, parts))
    finally:
        workers.shutdown(cancel_futures=True)


def _is_of(kind: str, said: str) -> bool:
    """Tell whether a kind, `widgets.example.com`, is what kubectl calls by the first part of its name, or all."""
    return said in (kind, kind.partition(".")[0])


def _identity(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in metadata_of(tree).items() if field in ("name", "namespace")}


def _minor(version: str) -> tuple[int, int]:
    """Return `(1, 33)` for `v1.33.2-gke.100`."""
    words = version.removeprefix("v").split(".")
    try:
        return int(words[0]), int(words[1].rstrip("+"))
    except (ValueError, IndexError):
        return 0, 0


def _built_in(group: str, kind: str) -> Kind | None:
    """Return a kind of a built-in group in any of its versions."""
    return _built_in_kinds().get((group, kind))


@cache
def _built_in_kinds() -> Mapping[tuple[str, str], Kind]:
    return {(known.group, known.kind): known for release in RELEASES for known in api(release).kinds}
