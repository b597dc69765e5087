"""Names of other objects, and keys in them: every field that the table `kpy.schema.references` has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from kpy.checking.object_set import Member, Objects, SetCheck, check_on_all, rule_on_all
from kpy.checking.rule import Rule, declare
from kpy.checking.visit import Visitor
from kpy.diagnostics import Severity
from kpy.paths import ROOT, Path
from kpy.rules.references.absent import Wanted, report_unfound
from kpy.rules.references.elsewhere import is_platform
from kpy.rules.references.keys import KEYS, Named, check_keys, check_made_keys
from kpy.rules.references.spelling import misspelled
from kpy.schema import Api
from kpy.schema.references import DEFAULT_KINDS, REFERENCES, Naming, naming

__all__ = ["follow", "names_within", "rule_about"]

_CONFIG: Final = "https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/"
_SECRET: Final = "https://kubernetes.io/docs/concepts/configuration/secret/"
_RBAC: Final = "rbac.authorization.k8s.io"


def _missing(name: str, what: str, source: str, severity: Severity = "warning") -> Rule:
    text = f"{what} is named and is not here: pods wait for it, or the server refuses them."
    if severity == "warning":
        text += "\n\nIt is a note where something among the documents may make it at run time."
    else:
        text += "\n\nIt is a warning only where an object here has nearly that name: clusters have their own."
    return declare(name, text, source=source, family="reference", severity=severity)


#: Group and kind to the rule about objects of it that are not here.
_RULES: Final[Mapping[tuple[str, str], Rule]] = {
    ("", "ConfigMap"): _missing("config-map-missing", "A ConfigMap", _CONFIG),
    ("", "Secret"): _missing("secret-missing", "A Secret", _SECRET),
    ("", "PersistentVolumeClaim"): _missing(
        "claim-missing", "A PersistentVolumeClaim", "https://kubernetes.io/docs/concepts/storage/persistent-volumes/"
    ),
    ("", "ServiceAccount"): _missing(
        "service-account-missing", "A ServiceAccount", "https://kubernetes.io/docs/concepts/security/service-accounts/"
    ),
    ("scheduling.k8s.io", "PriorityClass"): _missing(
        "priority-class-missing",
        "A PriorityClass",
        "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/",
        "note",
    ),
    ("node.k8s.io", "RuntimeClass"): _missing(
        "runtime-class-missing",
        "A RuntimeClass",
        "https://kubernetes.io/docs/concepts/containers/runtime-class/",
        "note",
    ),
    ("storage.k8s.io", "StorageClass"): _missing(
        "storage-class-missing",
        "A StorageClass",
        "https://kubernetes.io/docs/concepts/storage/storage-classes/",
        "note",
    ),
}
_INGRESS_CLASS = declare(
    "ingress-class-missing",
    "An IngressClass is named and is not here: no controller serves the Ingress.",
    source="https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class",
    family="reference",
    severity="note",
)
_ROLE = declare(
    "role-missing",
    "A binding names a Role or ClusterRole that is not here: it grants nothing.",
    source="https://kubernetes.io/docs/reference/access-authn-authz/rbac/",
    family="reference",
    severity="warning",
)
_SERVICE = declare(
    "service-missing",
    "A Service is named and is not here: what is sent to it fails.",
    source="https://kubernetes.io/docs/concepts/services-networking/service/",
    family="reference",
    severity="warning",
)
_OBJECT = declare(
    "object-missing",
    "An object of some other kind is named and is not here.",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/",
    family="reference",
    severity="warning",
)
_BY_KIND: Final[Mapping[tuple[str, str], Rule]] = {
    **_RULES,
    ("networking.k8s.io", "IngressClass"): _INGRESS_CLASS,
    (_RBAC, "Role"): _ROLE,
    (_RBAC, "ClusterRole"): _ROLE,
    ("", "Service"): _SERVICE,
}

#: Types whose names other rules follow, or that say what somebody saw, or what is made while a cluster runs.
_LEFT_OUT: Final = frozenset(
    {
        "IngressServiceBackend",
        "StatefulSetSpec",
        "ObjectMeta",
        "OwnerReference",
        "BoundObjectReference",
        "ResourceAttributes",
        "LeaseCandidateSpec",
        "ParentReference",
        "ParamRef",
        "NamedRuleWithOperations",
        "PolicyRule",
    }
)
#: Kinds that live in clusters and seldom in documents.
_OUTSIDE: Final = frozenset({"Node", "Pod", "Namespace", "Endpoints", "User", "Group"})
#: Kinds whose objects say what happened.
_OBSERVED: Final = frozenset({"Event", "Endpoints", "EndpointSlice", "CSINode", "VolumeAttachment"})
#: What a reference of any kind means where it does not say the kind, by the field that has it.
_KIND_UNSAID: Final = {field: kind for (_, field), kind in DEFAULT_KINDS.items()}


class _Load(NamedTuple):
    """The fields of a type that name objects."""

    type_name: str
    fields: tuple[tuple[str, Naming], ...]


@check_on_all()
def follow_names(objects: Objects, check: SetCheck) -> None:
    """Follow every name of another object."""
    for member in objects:
        if member.known is None or member.kind in _OBSERVED:
            continue
        for named in names_within(objects, member, member.tree, member.known.type):
            follow(objects, check, named)


def names_within(
    objects: Objects, member: Member, value: Mapping[str, Any], type_name: str, at: Path = ROOT
) -> Iterator[Named]:
    """Yield the names in a sound value of an API type that stands at a place of an object."""
    for place in _visitor(objects.api).visit(value, type_name, at):  # type: ignore[arg-type]  # it is a dict
        if place.at.field != "scaleTargetRef":  # `autoscalers` looks at it
            yield from _named(member, place.load, place.value, place.at, objects)


def rule_about(group: str, kind: str) -> Rule:
    """Return the rule about objects of a kind that are named and not here."""
    return _BY_KIND.get((group, kind), _OBJECT)


@cache
def _visitor(api: Api) -> Visitor[_Load]:
    """Return what finds the names in documents of a release: with what it learnt of the types that it has met."""
    return Visitor(api, _load_of)


def _load_of(type_name: str) -> _Load | None:
    short = type_name.rpartition(" ")[2]
    rows = REFERENCES.get(type_name) or REFERENCES.get(f"{type_name.partition('/')[0]}/* {short}")
    if rows is None or short in _LEFT_OUT:
        return None
    fields = tuple((field, named) for field in rows if (named := naming(type_name, field)) and _is_followed(named))
    return _Load(type_name, fields) if fields else None


def _is_followed(named: Naming) -> bool:
    return named.kind not in _OUTSIDE and bool(named.kind or named.kind_field)


def _named(member: Member, load: _Load, node: Mapping[str, Any], at: Path, objects: Objects) -> Iterator[Named]:
    """Yield what the fields of a value name, with the kind and the namespace that are meant."""
    for field, how in load.fields:
        name = node.get(field)
        if not name or not isinstance(name, str) or (field == "serviceAccount" and node.get("serviceAccountName")):
            continue
        group, kind = how.group, how.kind
        if how.kind_field:
            kind = node.get(how.kind_field) or _KIND_UNSAID.get(at.field, "")
            group = node.get(how.group_field) or ""
            if how.group_field == "apiVersion":
                group = group.rpartition("/")[0]
            if not group and load.type_name.endswith("RoleRef"):
                group = _RBAC
        if not kind or kind in _OUTSIDE:
            continue
        if member.faults is not None and not _is_meant(objects, member, how, at, (group, kind)):
            continue
        namespace = member.namespace
        if how.namespace_field:
            namespace = node.get(how.namespace_field) or namespace
        if objects.api.is_of_cluster(group, kind):
            namespace = ""
        yield Named(member, node, at + field, field, how, group, kind, name, namespace)


def _is_meant(objects: Objects, member: Member, how: Naming, at: Path, named: tuple[str, str]) -> bool:
    """Return whether the fields beside a name, which say its kind and namespace, can be read, and name a kind."""
    beside = [(at + field).steps for field in (how.kind_field, how.group_field, how.namespace_field) if field]
    if not all(member.is_readable(*steps) for steps in beside):
        return False
    is_kind = any((kind.group, kind.kind) == named for kind in objects.api.kinds)
    return is_kind or all(member.is_clear(*steps) for steps in beside)


def follow(objects: Objects, check: SetCheck, named: Named) -> None:
    """Report what is wrong with one name: its object is not here, or lacks a key."""
    wanted = Wanted(named.group, named.kind, named.name, named.namespace)
    members = objects.find(*wanted)
    if named.kind in KEYS:
        if members:
            check_keys(objects, check, named, members)
        else:
            check_made_keys(objects, check, named)
    if not members and (_is_optional(named) or _is_replaced(named) or _is_issued(named)):
        return
    rule = None
    if not members and not objects.is_given(named.member, named.at):
        rule = rule_about(named.group, named.kind)
    report_unfound(objects, check, named.member, named.at, wanted, rule)


def _is_optional(named: Named) -> bool:
    return named.naming.can_be_optional and named.node.get("optional") is True


def _is_replaced(named: Named) -> bool:
    """Return whether a volume of a StatefulSet gives way to the claim that a template of the same name makes."""
    if (named.kind, named.member.kind) != ("PersistentVolumeClaim", "StatefulSet"):
        return False
    volume: Any = named.member.tree
    for step in named.at.steps[:-2]:
        volume = volume[step]
    templates = named.member.spec.get("volumeClaimTemplates") or ()
    return any((template.get("metadata") or {}).get("name") == volume.get("name") for template in templates)


def _is_issued(named: Named) -> bool:
    """Return whether an Ingress asks for the certificate that it names, by an annotation."""
    if named.kind != "Secret" or named.member.kind != "Ingress":
        return False
    from kpy.rules.references.annotated import is_issued

    return is_issued(named.member)


@rule_on_all(
    "namespace-missing",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
    kinds=("Namespace",),
)
def namespace_missing(objects: Objects, check: SetCheck) -> None:
    """An object is in a namespace that is not here, although one beside it is: it may be misspelled."""
    declared = [*objects.of("", "Namespace")]
    namespaces = {member.name for member in declared}
    if not namespaces:
        return
    for member in objects:
        name = member.namespace
        if not name or name in namespaces or is_platform(objects, name):
            continue
        at = ROOT + "metadata" + "namespace"
        wanted = Wanted("", "Namespace", name)
        if any(objects.together(member, other) for other in declared) or misspelled(name, namespaces):
            report_unfound(objects, check, member, at, wanted, check.rule)
