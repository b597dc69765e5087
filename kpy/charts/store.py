"""What a project keeps of charts: archives as published, kpy.lock, and the types of their values, changed at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from kpy.charts.sources import Source
from kpy.charts.values_module import values_files
from kpy.inputs.chart_files import ChartFiles, read_chart_archive
from kpy.lock import Lock, read_lock
from kpy.output.inside import read_plain
from kpy.output.pinned import write_pinned

__all__ = ["FOLDER", "Store", "Vendored", "vendored"]

#: Where charts are kept, from the folder of the project.
FOLDER: Final = "vendor/charts"
_CHARTS, _VALUES = "charts", "values"


class Vendored(NamedTuple):
    """A chart that the project keeps."""

    name: str
    version: str
    #: Where it came from, as kpy.lock says it.
    address: str
    content: bytes

    @property
    def key(self) -> str:
        """Its name in kpy.lock."""
        return f"{self.name}-{self.version}"

    @property
    def file(self) -> str:
        """Its file, from the folder of the project."""
        return f"{FOLDER}/{self.key}.tgz"

    @property
    def digest(self) -> str:
        """The digest of its file."""
        return sha256(self.content).hexdigest()

    @property
    def chart(self) -> ChartFiles:
        """Its files. Raises `LoadError` for what is no chart."""
        return read_chart_archive(self.content, self.file)


class Store:
    """The charts of a project and what is made of them."""

    def __init__(self, folder: str, package: str) -> None:
        #: The folder of the project.
        self.folder = folder
        #: The folder of the types of values, from there.
        self.package = package
        self._root = Path(folder or ".")
        self.lock = read_lock(folder)

    @property
    def entries(self) -> Mapping[str, Mapping[str, str]]:
        """What kpy.lock says of charts."""
        return self.lock.tables.get(_CHARTS, {})

    @property
    def values(self) -> Mapping[str, Mapping[str, str]]:
        """What kpy.lock says of the types of values, by file."""
        return self.lock.tables.get(_VALUES, {})

    def shown(self, file: str) -> str:
        """Return a file of the project as it is named from the current folder."""
        return os.path.relpath(os.path.join(self.folder, file))

    def content(self, file: str) -> bytes | None:
        """Return what is in a file of the project; nothing when it is not there."""
        return read_plain(self._root, file)

    def kept(self) -> dict[str, Vendored]:
        """Return the charts that are kept, by their names in kpy.lock; those whose files are gone are left out."""
        found = {}
        for key, entry in sorted(self.entries.items()):
            content = self.content(entry["file"])
            if content is not None:
                found[key] = Vendored(entry["name"], entry["version"], entry["from"], content)
        return found

    def types(self, kept: Iterable[Vendored]) -> dict[str, bytes]:
        """Return the files with the types of values, from the folder of the project."""
        charts = [(each.chart, each.name, each.version) for each in sorted(kept)]
        return {f"{self.package}/{path}": text.encode() for path, text in values_files(charts).items()}

    def write(self, kept: Iterable[Vendored], *, force: bool = False) -> list[str]:
        """Write what shall be kept, with its types and digests, and take away what is kept no more.

        Return the files that were written or taken away. Raises `WriteError`, and nothing is changed, where that would
        destroy what kpy did not write, unless it is forced.
        """
        kept = sorted(kept)
        types = self.types(kept)
        lock = Lock(self.lock.tables)
        lock.tables[_CHARTS] = {
            each.key: {
                "file": each.file,
                "from": each.address,
                "name": each.name,
                "sha256": each.digest,
                "version": each.version,
            }
            for each in kept
        }
        lock.tables[_VALUES] = {path: {"sha256": sha256(content).hexdigest()} for path, content in types.items()}
        lock.tables = {name: table for name, table in lock.tables.items() if table}
        pinned = {entry["file"]: entry["sha256"] for entry in self.entries.values()}
        pinned |= {path: entry["sha256"] for path, entry in self.values.items()}
        files = {each.file: each.content for each in kept} | types
        changed = write_pinned(self._root, files, lock, pinned, force=force)
        self.lock = lock
        return changed

    def source(self, entry: Mapping[str, str]) -> Source:
        """Return where the chart of an entry comes from."""
        address = entry["from"]
        if "://" not in address:
            return Source(address, file=os.path.join(self.folder, address))
        is_chart = address.startswith("oci://") or address.endswith((".tgz", ".tar.gz"))
        return Source(address, "" if is_chart else entry["name"])

    def unknown_files(self) -> Iterator[str]:
        """Yield the archives in the folder of charts that kpy.lock does not know."""
        known = {entry["file"] for entry in self.entries.values()}
        folder = self._root / FOLDER
        for file in sorted(folder.glob("*.tgz")) if folder.is_dir() else ():
            if f"{FOLDER}/{file.name}" not in known:
                yield f"{FOLDER}/{file.name}"


def vendored(source: Source, content: bytes) -> Vendored:
    """Return a chart in an archive from somewhere. Raises `LoadError` for what is no chart, or not whole."""
    from kpy.errors import LoadError
    from kpy.output.inside import is_inside

    said = source.file or source.name or source.address
    chart = read_chart_archive(content, said)
    for field, value in (("name", chart.name), ("version", chart.version)):
        if not value or "/" in value or not is_inside(value):
            raise LoadError(f"{said}: the `{field}` in its Chart.yaml is {value!r}: this is no chart that helm takes")
    missing = chart.missing()
    if missing:
        raise LoadError(
            f"{said}: the chart needs {', '.join(missing)}, which is not in its charts/: unpack it, run "
            "`helm dependency build` and `helm package`, and give that archive"
        )
    return Vendored(chart.name, chart.version, source.address, content)
