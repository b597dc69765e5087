"""Parts: whatever can be added to the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, overload

from kpy.errors import ArgumentError, FrozenError, UsageError
from kpy.model.declarative import Declarative
from kpy.model.fields import shadowed
from kpy.model.model import ApiObject
from kpy.source import caller

__all__ = [
    "Part",
    "ancestors",
    "app_of",
    "describe",
    "frozen",
    "is_other_app",
    "lock",
    "namespace_of",
    "path_of",
    "said_namespace",
    "transforming",
    "watch",
    "way_to",
]

P = TypeVar("P", bound="Part | ApiObject")
Q = TypeVar("Q", bound="Part | ApiObject")
R = TypeVar("R", bound="Part | ApiObject")
T = TypeVar("T")

_HOLDS = {"app": "chart", "chart": "construct", "construct": "construct"}
_BELONGS = {
    "app": "an app is the root and has no owner",
    "chart": "a chart goes into an app: `app.add(Chart(...))`",
    "construct": "it goes into a chart: `chart = app.add(Chart(...))`, then `chart.add(...)`",
}


#: While somebody watches, the parts that are made.
_watched: list[Part] | None = None


class watch:  # noqa: N801  # reads as `with watch() as made:`
    """A block whose new parts are listed, so that those that nobody adds can be named."""

    def __enter__(self) -> list[Part]:
        global _watched
        self.before, _watched = _watched, []
        return _watched

    def __exit__(self, *_: object) -> None:
        global _watched
        _watched = self.before


#: While transforms run, what hears of each part before it is added.
_hears: Callable[[object], None] | None = None


class transforming:  # noqa: N801  # reads as `with transforming(memento.keep):`
    """A block in which parts are added that must be afterwards as they were before."""

    def __init__(self, keep: Callable[[object], None]) -> None:
        self.keep = keep

    def __enter__(self) -> None:
        global _hears
        _hears = self.keep

    def __exit__(self, *_: object) -> None:
        global _hears
        _hears = None


class _Placed:
    """Where a part is in the tree, for type checkers: a field `path` of one's own may stand in its place."""

    if TYPE_CHECKING:
        #: The names from the app down to the part, joined by slashes: `shop/edge/ingress`.
        path: str
        #: The app that the part is in.
        root: Part


