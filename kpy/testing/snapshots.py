"""Snapshots of manifests: plain YAML files that kubectl reads, one a chart or one an object.

The test `test_prod` of `tests/test_shop.py` has its files in `snapshots/test_shop/`, beside `tests/`:
`test_prod-shop.yaml` for the chart `shop`. Parameters stay in brackets, `test_env[prod]-shop.yaml`, so that no file can
be taken for that of another test. Another folder is the ini option `kpy_snapshots` of pytest.

With the marker `kubernetes` the first release has the file without a release in its name, and another one has a file of
its own, `test_prod[1.36]-shop.yaml`, only where it is not equal: what is the same for all releases is kept once.
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args
from urllib.parse import quote

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from kpy.errors import UsageError
from kpy.manifest import Manifest, Resource
from kpy.testing.places import places

if TYPE_CHECKING:
    import pytest
    from syrupy.assertion import AssertionResult, SnapshotAssertion
    from syrupy.location import PyTestLocation
    from syrupy.types import SnapshotIndex

__all__ = ["ManifestExtension", "ManifestSnapshot", "releases_of"]

Per = Literal["chart", "resource"]

#: Stands in the index of a file for all releases, between the release and what is in the file.
_OF_ALL = "\0"
#: How many lines of differences a failure shows.
_LINES = 60
#: What is in the file of a manifest without resources, which has one so that becoming empty is a difference.
_EMPTY = "# The manifest has no resources.\n"


class ManifestExtension(SingleFileSnapshotExtension):
    """How syrupy keeps manifests: as they are, in files whose names begin with that of the test."""

    _write_mode = WriteMode.TEXT
    file_extension = "yaml"

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        """Return `test_prod-shop`: the test, its parameters, and what is in the file."""
        release, mark, part = str(index).partition(_OF_ALL)
        stem, part = (_stem(test_location, without=release), part) if mark else (_stem(test_location), release)
        return _bounded(f"{stem}-{part}", 200)

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """Return the folder of a test file: `snapshots/test_shop`, with the folders below `tests/` between."""
        root, snapshots, test_folders = places()
        path = Path(test_location.filepath)
        inside = path.relative_to(root).parent.parts if path.is_relative_to(root) else ()
        inside = inside[1:] if inside and inside[0] in test_folders else inside
        return str(snapshots.joinpath(*inside, path.stem))

    @classmethod
    def discovery_dirname(cls, *, test_location: PyTestLocation) -> str:
        """Return the folder that is looked through for files that no test uses: that of the test file."""
        return cls.dirname(test_location=test_location)

    @classmethod
    def matches_test_location(cls, *, test_location: PyTestLocation, snapshot_location: str) -> bool:
        """Return whether a file is of a test: by its folder, and the beginning of its name."""
        path = Path(snapshot_location)
        is_here = path.parent == Path(cls.dirname(test_location=test_location))
        stems = [_stem(test_location)]
        releases = releases_of(test_location.item)
        if releases is not None and releases.this == releases.first:
            stems.append(_stem(test_location, without=releases.this))  # the file for all releases is that of the first
        return is_here and path.stem.startswith(tuple(f"{stem}-" for stem in stems))


class Releases(NamedTuple):
    """The Kubernetes release that a test runs for, and the first of all that it runs for."""

    this: str
    first: str


def releases_of(test: pytest.Item) -> Releases | None:
    """Return the releases of a test with the marker `kubernetes`; nothing without it."""
    closest = getattr(test, "get_closest_marker", None)  # what syrupy knows of the tests of workers has no markers
    marker = closest("kubernetes") if closest is not None else None
    parameters = getattr(test, "callspec", None)
    if marker is None or parameters is None or "kubernetes_release" not in parameters.params:
        return None
    from kpy.schema import RELEASES

    return Releases(str(parameters.params["kubernetes_release"]), str((marker.args or RELEASES)[0]))


class ManifestSnapshot:
    """What a manifest is compared with: `assert manifest == manifest_snapshot`.

    Call it for one file an object, `manifest_snapshot(per="resource")`, or for a second snapshot in one test,
    `manifest_snapshot(name="prod")`. `pytest --snapshot-update` writes what is new or has changed.
    """

    def __init__(
        self, snapshot: SnapshotAssertion, *, per: Per = "chart", name: str = "", releases: Releases | None = None
    ) -> None:
        self._snapshot = snapshot
        self._releases = releases
        self._per: Per = per
        self._name = name
        #: Why the last comparison failed, in lines.
        self.explanation: list[str] = []

    __hash__ = None  # type: ignore[assignment]  # equality is an assertion here

    def __call__(self, *, per: Per | None = None, name: str | None = None) -> ManifestSnapshot:
        """Return the snapshot with other settings."""
        if per not in (None, *get_args(Per)):
            raise UsageError(f'`manifest_snapshot(per={per!r})`: say "chart" or "resource"')
        name = self._name if name is None else name
        return ManifestSnapshot(self._snapshot, per=per or self._per, name=name, releases=self._releases)

    def __repr__(self) -> str:
        """Return a short description for the message of an assertion."""
        return "its snapshot"

    def __eq__(self, manifest: object) -> bool:
        """Compare with the files, every one of them, and remember why it failed."""
        self.explanation = []
        if not isinstance(manifest, Manifest):
            raise UsageError(
                f"`manifest_snapshot` is compared with a manifest, not with a {type(manifest).__name__}: "
                "write `assert synth(app) == manifest_snapshot`"
            )
        failed = [
            result for part, text in self._texts(manifest).items() if not (result := self._check(part, text)).success
        ]
        self.explanation = [line for result in failed for line in self._explain(result, manifest)]
        if failed:
            # First, since pytest shows only the first lines of a long explanation.
            self.explanation.insert(0, "if the change is intended: pytest --snapshot-update")
        return not failed

    def __ne__(self, manifest: object) -> bool:
        """Refuse: there is nothing to learn from a manifest that is not like its snapshot."""
        raise UsageError("`manifest_snapshot` can only be equal: write `assert synth(app) == manifest_snapshot`")

    def _texts(self, manifest: Manifest) -> dict[str, str]:
        """Return the text of each file by what is in it."""
        groups: dict[str, list[Resource]] = {}
        for resource in manifest:
            groups.setdefault(_part(resource, self._per), []).append(resource)
        prefix = f"{_clean(self._name)}-" if self._name else ""
        texts = {part: "---\n".join(resource.text for resource in group) for part, group in groups.items()}
        return {f"{prefix}{part}": text for part, text in (texts or {"empty": _EMPTY}).items()}

    def _check(self, part: str, text: str) -> AssertionResult:
        part = self._index(part, text)
        there = self._location(part)
        if any(result.snapshot_location == there for result in self._snapshot.executions.values()):
            raise UsageError(f"this test compares {Path(there).name} twice: write `manifest_snapshot(name=...)`")
        self._snapshot(name=part).__eq__(text)
        return self._snapshot.executions[self._snapshot.num_executions - 1]

    def _index(self, part: str, text: str) -> str:
        """Return what tells the file of a part: that of all releases, or the release's own."""
        if self._releases is None:
            return part
        of_all = f"{self._releases.this}{_OF_ALL}{part}"
        if self._releases.this == self._releases.first:
            return of_all
        if not self._snapshot.update_snapshots:
            return part if Path(self._location(part)).exists() else of_all
        file = Path(self._location(of_all))
        return of_all if file.exists() and file.read_text(encoding="utf-8") == text else part

    def _location(self, part: str) -> str:
        return self._snapshot.extension.get_location(test_location=self._snapshot.test_location, index=part)

    def _explain(self, result: AssertionResult, manifest: Manifest) -> list[str]:
        """Return what differs from a file, by meaning where there is a difference in meaning."""
        from kpy.compare import compare
        from kpy.documents import read_documents

        place = _short(result.snapshot_location)
        if result.exception is not None:
            return [f"{place}: {result.exception}"]
        if result.recalled_data is None:
            return [f"{place} does not exist yet"]
        old, new = (
            [item.tree for document in read_documents(str(text)).documents for item in document.items()]
            for text in (result.recalled_data, result.asserted_data)
        )
        comparison = compare(old, new, kubernetes=manifest.release)
        if comparison.is_same:
            return [f"{place} has the same meaning, and another order or layout: {_first_line(result)}"]
        lines = comparison.to_text().splitlines()
        rest = [f"… and {len(lines) - _LINES} more lines"] if len(lines) > _LINES else []
        return [f"{place} differs:", *lines[:_LINES], *rest]


