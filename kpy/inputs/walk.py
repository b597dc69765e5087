"""What is in a folder: files that may be manifests, charts, kustomizations, and what cannot be looked into."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Final

from kpy.documents.files import SUFFIXES
from kpy.inputs.exclusion import Exclusion
from kpy.watch import saw_folder, saw_place

__all__ = ["KUSTOMIZATIONS", "Chart", "Walk"]

#: The names by which kustomize knows its own files.
KUSTOMIZATIONS: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_CHART: Final = "Chart.yaml"
#: Folders of other people's packages, by the thousand.
_NEVER: Final = frozenset({"node_modules", "__pycache__", "site-packages"})
#: Folders of what tests compare with, often faulty on purpose; one that is named itself is read.
_TEST_DATA: Final = re.compile(r"_?testdata|fixtures|golden|__(fixtures|snapshots?|golden)__")
#: What makes a folder one with the packages of a Go module.
_VENDORED: Final = ("vendor", "modules.txt")
#: What of a chart is applied as it is written.
_PLAIN: Final = "crds"


class Chart:
    """A Helm chart in a folder."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        #: How many files of YAML, JSON and templates it has.
        self.count = 0

    @property
    def file(self) -> str:
        """The file that makes a folder a chart."""
        return os.path.join(self.folder, _CHART)


class Walk:
    """A folder and all folders in it, looked through once, in the order of names; hidden ones are left out."""

    def __init__(self, folder: str, exclusion: Exclusion) -> None:
        self._exclusion = exclusion
        #: The files that may be manifests; among them links and folders that cannot be read, see `read_file`.
        self.files: list[str] = []
        self.charts: list[Chart] = []
        self.kustomizations: list[str] = []
        #: The folders of test data, which are not looked into.
        self.test_data: list[str] = []
        #: Whether something in the folder was left out because a pattern says so.
        self.has_excluded = False
        self._look(folder)

    def _look(self, folder: str) -> None:
        waiting = [folder]
        while waiting:
            current = waiting.pop()
            entries = self._entries(current)
            if any(entry.name == _CHART for entry in entries):
                self._keep_chart(current)
                plain = os.path.join(current, _PLAIN)
                waiting += [plain] if os.path.isdir(plain) else []
                continue
            folders = []
            for entry in entries:
                if _is_folder(entry):
                    if _is_test_data(entry):
                        self.test_data.append(entry.path)
                    elif not _is_vendored(entry):
                        folders.append(entry.path)
                elif _is_link_to_folder(entry):
                    self.files.append(entry.path)
                else:
                    self._keep_file(entry)
            waiting += reversed(folders)

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        """Return what is in a folder and counts; one that cannot be read stands among the files, which says why."""
        saw_folder(folder)
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            self.files.append(folder)
            return []
        return [entry for entry in entries if self._counts(entry)]

    def _counts(self, entry: os.DirEntry[str]) -> bool:
        if entry.name.startswith(".") or entry.name in _NEVER:
            return False
        is_excluded = self._exclusion.covers(entry.path)
        self.has_excluded |= is_excluded
        return not is_excluded

    def _keep_file(self, entry: os.DirEntry[str]) -> None:
        """Keep a file by its name; a pipe, a socket or a device may never end, and is left out."""
        if entry.is_symlink():
            saw_place(entry.path)
        is_plain = os.path.isfile(entry.path)
        if is_plain and entry.name in KUSTOMIZATIONS:
            self.kustomizations.append(entry.path)
        elif entry.name.endswith(SUFFIXES) and (is_plain or not os.path.exists(entry.path)):
            self.files.append(entry.path)

    def _keep_chart(self, folder: str) -> None:
        chart = Chart(folder)
        chart.count = sum(1 for _ in _files_of_chart(folder))
        self.charts.append(chart)


def _files_of_chart(folder: str) -> Iterator[str]:
    for root, folders, files in os.walk(folder):
        saw_folder(root)
        folders[:] = [name for name in folders if not name.startswith(".") and name != _PLAIN]
        yield from (name for name in files if name.endswith((*SUFFIXES, ".tpl", ".tmpl")))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_link_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        if entry.is_symlink():
            saw_place(entry.path)
        return entry.is_symlink() and entry.is_dir()
    except OSError:
        return False


def _is_test_data(entry: os.DirEntry[str]) -> bool:
    """Return whether a folder is for what tests compare with, by its name or, as for Java, by where it is."""
    is_of_java = entry.name == "resources" and os.path.basename(os.path.dirname(entry.path)) == "test"
    return is_of_java or _TEST_DATA.fullmatch(entry.name) is not None


def _is_vendored(entry: os.DirEntry[str]) -> bool:
    if entry.name != _VENDORED[0]:
        return False
    modules = os.path.join(entry.path, _VENDORED[1])
    saw_place(modules)
    return os.path.exists(modules)
