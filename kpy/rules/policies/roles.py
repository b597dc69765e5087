"""What roles grant that leads to more rights than they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from kpy.checking.check import Check
from kpy.checking.object_set import Member, Objects, SetCheck
from kpy.checking.policies import policy, policy_on_all
from kpy.diagnostics import Severity
from kpy.objects import Tree
from kpy.paths import ROOT, Path
from kpy.rules.policies.permissions import OF_CLUSTER

__all__: list[str] = []

_GROUPS: Final = ("access",)
_PRACTICES: Final = "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
_RULE: Final = "rbac/v1 PolicyRule"
_RBAC: Final = "rbac.authorization.k8s.io"
_READING: Final = ("get", "list", "watch")
_WRITING: Final = ("create", "update", "patch")
#: The resources that pods are made by, with their groups.
_MAKING_PODS: Final = (
    ("", ("pods", "replicationcontrollers")),
    ("apps", ("deployments", "daemonsets", "statefulsets", "replicasets")),
    ("batch", ("jobs", "cronjobs")),
)
_WHAT_ESCALATES: Final = {
    "bind": "bind any role to anybody",
    "escalate": "put any right into a role",
    "impersonate": "act as anybody",
}


RoleFunction = Callable[[Tree, Path, Check], None]


def _role_policy(name: str, source: str, severity: Severity = "warning") -> Callable[[RoleFunction], RoleFunction]:
    """Make the decorated function a policy on the rules of roles, but for those that Kubernetes has for itself."""

    def decorate(function: RoleFunction) -> RoleFunction:
        def check_rule(rule: Tree, at: Path, check: Check) -> None:
            if not str(check.metadata.get("name")).startswith(OF_CLUSTER):
                function(rule, at, check)

        check_rule.__doc__, check_rule.__module__ = function.__doc__, function.__module__
        check_rule.__qualname__ = function.__qualname__
        return policy(name, on=_RULE, severity=severity, source=source, groups=_GROUPS)(check_rule)

    return decorate


def _places(rule: Tree, group: str, resources: tuple[str, ...], verbs: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield the numbers and names of the resources that are granted by name, with one of the verbs, without limit.

    Where all resources are granted, `everything-granted` says so.
    """
    if not {"*", group}.intersection(rule.get("apiGroups") or ()) or rule.get("resourceNames"):
        return
    if not {"*", *verbs}.intersection(rule.get("verbs") or ()):
        return
    for index, resource in enumerate(rule.get("resources") or ()):
        if resource in resources:
            yield index, resource


@_role_policy("escalation-granted", f"{_PRACTICES}#escalate-verb")
def escalation_granted(rule: Tree, at: Path, check: Check) -> None:
    """A role grants `escalate`, `bind` or `impersonate` without `resourceNames`.

    Why: Whoever has one of these verbs can get all rights of the cluster: the rest of the role is no limit.
    """
    if rule.get("resourceNames"):
        return
    verbs = rule.get("verbs") or []
    granted = [verb for verb in verbs if verb in _WHAT_ESCALATES]
    if granted:
        what = " and ".join(_WHAT_ESCALATES[verb] for verb in granted)
        message = f"the role grants {_quoted(granted)}: whoever has it can {what}"
        fix = "limit it by `resourceNames`, or leave it out"
        check.report(at + "verbs" + verbs.index(granted[0]), message, fix=fix)


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


@policy_on_all("secrets-readable", source=f"{_PRACTICES}#listing-secrets", groups=_GROUPS)
def secrets_readable(objects: Objects, check: SetCheck) -> None:
    """A role allows reading all Secrets: `get`, `list` or `watch` without `resourceNames`.

    It is a note where the role holds in one namespace only.

    Why: A Secret is only as safe as the weakest program that can read it, and among all Secrets are the tokens of
    accounts with more rights. Controllers that work with any Secret need this; most others need one or two by name.
    """
    for member in objects.of(_RBAC, "ClusterRole", "Role"):
        if member.name.startswith(OF_CLUSTER):
            continue
        in_cluster = member.kind == "ClusterRole" and not _is_bound_in_namespaces(objects, member)
        for number, rule in enumerate(member.tree.get("rules") or ()):
            for index, _ in _places(rule, "", ("secrets",), _READING):
                check.report(
                    member,
                    ROOT + "rules" + number + "resources" + index,
                    f"the role can read all Secrets of {'the cluster' if in_cluster else 'a namespace'}",
                    fix="name those that are needed in `resourceNames`",
                    severity=None if in_cluster else "note",
                )


