"""The tree of an expression, and how it is written.

written(parse("1+2"))   # "1 + 2"
"""

from __future__ import annotations

from typing import NamedTuple

from kpy.syntax.cel.values import Duration, Timestamp, Uint

__all__ = ["LOOPS", "Loop", "Message", "Node", "walk", "written"]


class Node(NamedTuple):
    """A part of an expression.

    | kind | value | parts |
    |---|---|---|
    | `literal` | the value | |
    | `name` | the name | |
    | `select`, `test`, `optional-select` | the field | the owner |
    | `call` | the function, or the operator such as `+` | the arguments |
    | `method` | the function | the owner and the arguments |
    | `and`, `or` | | two or more conditions |
    | `if` | | the condition and both results |
    | `list` | the numbers of optional elements | the elements |
    | `map` | the numbers of optional entries | keys and values by turns |
    | `message` | a `Message` | the values |
    | `loop` | a `Loop` | the range and what is done with each element |
    | `bind`, `optional-map`, `optional-flat-map` | the variable | its value and the body |
    """

    kind: str
    value: object = None
    parts: tuple[Node, ...] = ()
    #: The column where it begins, from 0.
    at: int = 0


class Loop(NamedTuple):
    """A macro that goes through a list or map."""

    name: str
    variables: tuple[str, ...]


class Message(NamedTuple):
    """What an object is made of: its type, its fields, and the numbers of those that are optional."""

    name: str
    fields: tuple[str, ...]
    optional: tuple[int, ...]


#: The macros that go through a list or map: how many variables and bodies they take, and since which release.
LOOPS: dict[tuple[str, int], tuple[int, int]] = {
    ("all", 2): (1, 0),
    ("exists", 2): (1, 0),
    ("exists_one", 2): (1, 0),
    ("map", 2): (1, 0),
    ("map", 3): (1, 0),
    ("filter", 2): (1, 0),
    ("all", 3): (2, 32),
    ("exists", 3): (2, 32),
    ("exists_one", 3): (2, 32),
    ("existsOne", 3): (2, 32),
    ("transformList", 3): (2, 32),
    ("transformList", 4): (2, 32),
    ("transformMap", 3): (2, 32),
    ("transformMap", 4): (2, 32),
    ("transformMapEntry", 3): (2, 32),
    ("transformMapEntry", 4): (2, 32),
    ("sortBy", 2): (1, 34),
}

