"""lower: the tree of constructs to resources, which are plain JSON trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kpy.constructs.object import Object, name_in
from kpy.constructs.raw import Raw, Yaml
from kpy.diagnostics import Diagnostic
from kpy.errors import KpyError, UsageError
from kpy.manifest import Resource
from kpy.model.model import ApiObject
from kpy.model.plain import Sink, to_plain
from kpy.model.referable import Referable
from kpy.pipeline.draft import Draft, Links
from kpy.schema import Api, api
from kpy.tree.part import Part, ancestors, describe, lock

if TYPE_CHECKING:
    from kpy.checking.choice import Choice
    from kpy.tree.app import App

__all__ = ["lower", "start"]

#: What becomes one object; a tuple is asked faster than a union.
_OBJECTS = (Object, ApiObject, Raw)


def start(app: App, release: str | None, choice: Choice | None = None) -> Draft:
    """Return the empty draft that the passes fill, and lock the tree."""
    lock(app, True)
    return Draft(app, api(release or app.kubernetes).release, choice)


def lower(draft: Draft) -> None:
    """Make a resource of every object in the tree, in the order of declaration."""
    known = api(draft.release)
    for chart in draft.app.parts:
        for part in chart.parts if isinstance(chart, Part) else ():
            _lower(part, chart, f"{draft.app.name}/{chart.name}", known, draft)


def _lower(part: Part | ApiObject, chart: Any, path: str, known: Api, draft: Draft) -> None:
    path = f"{path}/{part.name}"
    where = part._where
    if isinstance(part, Yaml):
        _documents(part, chart, path, known, draft)
        return
    if isinstance(part, _OBJECTS):
        resource = Resource({}, construct=part, chart=chart, path=path, where=where, is_raw=isinstance(part, Raw))
        resource.changed_by = _changed_by(part, draft)
        links = Links()
        try:
            _write(part, resource, links)
        except KpyError as error:
            error.locate(where)
            for title in resource.changed_by:
                error.add_note(f"changed by {title}")
            raise
        resource.kind_data = known.kind(resource.api_version, resource.kind)
        draft.add(resource, links)
    if isinstance(part, Part):
        for inner in part.parts:
            _lower(inner, chart, path, known, draft)


def _changed_by(part: Part | ApiObject, draft: Draft) -> tuple[str, ...]:
    """Return the transforms that have changed a part, or what it belongs to."""
    if not draft.changed:
        return ()
    titles = [title for step in ancestors(part) for title in draft.changed.get(id(step), ())]
    return tuple(dict.fromkeys(titles))


def _write(part: Object | ApiObject | Raw, resource: Resource, links: Links) -> None:
    """Write the object into the tree of its resource."""
    match part:
        case Object():
            part.lower_into(resource.tree, links)
        case Raw():
            resource.tree = _copy(part, links)
        case _:
            resource.tree = to_plain(part, links)


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


def _at_its_line(error: Diagnostic, part: Yaml) -> Diagnostic:
    """Return what is wrong with a file; where it cannot be read at all, at the line of the program that names it."""
    if error.rule != "file-unreadable" or part._where is None:
        return error
    return error._replace(where=part._where, message=f"{part.path_of_file}: {error.message}")


def _documents(part: Yaml, chart: Any, path: str, known: Api, draft: Draft) -> None:
    from kpy.documents import read_file

    documents, errors = read_file(str(part.path_of_file))
    draft.manifest.diagnostics.extend(_at_its_line(error, part) for error in errors)
    for outer in documents:
        for document in outer.items():
            resource = Resource(
                document.tree, construct=part, chart=chart, path=path, where=document.where(), is_raw=True
            )
            resource.document = document
            resource.kind_data = known.kind(resource.api_version, resource.kind)
            draft.add(resource, Links())
