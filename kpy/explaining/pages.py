"""What a field or type is, as a page for people: meaning, Python, facts, and the fields within."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kpy.explaining.accepted import ACCEPTED
from kpy.explaining.examples import example_of
from kpy.explaining.facts import FieldFacts, article, facts_of_field
from kpy.explaining.links import page_of
from kpy.explaining.lookup import Place, Root, fields_of, roots
from kpy.schema import Field, releases_with_type
from kpy.schema.meanings import meaning
from kpy.schema.releases import releases_in_words

__all__ = ["Page", "page_about", "tree_below"]

_SHAPES = {
    "any": "anything",
    "boolean": "true or false",
    "bytes": "bytes, in base64",
    "int-or-string": "whole number or text",
    "integer": "whole number",
    "micro-time": "time, to the microsecond",
    "object": "any object",
    "quantity": "amount, such as 500m or 1Gi",
    "schema-or-boolean": "schema, or true or false",
    "schema-or-list": "schema, or a list of them",
    "schema-or-strings": "schema, or names of fields",
    "string": "text",
    "time": "time, such as 2026-01-01T00:00:00Z",
}


class Page:
    """A page: its title, its text, rows of facts, and the fields within."""

    def __init__(self, title: str, holds: str, text: str) -> None:
        self.title = title
        #: What stands there: `list of core/v1 Container`.
        self.holds = holds
        self.text = text
        self.rows: list[tuple[str, str]] = []
        #: Name, what it holds, meaning.
        self.fields: list[tuple[str, str, str]] = []


def page_about(place: Place) -> Page:
    """Return the page about a place."""
    if place.steps:
        owner, field = place.steps[-1]
        page = Page(place.path, holds(field), meaning(owner, field.name))
        page.rows = list(_facts(owner, facts_of_field(owner, field.name)))
    else:
        page = Page(place.path, place.root.type if place.root.kind is None else _of_kind(place.root), "")
        page.text = meaning(place.root.type)
        page.rows = list(_of_root(place.root))
    page.rows.insert(0, ("Python", example_of(place)))
    if link := page_of(place.root):
        page.rows.append(("Docs", link))
    for inner in fields_of(place.type).values():
        page.fields.append((inner.name, holds(inner), meaning(place.type, inner.name)))
    return page


def tree_below(place: Place, seen: tuple[str, ...] = (), depth: int = 0) -> Iterator[tuple[int, str, str, str]]:
    """Yield depth, name, what it holds and meaning of all fields below a place; a type within itself is not opened."""
    type_name = place.type
    if not type_name or type_name in seen:
        return
    for field in fields_of(type_name).values():
        yield depth, field.name, holds(field), meaning(type_name, field.name)
        inner = Place(place.root, (*place.steps, (type_name, field)))
        yield from tree_below(inner, (*seen, type_name), depth + 1)


def holds(field: Field) -> str:
    """Return what a field holds, in words."""
    single = field.type or _SHAPES.get(field.shape, field.shape)
    return {"list": f"list of {single}", "map": f"map of {single}", "map-list": f"map of lists of {single}"}.get(
        field.container, single
    )


def _of_kind(root: Root) -> str:
    assert root.kind is not None
    scope = "in a namespace" if root.kind.namespaced else "of the cluster"
    short = f", short {', '.join(root.kind.short_names)}" if root.kind.short_names else ""
    return f"{root.kind.api_version}, {scope}, plural {root.kind.plural}{short}"


def _of_root(root: Root) -> Iterator[tuple[str, str]]:
    if said := releases_in_words(releases_with_type(root.type)):
        yield "Releases", said
    others = [_in_full(other) for other in roots(root.name) if other.type != root.type and (other.kind is not None)]
    if others:
        yield "Also", ", ".join(others)


def _in_full(root: Root) -> str:
    return f"{root.kind.api_version} {root.kind.kind}" if root.kind else root.type


def _facts(owner: str, facts: FieldFacts) -> Iterator[tuple[str, str]]:
    if said := ACCEPTED.get((owner, facts.field.name)):
        yield "Accepts", said.removeprefix("Takes ").removesuffix(".")
    if facts.values:
        yield "Values", ", ".join(map(json.dumps, facts.values))
    if facts.is_required:
        yield "Required", "yes"
    if facts.default or facts.has_default_by_others:
        yield "Default", facts.default or "it depends on the other fields"
    for limit in facts.limits:
        yield "Limits", limit.removesuffix(".")
    if facts.names:
        kind = f"{article(facts.names)} {facts.names}" if facts.names != "*" else "an object"
        yield "Names", f"{kind}: in Python, the object itself or its name"
    if facts.keys:
        yield "Items", f"told apart by {', '.join(facts.keys)}"
    if facts.fixed:
        yield "Changes", facts.fixed.removesuffix(".")
    releases = facts.releases or releases_in_words(releases_with_type(owner))
    if releases:
        yield "Releases", releases
