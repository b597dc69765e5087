"""Who may do what: service accounts, roles, bindings and grants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, Unpack

from kpy.api.rbac import v1 as rbac
from kpy.constructs.api_resources import ResourceInput, Verb, rules_for
from kpy.constructs.fields.cluster_role import ClusterRoleFields
from kpy.constructs.fields.cluster_role_binding import ClusterRoleBindingFields
from kpy.constructs.fields.role import RoleFields
from kpy.constructs.fields.role_binding import RoleBindingFields
from kpy.constructs.fields.service_account import ServiceAccountFields
from kpy.constructs.object import Home, Object
from kpy.constructs.subjects import RoleInput, SubjectInput, to_role, to_role_ref
from kpy.errors import UsageError
from kpy.model.fields import Accepts, accepts
from kpy.model.lists import to_list
from kpy.model.plain import to_plain
from kpy.model.referable import Referable
from kpy.tree.construct import Construct
from kpy.tree.part import Part, describe, frozen

if TYPE_CHECKING:
    from kpy.constructs.object import ObjectArguments
    from kpy.model.plain import Sink
    from kpy.model.typing import JsonObject

__all__ = ["ClusterRole", "ClusterRoleBinding", "Grant", "Role", "RoleBinding", "ServiceAccount"]

Tree = dict[str, Any]
_GROUP = "rbac.authorization.k8s.io"


class ServiceAccount(ServiceAccountFields, Object):
    """An identity for pods.

        account = chart.add(ServiceAccount("api"))
        chart.add(Deployment("api", service_account_name=account, containers=[...]))

    https://kubernetes.io/docs/concepts/security/service-accounts/
    """

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "ServiceAccount"
    _homes: ClassVar[tuple[Home, ...]] = ((ServiceAccountFields, ()),)


class _AnyRole(Object):
    """What Role and ClusterRole share."""

    if TYPE_CHECKING:
        rules: Accepts[Sequence[rbac.PolicyRule | JsonObject] | None, list[rbac.PolicyRule] | None]

    def allow(self, verbs: Verb | Iterable[Verb], resources: ResourceInput | Iterable[ResourceInput]) -> Self:
        """Allow verbs on resources, and return the role.

        Resources are plural names, with the group where it is not built in (`"certificates.cert-manager.io"`),
        subresources (`"pods/log"`), kinds (`Deployment`), or objects, which allow the verbs on these objects only. The
        API group is looked up. Raises `ArgumentError` for resources that the API does not have.
        """
        if self.__dict__["_locked"]:
            raise frozen(self, "allow")
        self.__dict__["rules"] = [*(self.rules or ()), *rules_for(verbs, resources)]
        return self


class Role(RoleFields, _AnyRole):
    """What may be done in one namespace.

        role = chart.add(Role("reader").allow(["get", "list", "watch"], ["pods", "pods/log", "deployments"]))
        chart.add(role.bind(account, User("jane")))

    https://kubernetes.io/docs/reference/access-authn-authz/rbac/
    """

    api_version: ClassVar[str] = f"{_GROUP}/v1"
    kind: ClassVar[str] = "Role"
    _homes: ClassVar[tuple[Home, ...]] = ((RoleFields, ()),)

    def _serves(self) -> Part | None:
        named = (target for rule in self.rules or () for target in rule.resource_names or ())
        return next((target for target in named if isinstance(target, Part)), None)

    def bind(
        self, *subjects: SubjectInput, name: str | None = None, **arguments: Unpack[ObjectArguments]
    ) -> RoleBinding:
        """Return a RoleBinding, not yet added, of the role's name or another, that gives the role to subjects."""
        arguments.setdefault("namespace", self.namespace)
        return RoleBinding(name or self.name, role=self, subjects=subjects, **arguments)


