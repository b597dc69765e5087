"""Where the secret values stand in the text of a Python file."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator

from kpy.redaction.fields import HIDDEN, OPEN_FIELDS, is_secret_kind, is_sensitive_name
from kpy.redaction.yaml_text import Spans

__all__ = ["Lines", "redacted_lines", "secret_texts", "spans_in_python"]

#: Ways to make a Secret whose named arguments are no secret, and those where no argument is one.
_NAMED_ARE_OPEN = frozenset({"existing"})
_HARMLESS = frozenset({"from_env_file", "from_files", "service_account_token"})
#: Arguments of a Secret that are not secret.
_OPEN = OPEN_FIELDS | {"account", "after", "annotations", "email", "labels", "name", "namespace", "server", "waive"}
#: Functions that are given the name of a secret, and not the secret.
_READERS = frozenset({"get", "getenv", "open", "Path", "read"})
_NEAR = 30


def spans_in_python(text: str) -> Spans:
    """Return where values of Secrets stand in a program; of one that cannot be read, all texts near a Secret."""
    if not re.search("secret|passw|pwd|token|key", text, re.IGNORECASE):
        return []
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _spans_in_broken(text)
    lines = Lines(text)
    return sorted(lines.span_of(node) for node in _secrets(tree))


def secret_texts(text: str) -> list[str]:
    """Return the texts that a program gives to Secrets, and those with a sensitive name."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    values = [node.value for node in _secrets(tree) if isinstance(node, ast.Constant)]
    return [value.decode(errors="replace") if isinstance(value, bytes) else str(value) for value in values]


def redacted_lines(text: str) -> dict[str, str]:
    """Return the lines of a program that have a secret value, each with what may be shown of it."""
    shown = text
    for begin, end in reversed(spans_in_python(text)):
        shown = f"{shown[:begin]}{HIDDEN}{chr(10) * text.count(chr(10), begin, end)}{shown[end:]}"
    pairs = zip(text.split("\n"), shown.split("\n"), strict=False)
    return {line.strip(): redacted.strip() for line, redacted in pairs if line != redacted}


class Lines:
    """The lines of a program, in which Python counts bytes."""

    def __init__(self, text: str) -> None:
        self._text = text
        breaks = [match.span() for match in re.finditer(r"\r\n|\r|\n", text)]
        self._starts = [0, *(end for _, end in breaks)]
        self._ends = [*(start for start, _ in breaks), len(text)]

    def index(self, line: int, column: int) -> int:
        """Return the number of the character at a line, which counts from 1, and a column in bytes."""
        start = self._starts[line - 1]
        content = self._text[start : start + column].encode("utf-8", "surrogatepass")[:column]
        return start + len(content.decode("utf-8", "replace"))

    def line_of(self, index: int) -> int:
        """Return the line of a character; the first is 0."""
        return bisect_right(self._starts, index) - 1

    def start(self, line: int) -> int:
        """Return the number of the first character of a line; the first line is 0."""
        return self._starts[line]

    def end(self, line: int) -> int:
        """Return the number of the character behind the last one of a line; the first line is 0."""
        return self._ends[line]

    def span_of(self, node: ast.expr | ast.keyword) -> tuple[int, int]:
        """Return where a node stands in the text."""
        end = self.index(node.end_lineno or node.lineno, node.end_col_offset or 0)
        return self.index(node.lineno, node.col_offset), end


def _secrets(tree: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    for node in ast.walk(tree):
        match node:
            case ast.Call() if _makes_secret(node.func):
                for argument in node.args[1:]:
                    yield from _literals(argument)
                for keyword in node.keywords:
                    if keyword.arg not in _OPEN and getattr(node.func, "attr", "") not in _NAMED_ARE_OPEN:
                        yield from _literals(keyword.value)
            case ast.Dict() if any(_is_secret_entry(*entry) for entry in zip(node.keys, node.values, strict=True)):
                for key, value in zip(node.keys, node.values, strict=True):
                    if not (isinstance(key, ast.Constant) and key.value in OPEN_FIELDS):
                        yield from _literals(value)
            case ast.Dict():
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and is_sensitive_name(key.value):
                        yield from _text(value)
            case ast.keyword(arg=str() as name) if is_sensitive_name(name):
                yield from _text(node.value)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if node.value is not None and is_sensitive_name(name):
                    yield from _text(node.value)


def _makes_secret(function: ast.expr) -> bool:
    names = []
    while isinstance(function, ast.Attribute):
        names.append(function.attr)
        function = function.value
    names.append(function.id if isinstance(function, ast.Name) else "")
    return any(name.endswith("Secret") for name in names) and names[0] not in _HARMLESS


def _is_secret_entry(key: ast.expr | None, value: ast.expr) -> bool:
    is_kind = isinstance(key, ast.Constant) and key.value == "kind"
    return is_kind and isinstance(value, ast.Constant) and is_secret_kind(value.value)


def _text(value: ast.expr) -> Iterator[ast.Constant | ast.JoinedStr]:
    if isinstance(value, ast.JoinedStr) or (isinstance(value, ast.Constant) and isinstance(value.value, str | bytes)):
        yield value


def _literals(value: ast.expr) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield what is written out in an expression: not the keys of mappings, and not where something is read from."""
    match value:
        case ast.JoinedStr():
            yield value
        case ast.Constant() if value.value is not None and value.value is not ...:
            yield value
        case ast.Dict():
            for item in value.values:
                yield from _literals(item)
        case ast.Subscript():
            yield from _literals(value.value)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _READERS:
            for item in value.args[1:]:
                yield from _literals(item)
        case _:
            for child in ast.iter_child_nodes(value):
                if isinstance(child, ast.expr):
                    yield from _literals(child)
                elif isinstance(child, ast.keyword):
                    yield from _literals(child.value)


def _spans_in_broken(text: str) -> Spans:
    """Hide everything from the first quote on in lines near a Secret: nobody knows where a text ends."""
    spans: Spans = []
    at, last = 0, -_NEAR
    for number, line in enumerate(text.split("\n")):
        if re.search(r"Secret|passw|token", line, re.IGNORECASE):
            last = number
        if number - last < _NEAR and (quote := re.search("[\"']", line)):
            spans.append((at + quote.start(), at + len(line)))
        at += len(line) + 1
    return spans
