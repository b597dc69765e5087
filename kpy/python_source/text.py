"""Texts in Python source: literals and docstrings, laid out as formatters leave them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from textwrap import dedent, wrap

__all__ = ["WIDTH", "columns", "docstring", "literal", "quoted"]

#: The columns of a line; what fits in them looks the same to formatters that allow more.
WIDTH = 79
#: How a line of prose begins, and no line of a list, a table or code.
_PROSE = re.compile(r"[\w`'\"(]")
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def columns(text: str) -> int:
    """Return how many columns a text takes, in which signs of East Asia take two."""
    if text.isascii():
        return len(text)
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def quoted(value: str) -> str:
    """Return a text as a Python literal, in the quotes that need fewer escapes."""
    quote = "'" if value.count('"') > value.count("'") else '"'
    return quote + "".join(_escaped(sign, quote) for sign in value) + quote


def literal(value: str | int | bool) -> str:
    """Return a scalar as Python."""
    return quoted(value) if isinstance(value, str) else repr(value)


def docstring(text: str, indent: str) -> Iterator[str]:
    """Yield the lines of a docstring; nothing for a text without words.

    Long lines are wrapped, and what no source should hold is shown by its escape.
    """
    lines = list(_lines(text, WIDTH - len(indent)))
    if not lines:
        return
    if len(lines) == 1:
        yield f'{indent}"""{lines[0]}"""'
        return
    yield f'{indent}"""{lines[0]}'
    yield from (f"{indent}{line}" if line else "" for line in lines[1:])
    yield f'{indent}"""'


def _lines(text: str, width: int) -> Iterator[str]:
    first, _, rest = text.expandtabs(4).strip().partition("\n")
    paragraphs: list[list[str]] = [[]]
    for line in [first, *dedent(_without_spaces(rest.splitlines())).splitlines()]:
        if line.strip():
            paragraphs[-1].append(line.rstrip())
        elif paragraphs[-1]:
            paragraphs.append([])
    for number, paragraph in enumerate(filter(None, paragraphs)):
        yield from [""] if number else []
        yield from (_safe(part) for line in _flowing(paragraph, width - 6) for part in _wrapped(line, width - 6))


def _flowing(paragraph: list[str], width: int) -> list[str]:
    """Return the lines of a paragraph, in one where they are prose of which some is too wide."""
    is_prose = all(_PROSE.match(line) for line in paragraph)
    return [" ".join(paragraph)] if is_prose and any(len(line) > width for line in paragraph) else paragraph


def _without_spaces(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines)


def _wrapped(line: str, width: int) -> list[str]:
    margin = " " * (len(line) - len(line.lstrip("-* ")))
    if len(line) <= width:
        return [line]
    return wrap(
        line,
        width,
        initial_indent="",
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )


def _safe(line: str) -> str:
    """Return a line that stands in a docstring without ending it or leading readers astray."""
    signs = "".join(_escaped(sign, "") for sign in line)
    signs = signs.replace('"""', '\\"\\"\\"')
    if signs.endswith('"'):
        signs = f'{signs[:-1]}\\"'
    return f"\\{signs}" if signs.startswith('"') else signs


def _escaped(sign: str, quote: str) -> str:
    if sign == "\\" or sign == quote:
        return f"\\{sign}"
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if sign.isprintable():
        return sign
    code = ord(sign)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