class ClusterRole(ClusterRoleFields, _AnyRole):
    """What may be done in the whole cluster, or in the namespaces of its RoleBindings.

    https://kubernetes.io/docs/reference/access-authn-authz/rbac/
    """

    api_version: ClassVar[str] = f"{_GROUP}/v1"
    kind: ClassVar[str] = "ClusterRole"
    _homes: ClassVar[tuple[Home, ...]] = ((ClusterRoleFields, ()),)

    def allow_urls(self, verbs: Verb | Iterable[Verb], urls: str | Iterable[str]) -> Self:
        """Allow verbs on paths that are not resources, such as `"/metrics"`, and return the role."""
        said = [verbs] if isinstance(verbs, str) else list(verbs)
        paths = [urls] if isinstance(urls, str) else list(urls)
        self.__dict__["rules"] = [*(self.rules or ()), rbac.PolicyRule(verbs=said, non_resource_urls=paths)]
        return self

    def bind(
        self, *subjects: SubjectInput, name: str | None = None, **arguments: Unpack[ObjectArguments]
    ) -> ClusterRoleBinding:
        """Return a ClusterRoleBinding, not yet added, that gives the role to subjects in the whole cluster."""
        return ClusterRoleBinding(name or self.name, role=self, subjects=subjects, **arguments)

    def bind_in_namespace(
        self, *subjects: SubjectInput, name: str | None = None, **arguments: Unpack[ObjectArguments]
    ) -> RoleBinding:
        """Return a RoleBinding, not yet added, that gives the role to subjects in one namespace."""
        return RoleBinding(name or self.name, role=self, subjects=subjects, **arguments)


class _AnyBinding(Object):
    """What RoleBinding and ClusterRoleBinding share."""

    role: Accepts[RoleInput | None, RoleInput | None] = accepts(to_role, default=None)
    """The role that is given: short for `role_ref`."""

    if TYPE_CHECKING:
        role_ref: Accepts[RoleInput | None, rbac.RoleRef | None]

    def _finish(self, tree: Tree, sink: Sink) -> None:
        if self.role is None:
            return
        if self.role_ref is not None:
            raise UsageError(f"{describe(self)} is given both `role` and `role_ref`; leave one out")
        tree["roleRef"] = to_plain(to_role_ref(self.role), sink)


class RoleBinding(RoleBindingFields, _AnyBinding):
    """Gives a role to subjects in one namespace.

        chart.add(RoleBinding("readers", role=role, subjects=[account, User("jane")]))

    `role.bind(account)` makes the usual one.

    https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding
    """

    api_version: ClassVar[str] = f"{_GROUP}/v1"
    kind: ClassVar[str] = "RoleBinding"
    _homes: ClassVar[tuple[Home, ...]] = ((RoleBindingFields, ()),)

    def _serves(self) -> Part | None:
        return self.role if isinstance(self.role, Role) else None


class ClusterRoleBinding(ClusterRoleBindingFields, _AnyBinding):
    """Gives a ClusterRole to subjects in the whole cluster.

    https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding
    """

    api_version: ClassVar[str] = f"{_GROUP}/v1"
    kind: ClassVar[str] = "ClusterRoleBinding"
    _homes: ClassVar[tuple[Home, ...]] = ((ClusterRoleBindingFields, ()),)


class Grant(Construct):
    """A Role and its RoleBinding in one: least privilege, said by objects.

        chart.add(Grant("api", to=[account]).read(config, database_secret).allow("create", "jobs"))

    The role and the binding have the grant's name.
    """

    to: Sequence[SubjectInput]
    """Who gets it."""
    namespace: str | Referable | None = None
    """The namespace of the role and the binding; if not given, that of the chart."""
    labels: Mapping[str, str] | None = None
    """Labels on the role and the binding."""
    annotations: Mapping[str, str] | None = None
    """Annotations on the role and the binding."""

    def build(self) -> None:
        """Add the role and the binding, both of the grant's name."""
        common: ObjectArguments = {
            "namespace": self.namespace,
            "labels": self.labels,
            "annotations": self.annotations,
        }
        self.role = self.add(Role(self.name, **common))
        self.binding = self.add(self.role.bind(*to_list(self.to, "`to` of a Grant"), **common))

    def read(self, *resources: ResourceInput) -> Self:
        """Allow to get and watch objects, or to get, list and watch all objects of a resource or kind."""
        for resource in resources:
            verbs: tuple[Verb, ...] = ("get", "watch") if isinstance(resource, Referable) else ("get", "list", "watch")
            self.role.allow(verbs, resource)
        return self

    def write(self, *resources: ResourceInput) -> Self:
        """Allow to change and delete objects, or also to create objects of a resource or kind."""
        for resource in resources:
            named = isinstance(resource, Referable)
            self.role.allow(("update", "patch", "delete") + (() if named else ("create",)), resource)
        return self

    def allow(self, verbs: Verb | Iterable[Verb], resources: ResourceInput | Iterable[ResourceInput]) -> Self:
        """Allow verbs on resources; see `Role.allow`."""
        self.role.allow(verbs, resources)
        return self
