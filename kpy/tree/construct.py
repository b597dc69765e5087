"""Constructs: the named parts that an app is made of."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from kpy.errors import ArgumentError, KpyError, UsageError
from kpy.model.fields import accepts, field, own_names, shadowed
from kpy.model.scalars import plain_text
from kpy.source import caller
from kpy.tree.context import Context, Contexts, context_of
from kpy.tree.defaults import to_defaults
from kpy.tree.part import Part, describe
from kpy.tree.remarks import check_assignment, refuse, refused, warn
from kpy.tree.shared import SHARED, to_after, to_aliases, to_annotations, to_labels, to_protect, to_waivers

__all__ = ["Construct"]

C = TypeVar("C", bound=Context)


class Construct(Part):
    """A named part of an app.

    Subclass it to make a construct of your own: fields with types, and a `build()` that adds the parts:

        class Cache(Construct):
            memory: str = "64Mi"

            def build(self) -> None:
                self.deployment = self.add(Deployment("cache", containers=[Container(image="redis:7")]))

    `build()` runs at the end of construction, so the parts exist as soon as the construct does. It sees its own fields
    only; what a chart or app above it says (namespace, labels, defaults) reaches the parts at synthesis. What depends
    on the app is added in `build_in_app()`.
    """

    #: What a class may declare for itself: then it is no longer given to all parts.
    _yields: ClassVar[frozenset[str]] = frozenset(SHARED)

    name: str = field(kw_only=False)  # pyright: ignore[reportIncompatibleMethodOverride]  # what is only read, set too
    """The name; of a Kubernetes object it is `metadata.name`, exactly."""
    # For type checkers the rest is `Any`, so that a class can declare a field of such a name with a type of its own.
    labels: Any = accepts(to_labels, default=None)
    """Labels on every object in it; they never enter a selector."""
    annotations: Any = accepts(to_annotations, default=None)
    """Annotations on every object in it."""
    defaults: Any = accepts(to_defaults, default=None)
    """Values for what its pods and containers do not say: `Defaults(...)`; the nearest wins. `OFF` for none."""
    waive: Any = accepts(to_waivers, default=None)
    """Rules not to report for its objects, by name, each with the reason."""
    after: Any = accepts(to_after, default=())
    """What must come before its objects: objects, constructs, charts, or another app, `OtherApp(...)`."""
    aliases: Any = accepts(to_aliases, default=None)
    """Names that it had before, so that comparing and applying know its objects again."""
    protect: Any = accepts(to_protect, default=None)
    """Whether its objects are protected: comparing, applying and deleting refuse to lose them."""

    def __kpy_init__(self) -> None:
        """Check the name, then build the parts."""
        if not isinstance(self.name, str):
            cls = type(self).__name__
            raise ArgumentError(f'the name of a {cls} must be text, not {self.name!r}: write `{cls}("a-name", ...)`')
        if type(self.name) is not str:
            self.__dict__["name"] = plain_text(self.name)
        contexts = self.__dict__.get("context")
        if isinstance(contexts, Contexts):
            contexts.part = self
        self._building(super().__kpy_init__, "build")
        if self._level == "app":
            self._build_in_app()

    def build_in_app(self) -> None:
        """Add what depends on the app around the construct; override it in constructs of your own.

            def build_in_app(self) -> None:
                self.add(Ingress(self.name, host=f"{self.name}.{self.context(Env).domain}", routes={"/": self.service}))
                self.root.find(Chart, "monitoring").add(Alerts(self.name))

        It runs once, after `build()`, as soon as the construct has its app: `self.context(Env)` is what a chart or the
        app above says, and `self.root` is the app, to which it may add charts.
        """

    def _build_in_app(self) -> None:
        if type(self).build_in_app is Construct.build_in_app:
            return
        self.__dict__["_is_building"] = True
        try:
            self._building(self.build_in_app, "build_in_app")
        except KpyError as error:
            error.locate(self._where)
            error.add_note(f"in `build_in_app()` of {describe(self)}, which runs once it is in an app")
            raise
        finally:
            del self.__dict__["_is_building"]

    def _building(self, build: Callable[[], None], hook: str) -> None:
        """Call what makes parts; all that it refuses becomes one error."""
        has_built = getattr(type(self), hook) is not getattr(Construct, hook)
        used: dict[str, Any] = {}
        if has_built and own_names(type(self)):
            from kpy.tree.in_place import remember

            used = remember(self, hook)
        try:
            build()
        except Exception as error:
            if "_refusals" not in self.__dict__:
                raise
            raise refused(self, error) from error
        if "_refusals" in self.__dict__:
            raise refused(self, None)
        if has_built:
            self.__dict__["_built"] = True
        if used:
            from kpy.tree.in_place import keep

            keep(self, used)

    if TYPE_CHECKING:

        def context(self, kind: type[C]) -> C:
            """Return what the nearest chart, or the app, above says of a class of context: `self.context(Env).stage`.

            Raises `UsageError` in `build()`, which sees nothing above, and where nobody gives such a context.
            """
            ...

    else:

        @shadowed
        def context(self) -> object:
            """What the nearest chart, or the app, above says of a class of context: `self.context(Env).stage`."""
            return partial(context_of, self)

    def _assign(self, name: str, value: Any) -> None:
        if name == "context" and self._level != "construct":
            text = f"`context` of {describe(self)} is given when it is made: what is in it may have asked already"
            raise UsageError.at(caller(), text)
        if not type(self).__module__.startswith("kpy.") or name == "synth":
            check_assignment(self, name, value)
        super()._assign(name, value)

    def warn(self, rule: str, message: str, *, field: str = "", fix: str = "") -> None:
        """Warn whoever uses the construct, at the line that made it.

            self.warn("small-cache", f"memory={self.memory!r} holds few sessions", field="memory", fix="give 256Mi")

        The warning is reported with all others, under the name of the rule, without being selected, and can be waived
        by it: `waive={"small-cache": "a toy"}` on the construct, its chart or the app. Raises `UsageError` for a rule
        whose name is not several words in small letters, and `FrozenError` once synthesis has begun.
        """
        warn(self, rule, message, field, fix)

    def refuse(self, message: str) -> None:
        """Refuse what the construct was given; `build()` goes on, so that all that is wrong is said at once.

            if self.replicas < 2:
                self.refuse(f"replicas={self.replicas}: expected 2 or more")

        When `build()`, or `build_in_app()`, ends or fails, an `ArgumentError` at the line of the call has all refusals.
        At any other time it raises that at once.
        """
        refuse(self, message)
