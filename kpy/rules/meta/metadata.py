"""What holds for the metadata of every object: name, namespace, labels, annotations, finalizers, owners."""

from __future__ import annotations

from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.meta.names import generated_name, name_check, prefix_fault
from kpy.syntax.formats import label_fault, label_key_fault, label_value_fault, qualified_name_fault, size_of

__all__: list[str] = []

_OBJECT_META: Final = "meta/v1 ObjectMeta"
_NAMES: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"
_LABELS: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set"
_ANNOTATIONS: Final = (
    "https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/#syntax-and-character-set"
)
_FINALIZERS: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/"
_OWNERS: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/"
_API: Final = "https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/"

_MOST_ANNOTATIONS: Final = 256 * 1024
_STANDARD_FINALIZERS: Final = ("kubernetes", "orphan", "foregroundDeletion")
#: Groups whose kinds take finalizers without a domain.
_LENIENT_GROUPS: Final = frozenset(
    [
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "coordination.k8s.io",
        "node.k8s.io",
    ]
)
#: Groups and kinds that number their changes: a server begins at 1, whatever is given.
_COUNTING_GROUPS: Final = frozenset(
    ["admissionregistration.k8s.io", "apiextensions.k8s.io", "apps", "batch", "flowcontrol.apiserver.k8s.io", "policy"]
)
_COUNTING_KINDS: Final = frozenset(
    [
        "DeviceClass",
        "DeviceTaintRule",
        "EndpointSlice",
        "Ingress",
        "IngressClass",
        "NetworkPolicy",
        "Pod",
        "PodTemplate",
        "PriorityClass",
        "ReplicationController",
        "ResourceSlice",
    ]
)


@rule("name-missing", on=_OBJECT_META, source=_NAMES)
def name_missing(metadata: Tree, at: Path, check: Check) -> None:
    """Every object needs `metadata.name`, or `metadata.generateName` to make one of."""
    if at.parent is not check.at or metadata.get("name") or metadata.get("generateName"):
        return
    if check.kind != "LimitRange":  # a server makes one up
        check.report(at + "name", f"the {check.kind} has no name", fix="set `metadata.name`")


@rule("name-format", on=_OBJECT_META, source=_NAMES)
def name_format(metadata: Tree, at: Path, check: Check) -> None:
    """Most names are DNS subdomains; those of some kinds must be DNS labels, or just fit into a URL."""
    if at.parent is not check.at:
        return
    prefix = metadata.get("generateName")
    name = metadata.get("name") or (generated_name(prefix) if prefix else "")
    if name and (fault := name_check(check)(name)):
        subject = f'name "{name}"' if metadata.get("name") else f'a name made of "{prefix}"'
        check.report(at + "name", f"{subject} {fault}")


@rule("generate-name-format", on=_OBJECT_META, source=_NAMES + "#names", needs="generateName")
def generate_name_format(metadata: Tree, at: Path, check: Check) -> None:
    """The beginning of a generated name follows the rules of names; it may end in a dash."""
    prefix = metadata["generateName"]
    if prefix and at.parent is check.at and check.kind not in ("ReplicationController", "DeviceClass"):
        fault = prefix_fault(prefix, name_check(check))
        if fault:
            check.report(at + "generateName", f'`generateName` "{prefix}" {fault}')


@rule(
    "namespace-format",
    on=_OBJECT_META,
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
    needs="namespace",
)
def namespace_format(metadata: Tree, at: Path, check: Check) -> None:
    """The name of a namespace is a DNS label; objects of a cluster's scope have none, which a server overlooks."""
    namespace = metadata["namespace"]
    if namespace and at.parent is check.at and (fault := label_fault(namespace)):
        kind = check.api.kind(check.api_version, check.kind)
        if kind is None or kind.namespaced:
            check.report(at + "namespace", f'namespace "{namespace}" {fault}')


@rule("label-key", on=_OBJECT_META, source=_LABELS, needs="labels")
def label_key(metadata: Tree, at: Path, check: Check) -> None:
    """A label key is a name of at most 63 characters, perhaps with a domain and a slash before it."""
    for key in metadata["labels"]:
        if (fault := label_key_fault(key)) and (server_field := _said(at, check)):
            check.report((at + "labels").key(key), f'label key "{key}" {fault}', field=server_field + "labels")


