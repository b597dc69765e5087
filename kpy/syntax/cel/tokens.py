"""The words and signs of expressions, by the language definition, https://github.com/google/cel-spec."""

from __future__ import annotations

import math
import re
from typing import Final, NamedTuple

from kpy.syntax.cel.errors import CelError
from kpy.syntax.cel.values import Uint

__all__ = ["RESERVED_WORDS", "Token", "literal_value", "tokens"]

_ESCAPE: Final = r"\\(?:[abfnrtv\"'\\?`]|[0-3][0-7][0-7]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"
_TOKEN: Final = re.compile(
    r"""
    (?:[\t\ \r\n\f]+|//[^\n]*)*
    (?:
      (?P<double>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)
    | (?P<sign>==|!=|<=|>=|&&|\|\||[<>\[\]{}().,\-!?:+*/%]|in(?![A-Za-z0-9_]))
    | (?P<text>[bB]?(?:
          [rR](?:\"\"\".*?\"\"\"|'''.*?'''|"[^"\n\r]*"|'[^'\n\r]*')
        | \"\"\"(?:ESCAPE|[^\\])*?\"\"\"|'''(?:ESCAPE|[^\\])*?'''
        | "(?:ESCAPE|[^\\"\n\r])*"|'(?:ESCAPE|[^\\'\n\r])*'
      ))
    | (?P<constant>(?:true|false|null)(?![A-Za-z0-9_]))
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<uint>(?:0x[0-9a-fA-F]+|[0-9]+)[uU])
    | (?P<int>0x[0-9a-fA-F]+|[0-9]+)
    | (?P<quoted>`[A-Za-z0-9_.\-/ ]+`)
    | (?P<end>\Z)
    )
    """.replace("ESCAPE", _ESCAPE),
    re.VERBOSE | re.DOTALL,
)
#: Words that cannot be names; some of them may be fields.
RESERVED_WORDS: Final = frozenset(
    (
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    )
)  # fmt: skip
_CONSTANTS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}
_ESCAPES: Final = re.compile(_ESCAPE + r"|\r\n?")
_LETTERS: Final = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
#: The longest expression that a server reads.
LONGEST: Final = 100_000


class Token(NamedTuple):
    """A word or sign, and the column where it begins, from 0."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> list[Token]:
    """Return the words and signs of an expression, and an end."""
    if len(text) > LONGEST:
        raise CelError(f"is longer than {LONGEST} characters")
    found: list[Token] = []
    at = 0
    match_at = _TOKEN.match
    while True:
        match = match_at(text, at)
        if match is None:
            start = _start(text, at)
            raise CelError(f"has {text[start]!r} at column {start + 1}, where nothing can be read")
        kind = str(match.lastgroup)
        token = Token(kind, match[kind], match.start(kind))
        found.append(token)
        if kind == "end":
            return found
        at = match.end()


def _start(text: str, at: int) -> int:
    blank = re.compile(r"(?:[\t \r\n\f]+|//[^\n]*)*").match(text, at)
    return blank.end() if blank else at


def literal_value(token: Token, *, is_negative: bool = False) -> object:
    """Return the value that a token stands for."""
    text = token.text
    match token.kind:
        case "constant":
            return _CONSTANTS[text]
        case "int":
            return _integer(token, -_number(text) if is_negative else _number(text), -(1 << 63), (1 << 63) - 1)
        case "uint":
            return Uint(_integer(token, _number(text[:-1]), 0, (1 << 64) - 1))
        case "double":
            if math.isinf(value := float(text)):
                raise CelError(f"has {text} at column {token.at + 1}, which is too large")
            return -value if is_negative else value
    return _text_value(token)


def _number(text: str) -> int:
    if len(text) > 40 and len(text.lstrip("0")) > 40:
        return 1 << 70
    return int(text, 16 if text[:2] in ("0x", "0X") else 10)


def _integer(token: Token, value: int, least: int, greatest: int) -> int:
    if not least <= value <= greatest:
        raise CelError(f"has {token.text} at column {token.at + 1}, which is too large")
    return value


def _text_value(token: Token) -> str | bytes:
    text = token.text
    is_bytes = text[0] in "bB"
    text = text[1:] if is_bytes else text
    is_raw = text[0] in "rR"
    text = text[1:] if is_raw else text
    width = 3 if text[:3] in ('"""', "'''") and len(text) >= 6 else 1
    inner = text[width:-width]
    if is_bytes:
        return _bytes_value(inner, is_raw, token)
    if is_raw or ("\\" not in inner and "\r" not in inner):
        return inner
    return _ESCAPES.sub(lambda match: _character(match[0], token), inner)


def _code(escape: str) -> int:
    kind = escape[1]
    if kind in "xXuU":
        return int(escape[2:], 16)
    if kind in "0123":
        return int(escape[1:], 8)
    return _LETTERS.get(kind, ord(kind))


def _character(escape: str, token: Token) -> str:
    if escape[0] == "\r":
        return "\n"
    code = _code(escape)
    if 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        raise CelError(f"has {escape} at column {token.at + 1}, which is not a character")
    return chr(code)


def _bytes_value(inner: str, is_raw: bool, token: Token) -> bytes:
    if is_raw or "\\" not in inner:
        return inner.encode("utf-8", "surrogatepass")
    found, at = [], 0
    for match in _ESCAPES.finditer(inner):
        found.append(inner[at : match.start()].encode("utf-8", "surrogatepass"))
        escape, at = match[0], match.end()
        if escape[0] == "\r":
            found.append(b"\n")
        elif escape[1] in "uU":
            raise CelError(f"has {escape} at column {token.at + 1}, which is not a byte")
        else:
            found.append(bytes([_code(escape)]))
    return b"".join([*found, inner[at:].encode("utf-8", "surrogatepass")])
