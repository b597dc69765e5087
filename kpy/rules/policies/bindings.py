"""To whom roles are bound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kpy.checking.object_set import Member, Objects, SetCheck
from kpy.checking.policies import policy_on_all
from kpy.objects import Tree
from kpy.paths import ROOT

__all__: list[str] = []

_GROUPS: Final = ("access",)
_PRACTICES: Final = "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
_RBAC: Final = "rbac.authorization.k8s.io"
_MASTERS: Final = "system:masters"
#: Users and groups that anybody belongs to, with who that is.
_EVERYONE: Final = {
    "system:anonymous": "everybody, without a password or a certificate",
    "system:unauthenticated": "everybody, without a password or a certificate",
    "system:authenticated": "everybody who can log in, in some clusters with any account of the cloud",
    "system:serviceaccounts": "the pods of all namespaces",
}
#: Roles that come with a cluster and are made for everybody.
_FOR_EVERYONE: Final = frozenset(
    {
        "system:basic-user",
        "system:discovery",
        "system:public-info-viewer",
        "system:service-account-issuer-discovery",
    }
)
#: What anybody may ask of themselves.
_ABOUT_ONESELF: Final = frozenset(
    {"selfsubjectaccessreviews", "selfsubjectreviews", "selfsubjectrulesreviews", "tokenreviews"}
)


def _subjects(objects: Objects) -> Iterator[tuple[Member, int, str]]:
    """Yield the users and groups of all bindings: the binding, the number of the subject, and its name."""
    for binding in objects.of(_RBAC, "ClusterRoleBinding", "RoleBinding"):
        for index, subject in enumerate(binding.tree.get("subjects") or ()):
            if subject.get("kind") in ("User", "Group"):
                yield binding, index, subject.get("name") or ""


@policy_on_all("everyone-bound", source=f"{_PRACTICES}#general-good-practice", groups=_GROUPS)
def everyone_bound(objects: Objects, check: SetCheck) -> None:
    """A role is bound to everybody: anonymous requests, all who are logged in, or the pods of all namespaces.

    Roles that say nothing secret are not reported: those that a cluster has for everybody, and those that are here and
    read objects by name.

    Why: Whatever the role grants today or tomorrow, everybody who reaches the API server has it, and every program that
    runs in the cluster.
    """
    for binding, index, name in _subjects(objects):
        role = binding.tree.get("roleRef") or {}
        if name not in _EVERYONE or role.get("name") in _FOR_EVERYONE or _says_little(objects, binding, role):
            continue
        check.report(
            binding,
            ROOT + "subjects" + index + "name",
            f'"{name}" is {_EVERYONE[name]}',
            fix="bind the role to those who need it",
        )


def _says_little(objects: Objects, binding: Member, ref: Tree) -> bool:
    """Return whether the role is here and gives away nothing: named objects to be read, URLs, or news of oneself."""
    kind = ref.get("kind") or ""
    namespace = binding.namespace if kind == "Role" else ""
    roles = objects.find(_RBAC, kind, ref.get("name") or "", namespace)
    return bool(roles) and all(_is_harmless(rule) for role in roles for rule in role.tree.get("rules") or ())


def _is_harmless(rule: Tree) -> bool:
    verbs = set(rule.get("verbs") or ())
    resources = set(rule.get("resources") or ())
    if resources and resources <= _ABOUT_ONESELF:
        return True
    is_limited = not resources or (bool(rule.get("resourceNames")) and "secrets" not in resources)
    return is_limited and verbs <= {"get", "list", "watch", "head"}


@policy_on_all("masters-bound", source=f"{_PRACTICES}#least-privilege", groups=_GROUPS)
def masters_bound(objects: Objects, check: SetCheck) -> None:
    """A role is bound to the group `system:masters`.

    Why: That group has all rights without any role, no binding can take them away, and a certificate that says it
    belongs to it cannot be withdrawn. A binding to it grants nothing, and invites people to use it.
    """
    for binding, index, name in _subjects(objects):
        if name == _MASTERS:
            check.report(
                binding,
                ROOT + "subjects" + index + "name",
                f'"{_MASTERS}" has all rights already, without this binding',
                fix="bind the role to a group of your own",
            )
