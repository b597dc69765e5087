"""The syntax of CEL, the language of expressions in admission policies, CRDs and device selectors.

    parse("object.spec.replicas <= 5")   # a tree of nodes, or CelError

What a parser can tell without knowing the types of an object: syntax, names that nobody declared, and results that are
plainly of the wrong type. It follows the grammar of the language definition, https://github.com/google/cel-spec.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

__all__ = ["RESERVED_WORDS", "CelError", "Node", "parse"]

_TOKEN = re.compile(
    r"""
    (?P<space>[\t \r\n\f]+|//[^\n]*)
  | (?P<text>[bB]?(?:
        [rR](?:\"\"\".*?\"\"\"|'''.*?'''|"[^"\n\r]*"|'[^'\n\r]*')
      | \"\"\"(?:{escape}|[^\\])*?\"\"\"|'''(?:{escape}|[^\\])*?'''
      | "(?:{escape}|[^\\"\n\r])*"|'(?:{escape}|[^\\'\n\r])*'
    ))
  | (?P<double>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)
  | (?P<uint>(?:0x[0-9a-fA-F]+|[0-9]+)[uU])
  | (?P<int>0x[0-9a-fA-F]+|[0-9]+)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<quoted>`[A-Za-z0-9_.\-/ ]+`)
  | (?P<sign>==|!=|<=|>=|&&|\|\||[<>\[\]{{}}().,\-!?:+*/%])
    """.replace(
        "{escape}", r"\\(?:[abfnrtv\"'\\?`]|[0-3][0-7][0-7]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"
    )
    .replace("{{", "{")
    .replace("}}", "}"),
    re.VERBOSE | re.DOTALL,
)
#: Words that cannot be names; some of them may be fields.
RESERVED_WORDS = frozenset(
    (
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    )
)  # fmt: skip
_RELATIONS = frozenset(("<", "<=", ">=", ">", "==", "!=", "in"))
_CONSTANTS = {"true": "bool", "false": "bool", "null": "null"}


class CelError(ValueError):
    """The text is no expression of CEL; the message is a phrase that continues `the expression ...`."""


class Node(NamedTuple):
    """A part of an expression."""

    #: `name`, `literal`, `select`, `index`, `call`, `method`, `list`, `map`, `message`, `not`, `negate`, `if`, or a
    #: sign such as `+`.
    kind: str
    #: The name, the field, the function, or the type of a literal.
    text: str = ""
    parts: tuple[Node, ...] = ()


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


@lru_cache(512)
def parse(text: str) -> Node:
    """Return the tree of an expression."""
    parser = _Parser(text)
    found = parser.expression()
    if parser.ahead.kind != "end":
        raise parser.unexpected()
    return found


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise CelError(f"has {text[at]!r} at column {at + 1}, where nothing can be read")
        kind = str(match.lastgroup)
        if kind == "name" and match[0] in _CONSTANTS:
            kind = "constant"
        elif kind == "name" and match[0] == "in":
            kind = "sign"
        if kind != "space":
            found.append(_Token(kind, match[0], at))
        at = match.end()
    return [*found, _Token("end", "", len(text))]


class _Parser:
    """A parser by recursive descent, one method for each level of the grammar."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._next = 0

    @property
    def ahead(self) -> _Token:
        return self._tokens[self._next]

    def unexpected(self) -> CelError:
        token = self.ahead
        if token.kind == "end":
            return CelError("ends too early")
        return CelError(f"has {token.text!r} at column {token.at + 1}, where it does not fit")

    def _take(self) -> _Token:
        token = self.ahead
        if token.kind == "end":
            raise self.unexpected()
        self._next += 1
        return token

    def _is(self, *signs: str) -> bool:
        return self.ahead.kind == "sign" and self.ahead.text in signs

    def _skip(self, sign: str) -> bool:
        if self._is(sign):
            self._next += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._skip(sign):
            raise self.unexpected()

    def expression(self) -> Node:
        condition = self._either()
        if not self._skip("?"):
            return condition
        then = self._either()
        self._expect(":")
        return Node("if", "", (condition, then, self.expression()))

    def _either(self) -> Node:
        return self._chain(self._both, ("||",))

    def _both(self) -> Node:
        return self._chain(self._relation, ("&&",))

    def _relation(self) -> Node:
        return self._chain(self._sum, tuple(_RELATIONS))

    def _sum(self) -> Node:
        return self._chain(self._product, ("+", "-"))

    def _product(self) -> Node:
        return self._chain(self._unary, ("*", "/", "%"))

    def _chain(self, operand: Callable[[], Node], signs: tuple[str, ...]) -> Node:
        found = operand()
        while self._is(*signs):
            found = Node(self._take().text, "", (found, operand()))
        return found

    def _unary(self) -> Node:
        for sign, kind in (("!", "not"), ("-", "negate")):
            if self._is(sign):
                while self._skip(sign):
                    pass
                return Node(kind, "", (self._member(),))
        return self._member()

    def _member(self) -> Node:
        found = self._primary()
        while True:
            if self._skip("."):
                found = self._field(found)
            elif self._skip("["):
                self._skip("?")
                found = Node("index", "", (found, self.expression()))
                self._expect("]")
            elif self._is("{") and _is_type_name(found):
                found = self._message(found)
            else:
                return found

    def _field(self, owner: Node) -> Node:
        self._skip("?")
        token = self._take()
        if token.kind not in ("name", "quoted"):
            self._next -= 1
            raise self.unexpected()
        if token.kind == "name" and self._skip("("):
            return Node("method", token.text, (owner, *self._list_until(")")))
        return Node("select", token.text, (owner,))

    def _primary(self) -> Node:
        if self._skip("("):
            found = self.expression()
            self._expect(")")
            return found
        if self._skip("["):
            return Node("list", "", self._list_until("]", optional=True))
        if self._skip("{"):
            return Node("map", "", self._entries())
        self._skip(".")
        token = self._take()
        if token.kind == "constant":
            return Node("literal", _CONSTANTS[token.text])
        if token.kind == "name":
            return self._named(token)
        if token.kind in ("int", "uint", "double", "text"):
            return Node("literal", _literal(token))
        self._next -= 1
        raise self.unexpected()

    def _named(self, token: _Token) -> Node:
        if token.text in RESERVED_WORDS:
            raise CelError(f"has {token.text!r} at column {token.at + 1}, which is a reserved word")
        if self._skip("("):
            return Node("call", token.text, self._list_until(")"))
        return Node("name", token.text)

    def _message(self, type_name: Node) -> Node:
        self._expect("{")
        values = []
        while not self._is("}"):
            self._skip("?")
            if self._take().kind not in ("name", "quoted"):
                self._next -= 1
                raise self.unexpected()
            self._expect(":")
            values.append(self.expression())
            if not self._skip(","):
                break
        self._expect("}")
        return Node("message", "", (type_name, *values))

    def _entries(self) -> tuple[Node, ...]:
        found = []
        while not self._is("}"):
            self._skip("?")
            found.append(self.expression())
            self._expect(":")
            found.append(self.expression())
            if not self._skip(","):
                break
        self._expect("}")
        return tuple(found)

    def _list_until(self, end: str, *, optional: bool = False) -> tuple[Node, ...]:
        found: list[Node] = []
        if self._skip(end):
            return ()
        while True:
            if optional:
                self._skip("?")
            found.append(self.expression())
            if not self._skip(","):
                break
            if optional and self._is(end):
                break
        self._expect(end)
        return tuple(found)


def _is_type_name(node: Node) -> bool:
    while node.kind == "select":
        node = node.parts[0]
    return node.kind == "name"


def _literal(token: _Token) -> str:
    if token.kind == "text":
        return "bytes" if token.text[0] in "bB" else "string"
    if token.kind == "int" and int(token.text, 0 if token.text[:2] == "0x" else 10) > 2**63:
        raise CelError(f"has {token.text} at column {token.at + 1}, which is too large")
    return token.kind
