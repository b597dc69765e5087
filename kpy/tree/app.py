"""Apps: the root of the tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from kpy.tree.construct import Construct
from kpy.tree.defaults import Defaults

if TYPE_CHECKING:
    from kpy.manifest import Manifest

__all__ = ["App"]


class App(Construct):
    """The root: everything that `kpy synth` writes.

        app = App("shop", kubernetes="1.33")
        chart = app.add(Chart("shop", namespace="shop"))

    Each of its charts goes into a file of its own.
    """

    _level: ClassVar[str] = "app"

    #: The Kubernetes minor release to check against, such as `"1.33"`; unsaid, the newest that kpy knows.
    kubernetes: str | None = None
    #: Labels on every object of the app; they never enter a selector.
    labels: Mapping[str, str] | None = None
    #: Annotations on every object of the app.
    annotations: Mapping[str, str] | None = None
    #: Values for what pods and containers of the app do not say; the nearest wins, whole field.
    defaults: Defaults | None = None

    def synth(self, kubernetes: str | None = None) -> Manifest:
        """Return everything that the app declares as checked, ordered Kubernetes objects.

        `kubernetes` is the minor release to check against; unsaid, the app's own. Raises `SynthError`, whose `report`
        has all findings, when there are errors. Synthesising twice gives the same bytes.
        """
        from kpy.pipeline import run

        return run(self, release=kubernetes)