@rule("label-value", on=_OBJECT_META, source=_LABELS, needs="labels")
def label_value(metadata: Tree, at: Path, check: Check) -> None:
    """A label value has at most 63 characters: letters, digits, dashes, underscores and dots; it may be empty."""
    for key, value in metadata["labels"].items():
        if (
            (fault := label_value_fault(value))
            and (server_field := _said(at, check))
            and not _is_overwritten(key, check)
        ):
            check.report(
                (at + "labels").key(key), f'label value "{value}" of "{key}" {fault}', field=server_field + "labels"
            )


@rule("annotation-key", on=_OBJECT_META, source=_ANNOTATIONS, needs="annotations")
def annotation_key(metadata: Tree, at: Path, check: Check) -> None:
    """An annotation key is formed as a label key is; upper case is fine in its domain."""
    for key in metadata["annotations"]:
        if (fault := qualified_name_fault(key.lower())) and (server_field := _said(at, check)):
            place = (at + "annotations").key(key)
            check.report(place, f'annotation key "{key}" {fault}', field=server_field + "annotations")


@rule("annotations-too-long", on=_OBJECT_META, source=_ANNOTATIONS, needs="annotations")
def annotations_too_long(metadata: Tree, at: Path, check: Check) -> None:
    """All annotations of an object together may have 256 KiB, keys included."""
    annotations = metadata["annotations"]
    if sum(len(key) + len(value) for key, value in annotations.items()) > _MOST_ANNOTATIONS // 4:
        size = sum(size_of(key) + size_of(value) for key, value in annotations.items())
        if size > _MOST_ANNOTATIONS and (server_field := _said(at, check)):
            message = f"the annotations have {size} bytes; {_MOST_ANNOTATIONS} are allowed"
            check.report(at + "annotations", message, field=server_field + "annotations")


@rule("generation-negative", on=_OBJECT_META, source=_API, needs="generation")
def generation_negative(metadata: Tree, at: Path, check: Check) -> None:
    """The generation of an object is not negative; of most kinds, a server overwrites it."""
    if metadata["generation"] >= 0 or at.parent is not check.at or check.is_custom:
        return
    if check.kind == "ControllerRevision" or not (_group(check) in _COUNTING_GROUPS or check.kind in _COUNTING_KINDS):
        check.report(at + "generation", f"`generation` is {metadata['generation']}", fix="leave it out")


@rule("finalizer-format", on=_OBJECT_META, source=_FINALIZERS, needs="finalizers")
def finalizer_format(metadata: Tree, at: Path, check: Check) -> None:
    """A finalizer is named as a label key is."""
    for index, finalizer in enumerate(metadata["finalizers"]):
        if (fault := qualified_name_fault(finalizer)) and at.parent is check.at:
            check.report(at + "finalizers" + index, f'finalizer "{finalizer}" {fault}', field=at + "finalizers")


@rule("finalizer-domain", on=_OBJECT_META, source=_FINALIZERS, needs="finalizers")
def finalizer_domain(metadata: Tree, at: Path, check: Check) -> None:
    """A finalizer that is not one of Kubernetes' own has a domain: `example.com/name`."""
    if at.parent is not check.at or check.kind in ("Event", "PodDisruptionBudget"):
        return
    if _group(check) in _LENIENT_GROUPS or check.is_custom:
        return
    for index, finalizer in enumerate(metadata["finalizers"]):
        if "/" not in finalizer and finalizer not in _STANDARD_FINALIZERS:
            check.report(at + "finalizers" + index, f'finalizer "{finalizer}" has no domain', fix="write domain/name")


@rule("finalizers-contradict", on=_OBJECT_META, source=_FINALIZERS, needs="finalizers")
def finalizers_contradict(metadata: Tree, at: Path, check: Check) -> None:
    """The finalizers `orphan` and `foregroundDeletion` exclude each other."""
    finalizers = metadata["finalizers"]
    if "orphan" in finalizers and "foregroundDeletion" in finalizers and at.parent is check.at:
        check.report(at + "finalizers", "the finalizers `orphan` and `foregroundDeletion` exclude each other")


