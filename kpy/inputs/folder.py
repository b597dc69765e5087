"""One folder, read as its users mean it: manifests on one side; charts, kustomizations and other files on the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Final

from kpy.documents import Reading, is_kustomization, read_content, read_limited, refused_file
from kpy.documents.syntax import RENDER
from kpy.inputs.exclusion import Exclusion
from kpy.inputs.kustomize import Kustomizations
from kpy.inputs.objects import is_object
from kpy.inputs.other_files import Sort, is_expectation, may_be_manifest, sort_of
from kpy.inputs.walk import Walk
from kpy.watch import saw_file

__all__ = ["Folder"]

_MANIFEST: Final = re.compile(r"^\s{0,2}\"?apiVersion\"?\s*:", re.MULTILINE)
_TEMPLATE: Final = re.compile(r"\{\{|\{%|\$\{|<%|__[A-Z]")
#: What is wrong with a text, and not with its file.
_OF_TEXT: Final = ("yaml-", "duplicate-key")


class Folder:
    """What a folder has, each file of it read once."""

    def __init__(self, path: str, exclusion: Exclusion, is_new: Callable[[str], bool]) -> None:
        self.path = path
        walk = Walk(path, exclusion)
        self.charts = walk.charts
        self.test_data = walk.test_data
        self.is_empty = not (walk.files or walk.charts or walk.kustomizations or walk.test_data or walk.has_excluded)
        #: What was read of files that have manifests, or cannot be read.
        self.readings: dict[str, Reading] = {}
        #: What was read of kustomizations.
        self.kustomizations: dict[str, Reading] = {}
        #: Templates that are no YAML before they are rendered.
        self.templates: list[str] = []
        #: What is no manifest, and of which sort it is.
        self.others: dict[str, Sort] = {}
        for file in walk.kustomizations:
            if is_new(file):
                self._take_kustomization(file)
        for file in walk.files:
            if is_new(file):
                self._take(file)

    @cached_property
    def kustomized(self) -> Kustomizations:
        """Its kustomizations, and what they take."""
        readings = self.kustomizations.values()
        return Kustomizations(reading.documents[0] for reading in readings if reading.documents)

    def leave_out(self, file: str, sort: Sort) -> None:
        """Count a file as none with manifests."""
        self.readings.pop(file, None)
        self.others[file] = sort

    def _take_kustomization(self, file: str) -> None:
        reading = _read(file)
        content = reading if isinstance(reading, Reading) else read_content(reading, file)
        is_object_of_flux = any(
            is_object(document.tree) and not is_kustomization(document.tree) for document in content.documents
        )
        (self.readings if is_object_of_flux else self.kustomizations)[file] = content

    def _take(self, file: str) -> None:
        read = _read(file)
        if isinstance(read, Reading):
            self.readings[file] = read
        elif not may_be_manifest(read):
            if read.strip() and not _is_comment(read):
                self.leave_out(file, sort_of(file, read))
        elif is_expectation(file):
            self.leave_out(file, sort_of(file, read))
        else:
            self._sort(file, read)

    def _sort(self, file: str, content: bytes) -> None:
        """Keep the documents of a file with at least one object, or say what it is instead."""
        reading = read_content(content, file)
        if any(is_kustomization(document.tree) for document in reading.documents):
            self.kustomizations[file] = reading
        elif any(is_object(document.tree) for document in reading.documents):
            self.readings[file] = self._without_templates(file, reading)
        elif reading.documents or not reading.errors:
            if reading.documents:
                self.leave_out(file, sort_of(file, content))
        elif not all(error.rule.startswith(_OF_TEXT) for error in reading.errors):
            self.readings[file] = reading
        else:
            self._sort_broken(file, content, reading)

    def _sort_broken(self, file: str, content: bytes, reading: Reading) -> None:
        text = content.decode("utf-8", "replace")
        if not _MANIFEST.search(text):
            self.leave_out(file, sort_of(file, content))
        elif _TEMPLATE.search(text):
            self.templates.append(file)
        else:
            self.readings[file] = reading

    def _without_templates(self, file: str, reading: Reading) -> Reading:
        """Return what was read of a file without the faults of those of its documents that are templates."""
        errors = [error for error in reading.errors if error.fix != RENDER]
        if len(errors) == len(reading.errors):
            return reading
        self.templates.append(file)
        return Reading(reading.documents, errors)


def _read(file: str) -> bytes | Reading:
    """Return the content of a file; when it cannot be read, why."""
    try:
        with open(file, "rb") as stream:
            content = read_limited(stream)
    except (OSError, ValueError) as error:
        return refused_file(file, error)
    saw_file(file, content)
    return content


def _is_comment(content: bytes) -> bool:
    """Return whether a text of YAML has nothing but comments and marks of documents."""
    lines = (line.strip() for line in content.splitlines())
    return all(not line or line.startswith((b"#", b"---", b"...", b"\xef\xbb\xbf#")) for line in lines)
