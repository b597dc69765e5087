"""What charts and kustomizations make, rendered by helm and kustomize: documents that know what they were made of."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, NamedTuple

from kpy.documents import Document, Reading, read_documents
from kpy.inputs.encrypted import value_at
from kpy.inputs.folder import Folder
from kpy.inputs.helm_output import templates_in
from kpy.inputs.kustomize import Kustomization
from kpy.inputs.walk import Chart
from kpy.objects import name_of, title
from kpy.programs import ProgramError
from kpy.programs.helm import HelmRenderer
from kpy.programs.kustomize import KustomizeRenderer, read_overlay
from kpy.programs.rendered import RenderCache, RenderError
from kpy.source import Location

__all__ = ["Failure", "Rendered", "RenderedDocument", "render"]

#: How many programs run at once.
_AT_ONCE: Final = 4
#: What is behind the name of a text that was rendered, and is in no file.
RENDERED: Final = " (rendered)"


class Failure(NamedTuple):
    """A chart or kustomization that was not rendered."""

    file: str
    reason: str
    #: Whether it was refused before anything ran.
    is_refused: bool = False


class RenderedDocument(Document):
    """A document that was rendered, of a file whose values it may still have."""

    __slots__ = ("_inner", "_source")

    def __init__(self, inner: Document, file: str, source: Document | None = None) -> None:
        self._inner = inner
        self._source = source
        self.file = file
        self.errors = inner.errors

    @property
    def origin(self) -> str:
        """The object as the file names it that this document was made of, if that is known."""
        return title(self._source.tree) if self._source is not None else ""

    @property
    def tree(self) -> object:
        """The document as plain JSON."""
        return self._inner.tree

    def where(self, steps: Iterable[str | int] = (), *, key: bool = False) -> Location:
        """Return the place in the file that it was made of when the same value is there, else in what was rendered."""
        way = tuple(steps)
        if self._source is not None and value_at(self._source.tree, way) == value_at(self.tree, way):
            return self._source.where(way, key=key)
        return self._inner.where(way, key=key)

    def written(self, steps: Iterable[str | int], value: object) -> str:
        """Return how the rendered text has a scalar."""
        return self._inner.written(steps, value)

    def items(self) -> Iterator[Document]:
        """Iterate over the objects in it."""
        for item in self._inner.items():
            yield self if item is self._inner else RenderedDocument(item, self.file)


class Rendered:
    """Everything that was rendered of a folder."""

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self.readings: list[Reading] = []
        #: The rendered texts, by the names that places have for them.
        self.sources: dict[str, str] = {}
        self.charts: list[Chart] = []
        self.kustomizations: list[Kustomization] = []
        #: What only kustomizations take that were rendered, so that it is not judged by itself.
        self.files: set[str] = set()
        self.failures: list[Failure] = []
        #: Why no chart, or no kustomization, is rendered at all.
        self.missing: dict[str, str] = {}


def render(folder: Folder, kubernetes: str, cache: RenderCache | None = None) -> Rendered:
    """Render the charts and kustomizations of a folder for a release of Kubernetes, such as 1.36."""
    rendered = Rendered()
    cache = cache or RenderCache()
    if folder.charts:
        _render_charts(folder, kubernetes, cache, rendered)
    if folder.kustomizations:
        _render_kustomizations(folder, cache, rendered)
    return rendered


def _render_charts(folder: Folder, kubernetes: str, cache: RenderCache, rendered: Rendered) -> None:
    try:
        helm = HelmRenderer.find(cache=cache)
    except ProgramError as error:
        rendered.missing["charts"] = str(error)
        return
    runs = [partial(helm.template, chart.folder, kubernetes=f"{kubernetes}.0") for chart in folder.charts]
    for chart, text in zip(folder.charts, _all(runs), strict=True):
        if isinstance(text, Failure):
            rendered.failures.append(text._replace(file=chart.file))
            continue
        rendered.charts.append(chart)
        for template, part in templates_in(text):
            name = os.path.join(chart.folder, template.partition("/")[2] or template) + RENDERED
            _keep(rendered, name, part, partial(RenderedDocument, file=chart.file))


def _render_kustomizations(folder: Folder, cache: RenderCache, rendered: Rendered) -> None:
    try:
        kustomize = KustomizeRenderer.find(cache=cache)
    except ProgramError as error:
        rendered.missing["kustomizations"] = str(error)
        return
    group = folder.kustomized
    roots = []
    for root in group.roots():
        overlay = read_overlay(root.folder or ".")
        if overlay.refusals:
            rendered.failures += [Failure(root.file, refusal, is_refused=True) for refusal in overlay.refusals[:1]]
        elif overlay.faults:
            rendered.failures.append(Failure(root.file, overlay.faults[0]))
        else:
            roots.append(root)
    runs = [partial(kustomize.build, root.folder or ".") for root in roots]
    for root, text in zip(roots, _all(runs), strict=True):
        if isinstance(text, Failure):
            rendered.failures.append(text._replace(file=root.file))
            continue
        rendered.kustomizations += group.below(root)
        files = group.files(root)
        rendered.files.update(files)
        sources = _Sources(folder, files)
        name = (root.folder or ".") + RENDERED
        _keep(rendered, name, text, partial(_made_of, file=root.file, sources=sources))


class _Sources:
    """The objects of the files that a kustomization takes."""

    def __init__(self, folder: Folder, files: Iterable[str]) -> None:
        wanted = {*files}
        self._by_kind: dict[str, list[Document]] = {}
        for file, reading in folder.readings.items():
            if os.path.normpath(file) in wanted:
                for document in reading.documents:
                    for item in document.items():
                        if isinstance(item.tree, dict):
                            self._by_kind.setdefault(str(item.tree.get("kind")), []).append(item)

    def of(self, inner: Document) -> Document | None:
        """Return the object that a rendered one was made of: of its kind and name, but for what was added to that."""
        if not isinstance(inner.tree, dict):
            return None
        name = name_of(inner.tree)
        near = [item for item in self._by_kind.get(str(inner.tree.get("kind")), ()) if name_of(item.tree) in name]
        return max(near, key=lambda item: len(name_of(item.tree)), default=None)


def _made_of(inner: Document, file: str, sources: _Sources) -> RenderedDocument:
    """Return a rendered document, as if the overlay had a file for each that it takes.

    So an overlay is no variant as a whole of files that declare one of its objects.
    """
    source = sources.of(inner)
    part = "" if source is None else f":{source.file.replace(os.sep, ':')}"
    return RenderedDocument(inner, f"{file}{part}", source)


def _keep(rendered: Rendered, name: str, text: str, made: Callable[[Document], RenderedDocument]) -> None:
    reading = read_documents(text, name)
    rendered.sources[name] = text
    rendered.documents += map(made, reading.documents)
    rendered.readings.append(Reading([], reading.errors))


def _all(runs: Sequence[Callable[[], str]]) -> list[str | Failure]:
    """Return what each run gives, or why it failed; some run at once."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [*pool.map(_run, runs)]


def _run(make: Callable[[], str]) -> str | Failure:
    try:
        return make()
    except (RenderError, ProgramError) as error:
        return Failure("", str(error))