class Part(_Placed, Declarative):
    """Whatever can be added to the tree: it has one owner and may have parts of its own."""

    _level: ClassVar[str] = "construct"
    _is_existing: ClassVar[bool] = False
    #: Whether its namespace stands in the place of what its parts say.
    _moves_parts: ClassVar[bool] = False

    if TYPE_CHECKING:

        @property
        def name(self) -> str:
            """The name."""
            ...

    def build(self) -> None:
        """Add the parts; override it in constructs of your own."""

    def _children(self) -> tuple[Part | ApiObject, ...]:
        """Return the parts; those that are made when somebody asks are made now."""
        return tuple(self.__dict__["_parts"])

    def _serves(self) -> Part | None:
        """Return the part without which this one is of no use, so that both belong in one namespace."""
        return None

    @overload
    def add(self, part: P, /) -> P: ...
    @overload
    def add(self, part: P, second: Q, /) -> tuple[P, Q]: ...
    @overload
    def add(self, part: P, second: Q, third: R, /) -> tuple[P, Q, R]: ...
    @overload
    def add(
        self, part: Part | ApiObject, second: Part | ApiObject, /, *more: Part | ApiObject
    ) -> tuple[Part | ApiObject, ...]: ...
    def add(self, *parts: Any) -> Any:
        """Add a part and return it, or several and return them all.

            deployment = chart.add(Deployment("api", containers=[...]))
            service, ingress = chart.add(*deployment.expose_via_ingress("shop.io"))

        Raises `ArgumentError` for what is no construct, `UsageError` for a part that has an owner already or would
        become its own, and `FrozenError` once synthesis has begun.
        """
        if not parts:
            raise ArgumentError("`add` needs a construct")
        state = self.__dict__
        if state["_locked"]:
            raise frozen(self, "add parts")
        for part in parts:
            self._check_part(part)
            if _hears is not None:
                _hears(part)
            part.__dict__["_owner"] = self
            part.__dict__.pop("_removed", None)
            state["_parts"].append(part)
            if "_is_in_app" in state and isinstance(part, Part):
                part._enter_app()
        return parts[0] if len(parts) == 1 else parts

    def __repr__(self) -> str:
        """Return kind and name for messages and prompts."""
        return f'<{type(self).__name__} "{getattr(self, "name", None) or ""}">'

    def __deepcopy__(self, memo: dict[Any, Any]) -> Self:
        """Return a copy of the part and of all below it, which is in no tree; what it refers to stays the same."""
        from kpy.model.copies import deep_copy

        copied: Self = deep_copy(self, memo)
        return copied

    @property
    def parts(self) -> tuple[Part | ApiObject, ...]:
        """The parts, in the order in which they were added."""
        return self._children()

    @property
    def owner(self) -> Part | None:
        """What it was added to; nothing for an app and for what is not added yet."""
        owner: Part | None = self.__dict__["_owner"]
        return owner

    if not TYPE_CHECKING:

        @shadowed
        def path(self) -> str:
            """The names from the app down to the part, joined by slashes: `shop/edge/ingress`."""
            return path_of(self)

        @shadowed
        def root(self) -> Part:
            """The app that the part is in."""
            app = app_of(self)
            if app is None:
                is_early = "_is_building" in self.__dict__
                hint = "ask in `build_in_app()`, which runs once it is in an app" if is_early else "add it first"
                raise UsageError.at(caller(), f"{describe(self)} is in no app yet: {hint}")
            return app

    @overload
    def find(self, kind: type[T], name: str | None = None) -> T: ...
    @overload
    def find(self, kind: str, name: str | None = None) -> Part | ApiObject: ...
    def find(self, kind: Any, name: str | None = None) -> Any:
        """Return the one part below this one that is of a class, or of a kind as text, and has a name if one is given.

            api.find(Deployment, "api").replicas = 5
            api.find(Container).set_env(LOG_LEVEL="debug")
            api.find("Certificate", "api")

        Raises `UsageError`, which lists what there is, when there is none or more than one.
        """
        from kpy.tree.walk import find_one

        return find_one(self, kind, name, describe(self))

    @overload
    def walk(self, kind: type[T]) -> Iterator[T]: ...
    @overload
    def walk(self) -> Iterator[Part | ApiObject]: ...
    def walk(self, kind: Any = None) -> Iterator[Any]:
        """Iterate over all parts below this one, or over those of a class, in the order in which they were added.

            for workload in app.walk(PodOwner):
                workload.pod_labels = {**(workload.pod_labels or {}), "team": "shop"}

        `Container`, and other types of values, stand for the values in the parts.
        """
        from kpy.tree.walk import below, matching

        if kind is None:
            return iter(list(below(self)))
        if not isinstance(kind, type):
            raise ArgumentError(f"`walk` takes a class, such as `Deployment`, not {kind!r}")
        return iter(list(matching(below(self), kind)))

    def remove(self, part: Part | ApiObject, /) -> None:
        """Remove a part that was added to this one, or to a part below it; then nothing of it is written.

            api.remove(api.find(PodDisruptionBudget))

        What still refers to it is an error of synthesis. Raises `UsageError` for what is not there, and `FrozenError`
        once synthesis has begun.
        """
        if self.__dict__["_locked"]:
            raise frozen(self, "remove parts")
        if not isinstance(part, (Part, ApiObject)):
            raise ArgumentError(f"`remove` takes a part, such as `api.find(Deployment)`, not {part!r}")
        owner = part.__dict__.get("_owner")
        if owner is None or not any(step is self for step in ancestors(owner)):
            raise UsageError(f"cannot remove {describe(part)} from {describe(self)}: it is not a part of it")
        state = owner.__dict__
        state["_parts"][:] = [each for each in state["_parts"] if each is not part]
        state.get("_charts", {}).pop(part.name, None)
        part.__dict__["_owner"] = None
        part.__dict__["_removed"] = caller() or True

    def __kpy_init__(self) -> None:
        """Give a new construct its place for parts, then let it build them."""
        state = self.__dict__
        state["_owner"] = None
        state["_parts"] = []
        state["_locked"] = False
        if self._level == "app":
            state["_is_in_app"] = True
        if _watched is not None:
            _watched.append(self)
        state["_is_building"] = True
        try:
            self.build()
        except ArgumentError as error:
            error.locate(self._where)
            raise
        del state["_is_building"]

    def _assign(self, name: str, value: Any) -> None:
        """Set an attribute, unless synthesis has begun."""
        if self.__dict__.get("_locked"):
            raise frozen(self, f"set `{name}`")
        object.__setattr__(self, name, value)

    def _enter_app(self) -> None:
        """Come into an app, with all below; each part hears of it once."""
        if "_is_in_app" not in self.__dict__:
            self.__dict__["_is_in_app"] = True
            self._build_in_app()
            for inner in self.__dict__["_parts"]:
                if isinstance(inner, Part):
                    inner._enter_app()

    def _build_in_app(self) -> None:
        """Add what depends on the app."""

    def _check_part(self, part: object) -> None:
        if isinstance(part, type):
            raise ArgumentError(f"`add` takes a value, not the class {part.__name__}: write `{part.__name__}(...)`")
        if not isinstance(part, (Part, ApiObject)):
            hint = "`add` takes constructs and kinds"
            if isinstance(part, dict):
                hint = "wrap a mapping in `kpy.Raw(...)`"
            elif isinstance(part, list | tuple):
                hint = "write a star before several, `add(*parts)`"
            raise ArgumentError(f"cannot add {part!r} to {describe(self)}: {hint}")
        if any(part is step for step in ancestors(self)):
            raise UsageError(f"cannot add {describe(part)} to {describe(self)}: it would contain itself")
        if part._is_existing:
            raise UsageError(f"cannot add {describe(part)} to {describe(self)}: it exists outside the app")
        owner = part.__dict__.get("_owner")
        if owner is not None:
            app = app_of(part)
            if app is not None and is_other_app(app):
                raise UsageError(
                    f"cannot add {describe(part)} to {describe(self)}: it belongs to another app, {describe(app)}; "
                    "refer to it without adding it"
                )
            raise UsageError(
                f"cannot add {describe(part)} to {describe(self)}: it belongs to {describe(owner)} already; "
                f"make a second one, or refer to it without adding it"
            )
        level = part._level if isinstance(part, Part) else "construct"
        if level != _HOLDS[self._level]:
            raise UsageError(f"cannot add {describe(part)} to {describe(self)}: {_BELONGS[level]}")
        if level == "chart":
            self._check_chart(part)

    def _check_chart(self, part: Part | ApiObject) -> None:
        charts: dict[str, Part | ApiObject] = self.__dict__.setdefault("_charts", {})
        twin = charts.setdefault(part.name, part)
        if twin is not part:
            raise UsageError(
                f"cannot add {describe(part)} to {describe(self)}: it has {describe(twin)} already; "
                f"the name of a chart is the name of its file"
            )


