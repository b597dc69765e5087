"""Documents of several environments to source, and the proof that the source makes the same documents in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kpy.constructs.content import as_if_written
from kpy.documents import Document
from kpy.importing.comments import header_of
from kpy.importing.custom import Types
from kpy.importing.environments.families import Family, families
from kpy.importing.environments.forms import FamilyForms
from kpy.importing.environments.grouping import group_families
from kpy.importing.environments.modules import EnvironmentsModule
from kpy.importing.environments.table import Table
from kpy.importing.source import differences, read_subjects
from kpy.importing.subjects import FORMS, Form, Subject, Written
from kpy.importing.texts import TextFiles, contents_of, has_long_texts

__all__ = ["ImportedEnvironments", "ImportedFamily", "environments_to_source"]


class ImportedFamily(NamedTuple):
    """What became of one object."""

    #: The object, as it is called in the first environment that has it: `Deployment "shop-dev/web"`.
    title: str
    #: The environments that have it.
    environments: tuple[str, ...]
    form: Form
    #: Whether each of its environments has code of its own.
    is_apart: bool = False
    #: Why it is in no better form, or apart; empty for one in short form.
    reason: str = ""


class ImportedEnvironments(NamedTuple):
    """The source of an app that is in several environments, and what became of each object."""

    text: str
    objects: tuple[ImportedFamily, ...]
    #: The environments, each with the number of its objects that the app makes.
    environments: dict[str, int]
    #: How many values the table of what differs has for each environment.
    values: int = 0
    #: What the app makes otherwise than it was, in which environment.
    differences: tuple[str, ...] = ()
    #: What the app reads and is not there yet: long texts, by their paths from the app.
    files: Mapping[str, bytes] = {}

    @property
    def counts(self) -> dict[Form, int]:
        """How many objects there are of each form."""
        count = Counter(each.form for each in self.objects)
        return {form: count[form] for form in FORMS if count[form]}


def environments_to_source(
    environments: Mapping[str, Iterable[Document | Mapping[str, object]]],
    *,
    name: str = "app",
    file: str = "app.py",
    line_length: int = 88,
    sources: Mapping[str, Mapping[str, str]] | None = None,
    roots: Mapping[str, str] | None = None,
    types: Types | None = None,
    texts: TextFiles | None = None,
) -> ImportedEnvironments:
    """Return the source of a module whose `app(env)` makes the documents of each environment.

    What is the same in all environments is written once. What differs stands in a table of typed values, or under a
    condition where only some environments have it. An object that is too different is written for each. For each
    environment the app is synthesised, and compared with its documents as data.

    The other keywords are those of `to_source`: `sources` are by environment, and `roots` are the folders of the
    environments, below which folders with one name are one chart. Raises `ValueError` without an environment.
    """
    if not environments:
        raise ValueError("environments_to_source: expected at least one environment")
    subjects = {key: read_subjects(found, (sources or {}).get(key, {})) for key, found in environments.items()}
    header = tuple(dict.fromkeys(line for each in subjects.values() for line in header_of(each)))
    found, affixes = families(subjects)
    charts = group_families(found, [*subjects], name, roots or {})
    table = Table([*subjects], affixes)
    forms = FamilyForms(found, subjects, file, types, table)
    with as_if_written(_give_texts(found, texts) if texts is not None else {}):
        for family in found:
            forms.settle(family)
        module = EnvironmentsModule(forms, charts, subjects, table, name, file, line_length)
        text = module.text(header)
        wrong = tuple(
            f"{key}: {said}"
            for key, each in subjects.items()
            for said in differences(text, file, each, parameters={"env": key})
        )
    made = {key: sum(written.form != "existing" for written in _written(each)) for key, each in subjects.items()}
    files = {path: content for each in subjects.values() for it in _written(each) for path, content in it.files.items()}
    return ImportedEnvironments(text, tuple(_told(found)), made, module.values, wrong, files)


def _written(subjects: Iterable[Subject]) -> Iterator[Written]:
    return (subject.written for subject in subjects if subject.written is not None)


def _give_texts(found: Iterable[Family], texts: TextFiles) -> dict[str, Mapping[str, bytes]]:
    """Give folders to ConfigMaps with long texts, for each environment where they differ; return what is in them."""
    folders: dict[str, Mapping[str, bytes]] = {}
    for family in found:
        if not any(map(has_long_texts, family.subjects.values())):
            continue
        contents = {name: contents_of(subject) for name, subject in family.subjects.items()}
        first = next(iter(contents.values()))
        if not all(contents.values()):
            continue
        if all(each == first for each in contents.values()):
            folders |= texts.put(family.subjects.values(), first, family.name)
        else:
            for name, each in contents.items():
                folders |= texts.put([family.subjects[name]], each, f"{name}/{family.name}")
    return folders


def _told(found: Iterable[Family]) -> Iterator[ImportedFamily]:
    for family in found:
        written = max(family.written, key=lambda each: FORMS.index(each.form))
        reason = written.reasons[0] if written.reasons else ""
        if family.is_apart:
            reason = family.reason or reason or "its forms differ"
        yield ImportedFamily(family.any.title, family.environments, written.form, family.is_apart, reason)
