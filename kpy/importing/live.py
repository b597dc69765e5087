"""Objects that a cluster says: what servers and controllers add goes, and comparing proves that nothing else does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from kpy.compare import compare
from kpy.compare.differences import differences
from kpy.compare.kept import ANNOTATIONS, is_kept
from kpy.documents import Document
from kpy.importing.custom import Types
from kpy.importing.source import Imported, ImportedObject, to_source
from kpy.importing.texts import TextFiles
from kpy.objects import Key, key_of, metadata_of, title
from kpy.schema import Api, Type, api
from kpy.schema.defaults import default, dependent_defaults

__all__ = ["from_cluster", "without_additions"]

Tree = dict[str, Any]

#: What only a server writes.
_METADATA: Final = (
    *("creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields"),
    *("resourceVersion", "selfLink", "uid"),
)
#: Objects that clusters make by themselves, by kind.
_MADE: Final[Mapping[str, tuple[str, ...]]] = {
    "ConfigMap": ("kube-root-ca.crt",),
    "Service": ("kubernetes",),
    "ServiceAccount": ("default",),
}
_MADE_KINDS: Final = ("ControllerRevision", "EndpointSlice", "Endpoints", "Event", "Lease", "Node")
#: Fields that a server sets once, by kind and path, beside those with a default.
_SET: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "Namespace": (("spec", "finalizers"), ("metadata", "labels", "kubernetes.io/metadata.name")),
    "PersistentVolume": (("metadata", "finalizers"),),
    "PersistentVolumeClaim": (("metadata", "finalizers"),),
    "ServiceAccount": (("secrets",),),
}
#: Defaults that people write all the same, since the code is shorter or clearer with them.
_WRITTEN: Final = frozenset(
    {
        ("autoscaling/v2 HorizontalPodAutoscalerSpec", "metrics"),
        ("core/v1 HTTPGetAction", "path"),
        ("core/v1 Volume", "emptyDir"),
        ("networking/v1 NetworkPolicyPort", "protocol"),
        ("networking/v1 NetworkPolicySpec", "policyTypes"),
        ("rbac/v1 RoleRef", "apiGroup"),
        ("rbac/v1 Subject", "apiGroup"),
    }
)


def from_cluster(
    documents: Iterable[Document],
    *,
    name: str = "app",
    file: str = "app.py",
    line_length: int = 88,
    types: Types | None = None,
    texts: TextFiles | None = None,
) -> Imported:
    """Return the source of an app that makes the objects of a cluster, without what servers and controllers add.

    It takes the keywords of `to_source`. That nothing else is left out is proved by comparing: what is left, and what
    the app makes of it, is "no change" to each object as the cluster has it.
    """
    known = api()
    kept: list[Tree] = []
    left: dict[int, ImportedObject] = {}
    trees = [item.tree for document in documents for item in document.items()]
    for number, tree in enumerate(trees):
        why = _why_left_out(tree)
        if why:
            left[number] = ImportedObject(title(tree), "", "existing", why)
        else:
            kept.append(without_additions(tree, known))
    scaled = {*_scaled(kept)}
    kept = [_dropped(tree, ("spec", "replicas")) if key_of(tree) in scaled else tree for tree in kept]
    made = to_source(kept, name=name, file=file, line_length=line_length, types=types, texts=texts)
    rest = iter(made.objects)
    objects = tuple(left[number] if number in left else next(rest) for number in range(len(trees)))
    live = [tree for number, tree in enumerate(trees) if number not in left]
    changes = compare(live, kept).changes
    wrong = (f"{change}: {change.effect}" for change in changes if change.effect != "no change")
    return Imported(made.text, objects, (*made.differences, *wrong), made.files)


def without_additions(tree: Tree, known: Api) -> Tree:
    """Return an object without what servers add; where leaving a default out would be a change, with it."""
    cleaned = _without_records(tree)
    kind = known.kind(str(tree.get("apiVersion")), str(tree.get("kind")))
    struct = known.type(kind.type) if kind is not None else None
    if struct is None:
        return cleaned
    head = {key: tree[key] for key in ("apiVersion", "kind")}
    shorter = {**head, **_without_defaults(_without_set(cleaned), struct, known)}
    return cleaned if _is_change(tree, shorter, known) else shorter


def _why_left_out(tree: Any) -> str:
    """Return why an object is no part of what people wrote; nothing where it is."""
    if not isinstance(tree, dict):
        return "it is no object"
    metadata, kind = metadata_of(tree), str(tree.get("kind"))
    owners = metadata.get("ownerReferences")
    for owner in owners if isinstance(owners, list) else ():
        if isinstance(owner, dict) and owner.get("controller"):
            return f'{owner.get("kind")} "{owner.get("name")}" makes it'
    if kind in _MADE_KINDS or metadata.get("name") in _MADE.get(kind, ()):
        return "the cluster makes it"
    if kind == "Secret" and tree.get("type") == "kubernetes.io/service-account-token":
        return "the cluster makes it"
    return ""


def _scaled(trees: Iterable[Tree]) -> Iterator[Key]:
    """Yield the objects whose number of pods an autoscaler decides."""
    for tree in trees:
        match tree:
            case {
                "kind": "HorizontalPodAutoscaler",
                "spec": {"scaleTargetRef": {"kind": kind, "name": name, **more}},
            }:
                group = str(more.get("apiVersion") or "").rpartition("/")[0]
                yield Key(group, str(kind), str(metadata_of(tree).get("namespace") or ""), str(name))


def _is_change(live: Tree, cleaned: Tree, known: Api) -> bool:
    """Return whether an object as the cluster has it, and what is left of it, differ by meaning."""
    version, kind = str(live.get("apiVersion")), str(live.get("kind"))
    found = known.kind(version, kind)
    struct = known.type(found.type) if found is not None else None
    group = version.rpartition("/")[0]
    return any(
        not is_kept(group, kind, difference, is_autoscaled=True)
        for difference in differences(live, cleaned, struct, known)
    )


def _without_records(tree: Tree) -> Tree:
    made = {key: value for key, value in tree.items() if key != "status"}
    metadata = made.get("metadata")
    if isinstance(metadata, dict):
        metadata = {key: value for key, value in metadata.items() if key not in _METADATA}
        annotations = metadata.get("annotations")
        if isinstance(annotations, dict):
            metadata["annotations"] = {key: value for key, value in annotations.items() if key not in ANNOTATIONS}
            if not metadata["annotations"]:
                del metadata["annotations"]
        made["metadata"] = metadata
    return made


def _without_set(tree: Tree) -> Tree:
    """Return an object without what a server sets once, such as the addresses of a Service."""
    for path in (*_SET.get(str(tree.get("kind")), ()), *_own(tree)):
        tree = _dropped(tree, path)
    return tree


def _own(tree: Tree) -> Iterator[tuple[str, ...]]:
    spec = tree.get("spec")
    if not isinstance(spec, dict):
        return
    if tree.get("kind") == "Service" and spec.get("clusterIP") != "None" and spec.get("type") != "ExternalName":
        yield ("spec", "clusterIP")
    if tree.get("kind") == "Service":
        yield from (("spec", name) for name in ("clusterIPs", "ipFamilies"))
        if spec.get("ipFamilyPolicy") == "SingleStack":
            yield ("spec", "ipFamilyPolicy")
    if tree.get("kind") == "Job" and not spec.get("manualSelector"):
        yield ("spec", "selector")
        for label in (
            "controller-uid",
            "job-name",
            "batch.kubernetes.io/controller-uid",
            "batch.kubernetes.io/job-name",
        ):
            yield ("spec", "template", "metadata", "labels", label)
            yield ("metadata", "labels", label)


def _dropped(tree: Tree, path: tuple[str, ...]) -> Tree:
    first, *rest = path
    if first not in tree:
        return tree
    if not rest:
        return {key: value for key, value in tree.items() if key != first}
    inner = tree[first]
    if not isinstance(inner, dict):
        return tree
    made = _dropped(inner, tuple(rest))
    if inner and not made:
        return {key: value for key, value in tree.items() if key != first}
    return {**tree, first: made}


def _without_defaults(node: Tree, struct: Type, known: Api) -> Tree:
    """Return a struct without the fields that a server would fill in with the same."""
    made: Tree = {}
    for key, value in node.items():
        field = struct.fields.get(key)
        inner = known.type(field.type) if field is not None and field.type else None
        if inner is not None and isinstance(value, dict) and field is not None and not field.container:
            value = _without_defaults(value, inner, known) if value else value
        elif inner is not None and isinstance(value, list):
            value = [_without_defaults(each, inner, known) if isinstance(each, dict) else each for each in value]
        made[key] = value
    first = [key for key in made if key in dependent_defaults(struct.name)]
    for key in (*first, *(key for key in made if key not in first)):
        rest = {name: value for name, value in made.items() if name != key}
        if made[key] is None or _is_default(struct, key, made[key], node, rest, known):
            made = rest
    return made


def _is_default(struct: Type, key: str, value: Any, node: Tree, rest: Tree, known: Api) -> bool:
    if (struct.name, key) in _WRITTEN:
        return False
    filled = default(struct.name, key, rest)
    if filled is None:
        return value == {} and node.get(key) != {}
    if filled == value or filled == node.get(key):
        return True
    field = struct.fields.get(key)
    inner = known.type(field.type) if field is not None and field.type else None
    return inner is not None and isinstance(filled, dict) and value == _without_defaults(filled, inner, known)
