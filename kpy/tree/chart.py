"""Charts: the parts of an app that go out together, one file each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from kpy.model.fields import Accepts, accepts
from kpy.model.referable import Referable
from kpy.model.typing import JsonObject
from kpy.tree.construct import Construct
from kpy.tree.context import Context, Contexts, to_contexts
from kpy.tree.defaults import Defaults, to_defaults
from kpy.tree.off import Off
from kpy.tree.transforms import Transform, to_transforms

__all__ = ["Chart"]


class Chart(Construct):
    """A group of objects that go out together: one namespace, common labels, one file.

        chart = app.add(Chart("shop", namespace="shop", labels={"team": "checkout"}))
        chart.add(Deployment("api", containers=[Container(image="ghcr.io/shop/api:v2")]))

    Subclass it with fields and a `build()` to make a chart that can be instantiated several times.
    """

    _level: ClassVar[str] = "chart"

    namespace: str | Referable | None = None
    """The namespace of every namespaced object in the chart that names none: text, or a `Namespace` object. A chart
    never creates it."""
    labels: Mapping[str, str] | None = None
    """Labels on every object in the chart; they never enter a selector."""
    annotations: Mapping[str, str] | None = None
    """Annotations on every object in the chart."""
    defaults: Accepts[Defaults | JsonObject | Off | None, Defaults | Off | None] = accepts(to_defaults, default=None)
    """Values for what pods and containers in the chart do not say; the nearest wins, whole field."""
    context: Accepts[Context | Sequence[Context] | None, Contexts] = accepts(  # pyright: ignore[reportIncompatibleMethodOverride]  # called alike
        to_contexts, factory=Contexts
    )
    """What constructs below can ask for by `self.context(Env)` in `build_in_app()`: one `Context`, or several."""
    transforms: Accepts[Sequence[Transform], list[Transform]] = accepts(to_transforms, default=())
    """Functions over parts of the chart, or over values of the API's types in its objects, applied at synthesis."""
