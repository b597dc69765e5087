"""lower: the tree of constructs to resources, which are plain JSON trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kpy.constructs.object import Object, name_in
from kpy.constructs.raw import Raw, Yaml
from kpy.diagnostics import Diagnostic
from kpy.errors import KpyError, UsageError
from kpy.manifest import Resource
from kpy.model.model import ApiObject, Model
from kpy.model.plain import Sink, to_plain
from kpy.model.referable import Ref, Referable, Selectable
from kpy.model.scalars import plain_text
from kpy.pipeline.draft import Draft, Links
from kpy.schema import Api, api
from kpy.schema.references import can_name
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


def _copied(value: Any, sink: Sink, within: str = "") -> Any:
    """Return a copy in which objects have become their names; `within` is the field in which a value stands."""
    if isinstance(value, dict):
        node: dict[Any, Any] = {}
        for key, inner in value.items():
            key = plain_text(key)
            node[key] = _name(inner, sink, node, key, str(key)) or _copied(inner, sink, str(key))
        return node
    if isinstance(value, list):
        nodes: list[Any] = []
        for index, inner in enumerate(value):
            nodes.append(_name(inner, sink, nodes, index, within) or _copied(inner, sink, within))
        return nodes
    return to_plain(value, sink) if isinstance(value, Model) else plain_text(value)


def _name(value: Any, sink: Sink, node: Any, key: Any, field: str) -> str:
    """Return the name of an object; empty for what is none. Raises `UsageError` where no name can stand."""
    if isinstance(value, Ref):
        kind, name = type(value.target).__name__, value.target.name
        raise UsageError(
            f"`{field}`: `.ref()` stands in typed custom resources, whose fields are known; in a mapping write the "
            f'keys, `{{"kind": "{kind}", "name": ...}}`, with the object {name!r} for its name'
        )
    if not isinstance(value, Referable):
        return ""
    what = f"{type(value).__name__} {value.name!r} cannot stand at `{field}`"
    if not can_name(field):
        hint = '; write `{"matchLabels": {...}}`, the labels of its pods' if isinstance(value, Selectable) else ""
        raise UsageError(f"{what}: no name of an object goes there{hint if 'elector' in field else ''}")
    if not value.name:
        raise UsageError(f"{what}: it has no name, as a server makes one")
    return name_in(value, sink, node, key)


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
