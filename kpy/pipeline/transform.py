"""transform: the functions over parts that apps and charts have, applied while the tree is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from kpy.errors import KpyError, UsageError
from kpy.pipeline.draft import Draft
from kpy.redaction.encrypted import is_encrypted
from kpy.source import Location, is_ours, placed
from kpy.tree.part import ancestors, describe, lock, transforming
from kpy.tree.transforms import Step, step_of
from kpy.tree.walk import below, matching

__all__ = ["Scoped", "call", "steps_of", "transform"]


class Scoped(NamedTuple):
    """A transform, and the app or chart whose it is."""

    step: Step
    scope: Any


def steps_of(draft: Draft) -> list[Scoped]:
    """Return all transforms: those of the charts, then those of the app, which has the last word."""
    app = draft.app
    return [
        Scoped(step_of(function), scope)
        for scope in (*(part for part in app.parts if getattr(part, "transforms", ())), app)
        for function in getattr(scope, "transforms", ())
    ]


def transform(draft: Draft) -> None:
    """Apply the transforms over parts; what they change is put back when the manifest is made."""
    steps = [scoped for scoped in steps_of(draft) if scoped.step.kinds]
    if not steps:
        return
    from kpy.pipeline.memento import Memento

    app = draft.app
    memento = Memento()
    memento.keep(app)
    draft.restore = memento.restore
    lock(app, False)
    try:
        with transforming(memento.keep):
            for scoped in steps:
                _apply(scoped, draft)
    finally:
        lock(app, True)


def _apply(scoped: Scoped, draft: Draft) -> None:
    from kpy.pipeline.changed_fields import differences
    from kpy.pipeline.lower import outline
    from kpy.pipeline.memento import image_of

    step, scope = scoped
    before = {id(part): image_of(part) for part in _parts(draft.app)}
    for part in list(_parts(scope)):
        if not any(above is draft.app for above in ancestors(part)):
            continue  # since the transform has removed it
        values = {id(value): value for value in _values(part, step)}.values()
        outlines = [(each, outline(each)) for each in _parts(part)] if values else []
        for value in values:
            call(step, (value,), f"on {describe(part)}")
        for each, tree in outlines:
            now = None if tree is None else outline(each)
            if now is not None:
                fields = draft.changed_fields.setdefault(id(each), {}).setdefault(step.title, [])
                fields += differences(tree, now)
    for part in _parts(draft.app):
        image = before.get(id(part))
        if image is not None and image != image_of(part):
            draft.changed.setdefault(id(part), []).append(step.title)
            draft.manifest.changes.append(f"{describe(part)}: changed by {step.title}")


def _parts(scope: Any) -> Iterator[Any]:
    yield scope
    yield from below(scope)


def _values(part: Any, step: Step) -> Iterator[Any]:
    """Yield what a transform is called with for one part: the part, or values in it; nothing that is encrypted."""
    if is_encrypted(getattr(part, "tree", None)):
        return
    for kind in step.kinds:
        yield from matching(iter((part,)), kind)


def call(step: Step, arguments: tuple[Any, ...], about: str) -> None:
    """Call a transform. What it raises becomes an error that says where, and on what."""
    try:
        function: Callable[..., object] = step.function
        with placed():
            returned = function(*arguments)
    except KpyError as error:
        error.locate(_line_of(error) or step.where)
        error.add_note(f"in the transform {step.title}, {about}")
        raise
    except Exception as error:
        text = f"the transform {step.title} failed {about}: {type(error).__name__}: {error}"
        raise UsageError.at(_line_of(error) or step.where, text) from error
    if returned is not None:
        raise UsageError.at(
            step.where,
            f"the transform {step.title} returned a {type(returned).__name__}: what it is given is changed in place, "
            "so it returns nothing",
        )


def _line_of(error: BaseException) -> Location | None:
    """Return the innermost line of the user that led to an error."""
    found = None
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not is_ours(file):
            found = Location(file, trace.tb_lineno)
        trace = trace.tb_next
    return found
