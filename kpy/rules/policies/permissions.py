"""What pods and people may do in the cluster, and who may talk to pods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kpy.checking.check import Check
from kpy.checking.object_set import Objects, SetCheck
from kpy.checking.policies import policy, policy_on_all
from kpy.objects import Tree
from kpy.paths import ROOT, Path
from kpy.rules.references.creators import is_bound
from kpy.rules.references.selected_pods import pods_of
from kpy.syntax.selectors import is_empty

__all__ = ["OF_CLUSTER"]

_GROUPS: Final = ("access",)
_ACCOUNTS: Final = "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/"
_RBAC: Final = "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
_POD: Final = "core/v1 PodSpec"
_MOUNT: Final = "automountServiceAccountToken"
#: What the names of the roles begin with that Kubernetes has for itself.
OF_CLUSTER: Final = "system:"
#: How many words of a list are named.
_NAMED: Final = 3


@policy("default-service-account", on=_POD, source=_ACCOUNTS, groups=_GROUPS)
def default_service_account(spec: Tree, at: Path, check: Check) -> None:
    """Pods use the default ServiceAccount of their namespace.

    Why: All pods of the namespace share it: a right that one of them needs, all of them get.
    """
    if _account_of(spec) == "default":
        message = "the pods use the default ServiceAccount of the namespace"
        check.report(at + "serviceAccountName", message, fix="give them one of their own")


@policy_on_all("service-account-token-mounted", source=_ACCOUNTS, groups=_GROUPS)
def service_account_token_mounted(objects: Objects, check: SetCheck) -> None:
    """Pods get a token for the API server: neither they nor their account say `automountServiceAccountToken: false`.

    Pods whose account is bound to a role here need their token. It is a note where the account is not here, since its
    bindings may be elsewhere, too.

    Why: Most programs never talk to the API server. Whoever gets into one of the containers can use the token, with all
    rights that somebody gives to the account, today or later.
    """
    for template in pods_of(objects).templates:
        name, namespace = _account_of(template.spec), template.member.namespace
        accounts = objects.find("", "ServiceAccount", name, namespace)
        flag = template.spec.get(_MOUNT)
        if flag is None:
            flag = next((account.tree[_MOUNT] for account in accounts if _MOUNT in account.tree), None)
        if flag is False or is_bound(objects, name, namespace):
            continue
        check.report(
            template.member,
            template.at + "spec" + _MOUNT,
            "the pods get a token for the API server",
            fix=f"set `{_MOUNT}: false`, or waive this for pods that need a token",
            severity=None if accounts or name == "default" else "note",
        )


def _account_of(spec: Mapping[str, Any]) -> str:
    return spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"


@policy("root-filesystem-writable", on="core/v1 Container", source=_RBAC, groups=("security",))
def root_filesystem_writable(container: Tree, at: Path, check: Check) -> None:
    """A container can write to its root filesystem: it does not say `readOnlyRootFilesystem: true`.

    Why: Whoever gets in can put programs there and change what runs, and what a program writes there is lost with the
    pod.
    """
    if (container.get("securityContext") or {}).get("readOnlyRootFilesystem") is not True:
        check.report(
            at + "securityContext" + "readOnlyRootFilesystem",
            f'container "{container.get("name")}" can write to its root filesystem',
            fix="set `readOnlyRootFilesystem: true`, and mount an `emptyDir` where it writes",
        )


@policy_on_all("everything-granted", source=_RBAC, groups=_GROUPS)
def everything_granted(objects: Objects, check: SetCheck) -> None:
    """A role grants all verbs, or all resources, with `*`.

    It is a note where all API groups are custom ones, such as an operator's own.

    Why: The role grows with the cluster: what is added later is granted too, and nobody sees what is really needed.
    """
    for member in objects.of("rbac.authorization.k8s.io", "ClusterRole", "Role"):
        if member.name.startswith(OF_CLUSTER):
            continue
        rules = [(rule, index) for index, rule in enumerate(member.tree.get("rules") or ()) if _has_wildcard(rule)]
        built_in = [(rule, index) for rule, index in rules if not _is_custom(rule, objects)]
        worst = sorted(built_in or rules, key=lambda each: "*" not in (each[0].get("resources") or ()))
        for rule, index in worst[:1]:
            resources, verbs = rule.get("resources") or [], rule.get("verbs") or []
            place = ROOT + "rules" + index
            place += "verbs" if "*" in verbs else "resources"
            place += (verbs if "*" in verbs else resources).index("*")
            count = len(rules) - 1
            more = f", and has wildcards in {count} more rule{'s' if count > 1 else ''}" if count else ""
            message = f"the role grants {_few(verbs, 'verbs')} on {_few(resources, 'resources')}{more}"
            check.report(member, place, message, fix="list only what is needed", severity=None if built_in else "note")


def _has_wildcard(rule: Tree) -> bool:
    resources = rule.get("resources") or ()
    return bool(resources) and ("*" in resources or "*" in (rule.get("verbs") or ()))


def _is_custom(rule: Tree, objects: Objects) -> bool:
    """Return whether all API groups are custom ones."""
    return all("." in group and group not in objects.api.groups for group in rule.get("apiGroups") or ("",))


def _few(words: Sequence[str], all_of: str) -> str:
    """Return a list of words, the first ones of many."""
    if "*" in words:
        return f"all {all_of}"
    return ", ".join(words[:_NAMED]) + (f" and {len(words) - _NAMED} more" if len(words) > _NAMED else "")


@policy("cluster-admin-bound", on="rbac/v1 RoleRef", source=_RBAC, groups=_GROUPS)
def cluster_admin_bound(role: Tree, at: Path, check: Check) -> None:
    """A binding grants `cluster-admin`: everything, in the namespace of a RoleBinding or everywhere.

    Why: Whoever gets into one of these pods owns the cluster, and no later rule takes anything away again.
    """
    if role.get("kind") == "ClusterRole" and role.get("name") == "cluster-admin":
        check.report(
            at + "name",
            "the binding grants `cluster-admin`: everything",
            fix="bind a role of fewer rights",
        )


@policy_on_all(
    "network-policy-missing",
    source="https://kubernetes.io/docs/concepts/services-networking/network-policies/#isolation",
    groups=_GROUPS,
)
def network_policy_missing(objects: Objects, check: SetCheck) -> None:
    """Pods are selected by no NetworkPolicy. Pods on the network of their node (`hostNetwork`) are out of its reach.

    Why: Every pod of the cluster may talk to them: who gets into one pod can reach for all others.
    """
    pods = pods_of(objects)
    covered: set[int] = set()
    whole: set[str] = set()
    for member in objects.of("networking.k8s.io", "NetworkPolicy"):
        selector = member.spec.get("podSelector") or {}
        if is_empty(selector):
            whole.add(member.namespace)
        else:
            covered.update(id(template) for template in pods.selected(selector, member.namespace))
    for template in pods.templates:
        if template.spec.get("hostNetwork"):
            continue  # they are on the network of their node, where no policy reaches them
        if id(template) not in covered and template.member.namespace not in whole:
            check.report(template.member, ROOT, "no NetworkPolicy selects the pods", fix="add one")
