"""Environment variables: text, keys of ConfigMaps and Secrets, fields and resources of the pod."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kpy.api.core.v1 import (
    ConfigMapEnvSource,
    ConfigMapKeySelector,
    EnvFromSource,
    EnvVar,
    EnvVarSource,
    FileKeySelector,
    ObjectFieldSelector,
    ResourceFieldSelector,
    SecretEnvSource,
    SecretKeySelector,
)
from kpy.constructs.sources import EnvSource
from kpy.errors import ArgumentError
from kpy.model.lists import to_list
from kpy.model.mappings import as_model, as_models
from kpy.model.typing import JsonObject

if TYPE_CHECKING:
    from kpy.constructs.fields.mappings import EnvFromSourceMapping, EnvVarMapping, EnvVarSourceMapping
else:  # types for editors, which no program needs
    EnvFromSourceMapping = EnvVarMapping = EnvVarSourceMapping = JsonObject

__all__ = ["EnvFromInput", "EnvInput", "EnvValue", "set_variables", "to_env", "to_env_from"]

EnvValue = (
    str
    | EnvVarSource
    | ConfigMapKeySelector
    | SecretKeySelector
    | ObjectFieldSelector
    | ResourceFieldSelector
    | FileKeySelector
    | EnvVarSourceMapping
    | JsonObject
)
#: Names to text, to `config["key"]` or `secret["key"]`, or to the API's own sources; or a list of `EnvVar`s.
EnvInput = Mapping[str, EnvValue] | Sequence[EnvVar | EnvVarMapping | JsonObject]
#: Whole ConfigMaps and Secrets; `config.env(prefix="DB_")` gives every name a prefix.
EnvFromInput = Sequence[EnvSource | EnvFromSource | EnvFromSourceMapping | JsonObject]


def to_env(said: EnvInput | None) -> list[EnvVar] | None:
    """Return the variables as the API's own type, in the order given."""
    if said is None:
        return None
    if isinstance(said, Mapping):
        return [_to_variable(name, value) for name, value in said.items() if value is not None]
    return as_models(EnvVar, to_list(said, "variables"))


def to_env_from(said: EnvFromInput | None) -> list[EnvFromSource] | None:
    """Return the sources as the API's own type."""
    return None if said is None else [_to_source(source) for source in to_list(said, "`env_from`")]


def set_variables(
    there: Sequence[EnvVar] | None, variables: EnvInput | None, more: Mapping[str, EnvValue | None]
) -> list[EnvVar]:
    """Return variables with others set: those that are there keep their place, and a name with `None` is removed."""
    named = variables if isinstance(variables, Mapping) else {}
    listed = () if variables is named or variables is None else to_env(variables) or ()
    removed = {name for name, value in (*named.items(), *more.items()) if value is None}
    new = {each.name: each for each in (*listed, *(to_env({**named, **more}) or ()))}  # type: ignore[dict-item]  # no `None` is left
    kept = [new.pop(each.name, each) for each in there or () if each.name not in removed]
    return [*kept, *new.values()]


def _to_variable(name: str, value: EnvValue) -> EnvVar:
    match value:
        case {"valueFrom": Mapping() as source}:
            return EnvVar(name=name, value_from=as_model(EnvVarSource, source))
        case Mapping():
            return EnvVar(name=name, value_from=as_model(EnvVarSource, value))
        case EnvVarSource():
            return EnvVar(name=name, value_from=value)
        case ConfigMapKeySelector():
            return EnvVar(name=name, value_from=EnvVarSource(config_map_key_ref=value))
        case SecretKeySelector():
            return EnvVar(name=name, value_from=EnvVarSource(secret_key_ref=value))
        case FileKeySelector():
            return EnvVar(name=name, value_from=EnvVarSource(file_key_ref=value))
        case ObjectFieldSelector():
            return EnvVar(name=name, value_from=EnvVarSource(field_ref=value))
        case ResourceFieldSelector():
            return EnvVar(name=name, value_from=EnvVarSource(resource_field_ref=value))
        case EnvVar():
            raise ArgumentError(
                f"`env` names {name!r} already: give its value, not an EnvVar; or pass a list of EnvVars"
            )
    if getattr(value, "kind", None) in ("ConfigMap", "Secret"):
        kind = value.kind  # type: ignore[attr-defined]  # looked at just now
        raise ArgumentError(
            f'the variable {name!r} is a whole {kind}: name a key, `...["key"]`, or use `env_from=[...]`'
        )
    return EnvVar(name=name, value=value)


def _to_source(said: object) -> EnvFromSource:
    said = as_model(EnvFromSource, said)
    kind = getattr(said, "kind", None)
    if isinstance(said, EnvFromSource):
        return said
    if kind == "ConfigMap":
        return EnvFromSource(config_map_ref=ConfigMapEnvSource(name=said))  # type: ignore[arg-type]  # any ConfigMap
    if kind == "Secret":
        return EnvFromSource(secret_ref=SecretEnvSource(name=said))  # type: ignore[arg-type]  # any Secret
    raise ArgumentError(f"{said!r} cannot fill an environment: expected a ConfigMap, a Secret or an EnvFromSource")
