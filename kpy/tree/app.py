"""Apps: the root of the tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from kpy.model.fields import Accepts, accepts
from kpy.model.typing import JsonObject
from kpy.tree.construct import Construct
from kpy.tree.defaults import Defaults, to_defaults

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

    #: The Kubernetes minor release to check against, such as `"1.33"`; if it is not given, that of the project's
    #: settings, else the newest that kpy knows.
    kubernetes: str | None = None
    #: Labels on every object of the app; they never enter a selector.
    labels: Mapping[str, str] | None = None
    #: Annotations on every object of the app.
    annotations: Mapping[str, str] | None = None
    #: Values for what pods and containers of the app do not say; the nearest wins, whole field.
    defaults: Accepts[Defaults | JsonObject | None, Defaults | None] = accepts(to_defaults, default=None)

    def synth(self, kubernetes: str | None = None) -> Manifest:
        """Return everything that the app declares as checked, ordered Kubernetes objects.

        `kubernetes` is the minor release to check against; if it is not given, the app's own, else that of the
        project. The settings of the project count, `[tool.kpy]` of the pyproject.toml nearest to the file that made
        the app, as they do for every command. Raises `SynthError`, whose `report` has all findings, when there are
        errors. Synthesising twice gives the same bytes.
        """
        from kpy.project.project import Project

        return Project.of_app(self).synth(self, kubernetes=kubernetes)
