"""The files of a Helm chart, a folder or an archive; archives are read and never unpacked."""

from __future__ import annotations

import os
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from kpy.documents import read_content
from kpy.errors import LoadError
from kpy.watch import saw_file, saw_folder, saw_place

__all__ = ["ChartFiles", "read_chart_archive", "read_chart_files"]

#: Bounds on archives: files, bytes of one file, bytes of all of them, charts in charts.
_FILES, _FILE, _ALL, _DEEPEST = 20_000, 64 << 20, 512 << 20, 5
_SUBCHART: Final = re.compile(r"charts/[^/]+\.tgz")
_HEAD: Final = "Chart.yaml"

#: Which files are read, by their names from the folder of the chart.
Wanted = Callable[[str], bool]


class ChartFiles:
    """A chart: its files by their names from its folder. Those of the charts in it stand below `charts/<name>/`."""

    def __init__(self, path: str, files: Mapping[str, bytes]) -> None:
        #: The folder or archive, as it was named.
        self.path = path
        self.files = files

    @property
    def name(self) -> str:
        """The name that the chart has for itself; empty when it has none."""
        return str(self.head.get("name") or "")

    @property
    def version(self) -> str:
        """Its version; empty when it has none."""
        return str(self.head.get("version") or "")

    @cached_property
    def head(self) -> Mapping[str, Any]:
        """What its `Chart.yaml` says. Raises `LoadError` when that cannot be read."""
        return self.mapping(_HEAD)

    def mapping(self, name: str) -> Mapping[str, Any]:
        """Return the mapping in a YAML file of the chart, empty when there is none.

        Raises `LoadError` for what is no mapping.
        """
        content = self.files.get(name)
        if content is None:
            return {}
        reading = read_content(content, f"{self.path}/{name}")
        for error in reading.errors:
            if error.severity == "error":
                raise LoadError(f"{error.where or name}: {error.message}")
        trees = [document.tree for document in reading.documents]
        if not trees or trees[0] is None:
            return {}
        if not isinstance(trees[0], dict):
            raise LoadError(f"{self.path}/{name}: expected a mapping")
        return trees[0]

    def inner(self) -> Iterator[ChartFiles]:
        """Yield the charts that are in it."""
        folders: dict[str, dict[str, bytes]] = {}
        for name, content in self.files.items():
            first, _, rest = name.partition("/")
            if first == "charts" and "/" in rest:
                folder, _, inner = rest.partition("/")
                folders.setdefault(folder, {})[inner] = content
        for folder, files in folders.items():
            if _HEAD in files:
                yield ChartFiles(f"{self.path}/charts/{folder}", files)

    def missing(self) -> list[str]:
        """Return the charts that it says it needs, and that are not in it."""
        said = self.head.get("dependencies")
        wanted = [str(each.get("name")) for each in said if isinstance(each, dict)] if isinstance(said, list) else []
        there = {inner.name for inner in self.inner()}
        return sorted({name for name in wanted if name not in there})


def read_chart_files(path: str, wanted: Wanted | None = None) -> ChartFiles:
    """Return the files of a chart, those that are wanted, its `Chart.yaml` always.

    Raises `LoadError` for what is no chart, and for what cannot be read.
    """
    if not os.path.exists(path):
        saw_place(path)
        raise LoadError(f"{path}: there is no such file or folder")
    if os.path.isdir(path):
        return _chart(path, dict(_folder(path, wanted)))
    return read_chart_archive(_content(path), path, wanted)


def read_chart_archive(content: bytes, path: str, wanted: Wanted | None = None) -> ChartFiles:
    """Return the files of a chart in the content of an archive; `path` is what it is called in messages."""
    return _chart(path, dict(_members(content, path, wanted, 0)))


def _chart(path: str, files: Mapping[str, bytes]) -> ChartFiles:
    if _HEAD not in files:
        raise LoadError(f"{path}: this is no chart: it has no Chart.yaml")
    return ChartFiles(path, files)


def _folder(path: str, wanted: Wanted | None) -> Iterator[tuple[str, bytes]]:
    for root, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        saw_folder(root)
        for name in sorted(names):
            file = os.path.join(root, name)
            inner = Path(os.path.relpath(file, path)).as_posix()
            if _is_read(inner, wanted) and os.path.isfile(file):
                yield from _unfolded(inner, _content(file), file, wanted, 0)


def _content(file: str) -> bytes:
    try:
        with open(file, "rb") as stream:
            content = stream.read(_ALL + 1)
    except OSError as error:
        raise LoadError(f"{file}: it cannot be read: {error.strerror or error}") from None
    saw_file(file, content)
    if len(content) > _ALL:
        raise LoadError(f"{file}: the file is larger than any chart")
    return content


def _members(content: bytes, path: str, wanted: Wanted | None, depth: int) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an archive that are read, from the folder of the chart."""
    count = size = 0
    try:
        with tarfile.open(fileobj=BytesIO(content), mode="r:*") as archive:
            for member in archive:
                count, size = count + 1, size + member.size
                if count > _FILES or member.size > _FILE or size > _ALL:
                    raise LoadError(f"{path}: the archive is larger than any chart")
                name = member.name.removeprefix("./").partition("/")[2]
                if member.isfile() and _is_read(name, wanted):
                    stream = archive.extractfile(member)
                    assert stream is not None
                    yield from _unfolded(name, stream.read(), path, wanted, depth)
    except LoadError:
        raise
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise LoadError(f"{path}: this is no archive of a chart: {error}") from None


def _unfolded(name: str, content: bytes, path: str, wanted: Wanted | None, depth: int) -> Iterator[tuple[str, bytes]]:
    """Yield a file, or those of the chart that it holds."""
    if not _SUBCHART.fullmatch(name):
        yield name, content
    elif depth < _DEEPEST:
        folder = name.removesuffix(".tgz")
        for inner, text in _members(content, f"{path}/{name}", wanted, depth + 1):
            yield f"{folder}/{inner}", text


def _is_read(name: str, wanted: Wanted | None) -> bool:
    return wanted is None or name == _HEAD or bool(_SUBCHART.fullmatch(name)) or wanted(name)
