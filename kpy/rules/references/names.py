"""Names of other objects, and keys in them: every field that the table `kpy.schema.references` has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from kpy.checking.hints import near_word
from kpy.checking.rule import Rule, declare
from kpy.checking.visit import Visitor
from kpy.checking.whole import Member, Objects, See, SetCheck, check_on_all, rule_on_all, title
from kpy.paths import Path
from kpy.rules.programs import OTHER_NAMESPACE
from kpy.rules.references.elsewhere import PLATFORM_NAMESPACES, is_elsewhere
from kpy.schema import Api
from kpy.schema.references import DEFAULT_KINDS, REFERENCES, Naming, naming

__all__ = ["report_absent"]

_CONFIG: Final = "https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/"
_SECRET: Final = "https://kubernetes.io/docs/concepts/configuration/secret/"
_RBAC: Final = "rbac.authorization.k8s.io"


def _missing(name: str, said: str, source: str) -> Rule:
    text = f"{said} is named and is not here: pods wait for it, or the server refuses them."
    return declare(name, text, source=source, family="reference", severity="warning")


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
    ),
    ("node.k8s.io", "RuntimeClass"): _missing(
        "runtime-class-missing", "A RuntimeClass", "https://kubernetes.io/docs/concepts/containers/runtime-class/"
    ),
    ("storage.k8s.io", "StorageClass"): _missing(
        "storage-class-missing", "A StorageClass", "https://kubernetes.io/docs/concepts/storage/storage-classes/"
    ),
}
_INGRESS_CLASS = declare(
    "ingress-class-missing",
    "An IngressClass is named and is not here: no controller serves the Ingress.",
    source="https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class",
    family="reference",
    severity="warning",
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
_KEYS: Final[Mapping[str, Rule]] = {
    "ConfigMap": declare(
        "config-map-key-missing",
        "A key is wanted that the ConfigMap does not have: the container does not start. `optional: true` allows it.",
        source=_CONFIG,
        family="reference",
    ),
    "Secret": declare(
        "secret-key-missing",
        "A key is wanted that the Secret does not have: the container does not start. `optional: true` allows it.",
        source=_SECRET,
        family="reference",
    ),
}
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
        "CrossVersionObjectReference",
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
_TOKEN_KEYS: Final = frozenset({"token", "ca.crt", "namespace"})
#: What a reference of any kind means where it does not say the kind, by the field that has it.
_KIND_UNSAID: Final = {field: kind for (_, field), kind in DEFAULT_KINDS.items()}
#: Annotations of an Ingress by which a controller makes the Secrets for TLS.
_ISSUERS: Final = frozenset({"cert-manager.io/issuer", "cert-manager.io/cluster-issuer", "kubernetes.io/tls-acme"})
#: How many absent names get a look for near ones, which is slow.
_HINTS: Final = 50


class _Load(NamedTuple):
    """The fields of a type that name objects."""

    type_name: str
    fields: tuple[tuple[str, Naming], ...]


class _Named(NamedTuple):
    """One name, as a field says it."""

    member: Member
    node: Mapping[str, Any]
    at: Path
    field: str
    naming: Naming
    group: str
    kind: str
    name: str
    namespace: str


@check_on_all
def follow_names(objects: Objects, check: SetCheck) -> None:
    """Follow every name of another object."""
    visitor = _visitor(objects.api)
    said: set[tuple[object, ...]] = set()
    for member in objects:
        if member.known is None or member.kind in _OBSERVED:
            continue
        for place in visitor.visit(member.tree, member.known.type):  # type: ignore[arg-type]  # sound trees are dicts
            for named in _named(member, place.load, place.value, place.at, objects):
                _follow(objects, check, named, said)


@cache
def _visitor(known: Api) -> Visitor[_Load]:
    """Return what finds the names in documents of a release: with what it learnt of the types that it has met."""
    return Visitor(known, _load_of)


def _load_of(type_name: str) -> _Load | None:
    short = type_name.rpartition(" ")[2]
    rows = REFERENCES.get(type_name) or REFERENCES.get(f"{type_name.partition('/')[0]}/* {short}")
    if rows is None or short in _LEFT_OUT:
        return None
    fields = tuple((field, found) for field in rows if (found := naming(type_name, field)) and _is_followed(found))
    return _Load(type_name, fields) if fields else None


def _is_followed(found: Naming) -> bool:
    return found.kind not in _OUTSIDE and bool(found.kind or found.kind_field)


def _named(member: Member, load: _Load, node: Mapping[str, Any], at: Path, objects: Objects) -> Iterator[_Named]:
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
        namespace = member.namespace
        if how.namespace_field:
            namespace = node.get(how.namespace_field) or namespace
        if _has_no_namespace(objects, group, kind):
            namespace = ""
        yield _Named(member, node, at + field, field, how, group, kind, name, namespace)


def _has_no_namespace(objects: Objects, group: str, kind: str) -> bool:
    key = ("has no namespace", group, kind)
    if key not in objects.kept:
        objects.kept[key] = any(
            not known.namespaced for known in objects.api.kinds if known.group == group and known.kind == kind
        )
    return bool(objects.kept[key])


def _follow(objects: Objects, check: SetCheck, named: _Named, said: set[tuple[object, ...]]) -> None:
    found = objects.find(named.group, named.kind, named.name, named.namespace)
    meant = objects.setting.meant.get((id(named.node), named.field))
    if found:
        if named.kind in _KEYS:
            _check_keys(objects, check, named, found)
        return
    if meant is not None:
        _check_namespace(objects, check, named, meant)
        return
    if named.naming.can_be_optional and named.node.get("optional") is True:
        return
    if _is_replaced(named) or _is_issued(named):
        return
    scope = None if objects.setting.is_app else named.member.number
    key = (scope, named.group, named.kind, named.namespace, named.name)
    if key in said:
        return
    said.add(key)
    report_absent(objects, check, named.member, named.at, (named.group, named.kind, named.name, named.namespace))


def _is_replaced(named: _Named) -> bool:
    """Return whether a volume of a StatefulSet gives way to the claim that a template of the same name makes."""
    if (named.kind, named.member.kind) != ("PersistentVolumeClaim", "StatefulSet"):
        return False
    volume: Any = named.member.tree
    for step in named.at.steps[:-2]:
        volume = volume[step]
    templates = named.member.spec.get("volumeClaimTemplates") or ()
    return any((template.get("metadata") or {}).get("name") == volume["name"] for template in templates)


def _is_issued(named: _Named) -> bool:
    """Return whether an Ingress asks for the certificate that it names, by an annotation."""
    is_certificate = named.kind == "Secret" and named.member.kind == "Ingress"
    return is_certificate and not _ISSUERS.isdisjoint(named.member.annotations)


def _check_namespace(objects: Objects, check: SetCheck, named: _Named, meant: Mapping[str, Any]) -> None:
    """Report an object that was given, is in the app, and is in another namespace."""
    theirs = (meant.get("metadata") or {}).get("namespace")
    others = [other for other in objects.by_name.get((named.group, named.kind, named.name), ()) if other.tree is meant]
    if theirs and named.namespace and theirs != named.namespace and others:
        check.report(
            named.member,
            named.at,
            f'{named.kind} "{named.name}" is in namespace "{theirs}"; "{named.namespace}" does not see it',
            fix=f'declare one in namespace "{named.namespace}" too, or move one of both',
            see_also=[See(title(other.tree), other) for other in others],
            rule=OTHER_NAMESPACE,
        )


def report_absent(
    objects: Objects,
    check: SetCheck,
    member: Member,
    at: Path,
    wanted: tuple[str, str, str, str],
    *,
    rule: Rule | None = None,
) -> None:
    """Report that an object (group, kind, name, namespace) is named and not here, unless it lives elsewhere."""
    group, kind, name, namespace = wanted
    if is_elsewhere(objects, group, kind, name, namespace) or _is_foreign(objects, group, kind):
        return
    within = f' in namespace "{namespace}"' if namespace else ""
    place = "part of the app" if objects.setting.is_app else "among the documents"
    others = objects.by_name.get((group, kind, name), [])
    check.report(
        member,
        at,
        f'{kind} "{name}" is not {place}{within}',
        fix=_fix(objects, wanted, others),
        severity=objects.absent,
        see_also=[See(title(other.tree), other) for other in others[:3]],
        rule=rule or _BY_KIND.get((group, kind), _OBJECT),
    )


def _is_foreign(objects: Objects, group: str, kind: str) -> bool:
    """Return whether a kind is neither built in nor one of which there are objects here."""
    is_known = group in objects.api.groups
    return not is_known and not any(found == (group, kind) for found in objects.by_kind)


def _fix(objects: Objects, wanted: tuple[str, str, str, str], others: Iterable[Member]) -> str:
    group, kind, name, namespace = wanted
    for other in others:
        return f'say `namespace: {other.namespace}` where that one is meant, or declare one in "{namespace}"'
    objects.kept["hints"] = hints = objects.kept.get("hints", 0) + 1
    names = [other for (g, k, other) in objects.by_name if (g, k) == (group, kind)] if hints <= _HINTS else []
    near = near_word(name, names[:500])
    if near is not None:
        return f'did you mean "{near}"?'
    return f'declare it; if it lives outside, say so: `external = ["{kind}/{name}"]` under [tool.kpy]'


def _check_keys(objects: Objects, check: SetCheck, named: _Named, found: list[Member]) -> None:
    """Report the keys that are wanted of a ConfigMap or Secret and that no candidate has."""
    if not named.naming.key_field and "items" not in named.node:
        return
    if named.node.get("optional") is True:
        return
    wanted: list[tuple[str, Path]] = []
    key = named.node.get(named.naming.key_field) if named.naming.key_field else None
    if key:
        wanted.append((key, named.at.parent + named.naming.key_field))
    for index, item in enumerate(named.node.get("items") or ()):
        if item.get("key"):
            wanted.append((item["key"], named.at.parent + "items" + index + "key"))
    for key, at in wanted:
        if not any(key in _keys_of(member) for member in found):
            _report_key(objects, check, named, key, at, found)


def _keys_of(member: Member) -> set[str]:
    keys: set[str] = set()
    for field in ("data", "binaryData", "stringData"):
        held = member.tree.get(field)
        if isinstance(held, dict):
            keys.update(held)
    if member.tree.get("type") == "kubernetes.io/service-account-token":
        keys |= _TOKEN_KEYS
    return keys


def _report_key(objects: Objects, check: SetCheck, named: _Named, key: str, at: Path, found: list[Member]) -> None:
    keys = sorted(set().union(*map(_keys_of, found)))
    near = near_word(key, keys[:500])
    is_proven = len(found) == 1 and keys and objects.together(named.member, found[0])
    there = ", ".join(keys[:8]) + (", ..." if len(keys) > 8 else "")
    has = f"it has {there}" if keys else "it is empty; somebody else may fill it"
    check.report(
        named.member,
        at,
        f'{named.kind} "{named.name}" has no key "{key}"; {has}',
        fix=f'did you mean "{near}"?' if near else f'add "{key}" to it, or say `optional: true`',
        severity="error" if is_proven else "warning",
        see_also=[See(title(member.tree), member) for member in found[:3]],
        rule=_KEYS[named.kind],
    )


@rule_on_all(
    "namespace-missing", source="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/"
)
def namespace_missing(objects: Objects, check: SetCheck) -> None:
    """An object is in a namespace that is not here, although other namespaces are: it may be misspelled."""
    namespaces = {member.name for member in objects.of("", "Namespace")}
    if not namespaces:
        return
    said: set[str] = set()
    for member in objects:
        name = member.namespace
        if not name or name in namespaces or name in said or name in PLATFORM_NAMESPACES:
            continue
        said.add(name)
        meant = objects.setting.meant.get((id(member.tree.get("metadata")), "namespace"))
        if meant is None:
            at = Path(Path(None, ""), "metadata") + "namespace"
            report_absent(objects, check, member, at, ("", "Namespace", name, ""), rule=check.rule)
