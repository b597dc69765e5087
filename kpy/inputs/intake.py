"""Everything that a command line names, read: the documents to judge, and what is said of all that is none."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kpy.diagnostics import Diagnostic, Severity
from kpy.documents import Document, Reading, is_kustomization, read_file
from kpy.inputs.encrypted import is_wholly_encrypted, value_at, values_in_the_clear
from kpy.inputs.exclusion import Exclusion
from kpy.inputs.folder import Folder
from kpy.inputs.made import Made, made_by
from kpy.inputs.notes import (
    note_on_encrypted,
    note_on_folder,
    note_on_placeholders,
    refuse_named,
    refuse_value_in_the_clear,
)
from kpy.inputs.objects import is_for_tool
from kpy.inputs.other_files import TOOLS
from kpy.inputs.patches import patches_in
from kpy.inputs.surroundings import Surroundings
from kpy.inputs.unsettled import Unsettled
from kpy.redaction.encrypted import is_signed
from kpy.schema import Api
from kpy.source import Location

if TYPE_CHECKING:
    from kpy.inputs.rendering import Rendered

__all__ = ["Intake"]

_Kinds = Collection[tuple[str, str]]


class Intake:
    """The documents of all files and folders, and what is found before any of them is judged."""

    def __init__(self, exclusion: Exclusion | None = None, *, is_rendering: bool = False) -> None:
        self.exclusion = exclusion or Exclusion()
        #: Whether charts and kustomizations are rendered, and what they make is judged in their place.
        self.is_rendering = is_rendering
        #: The text of what was rendered, by the names that places have for it.
        self.sources: dict[str, str] = {}
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
        #: Values that nobody may see in a text, as Secrets.
        self.secrets: list[Mapping[str, object]] = []
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

    def settle(self, api: Api, defined: Callable[[], Iterable[object]] = tuple) -> None:
        """Decide which documents are judged, and say in notes what the others are.

        `defined` gives the definitions that are known beside those among the documents; it is asked only where some
        document may be for a tool.
        """
        kinds = {*self._definitions()}
        if any(is_for_tool_document(document, api, ()) for document in self._everything()):
            kinds.update(each for tree in defined() for each in defined_by(tree))
        for file, reading in self._named.items():
            self._keep(file, Reading(self._objects(reading, api, kinds), reading.errors))
        for folder in self._folders:
            self._settle(folder, api, kinds)
        self._part_with_encrypted()
        groups = [folder.kustomized for folder in self._folders]
        trees = self._trees_by_file()
        made = Made(made for group in groups for made in made_by(group, trees))
        self._unsettled = Unsettled(self.documents, groups)
        self.surroundings = Surroundings(self.documents, self._unsettled, made)

    def trees(self) -> Iterator[object]:
        """Yield the documents as they are judged: without a namespace where a kustomization says which it is."""
        for document in self.documents:
            yield _without_namespace(document.tree) if self._unsettled.has_namespace(document) else document.tree

    def notes_on_placeholders(self) -> Iterator[Diagnostic]:
        """Yield what is said of the placeholders that were met: a note for a file of a folder, else an error."""
        fields: dict[str, list[tuple[int, tuple[str | int, ...]]]] = {}
        for number, places in sorted(self.surroundings.placeholders.items()):
            fields.setdefault(self.documents[number].file, []).extend((number, place) for place in places)
        for file, met in fields.items():
            number, steps = met[0]
            where = self.documents[number].where(steps)
            yield note_on_placeholders(where, len(dict.fromkeys(met)), is_named=file in self._named)

    def _settle(self, folder: Folder, api: Api, defined: _Kinds) -> None:
        patches = patches_in(folder)
        for file in patches.named:
            folder.readings.pop(file, None)
            folder.others.pop(file, None)
        for file in patches.stray:
            del folder.readings[file]
        rendered = self._render(folder, api)
        for file, reading in [*folder.readings.items()]:
            objects = [document for document in reading.documents if not is_for_tool_document(document, api, defined)]
            if reading.documents and not objects:
                folder.leave_out(file, TOOLS)
            else:
                self._keep(file, Reading(objects, reading.errors))
        for file, reading in folder.kustomizations.items():
            self._keep(file, Reading([], reading.errors))
        self.findings += note_on_folder(folder, patches, rendered)
        made = (rendered.charts, rendered.kustomizations) if rendered else ((), ())
        self.unjudged += Counter(
            {
                "charts": len(folder.charts) - len(made[0]),
                "kustomizations": len(folder.kustomizations) - len(made[1]),
                "other files": len(folder.others) + len(folder.templates) + len(patches.stray),
            }
        )

    def _render(self, folder: Folder, api: Api) -> Rendered | None:
        """Render what a folder has to render; what was made stands for the files that it was made of."""
        if not self.is_rendering or not (folder.charts or folder.kustomizations):
            return None
        from kpy.inputs.rendering import render

        rendered = render(folder, api.release)
        for file in [*folder.readings]:
            if os.path.normpath(file) in rendered.files:
                self.findings += folder.readings.pop(file).errors
        self.documents += rendered.documents
        self.findings += (error for reading in rendered.readings for error in reading.errors)
        self.sources |= rendered.sources
        return rendered

    def _part_with_encrypted(self) -> None:
        """Say which documents are encrypted, and what of them is not; those without a readable kind are not judged."""
        encrypted = [document for document in self.documents if is_signed(document.tree)]
        if not encrypted:
            return
        self.findings.append(note_on_encrypted(encrypted))
        for document in encrypted:
            for steps in values_in_the_clear(document.tree):
                self.findings.append(refuse_value_in_the_clear(document, steps))
                self.secrets.append({"kind": "Secret", "stringData": {"value": value_at(document.tree, steps)}})
        self.documents = [document for document in self.documents if not is_wholly_encrypted(document.tree)]

    def _trees_by_file(self) -> dict[str, list[Mapping[str, Any]]]:
        trees: dict[str, list[Mapping[str, Any]]] = {}
        for document in self.documents:
            for item in document.items():
                if isinstance(item.tree, dict):
                    trees.setdefault(os.path.normpath(document.file), []).append(item.tree)
        return trees

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
        for document in self._everything():
            for item in document.items():
                yield from defined_by(item.tree)

    def _everything(self) -> Iterator[Document]:
        """Yield every document that was read as one of a manifest."""
        for reading in self._named.values():
            yield from reading.documents
        for folder in self._folders:
            for reading in folder.readings.values():
                yield from reading.documents

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
    tree = document.tree
    return isinstance(tree, dict) and not is_signed(tree) and is_for_tool(tree, api, defined)


def defined_by(tree: object) -> Iterator[tuple[str, str]]:
    """Yield the group and kind that an object defines, if it is a definition."""
    if not isinstance(tree, dict) or tree.get("kind") != "CustomResourceDefinition":
        return
    spec = tree.get("spec")
    names = spec.get("names") if isinstance(spec, dict) else None
    if isinstance(names, dict) and isinstance(spec, dict):
        yield str(spec.get("group")), str(names.get("kind"))


def _without_namespace(tree: Any) -> Any:
    metadata = tree.get("metadata") if isinstance(tree, dict) else None
    if not isinstance(metadata, dict) or "namespace" not in metadata:
        return tree
    return {**tree, "metadata": {key: value for key, value in metadata.items() if key != "namespace"}}
