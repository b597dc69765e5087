"""Defaults that a team sets openly, on an app, a chart or a construct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from kpy.errors import ArgumentError
from kpy.model.fields import Accepts, accepts, fields_of
from kpy.model.lists import Several, to_list
from kpy.model.mappings import model_of, models_of
from kpy.model.model import Model
from kpy.model.names import api_name, python_name
from kpy.model.plain import Sink, to_plain
from kpy.model.referable import Referable
from kpy.model.scalars import plain_texts
from kpy.model.shown import shown
from kpy.tree.off import OFF, Off
from kpy.tree.resources import ResourcesInput, to_resources
from kpy.tree.security import SecurityLevel, to_security

if TYPE_CHECKING:
    from kpy.api.core.v1 import EnvVar, PodSecurityContext, PodSpec, ResourceRequirements, SecurityContext, Toleration
    from kpy.model.typing import JsonObject

__all__ = ["Defaults", "Layer", "to_defaults"]

#: What counts key by key: the labels and annotations of pods, and the variables of containers.
_BY_KEY = frozenset({"labels", "annotations", "env"})


class Layer(NamedTuple):
    """What one `Defaults` says of a pod's metadata, of its spec, or of a container: fields in the API's names."""

    fields: Mapping[str, Any]
    #: The fields that were switched off, so that no default from farther away goes there.
    off: frozenset[str]
    #: The fields that are merged with what is there, in Python's names; all of them for `True`.
    merge: frozenset[str] | Literal[True]

    def merges(self, key: str) -> bool:
        """Return whether a field is merged with what is nearer and what is farther away."""
        return key in _BY_KEY or self.merge is True or python_name(key) in self.merge


class Defaults(Model):
    """What pods and containers get that do not say it themselves.

        App("shop", defaults=Defaults(resources=Resources(memory="128Mi"), image_pull_policy="IfNotPresent"))
        Chart("vendor", defaults=Defaults(resources=OFF))

    The nearest wins, whole field: a workload's own, its construct's, its chart's, the app's. Labels, annotations and
    variables count one by one, and so do the fields that `merge` names. `OFF` in a field stops what comes from farther
    away, and `defaults=OFF` stops all of it. Objects given as `Raw` or `Yaml` are reached with `include_raw`.
    """

    resources: Accepts[ResourcesInput | Off | None, ResourceRequirements | Off | None] = accepts(
        to_resources, default=None
    )
    """Requests and limits of containers."""
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | Off | None = None
    """When nodes fetch the images of containers: always, if they have not got them, or never."""
    security_context: Accepts[SecurityContext | JsonObject | Off | None, SecurityContext | Off | None] = accepts(
        model_of("core/v1 SecurityContext"), default=None
    )
    """The security context of containers."""
    env: Accepts[Mapping[str, object] | Sequence[EnvVar | JsonObject] | Off | None, Sequence[EnvVar] | Off | None] = (
        accepts("kpy.tree.defaults:to_default_env", default=None)
    )
    """Variables of containers: `{"TZ": "UTC"}`, or what else `env` of a Container takes. They come first."""
    pod_security_context: Accepts[PodSecurityContext | JsonObject | Off | None, PodSecurityContext | Off | None] = (
        accepts(model_of("core/v1 PodSecurityContext"), default=None)
    )
    """The security context of pods."""
    image_pull_secrets: Several[str | Referable] | Off | None = None
    """Names of Secrets, or the Secrets."""
    node_selector: Mapping[str, str] | Off | None = None
    """Labels that the nodes of pods must have; all must match."""
    tolerations: Accepts[Sequence[Toleration | JsonObject] | Off | None, list[Toleration] | Off | None] = accepts(
        models_of("core/v1 Toleration"), default=None
    )
    """Taints of nodes that pods accept."""
    service_account_name: str | Referable | Off | None = None
    """A name, or the `ServiceAccount`."""
    priority_class_name: str | Referable | Off | None = None
    """A name, or the `PriorityClass`."""
    automount_service_account_token: bool | Off | None = None
    """Whether containers get a token of their account, to talk to the API server."""
    security: Accepts[SecurityLevel | Off | None, SecurityLevel | Off | None] = accepts(to_security, default=None)
    """The Pod Security Standard that pods shall meet; `"restricted"` writes the fields that it asks for.
    https://kubernetes.io/docs/concepts/security/pod-security-standards/"""
    pod_labels: Mapping[str, str] | Off | None = None
    """Labels on the pods, and on nothing else; they never enter a selector."""
    pod_annotations: Mapping[str, str] | Off | None = None
    """Annotations on the pods, and on nothing else."""
    pod: Accepts[PodSpec | JsonObject | None, PodSpec | None] = accepts(model_of("core/v1 PodSpec"), default=None)
    """Any other field of pods: `PodSpec(...)`, or a mapping in the API's names."""
    container: Accepts[Model | JsonObject | None, Model | None] = accepts(
        "kpy.tree.defaults:to_default_container", default=None
    )
    """Any other field of containers: a model of `kpy.api.core.v1`, or a mapping in the API's names."""
    merge: Accepts[bool | Sequence[str], frozenset[str] | Literal[True]] = accepts(
        "kpy.tree.defaults:to_merged", default=frozenset()
    )
    """The fields that are merged with what is said nearer and farther away, instead of being replaced by what is
    nearer: `["node_selector", "tolerations"]`, or `True` for all."""
    include_raw: bool = False
    """Whether objects given as `Raw` or `Yaml` get them, too; encrypted ones never do."""

    def for_metadata(self) -> Layer:
        """Return what it says of the metadata of pods."""
        said = {"labels": self.pod_labels, "annotations": self.pod_annotations}
        fields = {key: plain_texts(value) for key, value in said.items() if isinstance(value, Mapping)}
        return Layer(fields, frozenset(key for key, value in said.items() if value is OFF), self.merge)

    def for_pods(self, sink: Sink) -> Layer:
        """Return what it says of the spec of pods; the sink hears what stands in it."""
        from kpy.api.core import v1 as core

        secrets: Any = self.image_pull_secrets
        if secrets is not None and not isinstance(secrets, Off):
            names = to_list(secrets, "`image_pull_secrets` of Defaults")
            secrets = [core.LocalObjectReference(name=name) for name in names]
        fields: dict[str, Any] = {
            "security_context": self.pod_security_context,
            "image_pull_secrets": secrets,
            "node_selector": self.node_selector,
            "tolerations": self.tolerations,
            "service_account_name": self.service_account_name,
            "priority_class_name": self.priority_class_name,
            "automount_service_account_token": self.automount_service_account_token,
        }
        return self._layer(core.PodSpec, fields, self.pod, sink)

    def for_containers(self, sink: Sink) -> Layer:
        """Return what it says of containers; the sink hears what stands in it."""
        from kpy.api.core import v1 as core

        fields: dict[str, Any] = {
            "env": self.env,
            "resources": self.resources,
            "image_pull_policy": self.image_pull_policy,
            "security_context": self.security_context,
        }
        return self._layer(core.Container, fields, self.container, sink)

    def _layer(self, cls: type[Model], fields: Mapping[str, Any], more: Model | None, sink: Sink) -> Layer:
        heard: Any = _Offs(sink)  # a sink, by what it passes on
        tree = to_plain(cls(**{name: value for name, value in fields.items() if value is not None}), heard)
        off = heard.at(tree)
        if more is not None:
            others = to_plain(more, heard)
            twice = next((key for key in others if key in tree), None)
            if twice is not None:
                raise ArgumentError.at(self._where, f"Defaults says `{python_name(twice)}` twice; leave one out")
            tree, off = {**tree, **others}, off | heard.at(others)
        return Layer(tree, off, self.merge)


