"""Constructs: the named parts that an app is made of."""

from __future__ import annotations

from typing import Any, ClassVar

from kpy.errors import ArgumentError
from kpy.model.fields import accepts, field
from kpy.tree.defaults import to_defaults
from kpy.tree.part import Part
from kpy.tree.shared import SHARED, to_after, to_annotations, to_labels, to_waivers

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

    def __kpy_init__(self) -> None:
        """Check the name, then build the parts."""
        if not isinstance(self.name, str):
            cls = type(self).__name__
            raise ArgumentError(f'the name of a {cls} must be text, not {self.name!r}: write `{cls}("a-name", ...)`')
        super().__kpy_init__()
