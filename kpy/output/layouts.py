"""Which file a resource goes to: layouts make a mapping of paths to bytes, and `kpy.output.files` writes it.

folder/shop.yaml                                 layout "chart": one file a chart
folder/shop/deployment-shop-prod-api.yaml        layout "resource": one file a resource
folder/0-shop.yaml, folder/0-shop/...            namespaces and definitions of the chart, in either layout
folder/shop-secret-shop-prod-db.enc.yaml         what SOPS has encrypted, which it decrypts only in a file of its own

Tools that take a folder, as `kubectl apply -f` does, take its files by name. `0-` sorts before every name that a chart
can have, so namespaces and definitions are met before what needs them, whichever chart has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from kpy.errors import UsageError
from kpy.output.names import fold, portable, why_not_a_file
from kpy.redaction.encrypted import is_signed

__all__ = ["FIRST", "LAYOUTS", "Laid", "Layout", "lay_out"]

LAYOUTS: Final = ("chart", "resource")
#: What the names begin with of files that others need first.
FIRST: Final = "0-"
_FIRST_KINDS: Final = {("", "Namespace"), ("apiextensions.k8s.io", "CustomResourceDefinition")}


class Laid(Protocol):
    """What a layout needs of a resource."""

    tree: dict[str, Any]
    chart: Any
    where: Any

    @property
    def api_version(self) -> str:
        """The API group and version."""
        ...

    @property
    def kind(self) -> str:
        """The kind."""
        ...

    @property
    def name(self) -> str:
        """The name."""
        ...

    @property
    def namespace(self) -> str | None:
        """The namespace."""
        ...


R = TypeVar("R", bound=Laid)


class Layout(NamedTuple):
    """The files of a manifest."""

    #: Paths in the folder, with `/`, to content.
    files: Mapping[str, bytes]
    #: The paths of files that hold a Secret.
    private: frozenset[str]


def lay_out(
    resources: Iterable[R], *, layout: str = "chart", suffix: str = ".yaml", to_text: Callable[[Sequence[R]], str]
) -> Layout:
    """Return the files of resources, which stay in their order within each file.

    Raises `UsageError` when two resources would share a file that is for one, and for names that no file can have.
    """
    if layout not in LAYOUTS:
        raise UsageError(f"there is no layout {layout!r}: choose one of {', '.join(LAYOUTS)}")
    files: dict[str, list[R]] = {}
    taken: dict[str, R] = {}
    for resource in resources:
        path = _path(resource, layout, suffix)
        other = taken.setdefault(fold(path), resource)
        if other is not resource and (layout == "resource" or other.chart is not resource.chart):
            _refuse_shared(other, resource, layout, path)
        files.setdefault(path, []).append(resource)
    private = frozenset(path for path, held in files.items() if any(_holds_secret(resource.tree) for resource in held))
    return Layout({path: to_text(held).encode() for path, held in files.items()}, private)


def _path(resource: Laid, layout: str, suffix: str) -> str:
    group = resource.api_version.rpartition("/")[0]
    first = FIRST if (group, resource.kind) in _FIRST_KINDS else ""
    chart = _segment(first + resource.chart.name, resource, suffix if layout == "chart" else "")
    parts = (resource.kind.lower(), resource.namespace, resource.name)
    own = portable("-".join(part for part in parts if part))
    if is_signed(resource.tree):
        own, suffix = (f"{resource.chart.name}-{own}" if layout == "chart" else own), f".enc{suffix}"
        if layout == "chart":
            return _segment(own, resource, suffix)
    return chart if layout == "chart" else f"{chart}/{_segment(own, resource, suffix)}"


def _segment(name: str, resource: Laid, suffix: str) -> str:
    """Return the name of a file or folder with its suffix, or raise."""
    if why := why_not_a_file(name) or why_not_a_file(name + suffix):
        where = f"{resource.where}: " if resource.where else ""
        raise UsageError(
            f"{where}{name!r} cannot be the name of a file ({why}): rename it, or write to standard output"
        )
    return name + suffix


def _refuse_shared(first: Laid, second: Laid, layout: str, path: str) -> None:
    what = f"{first} and {second}" if layout == "resource" else "two charts"
    places = " and ".join(str(each.where) for each in (first, second) if each.where)
    raise UsageError(
        f"{what} would both be written to {path}{f' ({places})' if places else ''}: "
        + ("use the layout `chart`" if layout == "resource" else "give one of them another name")
    )


def _holds_secret(tree: Mapping[str, Any]) -> bool:
    """Return whether an object is a Secret, or a list with one in it."""
    if tree.get("kind") == "Secret" and tree.get("apiVersion") == "v1":
        return True
    items = tree.get("items")
    return isinstance(items, list) and any(isinstance(item, dict) and _holds_secret(item) for item in items)
