"""Constructs: the named parts that an app is made of."""

from __future__ import annotations

from typing import Any, ClassVar

from kpy.errors import ArgumentError
from kpy.model.fields import accepts, field
from kpy.model.scalars import plain_text
from kpy.tree.defaults import to_defaults
from kpy.tree.part import Part
from kpy.tree.remarks import check_assignment, refuse, refused, warn
from kpy.tree.shared import SHARED, to_after, to_aliases, to_annotations, to_labels, to_protect, to_waivers

__all__ = ["Construct"]


class Construct(Part):
    """A named part of an app.

    Subclass it to make a construct of your own: fields with types, and a `build()` that adds the parts:

        class Cache(Construct):
            memory: str = "64Mi"

            def build(self) -> None:
                self.deployment = self.add(Deployment("cache", containers=[Container(image="redis:7")]))

    `build()` runs at the end of construction, so the parts exist as soon as the construct does. It sees its own fields
    only; what a chart or app above it says (namespace, labels, defaults) reaches the parts at synthesis.
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
    """What must come before its objects in the output: objects, constructs, charts."""
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
        try:
            super().__kpy_init__()
        except Exception as error:
            if "_refusals" not in self.__dict__:
                raise
            raise refused(self, error) from error
        if "_refusals" in self.__dict__:
            raise refused(self, None)
        if type(self).build is not Part.build:
            self.__dict__["_built"] = True

    def _assign(self, name: str, value: Any) -> None:
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

        When `build()` ends, or fails, an `ArgumentError` at the line of the call has all refusals. Outside of `build()`
        it raises that at once.
        """
        refuse(self, message)
