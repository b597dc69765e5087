"""What the table of custom kinds says of a kind or field: what it names, makes and selects, when it is ready."""

from __future__ import annotations

from collections.abc import Iterator

from kpy.explaining.facts import article
from kpy.schema.custom import CustomKind, Row, custom_kind
from kpy.schema.custom.places import leads_to

__all__ = ["facts_of_custom"]

_JUDGED = {
    "argocd": "it is synced, if it syncs by itself, and healthy",
    "rollout": "its phase is Healthy, or Paused",
}


def facts_of_custom(group: str, kind: str, steps: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield what is known of a field of a custom resource, or of the kind where there are no steps, as rows."""
    known = custom_kind(group, kind)
    if known is None:
        return
    if not steps:
        yield from _of_kind(known)
    for row in known.rows if steps else ():
        if leads_to(row.path, steps):
            yield from _of_field(row)
        elif row.verb == "names" and leads_to(row.path, (*steps, "name")):
            yield "Names", f"{_meant(row)}: in Python, `.ref()` of the object, or a mapping"


def _of_kind(known: CustomKind) -> Iterator[tuple[str, str]]:
    for row in known.rows:
        if row.verb == "makes":
            yield "Makes", f"{_a(row.kind)}, named by {'.'.join(row.path)}"
    if text := _readiness(known.ready):
        yield "Ready", f"when {text}"


def _of_field(row: Row) -> Iterator[tuple[str, str]]:
    match row.verb:
        case "names":
            yield "Names", f"{_meant(row)}: in Python, the object itself or its name"
        case "makes":
            yield "Makes", f"{_a(row.kind)} of this name"
        case "selects":
            what = "pods by their labels" if row.kind == "Pod" else f"objects of kind {row.kind} by their own labels"
            yield "Selects", what
        case "holds":
            yield "Type", row.kind


def _meant(row: Row) -> str:
    said = row.options.get("kind")
    return f"{_a(row.kind)}, or what `{said}` says" if said else _a(row.kind)


def _a(kind: str) -> str:
    return f"{article(kind)} {kind}"


def _readiness(row: tuple[str, ...]) -> str:
    options = dict(word.split("=", 1) for word in row if "=" in word)
    conditions = [word for word in row if "=" not in word]
    if conditions and conditions[0] in _JUDGED:
        return _JUDGED[conditions[0]]
    if "phase" in options:
        return f"its phase is {options['phase']}"
    if "status" in options:
        return f"`{options['status']}` is true"
    where = " of every parent" if options.get("in") == "status.parents" else ""
    names = " and ".join(conditions)
    return f"the condition{'s' if len(conditions) > 1 else ''} {names}{where} {_are(conditions)} true" if names else ""


def _are(names: list[str]) -> str:
    return "are" if len(names) > 1 else "is"
