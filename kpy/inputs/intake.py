"""Everything that a command line names, read: the documents to judge, and what is said of all that is none."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterator

from kpy.diagnostics import Diagnostic, Severity
from kpy.documents import Document, Reading, is_kustomization, read_file
from kpy.inputs.exclusion import Exclusion
from kpy.inputs.folder import Folder
from kpy.inputs.notes import note_on_folder, refuse_named
from kpy.inputs.objects import is_for_tool
from kpy.inputs.other_files import TOOLS
from kpy.inputs.patches import patches_in
from kpy.schema import Api
from kpy.source import Location

__all__ = ["Intake"]

_Kinds = Collection[tuple[str, str]]


class Intake:
    """The documents of all files and folders, and what is found before any of them is judged."""

    def __init__(self, exclusion: Exclusion | None = None) -> None:
        self.exclusion = exclusion or Exclusion()
        #: The documents to judge, once everything has been settled.
        self.documents: list[Document] = []
        self.findings: list[Diagnostic] = []
        #: The files of which something could not be read.
        self.unread: set[str] = set()
        #: How many charts, kustomizations and other files were not judged, by these words.
        self.unjudged: Counter[str] = Counter()
        #: What was read of files that are named, and of standard input: all in them must be objects.
        self._named: dict[str, Reading] = {}
        self._folders: list[Folder] = []
        #: The real paths of what was read: a file that is named twice, or by its folder too, counts once.
        self._read: set[str] = set()

    def take_file(self, file: str) -> None:
        """Read a file that is named, unless a pattern leaves it out."""
        if not self.exclusion.covers(file) and self._is_new(file):
            self.keep(read_file(file), file)

    def keep(self, reading: Reading, file: str, *, if_empty: Severity = "warning", fix: str = "") -> None:
        """Keep what was read of a file that is named, or of standard input."""
        if not (reading.documents or reading.errors):
            message = "it contains no documents"
            self.findings.append(
                Diagnostic("no-documents", "schema", if_empty, "", message, fix, where=Location(file, 1))
            )
        self._named[file] = reading

    def take_folder(self, path: str) -> bool:
        """Read the files of a folder; return whether there is anything in it that kpy reads."""
        folder = Folder(path, self.exclusion, self._is_new)
        self._folders.append(folder)
        return not folder.is_empty

    def settle(self, api: Api, defined: _Kinds = ()) -> None:
        """Decide which documents are judged, and say in notes what the others are.

        `defined` are the groups and kinds of definitions that are known beside those among the documents.
        """
        kinds = {*defined, *self._definitions()}
        for file, reading in self._named.items():
            self._keep(file, Reading(self._objects(reading, api, kinds), reading.errors))
        for folder in self._folders:
            self._settle(folder, api, kinds)

    def _settle(self, folder: Folder, api: Api, defined: _Kinds) -> None:
        patches = patches_in(folder)
        for file in patches.named:
            folder.readings.pop(file, None)
            folder.others.pop(file, None)
        for file in patches.stray:
            del folder.readings[file]
        for file, reading in [*folder.readings.items()]:
            objects = [document for document in reading.documents if not is_for_tool_document(document, api, defined)]
            if reading.documents and not objects:
                folder.leave_out(file, TOOLS)
            else:
                self._keep(file, Reading(objects, reading.errors))
        for file, reading in folder.kustomizations.items():
            self._keep(file, Reading([], reading.errors))
        self.findings += note_on_folder(folder, patches)
        self.unjudged += Counter(
            {
                "charts": len(folder.charts),
                "kustomizations": len(folder.kustomizations),
                "other files": len(folder.others) + len(folder.templates) + len(patches.stray),
            }
        )

    def _objects(self, reading: Reading, api: Api, defined: _Kinds) -> list[Document]:
        """Return the documents of a named file that a server may take; the others are errors."""
        objects = []
        for document in reading.documents:
            if is_kustomization(document.tree) or is_for_tool_document(document, api, defined):
                self.findings.append(refuse_named(document))
            else:
                objects.append(document)
        return objects

    def _definitions(self) -> Iterator[tuple[str, str]]:
        """Yield the group and kind of every definition among the documents."""
        readings = [*self._named.values(), *(each for folder in self._folders for each in folder.readings.values())]
        for reading in readings:
            for document in reading.documents:
                for item in document.items():
                    yield from defined_by(item.tree)

    def _keep(self, file: str, reading: Reading) -> None:
        self.documents += reading.documents
        self.findings += reading.errors
        if any(found.severity == "error" and found.rule != "duplicate-key" for found in reading.errors):
            self.unread.add(file)

    def _is_new(self, file: str) -> bool:
        path = os.path.realpath(file)
        is_new = path not in self._read
        self._read.add(path)
        return is_new


def is_for_tool_document(document: Document, api: Api, defined: _Kinds) -> bool:
    """Return whether a document is for a tool."""
    return isinstance(document.tree, dict) and is_for_tool(document.tree, api, defined)


def defined_by(tree: object) -> Iterator[tuple[str, str]]:
    """Yield the group and kind that an object defines, if it is a definition."""
    if not isinstance(tree, dict) or tree.get("kind") != "CustomResourceDefinition":
        return
    spec = tree.get("spec")
    names = spec.get("names") if isinstance(spec, dict) else None
    if isinstance(names, dict) and isinstance(spec, dict):
        yield str(spec.get("group")), str(names.get("kind"))
