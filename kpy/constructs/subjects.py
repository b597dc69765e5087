"""Subjects of bindings: users, groups and service accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpy.api.rbac.v1 import RoleRef, Subject
from kpy.errors import ArgumentError
from kpy.model.calls import checked
from kpy.model.lists import to_list
from kpy.model.mappings import as_model
from kpy.model.referable import Referable
from kpy.model.shown import shown
from kpy.model.typing import JsonObject

__all__ = ["Group", "RoleInput", "SubjectInput", "User", "to_role", "to_role_ref", "to_subject", "to_subjects"]

_GROUP = "rbac.authorization.k8s.io"

#: A `ServiceAccount`, a `User(...)`, a `Group(...)`, or the API's own type.
SubjectInput = Referable | Subject | JsonObject
#: A Role or ClusterRole, or the API's own type.
RoleInput = Referable | RoleRef | JsonObject


@checked
def User(name: str) -> Subject:  # noqa: N802  # reads as the subject it makes
    """Return a user, as the cluster's authentication names it: `User("jane@example.com")`."""
    return Subject(kind="User", name=name, api_group=_GROUP)


@checked
def Group(name: str) -> Subject:  # noqa: N802  # reads as the subject it makes
    """Return a group of users: `Group("developers")`, `Group("system:authenticated")`."""
    return Subject(kind="Group", name=name, api_group=_GROUP)


def to_subject(said: SubjectInput) -> Subject:
    """Return a subject as the API's own type; the namespace of a service account follows at wiring."""
    if isinstance(said, Subject):
        return said
    if isinstance(said, Mapping):
        return as_model(Subject, said)
    if getattr(said, "kind", None) == "ServiceAccount":
        namespace = getattr(said, "namespace", None) if said._is_existing else None
        return Subject(kind="ServiceAccount", name=said, namespace=namespace)
    raise ArgumentError(f"{said!r} is not a subject: expected a ServiceAccount, `User(...)`, `Group(...)` or a Subject")


def to_subjects(said: Sequence[SubjectInput]) -> list[Subject]:
    """Return subjects as the API's own type."""
    return [to_subject(subject) for subject in to_list(said, "subjects")]


def to_role(said: RoleInput) -> RoleInput:
    """Return a role as it was given."""
    to_role_ref(said)
    return said


def to_role_ref(said: RoleInput) -> RoleRef:
    """Return a role as the API's own reference to it."""
    if isinstance(said, RoleRef):
        return said
    if isinstance(said, Mapping):
        return as_model(RoleRef, said)
    kind = getattr(said, "kind", None)
    if isinstance(said, Referable) and not isinstance(said, type) and kind in ("Role", "ClusterRole"):
        return RoleRef(api_group=_GROUP, kind=str(kind), name=said)
    hint = f': write `ClusterRole.existing("{said}")`' if isinstance(said, str) else ""
    raise ArgumentError(f"{shown(said)} is not a role: expected a Role, a ClusterRole or a RoleRef{hint}")
