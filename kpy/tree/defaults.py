"""Defaults that a team sets openly, on an app or a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from kpy.model.fields import Accepts, accepts
from kpy.model.lists import Several, to_list
from kpy.model.model import Model
from kpy.model.plain import Sink, to_plain
from kpy.model.referable import Referable
from kpy.tree.resources import ResourcesInput, to_resources
from kpy.tree.security import SecurityLevel, to_security

if TYPE_CHECKING:
    from kpy.api.core.v1 import PodSecurityContext, SecurityContext, Toleration

__all__ = ["Defaults"]


class Defaults(Model):
    """What pods and containers get that do not say it themselves.

        App("shop", defaults=Defaults(resources=Resources(memory="128Mi"), image_pull_policy="IfNotPresent"))

    The nearest wins, whole field: a chart's before the app's. `OFF` on a container or workload switches one off. They
    never reach objects given as `Raw` or `Yaml`.
    """

    #: Requests and limits of containers.
    resources: ResourcesInput | None = None
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    #: The security context of containers.
    security_context: SecurityContext | None = None
    #: The security context of pods.
    pod_security_context: PodSecurityContext | None = None
    #: Names of Secrets, or the Secrets.
    image_pull_secrets: Several[str | Referable] | None = None
    node_selector: Mapping[str, str] | None = None
    tolerations: Sequence[Toleration] | None = None
    #: A name, or the `ServiceAccount`.
    service_account_name: str | Referable | None = None
    #: A name, or the `PriorityClass`.
    priority_class_name: str | Referable | None = None
    automount_service_account_token: bool | None = None
    #: The Pod Security Standard that pods shall meet; `"restricted"` writes the fields that it asks for.
    #: https://kubernetes.io/docs/concepts/security/pod-security-standards/
    security: Accepts[SecurityLevel | None, SecurityLevel | None] = accepts(to_security, default=None)

    def trees(self, sink: Sink) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the fields for pods and those for containers, as the API has them."""
        from kpy.api.core import v1 as core

        said = self.image_pull_secrets
        names = () if said is None else to_list(said, "`image_pull_secrets` of Defaults")
        secrets = None if said is None else [core.LocalObjectReference(name=name) for name in names]
        pod = core.PodSpec(
            security_context=self.pod_security_context,
            image_pull_secrets=secrets,
            node_selector=None if self.node_selector is None else dict(self.node_selector),
            tolerations=None if self.tolerations is None else list(self.tolerations),
            service_account_name=self.service_account_name,
            priority_class_name=self.priority_class_name,
            automount_service_account_token=self.automount_service_account_token,
        )
        container = core.Container(
            resources=to_resources(self.resources),  # type: ignore[arg-type]  # never OFF
            image_pull_policy=self.image_pull_policy,
            security_context=self.security_context,
        )
        return to_plain(pod, sink), to_plain(container)
