"""Constructs: the named parts that an app is made of."""

from __future__ import annotations

from kpy.errors import ArgumentError
from kpy.model.fields import field
from kpy.tree.part import Part

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

    name: str = field(kw_only=False)  # pyright: ignore[reportIncompatibleMethodOverride]  # what is only read, set too
    """The name; of a Kubernetes object it is `metadata.name`, exactly."""

    def __kpy_init__(self) -> None:
        """Check the name, then build the parts."""
        if not isinstance(self.name, str):
            cls = type(self).__name__
            raise ArgumentError(f'the name of a {cls} must be text, not {self.name!r}: write `{cls}("a-name", ...)`')
        super().__kpy_init__()
