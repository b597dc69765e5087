"""Transforms over values of the API's types, in every object; after defaults, before content hashes and `patch`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from inspect import Parameter, signature
from typing import Any

from kpy.constructs.object import name_in
from kpy.errors import UsageError
from kpy.manifest import Resource
from kpy.model.model import Model
from kpy.model.plain import to_plain
from kpy.model.referable import Referable
from kpy.paths import ROOT, Path
from kpy.pipeline.changed_fields import differences
from kpy.pipeline.draft import Draft, Links
from kpy.pipeline.transform import Scoped, call, steps_of
from kpy.pipeline.wiring.typed_values import as_taken
from kpy.redaction.encrypted import is_encrypted
from kpy.schema import Api, Field, api
from kpy.schema.type_names import full_names, near_type
from kpy.tree.transforms import Step

__all__ = ["transform_objects"]

_POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD, Parameter.VAR_POSITIONAL)


def transform_objects(draft: Draft) -> None:
    """Apply the transforms over types of the API, those of the charts first, to every object that is not encrypted."""
    for scoped in steps_of(draft):
        if scoped.step.on:
            _apply(scoped, draft)


def _apply(scoped: Scoped, draft: Draft) -> None:
    step, scope = scoped
    known = api(draft.release)
    types = _types(step, {resource.kind for resource in draft.resources})
    for resource in draft.resources:
        if scope is not draft.app and resource.chart is not scope:
            continue
        if not isinstance(resource.tree, dict) or is_encrypted(resource.tree):
            continue
        before = deepcopy(resource.tree)
        named = resource.name
        for value, at, type_name in list(_values(resource, types, step, known)):
            about = f"on {resource}{f' at {at}' if at.steps else ''}"
            with as_taken(step, value, type_name, draft.links(resource)) as taken:
                call(step, _arguments(step, taken, at, resource), about)
        if resource.tree != before:
            links = draft.links(resource)
            _settle(resource.tree, links)
            for steps in differences(before, resource.tree):
                links.changes.note_steps(resource.tree, steps, step.title)
            _follow(resource, named, draft, known)
            resource.changed_by = (*resource.changed_by, step.title)
            draft.manifest.changes.append(f"{resource}: changed by {step.title}")


def _types(step: Step, kinds: set[str]) -> frozenset[str]:
    """Return the full names of the types that a transform is on; refuse a name that is nearly one."""
    found: set[str] = set()
    for word in step.on:
        names = full_names(word)
        near = "" if names or " " in word or word in kinds else near_type(word)
        if near:
            raise UsageError.at(
                step.where,
                f"the transform {step.title} is on {word!r}, which the API does not have; did you mean {near!r}?",
            )
        found.update(names)
    return frozenset(found)


def _values(
    resource: Resource, types: frozenset[str], step: Step, known: Api
) -> Iterator[tuple[dict[str, Any], Path, str]]:
    """Yield the values of the types in an object with their places; a custom object is one value."""
    if resource.kind_data is not None:
        if types:
            yield from _within(resource.tree, resource.kind_data.type, types, known, ROOT)
    elif resource.kind in step.on or f"{resource.api_version} {resource.kind}" in step.on:
        yield resource.tree, ROOT, ""


def _within(
    value: Any, type_name: str, types: frozenset[str], known: Api, at: Path
) -> Iterator[tuple[dict[str, Any], Path, str]]:
    if not isinstance(value, dict):
        return
    if type_name in types:
        yield value, at, type_name
    struct = known.type(type_name)
    for key, field in struct.fields.items() if struct is not None else ():
        if field.type is not None and key != "status" and value.get(key) is not None:
            for inner, place in _elements(value[key], field, at + key):
                yield from _within(inner, field.type, types, known, place)


def _elements(value: Any, field: Field, at: Path) -> Iterator[tuple[Any, Path]]:
    if field.container == "list":
        yield from ((each, at + index) for index, each in enumerate(value) if isinstance(value, list))
    elif field.container == "map":
        yield from ((each, at.key(str(key))) for key, each in value.items() if isinstance(value, dict))
    else:
        yield value, at


def _arguments(step: Step, value: object, at: Path, resource: Resource) -> tuple[Any, ...]:
    """Return as many arguments as a transform takes: the value, its place, its resource."""
    parameters = [each for each in signature(step.function).parameters.values() if each.kind in _POSITIONAL]
    several = any(each.kind is Parameter.VAR_POSITIONAL for each in parameters)
    return (value, at, resource)[: 3 if several else max(1, len(parameters))]


def _settle(node: Any, links: Links) -> None:
    """Make what a transform has put into a tree plain JSON: objects become their names, models trees, enums text."""
    items = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
    for key, value in items:
        if isinstance(value, str):
            node[key] = value if type(value) is str else str.__str__(getattr(value, "value", value))
        elif isinstance(value, Referable) and not isinstance(value, Model):
            node[key] = name_in(value, links, node, key)
        elif isinstance(value, Model):
            node[key] = to_plain(value, links)
        elif isinstance(value, tuple | Mapping) and not isinstance(value, dict):
            node[key] = list(value) if isinstance(value, tuple) else dict(value)
        if isinstance(node[key], dict | list):
            _settle(node[key], links)


def _follow(resource: Resource, named: str, draft: Draft, known: Api) -> None:
    """Let what is known of an object follow its change: its kind, references to its name, places that are gone."""
    resource.kind_data = known.kind(resource.api_version, resource.kind)
    links = draft.links(resource)
    links.references[:] = [each for each in links.references if _has_text(each.node, each.key)]
    links.selections[:] = [each for each in links.selections if isinstance(each.node.get(each.key), dict)]
    links.mounts[:] = [each for each in links.mounts if len(each.container.get(each.key, ())) >= len(each.by_path)]
    if resource.name != named and resource.document is None:
        for other in draft.resources:
            for node, key, target in draft.links(other).references:
                if target is resource.construct:
                    node[key] = resource.name


def _has_text(node: Any, key: Any) -> bool:
    try:
        return isinstance(node[key], str)
    except (KeyError, IndexError):
        return False
