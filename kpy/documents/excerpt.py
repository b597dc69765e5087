"""The text of one document of a file, as it stands there."""

from __future__ import annotations

import re

__all__ = ["text_at"]

_SEPARATOR = re.compile(r"^---[^\n]*\n?", re.MULTILINE)
_END = re.compile(r"^\.\.\.[^\n]*\n?", re.MULTILINE)


def text_at(text: str, line: int) -> str:
    """Return the document around a line of a text, counted from 1, without the `---` before and behind it.

    It ends with a line feed.
    """
    at = sum(len(each) for each in text.splitlines(keepends=True)[: line - 1])
    begin, end = 0, len(text)
    for match in _SEPARATOR.finditer(text):
        if match.start() <= at:
            begin = match.end()
        else:
            end = match.start()
            break
    document = text[begin:end].removeprefix("\ufeff")
    if stop := _END.search(document):
        document = document[: stop.start()]
    return document if document.endswith("\n") else f"{document}\n"
