"""What is imported: each object with the place it came from, what it becomes, and what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from kpy.documents import Document
from kpy.objects import metadata_of, title
from kpy.python_source.expressions import Statement, Variable

__all__ = ["FORMS", "Form", "Group", "Subject", "Written", "group_of"]

#: How an object is written: by a construct in short form, by a construct that holds models or mappings, as a typed
#: model, as a mapping, or as the file that it stands in; `existing` is for what is left out and only referred to.
Form = Literal["short", "construct", "model", "raw", "file", "existing"]
FORMS: tuple[Form, ...] = ("short", "construct", "model", "raw", "file", "existing")


class Group:
    """A chart of the app that is written."""

    def __init__(self, name: str, namespace: str | None = None) -> None:
        self.name = name
        self.namespace = namespace
        #: What all objects in it have in common.
        self.labels: dict[str, str] = {}
        self.annotations: dict[str, str] = {}


class Written:
    """The code of one object."""

    def __init__(self, form: Form, main: Statement) -> None:
        self.form: Form = form
        #: The statement that adds the object.
        self.main = main
        #: What stands behind it, such as `policy.allow_from(...)`.
        self.after: list[Statement] = []
        #: The objects of the import that it refers to, by their order.
        self.needs: dict[int, Subject] = {}
        #: What exists elsewhere and is referred to, by its variable.
        self.existing: dict[object, Statement] = {}
        #: The files that it reads, by their paths from the app.
        self.files: dict[str, bytes] = {}
        #: The way in which it is written: what is written in the same way has the same shape.
        self.way: object = None
        #: Why it is not in short form, or not better.
        self.reasons: list[str] = []


class Subject:
    """One object."""

    def __init__(self, tree: Any, number: int, document: Document | None = None, file: str = "") -> None:
        self.tree = tree
        self.number = number
        self.document = document
        #: The file that it stands in; empty for what came from a pipe or a program.
        self.file = file
        self.is_object = isinstance(tree, Mapping)
        fields = tree if isinstance(tree, Mapping) else {}
        self.api_version = _text(fields.get("apiVersion"))
        self.kind = _text(fields.get("kind"))
        metadata = metadata_of(fields)
        self.name = _text(metadata.get("name"))
        self.namespace = _text(metadata.get("namespace"))
        self.group: Group = Group("")
        #: Comments by the steps of what they explain.
        self.comments: dict[tuple[str | int, ...], tuple[str, ...]] = {}
        #: The folder of its texts, beside the app, and what is in it; nothing where they stand in the code.
        self.texts: tuple[str, Mapping[str, bytes]] | None = None
        self.written: Written | None = None
        self.is_busy = False

    @property
    def title(self) -> str:
        """The object for a message: `Deployment "shop/web"`."""
        return title(self.tree) if self.is_object else "a document"

    @property
    def variable(self) -> Variable:
        """The variable that holds it."""
        return Variable(self.number)

    @property
    def is_construct(self) -> bool:
        """Whether it has become a construct."""
        return self.written is not None and self.written.form in ("short", "construct")

    @property
    def is_in_file(self) -> bool:
        """Whether it stays in its file and can be found there, as what pods read."""
        return self.written is not None and self.written.form == "file" and self.kind in ("ConfigMap", "Secret")


def group_of(api_version: str) -> str:
    """Return the API group of an API version; empty for the core group."""
    return api_version.rpartition("/")[0]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
