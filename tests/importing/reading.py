"""What tests of importing share: texts to source, proved."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

from kpy.documents import read_documents
from kpy.importing import Imported, to_source


def imported(text: str, **arguments: Any) -> Imported:
    documents = read_documents(dedent(text), "-").documents
    made = to_source(documents, sources={"-": dedent(text)}, **arguments)
    assert made.differences == ()
    return made


def body(text: str, **arguments: Any) -> str:
    """Return the code below the app."""
    return imported(text, **arguments).text.partition('app = App("app")\n')[2].lstrip("\n")
