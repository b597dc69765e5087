"""Apps: the root of the tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from kpy.errors import UsageError
from kpy.model.fields import Accepts, accepts
from kpy.model.typing import JsonObject
from kpy.source import caller
from kpy.tree.construct import Construct
from kpy.tree.context import Context, Contexts, to_contexts
from kpy.tree.defaults import Defaults, to_defaults
from kpy.tree.off import Off
from kpy.tree.transforms import Transform, to_transforms

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

    kubernetes: str | None = None
    """The Kubernetes minor release to check against, such as `"1.33"`; if it is not given, that of the project's
    settings, else the newest that kpy knows."""
    labels: Mapping[str, str] | None = None
    """Labels on every object of the app; they never enter a selector."""
    annotations: Mapping[str, str] | None = None
    """Annotations on every object of the app."""
    defaults: Accepts[Defaults | JsonObject | Off | None, Defaults | Off | None] = accepts(to_defaults, default=None)
    """Values for what pods and containers of the app do not say; the nearest wins, whole field."""
    context: Accepts[Context | Sequence[Context] | None, Contexts] = accepts(  # pyright: ignore[reportIncompatibleMethodOverride]  # called alike
        to_contexts, factory=Contexts
    )
    """What constructs below can ask for by `self.context(Env)` in `build_in_app()`: one `Context`, or several."""
    transforms: Accepts[Sequence[Transform], list[Transform]] = accepts(to_transforms, default=())
    """Functions over parts of the app, or over values of the API's types in its objects, applied at synthesis."""

    if not TYPE_CHECKING:

        def __init_subclass__(cls, **keywords: object) -> None:
            super().__init_subclass__(**keywords)
            if cls.synth is not App.synth:
                raise UsageError.at(
                    caller(),
                    f"class {cls.__name__} overrides `synth`, which `kpy synth` and the other commands do not call; "
                    "what all ways of synthesis shall apply is a transform: `App(transforms=[...])`",
                )

    def synth(self, kubernetes: str | None = None) -> Manifest:
        """Return everything that the app declares as checked, ordered Kubernetes objects.

        `kubernetes` is the minor release to check against; if it is not given, the app's own, else that of the
        project. The settings of the project count, `[tool.kpy]` of the pyproject.toml nearest to the file that made
        the app, as they do for every command. Raises `SynthError`, whose `report` has all findings, when there are
        errors. Synthesising twice gives the same bytes.
        """
        from kpy.project.project import Project

        return Project.of_app(self).synth(self, kubernetes=kubernetes)
