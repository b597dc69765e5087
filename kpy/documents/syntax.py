"""What the YAML parser finds, in words that say what to do."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

import yaml

from kpy.documents.document import Place
from kpy.lines import Lines

__all__ = ["RENDER", "Explained", "explain"]

#: Braces where only a template has them: at the start of a line or of a value.
_TEMPLATE: Final = re.compile(r"^[ \t]*(?:- )?(?:[\w./-]+:[ \t]+)?\{[{%]", re.MULTILINE)
_CONFLICT: Final = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
RENDER: Final = "this is a template: render it first, `helm template ... | kpy validate -`"


class Explained(NamedTuple):
    """A fault of the text."""

    mark: Place
    message: str
    fix: str


def explain(error: yaml.MarkedYAMLError, text: str, lines: Lines, first_line: int) -> Explained:
    """Return what is wrong with a text, and where; the lines of the whole file begin `first_line` lines before it."""
    found: Any = error.problem_mark or error.context_mark
    context: Any = error.context_mark
    message = error.problem or "the text is not valid YAML"
    if message == "could not find expected ':'" and context:
        found, context = context, None
        message = "no `:` stands behind this key"
    elif error.context:
        message += f" {error.context}"
        if context and context.line < found.line:
            message += f" from line {first_line + context.line + 1}"
    mark = Place(found.line, found.column)
    if found.line > 0 and not lines.length(found.line) and lines.length(found.line + 1) is None:
        mark = Place(found.line - 1, lines.length(found.line - 1) or 0)
        message += "" if "end of stream" in message else ": the document ends here"
    return Explained(mark, *_said(message, lines.window(mark.line, 0, mark.column + 1), mark.column, text))


def _said(message: str, line: str, column: int, text: str) -> tuple[str, str]:
    """Return the message and the fix; the line is as far as it matters."""
    if _TEMPLATE.search(text):
        return message, RENDER
    if _CONFLICT.search(text):
        return message, "resolve the merge conflict"
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return message, "indent with spaces: YAML takes no tabs there"
    if "cannot start any token" in message and column < len(line):
        return f"no value begins with {line[column]!r}", "put the text in quotes"
    if "mapping values are not allowed" in message:
        is_second = ": " in line[:column]
        said = "a second `: ` in one line" if is_second else "no `:` may stand here"
        return said, "put the text in quotes" if is_second else "look at the indentation of this line"
    if "<document start>" in message:
        return "a document ended before this line", "write `---` between documents"
    return message, ""