def lock(part: Part | ApiObject, locked: bool) -> None:
    """Lock a part and all below it, so that nothing can be changed any more, or unlock them."""
    if isinstance(part, Part):
        part.__dict__["_locked"] = locked
        for inner in part.__dict__["_parts"]:
            lock(inner, locked)


def frozen(part: Any, change: str) -> FrozenError:
    """Return the error for a change that comes too late, or that is made to what belongs to others."""
    app = app_of(part)
    if app is not None and is_other_app(app):
        return FrozenError(
            f"{describe(part)} belongs to another app, {describe(app)}: what `OtherApp` finds is used and not changed"
        )
    return FrozenError(f"{describe(part)} is synthesised already: {change} before `synth()`")


def app_of(part: Part | ApiObject) -> Part | None:
    """Return the app that a part is in; nothing for one that is in none."""
    *_, top = ancestors(part)
    return top if isinstance(top, Part) and top._level == "app" else None


def is_other_app(app: Part) -> bool:
    """Return whether an app was made by `OtherApp`: its objects can be named, and are written by others."""
    return "_is_other" in app.__dict__


def ancestors(part: Part | ApiObject) -> Iterator[Part | ApiObject]:
    """Iterate over a part, its owner, the owner's owner, up to the app."""
    step: Part | ApiObject | None = part
    while step is not None:
        yield step
        step = step.__dict__.get("_owner")


def path_of(part: Part | ApiObject) -> str:
    """Return the names from the app down to a part, joined by slashes: `shop/edge/ingress`."""
    return "/".join(reversed([step.name for step in ancestors(part)]))


def namespace_of(part: Part | ApiObject) -> str | None:
    """Return the namespace that a part will have, as far as is known; nothing where nobody names one."""
    said = said_namespace(part)
    return None if said is None else str(getattr(said, "name", said))


def said_namespace(part: Any) -> Any:
    """Return the namespace, or the object for it, that is said for a part.

    The part may say it itself, else it shares that of the object that it serves, else that of its chart.
    """
    own = _own_namespace(part)
    if own is not None:
        return own
    served = part._serves() if isinstance(part, Part) else None
    found = None if served is None else said_namespace(served)
    if found is not None:
        return found
    chart = next((step for step in ancestors(part) if isinstance(step, Part) and step._level == "chart"), None)
    return None if chart is None else _own_namespace(chart)


def _own_namespace(part: Any) -> Any:
    owner = part.__dict__.get("_owner")
    if owner is not None and owner._moves_parts and owner.namespace is not None:
        return owner.namespace
    if isinstance(part, ApiObject):
        return getattr(getattr(part, "metadata", None), "namespace", None)
    return getattr(part, "namespace", None)


def way_to(part: Part | ApiObject | None) -> tuple[str, ...]:
    """Return the way to a part through the tree, without the app: each step with its kind, name and place."""
    return () if part is None else tuple(reversed([describe(step) for step in ancestors(part)][:-1]))


def describe(part: object) -> str:
    """Return kind, name and place of a part: `Deployment "api" (shop.py:12)`."""
    where = getattr(part, "__dict__", {}).get("_where")
    place = f" ({where})" if where else ""
    return f'{type(part).__name__} "{getattr(part, "name", None) or ""}"{place}'
