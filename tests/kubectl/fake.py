"""A stand-in for kubectl and the cluster behind it, at the seam: enough of both for tests without a server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from kpy.kubectl import Answer
from kpy.kubectl.objects import Tree, read_list
from kpy.model.merge import strategic_merge
from kpy.objects import Key, key_of
from kpy.schema import api

NOT_FOUND = 'Error from server (NotFound): {} "{}" not found\n'


class FakeKubectl:
    """Keeps objects in memory, merges what is applied, and refuses what it is told to refuse."""

    def __init__(self, *, release: str = "1.36", client: str = "v1.36.0") -> None:
        self.release, self.client = release, client
        self.objects: dict[Key, Tree] = {}
        #: What was applied last, since what is left out of it later goes.
        self.applied: dict[Key, Tree] = {}
        self.calls: list[tuple[Sequence[str], str]] = []
        #: What is said when an object of this name is applied or deleted; with "dry:" before it, in dry runs only,
        #: and with "new:", when it is tried whether it could be created anew.
        self.refusals: dict[str, str] = {}
        #: What is said, with exit code 1, by a whole command such as "get".
        self.broken: dict[str, str] = {}
        #: Kinds, by their plural and group, that the cluster does not know any more.
        self.unserved: set[str] = set()
        self.custom: dict[str, str] = {}
        self.logs = ""
        #: What becomes of Jobs that are applied: the type of the condition, or nothing for those that go on.
        self.jobs: str = "Complete"
        #: What is written to standard error when something is applied.
        self.warning = ""
        self._count = 0
        self.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})

    def put(self, tree: Mapping[str, Any], manager: str = "kubectl") -> Tree:
        """Put an object into the cluster, as somebody else would."""
        stored = deepcopy(dict(tree))
        self._count += 1
        metadata = stored["metadata"]
        before = self.objects.get(key_of(stored))
        metadata.setdefault("uid", before["metadata"]["uid"] if before else f"uid-{self._count}")
        if before and _content(before) == _content(stored):
            return before
        metadata["resourceVersion"] = str(self._count)
        managers = {entry["manager"] for entry in metadata.get("managedFields", ())} | {manager}
        metadata["managedFields"] = [{"manager": each} for each in sorted(managers)]
        self.objects[key_of(stored)] = stored
        return stored

    def find(self, kind: str, name: str) -> Tree | None:
        """Return the object of that kind and name, in whatever namespace."""
        return next((tree for key, tree in self.objects.items() if (key.kind, key.name) == (kind, name)), None)

    def names(self, kind: str) -> list[str]:
        """Return the names of all objects of a kind."""
        return [key.name for key in self.objects if key.kind == kind]

    @contextmanager
    def deletions(self) -> Iterator[Callable[[str, str], Answer]]:
        yield lambda path, options: self.run(["delete", "--raw", path, "-f", "-"], options)

    def run(self, arguments: Sequence[str], stdin: str = "") -> Answer:
        self.calls.append((arguments, stdin))
        if arguments[0] in self.broken:
            return Answer(1, "", self.broken[arguments[0]])
        match list(arguments):
            case ["version", *_]:
                said = {
                    "clientVersion": {"gitVersion": self.client},
                    "serverVersion": {"gitVersion": f"v{self.release}.0"},
                }
                return Answer(0, json.dumps(said), "")
            case ["config", "view", *_]:
                return Answer(0, json.dumps({"contexts": [{"context": {}}]}), "")
            case ["api-resources", *_]:
                lines = (f"{kind.lower()}s  {version}  true  {kind}" for kind, version in self.custom.items())
                return Answer(0, "\n".join(["configmaps cm v1 true ConfigMap", *lines]), "")
            case ["get", "-f", "-", *_]:
                keys = map(key_of, read_list(stdin))
                return _listed(self.objects[key] for key in keys if key in self.objects)
            case ["get", plural, "--all-namespaces", *_]:
                return _listed((tree for tree in self.objects.values() if _plural(tree) == plural), is_query=True)
            case ["get", plural, "-n", namespace, "--no-headers"]:
                names = (key.name for key, tree in self.objects.items() if _plural(tree) == plural.partition(".")[0])
                return Answer(0, "".join(f"{name}   1   2m\n" for name in names), "")
            case ["get", "events" | "pods", *_]:
                return _listed((), is_query=True)
            case ["get", kinds, "-n", _, "-l", *_] if unknown := self.unserved & set(kinds.split(",")):
                return Answer(1, "", f'error: the server doesn\'t have a resource type "{unknown.pop()}"\n')
            case ["get", kinds, "-n", namespace, "-l", selector, *_]:
                return _listed(self._selected(kinds.split(","), namespace, selector), is_query=True)
            case ["apply", *flags]:
                return self._apply(read_list(stdin), is_dry="--dry-run=server" in flags)
            case ["create", *flags] if "--dry-run=server" in flags:
                return self._rehearse(json.loads(stdin))
            case ["create" | "replace" as verb, *_]:
                return self._write(verb, json.loads(stdin))
            case ["delete", "--raw", path, *_]:
                return self._delete(path)
            case ["logs", *_]:
                return Answer(0, self.logs, "")
        raise AssertionError(f"not a command that kpy gives: {arguments}")

    def _selected(self, plurals: Sequence[str], namespace: str, selector: str) -> list[Tree]:
        label, _, value = selector.partition("=")
        return [
            tree
            for key, tree in self.objects.items()
            if key.namespace in ("", namespace)
            and tree["metadata"].get("labels", {}).get(label) == value
            and _plural(tree) in {plural.partition(".")[0] for plural in plurals}
        ]

    def _apply(self, trees: Sequence[Tree], *, is_dry: bool) -> Answer:
        results, errors = [], []
        before = dict(self.objects)
        for tree in trees:
            key = key_of(tree)
            refusal = self.refusals.get(key.name) or (self.refusals.get(f"dry:{key.name}") if is_dry else None)
            if not refusal and key.namespace and Key("", "Namespace", "", key.namespace) not in self.objects:
                refusal = NOT_FOUND.format("namespaces", key.namespace)
            if refusal:
                errors.append(refusal)
                continue
            live = _without_dropped(self.objects.get(key), self.applied.get(key), tree)
            if not is_dry:
                self.applied[key] = deepcopy(tree)
            kind = api().kind(tree["apiVersion"], tree["kind"])
            type_ = api().type(kind.type) if kind else None
            if tree["kind"] == "Job" and live is None and self.jobs:
                tree = {**tree, "status": {"conditions": [{"type": self.jobs, "status": "True", "reason": "Said"}]}}
            result = deepcopy(self.put(strategic_merge(live, tree, type_) if live else tree, "kpy"))
            if is_dry and live is None:
                del result["metadata"]["resourceVersion"]  # nothing was stored
            results.append(result)
        if is_dry:
            self.objects = before
        return Answer(1, "", "".join(errors)) if errors else _listed(results)._replace(err=self.warning)

    def _rehearse(self, tree: Tree) -> Answer:
        name = tree["metadata"]["name"]
        exists = f'Error from server (AlreadyExists): "{name}" already exists\n'
        return Answer(1, "", self.refusals.get(f"new:{name}", exists))

    def _write(self, verb: str, tree: Tree) -> Answer:
        live = self.objects.get(key_of(tree))
        name = tree["metadata"]["name"]
        if verb == "create" and live is not None:
            return Answer(1, "", f'Error from server (AlreadyExists): configmaps "{name}" already exists\n')
        if verb == "replace" and live is None:
            return Answer(1, "", NOT_FOUND.format("configmaps", name))
        if live and tree["metadata"].get("resourceVersion") != live["metadata"]["resourceVersion"]:
            return Answer(1, "", "Error from server (Conflict): the object has been modified; please try again\n")
        return _listed([self.put(tree, "kpy")])

    def _delete(self, path: str) -> Answer:
        *_, plural, name = path.split("/")
        inside = (
            path.split("/namespaces/")[1].split("/")[0] if path.count("/namespaces/") and plural != "namespaces" else ""
        )
        if name in self.refusals:
            return Answer(1, "", self.refusals[name])
        for key, tree in self.objects.items():
            if (_plural(tree), key.name, key.namespace) == (plural, name, inside):
                del self.objects[key]
                return Answer(0, "{}", "")
        return Answer(1, "", NOT_FOUND.format(plural, name))


def _listed(trees: Any, *, is_query: bool = False) -> Answer:
    items = [deepcopy(tree) for tree in trees]
    if not items and not is_query:
        return Answer(0, "", "")
    if len(items) == 1 and not is_query:
        return Answer(0, json.dumps(items[0]), "")
    return Answer(0, json.dumps({"apiVersion": "v1", "kind": "List", "items": items}), "")


def _content(tree: Tree) -> Tree:
    volatile = ("resourceVersion", "managedFields", "uid")
    return {**tree, "metadata": {key: value for key, value in tree["metadata"].items() if key not in volatile}}


def _plural(tree: Tree) -> str:
    kind = api().kind(tree["apiVersion"], tree["kind"])
    return kind.plural if kind else f"{tree['kind'].lower()}s"


def _without_dropped(live: Tree | None, applied: Tree | None, tree: Tree) -> Tree | None:
    """Return a live object without the annotations that an earlier apply had and this one has not."""
    if live is None or applied is None:
        return live
    kept = tree["metadata"].get("annotations") or {}
    dropped = set(applied["metadata"].get("annotations") or {}) - set(kept)
    metadata = dict(live["metadata"])
    metadata["annotations"] = {k: v for k, v in (metadata.get("annotations") or {}).items() if k not in dropped}
    if not metadata["annotations"]:
        del metadata["annotations"]
    return {**live, "metadata": metadata}