class _Offs:
    """A sink that notes what is switched off, and passes on all else."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._off: list[tuple[Any, str]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sink, name)

    def leave(self, node: Any, key: Any) -> None:
        """Note that a field is switched off."""
        self._off.append((node, key))

    def at(self, node: Any) -> frozenset[str]:
        """Return the fields of a node that are switched off."""
        return frozenset(key for each, key in self._off if each is node)


def to_defaults(said: Defaults | JsonObject | Off) -> Defaults | Off:
    """Return defaults; a mapping has the fields in the API's spelling, `{"imagePullPolicy": "Always"}`."""
    if isinstance(said, Defaults | Off):
        return said
    if not isinstance(said, Mapping):
        raise ArgumentError(f"expected `Defaults(...)` or OFF, not {shown(said)}")
    names = {api_name(name): name for name in fields_of(Defaults).defaults}
    for key in said:
        if key not in names:
            raise ArgumentError(f"Defaults has no field {key!r}{_hint(key, names)}")
    given: dict[str, Any] = {names[key]: value for key, value in said.items()}
    return Defaults(**given)


def to_default_env(said: Any) -> Any:
    """Return variables as `env` of a Container has them."""
    if isinstance(said, Off):
        return said
    from importlib import import_module

    return import_module("kpy.constructs.env").to_env(said)


def to_default_container(said: Model | JsonObject) -> Model:
    """Return the fields of containers; refuse what is no field of the API, and needs the pod around the container."""
    made: Model = model_of("core/v1 Container")(said)
    if made._type != "core/v1 Container":
        raise ArgumentError(f"expected fields of a container, `Container(...)` or a mapping, not {shown(said)}")
    for name in ("mounts", "devices", "security"):
        if getattr(made, name, None) is not None:
            hint = "say `security` of Defaults" if name == "security" else "a transform over `Container` can set it"
            raise ArgumentError(f"`{name}` cannot be a default of containers: {hint}")
    return made


def to_merged(said: bool | Sequence[str]) -> frozenset[str] | Literal[True]:
    """Return the names of the fields that are merged; `True` for all."""
    if isinstance(said, bool):
        return said or frozenset()
    from kpy.api.core import v1 as core

    names = {*fields_of(Defaults).defaults, *fields_of(core.PodSpec).defaults, *fields_of(core.Container).defaults}
    for name in said if isinstance(said, frozenset) else to_list(said, "fields to merge"):
        if name not in names:
            from kpy.model.suggestions import hint_for

            raise ArgumentError(f"there is no field {name!r} to merge{hint_for(str(name), sorted(names)).after}")
    renamed = {"pod_security_context": "security_context"}
    return frozenset(renamed.get(name, name) for name in said)


def _hint(key: object, names: Mapping[str, str]) -> str:
    right = next((spelt for spelt, name in names.items() if name == key), None)
    if right is not None:
        return f': a mapping has the names of the API, so write "{right}", or `Defaults({key}=...)`'
    from kpy.model.suggestions import hint_for

    return hint_for(str(key), names).after
