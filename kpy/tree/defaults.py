"""Defaults that a team sets openly, on an app or a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from kpy.errors import ArgumentError
from kpy.model.fields import Accepts, accepts, fields_of
from kpy.model.lists import Several, to_list
from kpy.model.mappings import model_of, models_of
from kpy.model.model import Model
from kpy.model.names import api_name
from kpy.model.plain import Sink, to_plain
from kpy.model.referable import Referable
from kpy.model.shown import shown
from kpy.tree.resources import ResourcesInput, to_resources
from kpy.tree.security import SecurityLevel, to_security

if TYPE_CHECKING:
    from kpy.api.core.v1 import PodSecurityContext, ResourceRequirements, SecurityContext, Toleration
    from kpy.model.typing import JsonObject

__all__ = ["Defaults", "to_defaults"]


class Defaults(Model):
    """What pods and containers get that do not say it themselves.

        App("shop", defaults=Defaults(resources=Resources(memory="128Mi"), image_pull_policy="IfNotPresent"))

    The nearest wins, whole field: a chart's before the app's. `OFF` on a container or workload switches one off. They
    never reach objects given as `Raw` or `Yaml`.
    """

    resources: Accepts[ResourcesInput | None, ResourceRequirements | None] = accepts(to_resources, default=None)
    """Requests and limits of containers."""
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    """When nodes fetch the images of containers: always, if they have not got them, or never."""
    security_context: Accepts[SecurityContext | JsonObject | None, SecurityContext | None] = accepts(
        model_of("core/v1 SecurityContext"), default=None
    )
    """The security context of containers."""
    pod_security_context: Accepts[PodSecurityContext | JsonObject | None, PodSecurityContext | None] = accepts(
        model_of("core/v1 PodSecurityContext"), default=None
    )
    """The security context of pods."""
    image_pull_secrets: Several[str | Referable] | None = None
    """Names of Secrets, or the Secrets."""
    node_selector: Mapping[str, str] | None = None
    """Labels that the nodes of pods must have; all must match."""
    tolerations: Accepts[Sequence[Toleration | JsonObject] | None, list[Toleration] | None] = accepts(
        models_of("core/v1 Toleration"), default=None
    )
    """Taints of nodes that pods accept."""
    service_account_name: str | Referable | None = None
    """A name, or the `ServiceAccount`."""
    priority_class_name: str | Referable | None = None
    """A name, or the `PriorityClass`."""
    automount_service_account_token: bool | None = None
    """Whether containers get a token of their account, to talk to the API server."""
    security: Accepts[SecurityLevel | None, SecurityLevel | None] = accepts(to_security, default=None)
    """The Pod Security Standard that pods shall meet; `"restricted"` writes the fields that it asks for.
    https://kubernetes.io/docs/concepts/security/pod-security-standards/"""

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
            resources=self.resources,
            image_pull_policy=self.image_pull_policy,
            security_context=self.security_context,
        )
        return to_plain(pod, sink), to_plain(container)


def to_defaults(said: Defaults | JsonObject) -> Defaults:
    """Return defaults; a mapping has the fields in the API's spelling, `{"imagePullPolicy": "Always"}`."""
    if isinstance(said, Defaults):
        return said
    if not isinstance(said, Mapping):
        raise ArgumentError(f"expected `Defaults(...)`, not {shown(said)}")
    names = {api_name(name): name for name in fields_of(Defaults).defaults}
    for key in said:
        if key not in names:
            raise ArgumentError(f"Defaults has no field {key!r}{_hint(key, names)}")
    given: dict[str, Any] = {names[key]: value for key, value in said.items()}
    return Defaults(**given)


def _hint(key: object, names: Mapping[str, str]) -> str:
    right = next((spelt for spelt, name in names.items() if name == key), None)
    if right is not None:
        return f': a mapping has the names of the API, so write "{right}", or `Defaults({key}=...)`'
    from kpy.model.suggestions import hint_for

    return hint_for(str(key), names).after
