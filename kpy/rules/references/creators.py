"""Who may make objects in a cluster: roles, bound to accounts, that may create a kind in a namespace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from os.path import dirname
from typing import Any, Final, NamedTuple

from kpy.checking.object_set import Member, Objects
from kpy.syntax.selectors import matches

__all__ = ["Creator", "creator_of", "creator_of_pods", "is_bound", "labeller_of_pods", "plural_of"]

_RBAC: Final = "rbac.authorization.k8s.io"
_ACCOUNTS_OF: Final = "system:serviceaccounts:"
_Rules = Sequence[Mapping[str, Any]]

#: What is made of pods, by group.
_WITH_PODS: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset({"pods", "replicationcontrollers"}),
    "apps": frozenset({"deployments", "statefulsets", "daemonsets", "replicasets"}),
    "batch": frozenset({"jobs", "cronjobs"}),
}
_PODS: Final[Mapping[str, frozenset[str]]] = {"": frozenset({"pods"})}
_CREATES: Final = frozenset({"create", "*"})
_CHANGES: Final = frozenset({"update", "patch", "*"})
#: What the roles `admin` and `edit` of every cluster may create, beside pods.
_BY_EDITORS: Final = ("configmaps", "secrets", "services", "serviceaccounts", "persistentvolumeclaims", "endpoints")
_EDITOR: Final[_Rules] = (
    {"apiGroups": [""], "resources": _BY_EDITORS, "verbs": ["create"]},
    *(
        {"apiGroups": [group], "resources": sorted(plurals), "verbs": ["create"]}
        for group, plurals in _WITH_PODS.items()
    ),
)
_OF_CLUSTER: Final[Mapping[str, _Rules]] = {
    "cluster-admin": ({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},),
    "admin": _EDITOR,
    "edit": _EDITOR,
}


class Creator(NamedTuple):
    """Accounts that a binding gives the rules of a role."""

    #: The accounts for messages: `ServiceAccount "op"`.
    title: str
    #: The name of the account; empty for all accounts of the namespace.
    name: str
    #: The namespace of the accounts.
    namespace: str
    binding: Member
    rules: _Rules

    @property
    def is_everywhere(self) -> bool:
        """Whether the rules hold in all namespaces."""
        return self.binding.kind == "ClusterRoleBinding"


def creator_of(objects: Objects, member: Member, group: str, kind: str, namespace: str) -> Creator | None:
    """Return accounts that may create a kind in a namespace, where an object wants one of it."""
    plural = plural_of(objects, group, kind)
    if not plural:
        return None
    return next(_creators(objects, member, namespace, {group: frozenset({plural})}), None)


def creator_of_pods(objects: Objects, member: Member, namespace: str) -> Creator | None:
    """Return accounts that may create pods in a namespace, or workloads, where an object selects some."""
    return next(_creators(objects, member, namespace, _WITH_PODS), None)


def labeller_of_pods(objects: Objects, member: Member, namespace: str) -> Creator | None:
    """Return accounts that may give pods in a namespace other labels, such as that of the leader."""
    return next(_creators(objects, member, namespace, _PODS, _CHANGES), None)


def is_bound(objects: Objects, name: str, namespace: str) -> bool:
    """Return whether an account is given a role here, whatever that allows."""
    key = "bound accounts"
    if key not in objects.kept:
        objects.kept[key] = {
            (subject.get("name") or "", subject.get("namespace") or binding.namespace)
            for binding in objects.of(_RBAC, "RoleBinding", "ClusterRoleBinding")
            for subject in binding.tree.get("subjects") or ()
            if subject.get("kind") == "ServiceAccount"
        }
    accounts: set[tuple[str, str]] = objects.kept[key]
    if not namespace:
        return any(account == name for account, _ in accounts)
    return (name, namespace) in accounts or (name, "") in accounts


def plural_of(objects: Objects, group: str, kind: str) -> str:
    """Return what roles call a kind of the API; empty for kinds that are not its own."""
    key = "plurals"
    if key not in objects.kept:
        objects.kept[key] = {(each.group, each.kind): each.plural for each in objects.api.kinds}
    plurals: dict[tuple[str, str], str] = objects.kept[key]
    return plurals.get((group, kind), "")


def _creators(
    objects: Objects,
    member: Member,
    namespace: str,
    wanted: Mapping[str, frozenset[str]],
    verbs: frozenset[str] = _CREATES,
) -> Iterator[Creator]:
    resources = tuple(sorted((group, *sorted(plurals)) for group, plurals in wanted.items()))
    key = "creators", namespace, resources, verbs
    if key not in objects.kept:
        objects.kept[key] = [
            creator
            for creator in _all_creators(objects)
            if _reaches(objects, creator, namespace) and _may(creator.rules, wanted, verbs)
        ]
    for creator in objects.kept[key]:
        if namespace or _are_near(objects, member, creator.binding):
            yield creator


def _all_creators(objects: Objects) -> list[Creator]:
    if "creators" not in objects.kept:
        objects.kept["creators"] = [
            creator
            for binding in objects.of(_RBAC, "RoleBinding", "ClusterRoleBinding")
            if (rules := _rules_of(objects, binding))
            for creator in _bound(binding, rules)
        ]
    creators: list[Creator] = objects.kept["creators"]
    return creators


def _bound(binding: Member, rules: _Rules) -> Iterator[Creator]:
    for subject in binding.tree.get("subjects") or ():
        name, kind = subject.get("name") or "", subject.get("kind")
        if kind == "ServiceAccount":
            namespace = subject.get("namespace") or binding.namespace
            yield Creator(f'ServiceAccount "{name}"', name, namespace, binding, rules)
        elif kind == "Group" and name.startswith(_ACCOUNTS_OF):
            namespace = name.removeprefix(_ACCOUNTS_OF)
            yield Creator(f'every ServiceAccount of namespace "{namespace}"', "", namespace, binding, rules)


def _rules_of(objects: Objects, binding: Member) -> _Rules:
    """Return the rules that a binding grants: those of a role that is here, or that every cluster has."""
    role = binding.tree.get("roleRef") or {}
    kind, name = role.get("kind") or "", role.get("name") or ""
    is_of_cluster = kind == "ClusterRole"
    roles = objects.find(_RBAC, kind, name, "" if is_of_cluster else binding.namespace)
    if not roles:
        return _OF_CLUSTER.get(name, ()) if is_of_cluster else ()
    return [rule for each in roles for source in (each, *_aggregated(objects, each)) for rule in _rules_in(source)]


def _rules_in(role: Member) -> Iterable[Mapping[str, Any]]:
    return role.tree.get("rules") or ()


def _aggregated(objects: Objects, role: Member) -> Iterator[Member]:
    """Yield the roles of which a ClusterRole has the rules, too."""
    selectors = (role.tree.get("aggregationRule") or {}).get("clusterRoleSelectors") or ()
    for other in objects.of(_RBAC, "ClusterRole") if selectors else ():
        labels = (other.tree.get("metadata") or {}).get("labels") or {}
        if other is not role and any(matches(selector, labels) for selector in selectors):
            yield other


def _may(rules: _Rules, wanted: Mapping[str, frozenset[str]], verbs: frozenset[str]) -> bool:
    """Return whether rules allow to create one of some resources; a name cannot be required of what is not there."""
    return any(
        not rule.get("resourceNames")
        and not verbs.isdisjoint(rule.get("verbs") or ())
        and any(_covers(rule, group, plurals) for group, plurals in wanted.items())
        for rule in rules
    )


def _covers(rule: Mapping[str, Any], group: str, plurals: frozenset[str]) -> bool:
    groups, resources = rule.get("apiGroups") or (), rule.get("resources") or ()
    return (group in groups or "*" in groups) and ("*" in resources or not plurals.isdisjoint(resources))


def _reaches(objects: Objects, creator: Creator, namespace: str) -> bool:
    """Return whether accounts may do in a namespace what they may do: it is theirs, or that of the binding.

    Where documents say no namespace, `kubectl -n` does, and it may be that of an account that says none itself.
    """
    if not creator.is_everywhere and creator.binding.namespace:
        return namespace in (creator.binding.namespace, "")
    if namespace:
        return creator.namespace == namespace
    is_declared = any(
        not account.namespace for account in objects.by_name.get(("", "ServiceAccount", creator.name), ())
    )
    return not creator.namespace or is_declared


def _are_near(objects: Objects, member: Member, other: Member) -> bool:
    """Return whether objects are in one folder, or one in a folder of the other's: they are applied together."""
    if not objects.setting.files:
        return True
    folders = sorted(f"{dirname(objects.setting.files[each.number])}/".lstrip("/") for each in (member, other))
    return folders[1].startswith(folders[0])
