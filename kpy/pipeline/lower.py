"""lower: the tree of constructs to resources, which are plain JSON trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kpy.constructs.brought import is_included, is_rendered
from kpy.constructs.object import Object
from kpy.constructs.raw import Raw
from kpy.errors import KpyError
from kpy.manifest import Resource
from kpy.model.model import ApiObject
from kpy.model.plain import to_plain
from kpy.pipeline.draft import Draft, Links
from kpy.pipeline.part_policies import policies_on_parts
from kpy.pipeline.raw_trees import copy_raw
from kpy.schema import Api, api
from kpy.tree.part import Part, ancestors, lock

if TYPE_CHECKING:
    from kpy.checking.choice import Choice
    from kpy.tree.app import App

__all__ = ["lower", "outline", "start"]


class Late(NamedTuple):
    """What is lowered when all else is."""

    #: How many resources stand before it.
    place: int
    #: A `Rendered`.
    part: Any
    chart: Any
    path: str


#: What becomes one object; a tuple is asked faster than a union.
_OBJECTS = (Object, ApiObject, Raw)


def start(app: App, release: str | None, choice: Choice | None = None) -> Draft:
    """Return the empty draft that the passes fill, and lock the tree."""
    lock(app, True)
    return Draft(app, api(release or app.kubernetes).release, choice)


def lower(draft: Draft) -> None:
    """Make a resource of every object in the tree, in the order of declaration."""
    known = api(draft.release)
    late: list[Late] = []
    for chart in draft.app.parts:
        for part in chart.parts if isinstance(chart, Part) else ():
            _lower(part, chart, f"{draft.app.name}/{chart.name}", known, draft, late)
    if late:
        _lower_late(late, known, draft)


def _lower(part: Part | ApiObject, chart: Any, path: str, known: Api, draft: Draft, late: list[Late]) -> None:
    path = f"{path}/{part.name}"
    where = part._where
    if is_rendered(part):
        late.append(Late(len(draft.resources), part, chart, path))
        return
    if is_included(part):
        _lower_included(part, chart, path, known, draft)
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
        _note_changes(part, resource, links, draft)
        resource.kind_data = known.kind(resource.api_version, resource.kind)
        draft.add(resource, links)
    if isinstance(part, Part):
        for inner in part.parts:
            _lower(inner, chart, path, known, draft, late)


def _lower_late(late: list[Late], known: Api, draft: Draft) -> None:
    """Lower what is rendered, which may ask for the definitions among all other objects, into its place."""
    from kpy.constructs.included.rendered import Setting

    moved = 0
    for place, part, chart, path in late:
        count = len(draft.resources)
        part.settle(Setting(draft.release, _served(draft) if part.asks_for_definitions() else ()))
        _lower_included(part, chart, path, known, draft)
        new = draft.resources[count:]
        del draft.resources[count:]
        draft.resources[place + moved : place + moved] = new
        moved += len(new)


def _served(draft: Draft) -> tuple[str, ...]:
    """Return what the definitions in the app, and those that the project keeps, bring to a cluster."""
    from kpy.constructs.included.rendered import served_by
    from kpy.custom.sources import objects_in

    kept = (tree for _, tree in objects_in(draft.choice.crds, "crds"))
    return served_by((*(resource.tree for resource in draft.resources), *kept))


def _changed_by(part: Part | ApiObject, draft: Draft) -> tuple[str, ...]:
    """Return the transforms that have changed a part, or what it belongs to."""
    if not draft.changed:
        return ()
    titles = [title for step in ancestors(part) for title in draft.changed.get(id(step), ())]
    return tuple(dict.fromkeys(titles))


def _note_changes(part: Part | ApiObject, resource: Resource, links: Links, draft: Draft) -> None:
    """Note which fields transforms have set; of what they changed in charts and constructs around it nobody knows."""
    for title, places in draft.changed_fields.get(id(part), {}).items():
        if not any(title in draft.changed.get(id(step), ()) for step in ancestors(part) if step is not part):
            links.changes.titles.add(title)
        for steps in places:
            links.changes.note_steps(resource.tree, steps, title)


def outline(part: Part | ApiObject) -> dict[str, Any] | None:
    """Return the tree of an object as it would be lowered now; nothing for what is none, or cannot be lowered."""
    if not isinstance(part, _OBJECTS):
        return None
    resource = Resource({}, construct=part)
    try:
        _write(part, resource, Links())
    except Exception:  # what is wrong is told when the object is lowered
        return None
    return resource.tree


def _write(part: Object | ApiObject | Raw, resource: Resource, links: Links) -> None:
    """Write the object into the tree of its resource."""
    match part:
        case Object():
            part.lower_into(resource.tree, links)
        case Raw():
            resource.tree = copy_raw(part, links)
        case _:
            resource.tree = to_plain(part, links)


def _lower_included(part: Any, chart: Any, path: str, known: Api, draft: Draft) -> None:
    """Make resources of the objects of others, an `Included`, which keep their lines."""
    from kpy.constructs.included import copied
    from kpy.pipeline.changes import carry_changes

    if policies_on_parts(draft.choice):
        part.open()
    loaded = part.load()
    draft.manifest.diagnostics.extend(loaded.errors)
    if not part.is_open:
        part.__dict__["_parts"][:] = [item.part for item in loaded.items]  # so that others can come after them
    for item in loaded.items:
        resource = Resource(
            item.tree,
            construct=item.part,
            chart=chart,
            path=f"{path}/{item.part.name}",
            where=item.document.where(),
            is_raw=True,
        )
        resource.document = item.document
        resource.edited = part._where
        resource.text = item.text
        resource.changed_by = _changed_by(item.part, draft)
        links = Links()
        if part.is_open:
            carry_changes(part, item, resource, links)
            _note_changes(item.part, resource, links, draft)
        elif part.is_changing:
            resource.tree = copied(item.tree)
        resource.kind_data = known.kind(resource.api_version, resource.kind)
        draft.add(resource, links)