@rule("owner-incomplete", on=_OBJECT_META, source=_OWNERS, needs="ownerReferences")
def owner_incomplete(metadata: Tree, at: Path, check: Check) -> None:
    """A reference to an owner has its `apiVersion`, `kind`, `name` and `uid`."""
    if at.parent is not check.at:
        return
    for index, owner in enumerate(metadata["ownerReferences"]):
        for name in ("apiVersion", "kind", "name", "uid"):
            value = owner.get(name, "")
            if not value or (name == "apiVersion" and (value.endswith("/") or value.count("/") > 1)):
                server_field = at + "ownerReferences"
                check.report(
                    server_field + index + name, f"the owner reference has no {name}", field=server_field + name
                )


@rule("owner-is-event", on=_OBJECT_META, source=_OWNERS, needs="ownerReferences")
def owner_is_event(metadata: Tree, at: Path, check: Check) -> None:
    """An Event cannot own other objects."""
    if at.parent is not check.at:
        return
    for index, owner in enumerate(metadata["ownerReferences"]):
        if owner.get("apiVersion") == "v1" and owner.get("kind") == "Event":
            server_field = at + "ownerReferences"
            check.report(server_field + index, "an Event cannot own other objects", field=server_field)


@rule("owner-controllers", on=_OBJECT_META, source=_OWNERS, needs="ownerReferences")
def owner_controllers(metadata: Tree, at: Path, check: Check) -> None:
    """At most one owner is the controller of an object."""
    if at.parent is not check.at:
        return
    controllers = [owner for owner in metadata["ownerReferences"] if owner.get("controller")]
    for second in controllers[1:]:
        first, other = (f'{owner.get("kind")} "{owner.get("name")}"' for owner in (controllers[0], second))
        check.report(at + "ownerReferences", f"both {first} and {other} are said to control the object")


@rule("owner-duplicate", on=_OBJECT_META, source=_OWNERS, severity="warning", needs="ownerReferences")
def owner_duplicate(metadata: Tree, at: Path, check: Check) -> None:
    """The same owner twice is one owner to a server, which drops the other."""
    owners = metadata["ownerReferences"] if at.parent is check.at else ()
    for index, owner in enumerate(owners):
        if owner in owners[:index]:
            message = f'{owner.get("kind")} "{owner.get("name")}" is there twice as an owner'
            check.report(at + "ownerReferences" + index, message, fix="keep one of the two")


@rule("template-metadata-field", on=_OBJECT_META, source=_API)
def template_metadata_field(metadata: Tree, at: Path, check: Check) -> None:
    """The metadata of a template for claims takes labels and annotations and nothing else."""
    if at.parent is not check.at and _is_claim_template(at, check):
        for name, value in metadata.items():
            if name not in ("labels", "annotations") and value not in ("", 0):
                check.report(at + name, f"`{name}` cannot be set in the metadata of a template", fix="leave it out")


def _group(check: Check) -> str:
    return check.api_version.rpartition("/")[0]


def _is_claim_template(at: Path, check: Check) -> bool:
    """Return whether the metadata is that of a volume's claim template, or of the spec of a ResourceClaimTemplate."""
    owner = at.parent
    if owner is check.at:
        return False
    return owner.field == "volumeClaimTemplate" or check.kind == "ResourceClaimTemplate"


def _is_overwritten(key: str, check: Check) -> bool:
    """Return whether a server sets this label itself, whatever is given."""
    return key == "kubernetes.io/metadata.name" and check.kind == "Namespace"


def _said(at: Path, check: Check) -> Path | None:
    """Return where a server says that labels and annotations are, or nothing where it does not check them.

    Of a pod template it says `spec.template.labels`. Those of a job template and of a StatefulSet's claims are free.
    """
    owner = at.parent
    if owner is check.at or _is_claim_template(at, check):
        return at
    return owner if owner.field == "template" else None
