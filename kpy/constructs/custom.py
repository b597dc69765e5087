"""Objects of custom kinds: the base of the classes that are generated from definitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar, Self

from kpy.constructs.object import Object
from kpy.errors import ArgumentError, UsageError
from kpy.model.declarative import Declarative
from kpy.model.fields import fields_of
from kpy.model.model import Model
from kpy.model.plain import Sink, free_to_plain, plan_of, to_plain
from kpy.source import caller
from kpy.tree.part import describe

if TYPE_CHECKING:
    from typing import TypeAlias

    from kpy.api.core import v1 as core_v1
    from kpy.api.meta import v1 as meta_v1
    from kpy.constructs.containers import Container
    from kpy.constructs.custom_selectors import LabelsOf
    from kpy.constructs.env import EnvFromInput, EnvInput
    from kpy.constructs.selectors import SelectorInput
    from kpy.model.fields import Accepts
    from kpy.model.lists import Several
    from kpy.model.referable import Referable, Selectable
    from kpy.model.typing import JsonObject
    from kpy.tree.resources import ResourcesInput

    #: The annotations of fields that hold types of Kubernetes for which there are short forms.
    Selector: TypeAlias = Accepts[
        SelectorInput | Referable | None, meta_v1.LabelSelector | Selectable | LabelsOf | None
    ]
    Amounts: TypeAlias = Accepts[ResourcesInput | None, core_v1.ResourceRequirements | None]
    Containers: TypeAlias = Accepts[
        Sequence[core_v1.Container | Container | JsonObject] | None, list[core_v1.Container | Container] | None
    ]
    Env: TypeAlias = Accepts[EnvInput | None, list[core_v1.EnvVar] | None]
    EnvFrom: TypeAlias = Accepts[EnvFromInput | None, list[core_v1.EnvFromSource] | None]
    PullSecrets: TypeAlias = Accepts[
        Several[str | Referable | core_v1.LocalObjectReference | JsonObject] | None,
        list[core_v1.LocalObjectReference] | None,
    ]

__all__ = ["CustomObject"]

Tree = dict[str, Any]


class CustomObject(Object):
    """An object of a custom kind. The fields of its spec are keywords, and `spec` takes all of it, or the rest.

    What `spec` says and a keyword says too is an error.
    """

    #: The name of the kind in paths of the API: `certificates`.
    _plural: ClassVar[str] = ""
    #: Whether objects of the kind are in namespaces.
    _is_namespaced: ClassVar[bool] = True
    #: The way to the number of replicas, as the subresource `scale` of the definition says; none where it has no such.
    _replicas: ClassVar[tuple[str, ...]] = ()
    #: Fields beside the spec that the definition does not name, as `from_dict` found them.
    _extra: ClassVar[Mapping[str, object] | None] = None

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Return the object of a plain JSON mapping with the API's names.

        What its type does not know is kept, for validation to find. Raises `ArgumentError` for another kind of object.
        """
        where = caller()
        if not isinstance(data, Mapping):
            raise ArgumentError.at(where, f"{cls.__name__}.from_dict takes a mapping, not {data!r}")
        for key, said in (("apiVersion", cls.api_version), ("kind", cls.kind)):
            if key in data and data[key] != said:
                raise ArgumentError.at(where, f"{cls.__name__}.from_dict takes {key} {said!r}, not {data[key]!r}")
        rest = {key: value for key, value in data.items() if key not in ("apiVersion", "kind", "metadata")}
        metadata = data.get("metadata")
        inner = dict(metadata) if isinstance(metadata, Mapping) else {}
        name = inner.pop("name", "")
        attributes = _attributes(cls)
        known: dict[str, Any] = {attributes[key]: value for key, value in rest.items() if key in attributes}
        made = cls(name, metadata=inner or None, **known)
        made._read_spec()
        made.__dict__["_where"] = where
        extra = {key: value for key, value in rest.items() if key not in attributes}
        if extra:
            made.__dict__["_extra"] = free_to_plain(extra)
        return made

    def _read_spec(self) -> None:
        """Let the keywords say what the spec says, so that both can be read."""
        spec = self.__dict__.get("spec")
        for fields, path in self._homes:
            for name in fields_of(fields).defaults if path == ("spec",) and isinstance(spec, Model) else ():
                if spec.__dict__.get(name) is not None:
                    self.__dict__[name] = spec.__dict__[name]

    def lower_into(self, tree: Tree, sink: Sink) -> None:
        """Write the object into a tree; a spec of which nothing is given is left out."""
        super().lower_into(tree, sink)
        if not tree.get("spec") and self.__dict__.get("spec") is None:
            tree.pop("spec", None)
        tree.update(self.__dict__.get("_extra") or {})

    def _assign(self, name: str, value: object) -> None:
        cls = type(self)
        is_generated = "_plural" in cls.__dict__
        if is_generated and name not in fields_of(cls).defaults and not hasattr(cls, name):
            from kpy.model.arguments import unknown

            raise unknown(cls, name, caller(), "field")
        super()._assign(name, value)

    def _lower_home(self, fields: type[Declarative], path: tuple[str, ...], sink: Sink) -> Tree:
        spec = self.__dict__.get("spec")
        if path != ("spec",) or spec is None:
            return super()._lower_home(fields, path, sink)
        return to_plain(self._joined(spec, self, fields_of(fields).defaults, "spec"), sink)

    def _joined(self, base: Model, keywords: Declarative, names: Iterable[str], path: str) -> Model:
        """Return what two say of one struct; a leaf that both have is an error."""
        made = copy(base)
        for name in names:
            given, own = keywords.__dict__.get(name), base.__dict__.get(name)
            if given is None or given is own:
                continue
            if isinstance(own, Model) and isinstance(given, Model) and type(own) is type(given):
                given = self._joined(own, given, fields_of(type(given)).defaults, f"{path}.{name}")
            elif own is not None:
                raise UsageError(
                    f"{describe(self)} says `{path}.{name}` twice: {own!r} in `spec` and {given!r} by keyword; "
                    f"leave one out"
                )
            made.__dict__[name] = given
        return made


def _attributes(cls: type[CustomObject]) -> dict[str, str]:
    """Return the fields of an object beside its metadata, in the API, to their keywords."""
    found = {"spec": "spec"} if "spec" in fields_of(cls).defaults else {}
    for fields, path in cls._homes:
        if not path:
            found |= {field: attribute for attribute, field in plan_of(fields).pairs}
    return found
