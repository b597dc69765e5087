"""Helm charts in an app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from kpy.constructs.included.helm_values import read_values, to_values
from kpy.constructs.included.hooks import Hooks, as_said, keep_hooks
from kpy.constructs.included.made import MadeDocument, made_of
from kpy.constructs.included.rendered import Rendered, Setting
from kpy.errors import ArgumentError, KpyError, LoadError, UsageError
from kpy.model.fields import Accepts, accepts, field
from kpy.model.lists import to_list
from kpy.tree.part import said_namespace

if TYPE_CHECKING:
    from kpy.constructs.included.items import Loaded
    from kpy.diagnostics import Diagnostic
    from kpy.documents import Document, Reading
    from kpy.inputs.chart_places import ChartPlace

__all__ = ["Helm"]

_HOOKS: Final = ("keep", "argo", "drop")
#: What stands for a value or values.
ValuesInput = Mapping[str, object] | str | Path


def _to_api_versions(said: Sequence[str]) -> list[str]:
    versions: list[str] = to_list(said, "API versions")
    for version in versions:
        if not isinstance(version, str) or not version:
            raise ArgumentError(f'{version!r} is no API version: expected `"x.io/v1"`, or `"x.io/v1/Lamp"`')
    return versions


class Helm(Rendered):
    """The objects of a Helm chart, rendered by the real helm, without a network and a cluster.

        nginx = chart.add(Helm("ingress", "ingress-nginx", values={"controller": {"replicaCount": 2}}, hooks="drop"))

    The chart is one that `kpy vendor` has fetched, by its name, or a folder or an archive, by its path from the Python
    file. It is rendered for the release of the app, twice, and has to come out the same; what was rendered before is
    taken from a cache. All rules hold for its objects, and findings name the template and the line of the call.
    `nginx.find("Service", "ingress-ingress-nginx-controller")` is the object, to refer to it or to change it.
    """

    _moves_parts: ClassVar[bool] = False

    name: str = field(kw_only=False)
    """The name of the release, which charts make names of."""
    chart: str | Path = field(kw_only=False)
    """The name of a vendored chart, or the path of a folder or an archive."""
    values: Accepts[ValuesInput | Sequence[ValuesInput] | None, list[Any]] = accepts(to_values, default=())
    """Values over those of the chart: a mapping, the path of a file from the Python file, or several, the last of which
    counts most. An object in them becomes its name. A key that the chart does not know is an error."""
    version: str | None = None
    """The version that the chart has to have; needed where several are vendored."""
    hooks: Hooks | None = None
    """What becomes of hooks: `"keep"`, `"argo"` for the words of Argo CD, or `"drop"`. Tests are always left out."""
    crds: bool = False
    """Whether the definitions in its folder `crds/` are among the objects."""
    api_versions: Accepts[Sequence[str], list[str]] = accepts(_to_api_versions, default=())
    """What the cluster knows beside Kubernetes and the definitions in the app: `["monitoring.coreos.com/v1"]`."""

    def __kpy_init__(self) -> None:
        """Refuse what is no chart."""
        if not isinstance(self.name, str) or not self.name:
            raise ArgumentError.at(
                self._where, f'Helm takes the name of the release first, `Helm("web", ...)`, not {self.name!r}'
            )
        if not isinstance(self.chart, str | Path) or not str(self.chart):
            raise ArgumentError.at(self._where, f"Helm takes a chart, its name or its path, not {self.chart!r}")
        if self.hooks not in (None, *_HOOKS):
            raise ArgumentError.at(self._where, f'`hooks` is "keep", "argo" or "drop", not {self.hooks!r}')
        super().__kpy_init__()

    def load(self) -> Loaded:
        """Return the objects that are not left out, each after those that come before it."""
        loaded = super().load()
        if self.hooks == "keep":
            keep_hooks((item.part, item.tree) for item in loaded.items)
        return loaded

    def asks_for_definitions(self) -> bool:
        """Return whether a template asks what the cluster knows."""
        from kpy.constructs.included.helm_rendering import asks_for_versions
        from kpy.inputs.chart_places import find_chart

        try:
            return asks_for_versions(find_chart(str(self.chart), self.version, self._folder_of_call).path)
        except KpyError as error:
            raise self._told(error) from None

    def _read_for(self, setting: Setting) -> Reading:
        from kpy.documents import Reading
        from kpy.inputs.chart_places import find_chart
        from kpy.inputs.helm_output import templates_in

        documents: list[Document] = []
        errors: list[Diagnostic] = []
        try:
            place = find_chart(str(self.chart), self.version, self._folder_of_call)
            for template, part in templates_in(self._text(place, setting)):
                reading = made_of(part, template, self._where)
                documents += (item for outer in reading.documents for item in outer.items())
                errors += reading.errors
            objects = [each for each in documents if isinstance(each, MadeDocument) and isinstance(each.tree, dict)]
            trees: list[Any] = [each.tree for each in objects]
            becomes = as_said(trees, self.hooks, place.title)
            kept = {id(each): tree for each, tree in zip(objects, becomes, strict=True)}
        except KpyError as error:
            raise self._told(error) from None
        documents = [each for each in documents if kept.get(id(each), each.tree) is not None]
        return Reading([self._as_becomes(each, kept) for each in documents], errors)

    def _text(self, place: ChartPlace, setting: Setting) -> str:
        from kpy.constructs.included.helm_rendering import Order, rendered

        namespace = said_namespace(self) if self.namespace is None else self.namespace
        return rendered(
            Order(
                name=self.name,
                chart=place.path,
                title=place.title,
                namespace=str(getattr(namespace, "name", namespace) or ""),
                values=read_values(self.values, self._folder_of_call),
                setting=setting,
                api_versions=tuple(self.api_versions),
                with_crds=self.crds,
                without=tuple(self.without),
            )
        )

    def _as_becomes(self, document: Document, kept: Mapping[int, Any]) -> Document:
        tree = kept.get(id(document), document.tree)
        if tree is document.tree or not isinstance(document, MadeDocument):
            return document
        return document.changed(tree)

    def _told(self, error: KpyError) -> KpyError:
        """Return an error with the chart that it is about, at the line of the call."""
        kind = LoadError if isinstance(error, LoadError) else UsageError
        return kind.at(self._where, f'Helm "{self.name}": {error}')
