"""A cluster, spoken to through kubectl: reading, applying and deleting objects."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, cached_property, partial
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from kpy.errors import ClusterError
from kpy.kubectl.failures import Failure, Reason, failure_of, failures_of, is_error
from kpy.kubectl.objects import Tree, as_list, mapping_in, read_json, read_list, text_in
from kpy.kubectl.transport import Answer, Transport
from kpy.kubectl.versions import Versions, read_versions
from kpy.objects import Key, key_of, metadata_of
from kpy.redaction.mask import Mask
from kpy.schema import RELEASES, Kind, api

__all__ = ["MANAGER", "Cluster", "Outcome", "Served"]

_T = TypeVar("_T")
_R = TypeVar("_R")

#: The field manager under which kpy applies.
MANAGER = "kpy"
#: How many objects one kubectl speaks of: from its 300th request on, it waits between them.
_AT_ONCE = 250
#: So many objects are deleted by a kubectl each; for more, one is kept open.
_FEW = 20
#: From how many objects of a kind on it is cheaper to list the names that there are than to ask for each.
_MANY = 50
#: How many kubectl ask at once; whoever asks changes nothing.
_ASKING = 4
_PEEK = ("get", "-f", "-", "-o", "json", "--ignore-not-found")
_WRAPPER = "if it is a wrapper, say where kubectl itself is with --kubectl FILE"

#: Failures that a second try in the same run would meet again.
_FATAL: frozenset[Reason] = frozenset({"unreachable", "credentials", "context", "killed", "not started"})


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
    def versions(self) -> Versions:
        """Which kubectl this is, and which release the API server has. Raises `ClusterError` for no kubectl."""
        answer = self._run(["version", "-o", "json"], may_be_empty=True)
        versions = read_versions(answer)
        if versions is None:
            raise ClusterError(str(self._explained(answer)))
        return versions

    @property
    def release(self) -> str:
        """The minor release of its API server: `1.33`. Raises `ClusterError` for a kubectl that is too old."""
        return self.versions.release

    @cached_property
    def namespace(self) -> str:
        """The namespace of the current context."""
        said = read_json(self._done(self._run(["config", "view", "--minify", "-o", "json"])).out)
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
        answer = self._run(["api-resources", "--no-headers"])
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

    def get(
        self, trees: Iterable[Mapping[str, Any]], known: Mapping[Key, Tree] = MappingProxyType({})
    ) -> dict[Key, Tree]:
        """Return the objects with the identity of these that are in the cluster; `known` were read just now."""
        found, wanted = {}, []
        for tree in trees:
            key = key_of(tree)
            if key in known and known[key].get("apiVersion") == tree["apiVersion"]:
                found[key] = known[key]
            else:
                wanted.append({"apiVersion": tree["apiVersion"], "kind": tree["kind"], "metadata": _identity(tree)})
        if len(wanted) > _AT_ONCE:
            wanted = self._present(wanted)
        return found | {key: tree for part in _in_parts(self._get, wanted) for key, tree in part.items()}

    def _get(self, wanted: Sequence[Tree]) -> dict[Key, Tree]:
        arguments = ["get", "-f", "-", "-o", "json", "--ignore-not-found", "--show-managed-fields"]
        answer = self._run(arguments, as_list(wanted), may_be_empty=True)
        if answer.code and self._explained(answer).reason not in ("no kind", "missing"):
            self._done(answer)
        return self._learned(read_list(answer.out))

    def _present(self, wanted: Sequence[Tree]) -> list[Tree]:
        """Return those of many objects that are there, as far as lists of names tell, which cost a request a kind."""
        alike: dict[tuple[str, str, str], list[Tree]] = {}
        for tree in wanted:
            key = key_of(tree)
            alike.setdefault((key.group, key.kind, key.namespace), []).append(tree)
        many = [place for place, trees in alike.items() if len(trees) > _MANY]
        for place, names in zip(many, _side_by_side(self._names, many), strict=True):
            if names is not None:
                alike[place] = [tree for tree in alike[place] if tree["metadata"].get("name") in names]
        return [tree for trees in alike.values() for tree in trees]

    def _names(self, place: tuple[str, str, str]) -> set[str] | None:
        """Return the names of all objects of a group and kind in a namespace; nothing where they may not be listed."""
        group, kind, namespace = place
        served = self.served(group, kind)
        if served is None:
            return None
        what = f"{served.plural}.{group}" if group else served.plural
        where = ["-n", namespace] if namespace else []
        answer = self._run(["get", what, *where, "--no-headers"], may_be_empty=True)
        return None if answer.code else {line.split()[0] for line in answer.out.splitlines() if line.strip()}

    def peek(self, tree: Mapping[str, Any]) -> Tree | None:
        """Return the object with the identity of this; nothing where there is none, or where it may not be read."""
        answer = self._run(_PEEK, as_list([tree]), may_be_empty=True)
        found = [] if answer.code else read_list(answer.out)
        return found[0] if found else None

    def members(self, kinds: Sequence[str], namespace: str, selector: str) -> dict[Key, Tree]:
        """Return the objects of some kinds, each `Kind.group`, that have the label, in a namespace or in none."""
        kinds = list(kinds)
        while kinds:
            arguments = ["get", ",".join(kinds), "-n", namespace, "-l", selector, "-o", "json", "--show-managed-fields"]
            answer = self._run(arguments)
            unknown = re.search(r"the server doesn't have a resource type \"([^\"]*)\"", answer.err)
            if answer.code and unknown and (left := [kind for kind in kinds if not _is_of(kind, unknown[1])]) != kinds:
                kinds = left  # a kind that the cluster knew once, before an upgrade
            else:
                return self._learned(read_list(self._done(answer).out))
        return {}

    def everywhere(self, plural: str, selector: str) -> list[Tree]:
        """Return the objects with a label in all namespaces; none where they may not be read."""
        answer = self._run(["get", plural, "--all-namespaces", "-l", selector, "-o", "json"], may_be_empty=True)
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
        answer = self._run(arguments, as_list(trees))
        warnings = re.findall(r"^Warning: (.*)$", answer.err, re.MULTILINE)
        self.warnings |= dict.fromkeys(map(self.mask.hide, warnings))
        if not answer.code:
            results = self._learned(read_list(answer.out))
            if lost := [key for tree in trees if (key := key_of(tree)) not in results]:
                raise ClusterError(f"kubectl apply does not say what became of {lost[0]}: {_WRAPPER}")
            return [Outcome(results[key_of(tree)]) for tree in trees]
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
        return self._delete(
            lambda path, options: self._transport.run(["delete", "--raw", path, "-f", "-"], options), live
        )

    @contextmanager
    def deleting(self, count: int) -> Iterator[Callable[[Mapping[str, Any]], Failure | None]]:
        """Yield what deletes one object after the other as `delete` does, in the best way for so many."""
        if count <= _FEW:
            yield self.delete
            return
        with self._transport.deletions() as send:
            yield partial(self._delete, send)

    def _delete(self, send: Callable[[str, str], Answer], live: Mapping[str, Any]) -> Failure | None:
        from urllib.parse import quote

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
        path = f"{root}{inside}/{served.plural}/{quote(key.name, safe=':')}"
        answer = _heard("delete", send(path, json.dumps(options)))
        failure = self._explained(answer) if answer.code else None
        return None if failure is not None and failure.reason == "missing" else failure

    def events(self, uid: str, namespace: str) -> list[Tree]:
        """Return the warnings about an object, oldest first."""
        selector = f"involvedObject.uid={uid},type=Warning"
        arguments = ["get", "events", "-n", namespace or "default", f"--field-selector={selector}", "-o", "json"]
        answer = self._run(arguments, may_be_empty=True)
        return [] if answer.code else read_list(answer.out)

    def pods(self, namespace: str, selector: Mapping[str, str]) -> list[Tree]:
        """Return the pods with these labels; none where they may not be read."""
        labels = ",".join(f"{key}={value}" for key, value in selector.items())
        answer = self._run(["get", "pods", "-n", namespace, "-l", labels, "-o", "json"], may_be_empty=True)
        return [] if answer.code else read_list(answer.out)

    def logs(self, namespace: str, pod: str, container: str, *, previous: bool, lines: int = 10) -> str:
        """Return the last lines that a container wrote; empty where there are none."""
        flags = [f"--tail={lines}", *(["--previous"] if previous else [])]
        answer = self._run(["logs", pod, "-n", namespace, "-c", container, *flags], may_be_empty=True)
        return "" if answer.code else self.mask.hide(answer.out.strip())

    def _run(self, arguments: Sequence[str], stdin: str = "", *, may_be_empty: bool = False) -> Answer:
        """Return what kubectl answers. Raises `ClusterError` when that is nothing, though it must be something."""
        return _heard(arguments[0], self._transport.run(arguments, stdin), may_be_empty=may_be_empty)

    def _write(self, arguments: Sequence[str], tree: Mapping[str, Any]) -> Outcome:
        answer = self._run(arguments, json.dumps(tree))
        if answer.code:
            return Outcome(None, self._explained(answer))
        written = read_list(answer.out)
        if len(written) != 1:
            raise ClusterError(f"kubectl {arguments[0]} does not say what became of the object: {_WRAPPER}")
        return Outcome(written[0])

    def _learned(self, trees: list[Tree]) -> dict[Key, Tree]:
        self.mask.learn(trees)
        return {key_of(tree): tree for tree in trees}

    def _explained(self, answer: Answer) -> Failure:
        return failure_of(answer._replace(err=self.mask.hide(answer.err), out=self.mask.hide(answer.out)))

    def _done(self, answer: Answer) -> Answer:
        if answer.code:
            raise ClusterError(str(self._explained(answer)))
        return answer


def _heard(verb: str, answer: Answer, *, may_be_empty: bool = False) -> Answer:
    """Return an answer, with the exit code that it should have. Raises `ClusterError` for one that is empty."""
    if answer.code or answer.out.strip():
        return answer
    if is_error(answer.err):  # a wrapper has lost the exit code
        return answer._replace(code=1)
    if may_be_empty:
        return answer
    raise ClusterError(f"kubectl {verb} printed nothing: {_WRAPPER}")


def _in_parts(ask: Callable[[Sequence[_T]], _R], items: Sequence[_T]) -> list[_R]:
    """Return the answers for parts of a long list, asked side by side, in the order of the list."""
    return _side_by_side(ask, [items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE)])


def _side_by_side(ask: Callable[[_T], _R], items: Sequence[_T]) -> list[_R]:
    if len(items) < 2:
        return [ask(item) for item in items]
    workers = ThreadPoolExecutor(_ASKING)
    try:
        return list(workers.map(ask, items))
    finally:
        workers.shutdown(cancel_futures=True)


def _is_of(kind: str, said: str) -> bool:
    """Tell whether a kind, `widgets.example.com`, is what kubectl calls by the first part of its name, or all."""
    return said in (kind, kind.partition(".")[0])


def _identity(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in metadata_of(tree).items() if field in ("name", "namespace")}


def _built_in(group: str, kind: str) -> Kind | None:
    """Return a kind of a built-in group in any of its versions."""
    return _built_in_kinds().get((group, kind))


@cache
def _built_in_kinds() -> Mapping[tuple[str, str], Kind]:
    return {(known.group, known.kind): known for release in RELEASES for known in api(release).kinds}
