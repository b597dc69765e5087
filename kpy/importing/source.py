"""Documents to source, and the proof that the source makes the same documents."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kpy.constructs.content import as_if_written
from kpy.documents import Document
from kpy.importing.comments import header_of, read_comments
from kpy.importing.custom import Types
from kpy.importing.forms import Forms, may_be_left_out
from kpy.importing.grouping import group
from kpy.importing.modules import Module
from kpy.importing.proof import difference, synthesised
from kpy.importing.subjects import FORMS, Form, Subject
from kpy.importing.texts import TextFiles
from kpy.objects import title

__all__ = ["Imported", "ImportedObject", "differences", "read_subjects", "to_source"]


class ImportedObject(NamedTuple):
    """What became of one object."""

    #: The object: `Deployment "shop/web"`.
    title: str
    #: The file that it stands in; empty for what came from a pipe or a program.
    file: str
    form: Form
    #: Why it is in no better form; empty for one in short form.
    reason: str = ""


class Imported(NamedTuple):
    """The source of an app, and what became of each object."""

    text: str
    objects: tuple[ImportedObject, ...]
    #: What the app makes otherwise than it was; empty, since every object falls back to a form that is equal.
    differences: tuple[str, ...] = ()
    #: What the app reads and is not there yet: long texts, by their paths from the app.
    files: Mapping[str, bytes] = {}

    @property
    def counts(self) -> dict[Form, int]:
        """How many objects there are of each form."""
        count = Counter(each.form for each in self.objects)
        return {form: count[form] for form in FORMS if count[form]}


def to_source(
    documents: Iterable[Document | Mapping[str, object]],
    *,
    name: str = "app",
    file: str = "app.py",
    line_length: int = 88,
    sources: Mapping[str, str] | None = None,
    types: Types | None = None,
    texts: TextFiles | None = None,
) -> Imported:
    """Return the source of an app that makes these documents, as `ruff format` lays it out.

    For each object the forms are tried from the most idiomatic to the literal: a construct in short form, one with
    models, a typed model, `Raw`, the file itself by `Yaml`. The first whose synthesis equals the document as data
    stays.
    `file` is where the source will be written, from which the paths of files start, and `name` that of the app.
    `types` are the classes of custom resources that the source may import, by API version and kind.
    Comments are those of `sources`, the texts by the names of their files, or of the files themselves. With `texts`,
    long texts of ConfigMaps are files beside the source, which are returned and not written.
    """
    subjects = read_subjects(documents, sources or {})
    header = header_of(subjects)
    groups = group(subjects, name)
    forms = Forms(subjects, file, types)
    with as_if_written(texts.give(subjects) if texts is not None else {}):
        for subject in subjects:
            forms.settle(subject)
        text = Module(forms.order, groups, name, file, line_length).text(header)
        objects = tuple(_told(subject) for subject in subjects)
        wrong = tuple(differences(text, file, subjects))
    files = {path: content for subject in forms.order for path, content in _files(subject)}
    return Imported(text, objects, wrong, files)


def read_subjects(documents: Iterable[Document | Mapping[str, object]], sources: Mapping[str, str]) -> list[Subject]:
    """Return the objects of documents, with their comments."""
    subjects = [*_subjects(documents)]
    _read_comments(subjects, sources)
    return subjects


def _subjects(documents: Iterable[Document | Mapping[str, object]]) -> Iterator[Subject]:
    number = 0
    for document in documents:
        if isinstance(document, Document):
            for item in document.items():
                yield Subject(item.tree, number, item, item.file if item.file not in ("-", "<text>") else "")
                number += 1
        else:
            yield Subject(document, number)
            number += 1


def _read_comments(subjects: Iterable[Subject], sources: Mapping[str, str]) -> None:
    by_file: dict[str, list[Subject]] = {}
    for subject in subjects:
        if subject.document is not None:
            by_file.setdefault(subject.document.file, []).append(subject)
    for file, inside in by_file.items():
        text = sources.get(file)
        if text is None and os.path.isfile(file):
            with open(file, encoding="utf-8", errors="replace") as stream:
                text = stream.read()
        if text is not None:
            read_comments(text, inside)


def _files(subject: Subject) -> Iterable[tuple[str, bytes]]:
    return subject.written.files.items() if subject.written is not None else ()


def _told(subject: Subject) -> ImportedObject:
    written = subject.written
    assert written is not None
    reason = written.reasons[0] if written.reasons else ""
    return ImportedObject(subject.title, subject.file, written.form, reason)


def differences(
    text: str, file: str, subjects: Sequence[Subject], parameters: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Yield what the app in a text makes otherwise than the objects were.

    With `parameters` the app is what the function `app` returns for them.
    """
    for subject in subjects:
        if subject.is_object and not may_be_left_out(subject) and _told(subject).form == "existing":
            yield f"{subject.title}: no form makes it again ({_told(subject).reason})"
    wanted = [subject for subject in subjects if subject.written is None or subject.written.form != "existing"]
    made = [tree for tree, _ in synthesised(text, file, parameters)]
    by_key: dict[str, list[Any]] = {}
    for tree in made:
        by_key.setdefault(_key(tree), []).append(tree)
    for subject in wanted:
        candidates = by_key.get(_key(subject.tree), [])
        found = next((tree for tree in candidates if not difference(subject.tree, tree)), None)
        if found is None:
            where = difference(subject.tree, candidates.pop(0)) if candidates else "it is missing"
            yield f"{subject.title}: {where}"
        else:
            candidates.remove(found)
    for tree in (tree for left in by_key.values() for tree in left):
        yield f"{title(tree)}: it is made, and was not there"


def _key(tree: Any) -> str:
    if not isinstance(tree, Mapping):
        return ""
    metadata = tree.get("metadata")
    said = metadata if isinstance(metadata, Mapping) else {}
    return f"{tree.get('apiVersion')} {tree.get('kind')} {said.get('namespace')} {said.get('name')}"
