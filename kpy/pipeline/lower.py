"""lower: the tree of constructs to resources, which are plain JSON trees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kpy.constructs.object import Object, name_in
from kpy.constructs.raw import Raw, Yaml
from kpy.errors import KpyError, UsageError
from kpy.manifest import Manifest, Resource
from kpy.model.model import ApiObject
from kpy.model.plain import Sink, to_plain
from kpy.model.referable import Referable
from kpy.schema import Api, api
from kpy.tree.part import Part, describe

if TYPE_CHECKING:
    from kpy.tree.app import App

__all__ = ["lower", "start"]


def start(app: App, release: str | None) -> Manifest:
    """Return the empty manifest that the passes fill, and lock the tree."""
    _lock(app)
    return Manifest([], release=api(release or app.kubernetes).release, app=app)


def lower(manifest: Manifest) -> None:
    """Make a resource of every object in the tree, in the order of declaration."""
    known = api(manifest.release)
    for chart in manifest.app.parts:
        for part in chart.parts:
            manifest.resources.extend(_lower(part, chart, f"{manifest.app.name}/{chart.name}", known, manifest))


def _lock(part: Part | ApiObject) -> None:
    if isinstance(part, Part):
        part.__dict__["_locked"] = True
        for inner in part.parts:
            _lock(inner)


def _lower(part: Part | ApiObject, chart: Any, path: str, known: Api, manifest: Manifest) -> Iterator[Resource]:
    path = f"{path}/{part.name}"
    where = part._where
    if isinstance(part, Yaml):
        yield from _documents(part, chart, path, known, manifest)
        return
    if isinstance(part, Object | ApiObject | Raw):
        resource = Resource({}, construct=part, chart=chart, path=path, where=where, is_raw=isinstance(part, Raw))
        try:
            _write(part, resource)
        except KpyError as error:
            error.locate(where)
            raise
        resource.kind_data = known.kind(resource.api_version, resource.kind)
        yield resource
    if isinstance(part, Part):
        for inner in part.parts:
            yield from _lower(inner, chart, path, known, manifest)


def _write(part: Object | ApiObject | Raw, resource: Resource) -> None:
    """Write the object into the tree of its resource."""
    match part:
        case Object():
            part.lower_into(resource.tree, resource)
        case Raw():
            resource.tree = _copy(part, resource)
        case _:
            resource.tree = to_plain(part, resource)


def _copy(raw: Raw, sink: Sink) -> dict[str, Any]:
    """Return a copy of a raw object, in which objects have become their names."""
    try:
        copied: dict[str, Any] = _copied(dict(raw.tree), sink)
    except RecursionError as problem:
        raise UsageError(f"{describe(raw)} contains itself") from problem
    return copied


def _copied(value: Any, sink: Sink) -> Any:
    if isinstance(value, dict):
        node: dict[Any, Any] = {}
        for key, inner in value.items():
            node[key] = name_in(inner, sink, node, key) if isinstance(inner, Referable) else _copied(inner, sink)
        return node
    if isinstance(value, list):
        nodes: list[Any] = []
        for index, inner in enumerate(value):
            nodes.append(name_in(inner, sink, nodes, index) if isinstance(inner, Referable) else _copied(inner, sink))
        return nodes
    return value


def _documents(part: Yaml, chart: Any, path: str, known: Api, manifest: Manifest) -> Iterator[Resource]:
    from kpy.documents import read_file

    documents, errors = read_file(str(part.path_of_file))
    manifest.diagnostics.extend(errors)
    for outer in documents:
        for document in outer.items():
            resource = Resource(
                document.tree, construct=part, chart=chart, path=path, where=document.where(), is_raw=True
            )
            resource.document = document
            resource.kind_data = known.kind(resource.api_version, resource.kind)
            yield resource