def _stem(location: PyTestLocation, *, without: str = "") -> str:
    """Return the name of a test with its parameters, which is no other's, as part of a file name.

    `without` is the release to leave out.
    """
    test, bracket, rest = location.snapshot_name_parametrized.partition("[")
    if without:
        words = rest.removesuffix("]").split("-")
        rest = "-".join(words[: words.index(without)] + words[words.index(without) + 1 :]) if without in words else rest
        bracket = bracket if rest else ""
    return _bounded(f"{test}[{quote(rest.removesuffix(']'), safe='')}]" if bracket else test, 120)


def _bounded(name: str, size: int) -> str:
    """Return part of a file name, cut where file systems would refuse it."""
    if len(name.encode()) <= size:
        return name
    return f"{name.encode()[: size - 11].decode(errors='ignore')}~{sha256(name.encode()).hexdigest()[:10]}"


def _clean(text: str) -> str:
    """Return text as part of a file name: `shop/api v2` becomes `shop-api-v2`."""
    return re.sub(r"[^\w.]+", "-", text).strip("-")


def _part(resource: Resource, per: Per) -> str:
    if per == "resource":
        return "-".join(_clean(word) for word in (resource.kind, resource.namespace, resource.name) if word)
    return _clean(resource.chart.name) if resource.chart is not None else "manifest"


def _short(place: str) -> str:
    path, root = Path(place), places().root
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def _first_line(result: Any) -> str:
    """Return the first line that differs."""
    old, new = (str(text).splitlines() for text in (result.recalled_data, result.asserted_data))
    for number, pair in enumerate(zip(old, new, strict=False), 1):
        if pair[0] != pair[1]:
            return f"line {number} was {pair[0]!r} and is {pair[1]!r}"
    return f"{len(old)} lines became {len(new)}"
