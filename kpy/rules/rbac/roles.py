"""Roles, ClusterRoles and their bindings."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.formats import path_segment_fault, subdomain_fault

RBAC = "https://kubernetes.io/docs/reference/access-authn-authz/rbac/"
ROLES = RBAC + "#role-and-clusterrole"
RESOURCES = RBAC + "#referring-to-resources"
AGGREGATED = RBAC + "#aggregated-clusterroles"
BINDINGS = RBAC + "#rolebinding-and-clusterrolebinding"
SUBJECTS = RBAC + "#referring-to-subjects"
GROUP = "rbac.authorization.k8s.io"


@rule("role-resources-required", on="rbac/v1 PolicyRule", source=RESOURCES)
def resources_required(policy: Tree, at: Path, check: Check) -> None:
    """A rule about resources names at least one API group (`""` is the core group) and one resource."""
    if policy.get("nonResourceURLs"):
        return
    if not policy.get("apiGroups"):
        check.report(at + "apiGroups", "rule has no apiGroups", fix='write `apiGroups: [""]` for the core group')
    if not policy.get("resources"):
        check.report(at + "resources", "rule has no resources")


@rule("role-urls", on="rbac/v1 PolicyRule", source=ROLES)
def urls(policy: Tree, at: Path, check: Check) -> None:
    """A rule about URLs stands in a ClusterRole, and is about nothing else."""
    if not policy.get("nonResourceURLs"):
        return
    place = at + "nonResourceURLs"
    if check.kind == "Role":
        check.report(place, "rule of a Role cannot be about URLs", fix="make it a ClusterRole")
    if any(policy.get(field) for field in ("apiGroups", "resources", "resourceNames")):
        check.report(place, "rule is about URLs and about resources", fix="make it two rules")


@rule("binding-role-group", on=("rbac/v1 RoleBinding", "rbac/v1 ClusterRoleBinding"), source=BINDINGS)
def role_group(binding: Tree, at: Path, check: Check) -> None:
    """The role of a binding is of the API group of roles, which may be left out."""
    group = (binding.get("roleRef") or {}).get("apiGroup")
    if group and group != GROUP:
        check.report(at + "roleRef" + "apiGroup", f"apiGroup {group!r} is not {GROUP!r}", fix="drop it")


@rule("binding-role-kind", on=("rbac/v1 RoleBinding", "rbac/v1 ClusterRoleBinding"), source=BINDINGS)
def role_kind(binding: Tree, at: Path, check: Check) -> None:
    """A RoleBinding grants a Role or a ClusterRole; a ClusterRoleBinding grants a ClusterRole."""
    kind = (binding.get("roleRef") or {}).get("kind")
    allowed = ("Role", "ClusterRole") if check.kind == "RoleBinding" else ("ClusterRole",)
    if kind not in allowed:
        subject = f"kind {kind!r} of the role" if kind else "the role has no kind; it"
        check.report(at + "roleRef" + "kind", f"{subject} must be {' or '.join(allowed)}")


@rule("binding-role-name", on=("rbac/v1 RoleBinding", "rbac/v1 ClusterRoleBinding"), source=BINDINGS)
def role_name(binding: Tree, at: Path, check: Check) -> None:
    """A binding names its role."""
    name = (binding.get("roleRef") or {}).get("name")
    if not name:
        check.report(at + "roleRef" + "name", "the role has no name")
    elif fault := path_segment_fault(name):
        check.report(at + "roleRef" + "name", f"name {name!r} of the role {fault}")


@rule("binding-subject-name", on="rbac/v1 Subject", source=SUBJECTS)
def subject_name(subject: Tree, at: Path, check: Check) -> None:
    """A subject of a binding has a name; that of a ServiceAccount is a DNS subdomain."""
    name = subject.get("name")
    if not name:
        check.report(at + "name", "subject has no name")
    elif subject.get("kind") == "ServiceAccount" and (fault := subdomain_fault(name)):
        check.report(at + "name", f"ServiceAccount {name!r} {fault}")


@rule("binding-subject-group", on="rbac/v1 Subject", source=SUBJECTS)
def subject_group(subject: Tree, at: Path, check: Check) -> None:
    """A ServiceAccount is of the core API group; a User or Group of that of roles. Both may be left out."""
    kind, group = subject.get("kind"), subject.get("apiGroup")
    if not group or kind not in ("ServiceAccount", "User", "Group"):
        return
    if kind == "ServiceAccount" or group != GROUP:
        expected = '""' if kind == "ServiceAccount" else f'"{GROUP}"'
        check.report(at + "apiGroup", f"apiGroup of a {kind} must be {expected}, not {group!r}", fix="drop it")


@rule("binding-subject-namespace", on="rbac/v1 Subject", source=SUBJECTS)
def subject_namespace(subject: Tree, at: Path, check: Check) -> None:
    """In a ClusterRoleBinding, a ServiceAccount is named with its namespace."""
    is_account = subject.get("kind") == "ServiceAccount"
    if is_account and not subject.get("namespace") and check.kind == "ClusterRoleBinding":
        check.report(at + "namespace", "ServiceAccount has no namespace")


@rule("cluster-role-aggregation-selector", on="rbac/v1 AggregationRule", source=AGGREGATED)
def aggregation_selector(aggregation: Tree, at: Path, check: Check) -> None:
    """A selector with a fault in it selects no ClusterRoles, so that the aggregation as a whole is refused."""
    faulty = {path.steps[: len(at.steps) + 2] for path in check.paths}
    for index in range(len(aggregation.get("clusterRoleSelectors") or ())):
        place = at + "clusterRoleSelectors" + index
        if place.steps in faulty:
            check.report(place, "the selector is not valid", fix="mend what is said of its parts")