def _is_bound_in_namespaces(objects: Objects, role: Member) -> bool:
    """Return whether bindings are here for a ClusterRole, and all of them hold in a namespace only."""
    kinds = {
        binding.kind
        for binding in objects.of(_RBAC, "RoleBinding", "ClusterRoleBinding")
        if (binding.tree.get("roleRef") or {}).get("kind") == "ClusterRole"
        and (binding.tree.get("roleRef") or {}).get("name") == role.name
    }
    return kinds == {"RoleBinding"}


@_role_policy("exec-granted", f"{_PRACTICES}#privilege-escalation-risks")
def exec_granted(rule: Tree, at: Path, check: Check) -> None:
    """A role grants `pods/exec`, `pods/attach` or `pods/portforward`.

    Why: Whoever can run a command in a pod has everything that the pod has: its Secrets, its files, and the rights of
    its account.
    """
    resources = ("pods/exec", "pods/attach", "pods/portforward")
    places = list(_places(rule, "", resources, ("get", "create")))
    if places:
        granted = _quoted(resource for _, resource in places)
        message = f"the role grants {granted}: whoever has it can do what the pods can do"
        fix = "leave it out, or grant it only to people, for a time"
        check.report(at + "resources" + places[0][0], message, fix=fix)


@_role_policy("node-proxy-granted", f"{_PRACTICES}#access-to-proxy-subresource-of-nodes")
def node_proxy_granted(rule: Tree, at: Path, check: Check) -> None:
    """A role grants `nodes/proxy`.

    Why: It leads to the kubelet itself, which runs commands in every pod of the node, past admission and past the audit
    log; `get` is enough for that.
    """
    for index, _ in _places(rule, "", ("nodes/proxy",), (*_READING, *_WRITING)):
        message = "the role grants `nodes/proxy`: whoever has it can run commands in every pod of a node"
        fix = "grant `nodes/metrics`, `nodes/stats`, `nodes/log` or `nodes/healthz` instead"
        check.report(at + "resources" + index, message, fix=fix)


@_role_policy("pod-creation-granted", f"{_PRACTICES}#workload-creation", severity="note")
def pod_creation_granted(rule: Tree, at: Path, check: Check) -> None:
    """A role allows creating pods, or workloads that make them.

    Why: Whoever makes a pod gets what any pod of the namespace can get: its Secrets, its volumes, and the rights of
    every account in it. Controllers that make pods need this.
    """
    for group, resources in _MAKING_PODS:
        for index, resource in _places(rule, group, resources, ("create",)):
            message = (
                f"the role can create {resource}: whoever has it can use all Secrets and accounts of the namespace"
            )
            check.report(at + "resources" + index, message)
            return


@_role_policy("webhook-change-granted", f"{_PRACTICES}#control-admission-webhooks")
def webhook_change_granted(rule: Tree, at: Path, check: Check) -> None:
    """A role allows creating or changing admission webhooks of any name.

    Why: A webhook reads every object that is applied, Secrets too, and can change it. Operators that keep their own
    webhooks up to date can name them in `resourceNames`.
    """
    resources = ("mutatingwebhookconfigurations", "validatingwebhookconfigurations")
    places = list(_places(rule, "admissionregistration.k8s.io", resources, _WRITING))
    if places:
        message = "the role can change admission webhooks: whoever has it can read and change all that is applied"
        check.report(at + "resources" + places[0][0], message, fix="name the webhooks in `resourceNames`")


@_role_policy("certificate-approval-granted", f"{_PRACTICES}#csrs-and-certificate-issuing")
def certificate_approval_granted(rule: Tree, at: Path, check: Check) -> None:
    """A role allows approving certificates for any signer.

    Why: An approved certificate is an identity: who approves their own can be anybody whom the signer can name, a node
    or an administrator.
    """
    if "certificates.k8s.io" not in (rule.get("apiGroups") or ()) or rule.get("resourceNames"):
        return
    for index, verb in enumerate(rule.get("verbs") or ()):
        if verb == "approve":
            message = "the role can approve the certificates of all signers: whoever has it can become anybody"
            check.report(at + "verbs" + index, message, fix="name the signers in `resourceNames`")


@_role_policy("token-creation-granted", f"{_PRACTICES}#token-request")
def token_creation_granted(rule: Tree, at: Path, check: Check) -> None:
    """A role allows creating tokens for any ServiceAccount: `serviceaccounts/token`.

    Why: With a token one has all rights of the account, and there are accounts with more rights than the role has.
    """
    for index, _ in _places(rule, "", ("serviceaccounts/token",), ("create",)):
        message = "the role can create tokens for all accounts: whoever has it has the rights of each of them"
        check.report(at + "resources" + index, message, fix="name the accounts in `resourceNames`")
