"""Reads expressions: text in, tree out.

parse("object.spec.replicas <= 5")   # a tree of nodes, or CelError
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from kpy.syntax.cel.errors import CelError
from kpy.syntax.cel.tokens import RESERVED_WORDS, Token, literal_value, tokens
from kpy.syntax.cel.tree import BINDING, LOOPS, Loop, Message, Node

__all__ = ["parse"]

_OPTIONAL_LOOPS: Final = {"optMap": "optional-map", "optFlatMap": "optional-flat-map"}
_LITERALS: Final = frozenset(("constant", "int", "uint", "double", "text"))
_DEEPEST: Final = 250


@lru_cache(1024)
def parse(text: str) -> Node:
    """Return the tree of an expression."""
    parser = _Parser(text)
    try:
        found = parser.expression()
    except RecursionError:
        raise CelError("is nested too deeply") from None
    if parser.ahead.kind != "end":
        raise parser.unexpected()
    return found


class _Parser:
    """A parser by recursive descent; operators by how tightly they bind."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._next = 0
        self._depth = 0

    @property
    def ahead(self) -> Token:
        return self._tokens[self._next]

    def unexpected(self) -> CelError:
        token = self.ahead
        if token.kind == "end":
            return CelError("ends too early")
        return CelError(f"has {token.text!r} at column {token.at + 1}, where it does not fit")

    def _is(self, sign: str) -> bool:
        token = self._tokens[self._next]
        return token.text == sign and token.kind == "sign"

    def _skip(self, sign: str) -> bool:
        token = self._tokens[self._next]
        if token.text == sign and token.kind == "sign":
            self._next += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._skip(sign):
            raise self.unexpected()

    def expression(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise CelError("is nested too deeply")
        condition = self._operation(BINDING["||"])
        if self._is("?"):
            at = self.ahead.at
            self._next += 1
            then = self._operation(BINDING["||"])
            self._expect(":")
            condition = Node("if", None, (condition, then, self.expression()), at)
        self._depth -= 1
        return condition

    def _operation(self, loosest: int) -> Node:
        """Read operands and the operators between them that bind at least so tightly."""
        found = self._unary()
        while True:
            token = self._tokens[self._next]
            binding = BINDING.get(token.text, 0) if token.kind == "sign" else 0
            if binding < loosest:
                return found
            self._next += 1
            other = self._operation(binding + 1)
            sign = token.text
            if sign in ("&&", "||"):
                kind = "and" if sign == "&&" else "or"
                found = Node(kind, None, (*_flat(kind, found), *_flat(kind, other)), token.at)
            else:
                found = Node("call", sign, (found, other), token.at)

    def _unary(self) -> Node:
        token = self._tokens[self._next]
        if token.kind == "sign" and token.text in ("!", "-"):
            count = 0
            while self._skip(token.text):
                count += 1
            ahead = self.ahead
            if token.text == "-" and ahead.kind in ("int", "double"):
                return self._member(negative=count % 2 == 1)
            operand = self._member()
            return Node("call", token.text, (operand,), token.at) if count % 2 else operand
        return self._member()

    def _member(self, *, negative: bool = False) -> Node:
        found = self._primary(negative)
        while True:
            token = self._tokens[self._next]
            if token.kind != "sign":
                return found
            if token.text == ".":
                self._next += 1
                found = self._field(found, token.at)
            elif token.text == "[":
                self._next += 1
                sign = "[?]" if self._skip("?") else "[]"
                found = Node("call", sign, (found, self.expression()), token.at)
                self._expect("]")
            elif token.text == "{" and (name := _qualified(found)):
                found = self._message(name, found.at)
            else:
                return found

    def _field(self, owner: Node, at: int) -> Node:
        is_optional = self._skip("?")
        token = self._field_name()
        if is_optional:
            return Node("optional-select", token.text, (owner,), at)
        if self._skip("("):
            return self._method(owner, token)
        return Node("select", token.text, (owner,), at)

    def _field_name(self) -> Token:
        token = self.ahead
        if token.kind == "quoted":
            raise CelError(
                f"has the name {token.text} at column {token.at + 1}, but servers know no names in backticks"
            )
        if token.kind != "name":
            raise self.unexpected()
        self._next += 1
        return token

    def _method(self, owner: Node, token: Token) -> Node:
        name, args, at = token.text, self._list_until(")"), token.at + len(token.text)
        if (shape := LOOPS.get((name, len(args)))) is not None:
            variables = self._variables(name, args[: shape[0]])
            return Node("loop", Loop(name, variables), (owner, *args[shape[0] :]), at)
        if name in _OPTIONAL_LOOPS and len(args) == 2:
            return Node(_OPTIONAL_LOOPS[name], self._variables(name, args[:1])[0], (owner, args[1]), at)
        if name == "bind" and len(args) == 3 and owner.kind == "name" and owner.value == "cel":
            return Node("bind", self._variables("cel.bind", args[:1])[0], args[1:], at)
        return Node("method", name, (owner, *args), at)

    def _variables(self, name: str, args: tuple[Node, ...]) -> tuple[str, ...]:
        for arg in args:
            if arg.kind != "name":
                raise CelError(f"has no plain name as a variable of {name}() at column {arg.at + 1}")
        names = tuple(str(arg.value) for arg in args)
        if len(set(names)) < len(names):
            raise CelError(f"names both variables of {name}() {names[0]!r}")
        if "__result__" in names:
            raise CelError(f"uses the name '__result__' as a variable of {name}()")
        return names

    def _primary(self, negative: bool) -> Node:
        token = self._tokens[self._next]
        kind, text = token.kind, token.text
        if kind in _LITERALS:
            self._next += 1
            return Node("literal", literal_value(token, is_negative=negative), (), token.at)
        if kind == "name":
            self._next += 1
            return self._named(token)
        if kind == "sign":
            self._next += 1
            if text == "(":
                found = self.expression()
                self._expect(")")
                return found
            if text == "[":
                return self._list(token.at)
            if text == "{":
                return self._map(token.at)
            if text == "." and self.ahead.kind == "name":
                token = self.ahead
                self._next += 1
                return self._named(token)
            self._next -= 1
        raise self.unexpected()

    def _named(self, token: Token) -> Node:
        name = token.text
        if name in RESERVED_WORDS:
            raise CelError(f"has {name!r} at column {token.at + 1}, which is a reserved word")
        if not self._skip("("):
            return Node("name", name, (), token.at)
        args = self._list_until(")")
        if name == "has" and len(args) == 1:
            if args[0].kind != "select":
                raise CelError("calls has() with something that is not a field, such as `has(self.name)`")
            return Node("test", args[0].value, args[0].parts, token.at)
        return Node("call", name, args, token.at + len(name))

    def _message(self, name: str, at: int) -> Node:
        self._expect("{")
        fields: list[str] = []
        values: list[Node] = []
        optional: list[int] = []
        while not self._is("}"):
            if self._skip("?"):
                optional.append(len(fields))
            fields.append(self._field_name().text)
            self._expect(":")
            values.append(self.expression())
            if not self._skip(","):
                break
        self._expect("}")
        return Node("message", Message(name, tuple(fields), tuple(optional)), tuple(values), at)

    def _map(self, at: int) -> Node:
        found: list[Node] = []
        optional = []
        while not self._is("}"):
            if self._skip("?"):
                optional.append(len(found) // 2)
            found.append(self.expression())
            self._expect(":")
            found.append(self.expression())
            if not self._skip(","):
                break
        self._expect("}")
        return Node("map", tuple(optional), tuple(found), at)

    def _list(self, at: int) -> Node:
        found: list[Node] = []
        optional = []
        while not self._is("]"):
            if self._skip("?"):
                optional.append(len(found))
            found.append(self.expression())
            if not self._skip(","):
                break
        self._expect("]")
        return Node("list", tuple(optional), tuple(found), at)

    def _list_until(self, end: str) -> tuple[Node, ...]:
        if self._skip(end):
            return ()
        found = [self.expression()]
        while self._skip(","):
            found.append(self.expression())
        self._expect(end)
        return tuple(found)


def _flat(kind: str, node: Node) -> tuple[Node, ...]:
    return node.parts if node.kind == kind else (node,)


def _qualified(node: Node) -> str:
    """Return a name with dots, or nothing for what is none."""
    names: list[str] = []
    while node.kind == "select":
        names.append(str(node.value))
        node = node.parts[0]
    return ".".join([str(node.value), *reversed(names)]) if node.kind == "name" else ""
