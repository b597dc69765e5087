"""From names to generated classes; their modules are imported when somebody asks."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from kpy.errors import UsageError
from kpy.schema import NEWEST, RELEASES, api
from kpy.schema.pool import pool

if TYPE_CHECKING:
    from kpy.model.model import ApiObject, Model

__all__ = ["kind_class", "model_class", "module_name", "modules"]


def module_name(type_name: str) -> str:
    """Return the module of a type: `kpy.api.core.v1` for `core/v1 Container`."""
    return "kpy.api." + type_name.partition(" ")[0].replace("/", ".")


@cache
def modules() -> tuple[str, ...]:
    """Return the names of all modules of the API, one for each group and version."""
    return tuple(sorted({module_name(name) for name in pool().definitions}))


@cache
def model_class(type_name: str) -> type[Model]:
    """Return the class of a type (`core/v1 Container`). Raises `UsageError` for a type the API does not have."""
    found = None
    try:
        found = getattr(import_module(module_name(type_name)), type_name.rpartition(" ")[2], None)
    except ModuleNotFoundError as error:
        if not module_name(type_name).startswith(error.name or ""):
            raise
    if found is None:
        raise UsageError(f"the API has no type {type_name!r}; expected a name such as 'core/v1 Container'")
    return cast("type[Model]", found)  # generated modules hold nothing else by these names


@cache
def kind_class(api_version: str, kind: str) -> type[ApiObject] | None:
    """Return the class of a kind, or nothing when no release that kpy knows has it."""
    for release in (NEWEST, *RELEASES[-2::-1]):
        found = api(release).kind(api_version, kind)
        if found is not None:
            return cast("type[ApiObject]", model_class(found.type))  # top-level kinds derive from it
    return None
