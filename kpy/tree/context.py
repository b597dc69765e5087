"""Context: what apps and charts say once, for all constructs below that ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from kpy.errors import ArgumentError, FrozenError, UsageError
from kpy.model.calls import checked
from kpy.model.declarative import Declarative
from kpy.model.fields import fields_of
from kpy.source import caller
from kpy.tree.part import Part, ancestors, app_of, describe

__all__ = ["Context", "Contexts", "context_of", "to_contexts"]

C = TypeVar("C", bound="Context")


class Context(Declarative):
    """What an app or a chart says once, for all constructs below that ask for it: the environment, the team.

        class Env(Context):
            stage: str
            domain: str = "shop.io"

        app = App("shop", context=Env(stage="prod"))

    Subclass it with typed fields. A construct asks for it in `build_in_app()`: `self.context(Env).domain`. A context is
    never changed.
    """

    def _assign(self, name: str, value: object) -> None:
        cls = type(self).__name__
        text = f"a context is not changed: make another {cls} with this `{name}`"
        raise FrozenError.at(caller(), text)

    def __eq__(self, other: object) -> bool:
        """Return whether both are of one class and say the same."""
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in fields_of(type(self)).defaults)

    __hash__ = None  # type: ignore[assignment]  # its fields may be lists

    def __repr__(self) -> str:
        """Return the call that makes it, without the values, of which some may be secret."""
        return f"{type(self).__name__}({', '.join(f'{name}=...' for name in fields_of(type(self)).defaults)})"


class Contexts:
    """The contexts of an app or a chart; called with a class, it returns the one that holds there."""

    def __init__(self, values: Iterable[Context] = ()) -> None:
        self.values = tuple(values)
        #: The app or the chart.
        self.part: Part | None = None

    @checked
    def __call__(self, kind: type[C]) -> C:
        """Return the nearest context of a class: the chart's own, or that of its app."""
        assert self.part is not None
        return context_of(self.part, kind)

    def __repr__(self) -> str:
        """Return the contexts for a prompt."""
        return f"<contexts {list(self.values)!r}>"


def to_contexts(said: object) -> Contexts:
    """Return the contexts that an app or a chart was given: one, or several of different classes."""
    if isinstance(said, Contexts):
        return Contexts(said.values)
    values: tuple[Any, ...] = tuple(said) if isinstance(said, list | tuple) else (said,)
    for value in values:
        if isinstance(value, type) and issubclass(value, Context):
            raise ArgumentError(f"expected a value, not the class {value.__name__}: write `{_call(value)}`")
        if not isinstance(value, Context):
            from kpy.model.shown import shown

            raise ArgumentError(f"expected a context, a value of a class like `class Env(Context)`, not {shown(value)}")
    for index, value in enumerate(values):
        for other in values[:index]:
            if isinstance(value, type(other)) or isinstance(other, type(value)):
                raise ArgumentError(
                    f"{type(other).__name__} and {type(value).__name__} answer to one question: give one of both"
                )
    return Contexts(values)


def context_of(part: Any, kind: type[C]) -> C:
    """Return the nearest context of a class above a part. Raises `UsageError` where nobody gives one."""
    asked: object = kind
    if not isinstance(asked, type) or not issubclass(asked, Context) or asked is Context:
        from kpy.model.shown import shown

        text = f"`context` takes a class of yours, `class Env(Context)`, not {shown(kind)}"
        raise ArgumentError.at(caller(), text)
    found = next((value for step in ancestors(part) for value in _given(step) if isinstance(value, kind)), None)
    if found is not None:
        return found
    raise UsageError.at(caller(), _why_missing(part, kind))


def _given(step: Any) -> tuple[Context, ...]:
    held = step.__dict__.get("context")
    return held.values if isinstance(held, Contexts) else ()


def _why_missing(part: Part, kind: type[Context]) -> str:
    app = app_of(part)
    if app is None and part.__dict__.get("_is_building"):
        return (
            f"{describe(part)} asks for `{kind.__name__}` in `build()`, which sees its own fields only: ask in "
            "`build_in_app()`, which runs once it is in an app"
        )
    if app is None:
        return f"{describe(part)} asks for `{kind.__name__}`, and is in no app yet: add it first"
    there = [type(value).__name__ for step in ancestors(part) for value in _given(step)]
    has = f"; there is {', '.join(f'`{name}`' for name in dict.fromkeys(there))}" if there else ""
    return (
        f"{describe(part)} needs the context `{kind.__name__}`, which nobody above it has{has}: give it to the app, "
        f'`{type(app).__name__}("{app.name}", context={_call(kind)})`, or to a chart'
    )


def _call(kind: type[Context]) -> str:
    return f"{kind.__name__}({', '.join(f'{name}=...' for name in fields_of(kind).required)})"
