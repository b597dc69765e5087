"""Text of strangers, made fit to be printed: names, keys, values and file names of other people's documents.

A terminal obeys escape sequences, and a CI system obeys lines such as `::error::` (GitHub) wherever they come from.
Nothing that a document or a file name holds may reach them as a command.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["printable", "printable_file", "printable_json", "printable_lines"]

#: What GitHub takes for a command at the begin of a line, and, in its older form, anywhere.
_COMMAND: Final = "::"
_OLD_COMMAND: Final = "##["
#: What kpy itself writes: colours and tabs.
_KEPT: Final = re.compile(r"(\x1b\[[0-9;]*m|\t)")


def printable(text: str) -> str:
    r"""Return a text as one line: what has no glyph is written as Python writes it, `\n`, `\x1b`, `\u202e`."""
    if not text.isprintable():
        text = "".join(mark if mark.isprintable() else _escape(mark) for mark in text)
    return text.replace(_OLD_COMMAND, r"#\x23[") if _OLD_COMMAND in text else text


def printable_file(name: str) -> str:
    """Return the name of a file as a line may begin with it, also where a colon follows."""
    name = printable(name)
    return f"./{name}" if name.lstrip().startswith(_COMMAND[0]) else name


def printable_json(text: str) -> str:
    """Return JSON that means the same, in which what has no glyph is an escape of JSON; between values stand spaces."""
    return "\n".join(map(_json_line, text.split("\n")))


def printable_lines(text: str) -> str:
    """Return lines of kpy's own in which text of strangers may still stand: the last net."""
    return "\n".join(map(_line, text.split("\n")))


def _line(text: str) -> str:
    parts = _KEPT.split(text)
    text = "".join(part if at % 2 else printable(part) for at, part in enumerate(parts))
    inner = text.lstrip()
    return text if not inner.startswith(_COMMAND) else rf"{text[: len(text) - len(inner)]}\x3a{inner[1:]}"


def _json_line(text: str) -> str:
    if text.isprintable():
        return text
    import json

    return "".join(mark if mark.isprintable() else json.dumps(mark)[1:-1] for mark in text)


def _escape(mark: str) -> str:
    return mark.encode("unicode_escape").decode("ascii")