#: How tightly operators bind, loosest first.
BINDING = {"?": 1, "||": 2, "&&": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "==": 4, "!=": 4, "in": 4}
BINDING |= {"+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
_UNARY = 7
_MEMBER = 8


def walk(node: Node) -> list[Node]:
    """Return a node and all nodes within it, outer ones first."""
    found = [node]
    for each in found:
        found.extend(each.parts)
    return found


def written(node: Node) -> str:
    """Return an expression as text that parses to an equal tree."""
    return _Writer().text(node)


class _Writer:
    """Writes trees; a method for each kind."""

    def text(self, node: Node, binding: int = 0) -> str:
        found, own = getattr(self, "_" + node.kind.replace("-", "_"))(node)
        return f"({found})" if own < binding else str(found)

    def _args(self, nodes: tuple[Node, ...]) -> str:
        return ", ".join(self.text(each) for each in nodes)

    def _literal(self, node: Node) -> tuple[str, int]:
        text = _literal_text(node.value)
        return text, _UNARY if text.startswith("-") else _MEMBER

    def _name(self, node: Node) -> tuple[str, int]:
        return str(node.value), _MEMBER

    def _select(self, node: Node) -> tuple[str, int]:
        return f"{self.text(node.parts[0], _MEMBER)}.{node.value}", _MEMBER

    def _optional_select(self, node: Node) -> tuple[str, int]:
        return f"{self.text(node.parts[0], _MEMBER)}.?{node.value}", _MEMBER

    def _test(self, node: Node) -> tuple[str, int]:
        return f"has({self._select(node)[0]})", _MEMBER

    def _call(self, node: Node) -> tuple[str, int]:
        name, parts = str(node.value), node.parts
        if name in ("[]", "[?]"):
            return f"{self.text(parts[0], _MEMBER)}{name[:-1]}{self.text(parts[1])}]", _MEMBER
        if name in ("!", "-") and len(parts) == 1:
            text = self.text(parts[0], _MEMBER)
            return f"{name}({text})" if text[0].isdigit() else name + text, _UNARY
        if name in BINDING:
            own = BINDING[name]
            return f"{self.text(parts[0], own)} {name} {self.text(parts[1], own + 1)}", own
        return f"{name}({self._args(parts)})", _MEMBER

    def _method(self, node: Node) -> tuple[str, int]:
        return f"{self.text(node.parts[0], _MEMBER)}.{node.value}({self._args(node.parts[1:])})", _MEMBER

    def _and(self, node: Node) -> tuple[str, int]:
        return " && ".join(self.text(each, BINDING["&&"] + 1) for each in node.parts), BINDING["&&"]

    def _or(self, node: Node) -> tuple[str, int]:
        return " || ".join(self.text(each, BINDING["||"] + 1) for each in node.parts), BINDING["||"]

    def _if(self, node: Node) -> tuple[str, int]:
        condition, then, other = node.parts
        texts = (self.text(condition, BINDING["||"]), self.text(then, BINDING["||"]), self.text(other))
        return "{} ? {} : {}".format(*texts), BINDING["?"]

    def _list(self, node: Node) -> tuple[str, int]:
        optional = node.value or ()
        texts = [("?" if index in optional else "") + self.text(each) for index, each in enumerate(node.parts)]  # type: ignore[operator]  # numbers
        return f"[{', '.join(texts)}]", _MEMBER

    def _map(self, node: Node) -> tuple[str, int]:
        optional = node.value or ()
        texts = []
        for index in range(0, len(node.parts), 2):
            mark = "?" if index // 2 in optional else ""  # type: ignore[operator]  # numbers
            texts.append(f"{mark}{self.text(node.parts[index])}: {self.text(node.parts[index + 1])}")
        return f"{{{', '.join(texts)}}}", _MEMBER

    def _message(self, node: Node) -> tuple[str, int]:
        message = node.value
        assert isinstance(message, Message)
        texts = []
        for index, (field, part) in enumerate(zip(message.fields, node.parts, strict=True)):
            texts.append(f"{'?' if index in message.optional else ''}{field}: {self.text(part)}")
        return f"{message.name}{{{', '.join(texts)}}}", _MEMBER

    def _loop(self, node: Node) -> tuple[str, int]:
        loop = node.value
        assert isinstance(loop, Loop)
        args = [*loop.variables, *(self.text(each) for each in node.parts[1:])]
        return f"{self.text(node.parts[0], _MEMBER)}.{loop.name}({', '.join(args)})", _MEMBER

    def _bind(self, node: Node) -> tuple[str, int]:
        return f"cel.bind({node.value}, {self._args(node.parts)})", _MEMBER

    def _optional_map(self, node: Node) -> tuple[str, int]:
        return self._optional(node, "optMap")

    def _optional_flat_map(self, node: Node) -> tuple[str, int]:
        return self._optional(node, "optFlatMap")

    def _optional(self, node: Node, name: str) -> tuple[str, int]:
        return f"{self.text(node.parts[0], _MEMBER)}.{name}({node.value}, {self.text(node.parts[1])})", _MEMBER


_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _literal_text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case Uint():
            return f"{int(value)}u"
        case float():
            text = repr(value)
            return text if "." in text or "e" not in text else text.replace("e", ".0e")
        case str():
            return '"' + "".join(_ESCAPED.get(each, each) for each in value) + '"'
        case bytes():
            return 'b"' + "".join(f"\\x{each:02x}" for each in value) + '"'
        case Duration() | Timestamp():
            return f'{"duration" if isinstance(value, Duration) else "timestamp"}("{value}")'
    return str(value)
