"""Checks the types of an expression: tree in, typed tree out.

checked(parse("self.replicas > 1"), Environment({"self": schema_type}, release=36))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from kpy.syntax.cel.declarations import NEWEST, overloads
from kpy.syntax.cel.errors import CelError
from kpy.syntax.cel.overloads import Way, ground_way, resolve
from kpy.syntax.cel.tree import LOOPS, Loop, Message, Node
from kpy.syntax.cel.typed import Environment, Typed
from kpy.syntax.cel.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NULL,
    STRING,
    TIMESTAMP,
    UINT,
    Bindings,
    Type,
    is_dyn,
    list_of,
    map_of,
    most_general,
    named,
    optional_of,
    type_of,
)  # fmt: skip
from kpy.syntax.cel.values import Uint
from kpy.syntax.cel.wording import described

__all__ = ["checked"]


_LITERALS: Final[dict[type, Type]] = {
    bool: BOOL, int: INT, Uint: UINT, float: DOUBLE, str: STRING, bytes: BYTES, type(None): NULL,
}  # fmt: skip
_TYPE_NAMES: Final[dict[str, Type]] = {
    **{kind.name: kind for kind in (BOOL, INT, UINT, DOUBLE, STRING, BYTES, NULL, DURATION, TIMESTAMP, DYN)},
    "list": list_of(DYN),
    "map": map_of(DYN, DYN),
    "type": named("type"),
    "optional_type": optional_of(DYN),
    **{name: named(name) for name in ("net.IP", "net.CIDR", "kubernetes.URL", "kubernetes.Quantity")},
    **{name: named(name) for name in ("kubernetes.Semver", "kubernetes.NamedFormat")},
}
#: What owns functions for those who make patches alone: admission policies that mutate.
_OF_PATCHES: Final = "jsonpatch"


def checked(tree: Node, environment: Environment) -> Typed:
    """Return the tree with types."""
    checker = _Checker(environment)
    try:
        found = checker.check(tree)
    except RecursionError:
        raise CelError("is nested too deeply") from None
    if not checker.is_closed:
        checker.close(found)
    checker.check_aggregates()
    return found


class _Checker:
    """Checks trees; a method for each kind of nodes."""

    def __init__(self, environment: Environment) -> None:
        self._release = environment.release
        self._environment = environment
        self._names: dict[str, Type] = dict(environment.names)
        self._bindings = Bindings()
        #: Whether no type had to be found.
        self.is_closed = True
        #: Lists and maps whose elements must be of one type; not so the values to be formatted.
        self._aggregates: list[tuple[Sequence[Typed], frozenset[int]]] = []
        self._formats = 0

    def check(self, node: Node) -> Typed:
        return _CHECKS[node.kind](self, node)

    def close(self, typed: Typed) -> None:
        """Put what was found in the place of types that were yet to be found, here and within."""
        nodes = [typed]
        for each in nodes:
            each.type = self._bindings.substitute(each.type, closed=True)
            nodes.extend(each.parts)

    def check_aggregates(self) -> None:
        """Refuse lists and maps of mixed types."""
        for parts, optional in self._aggregates:
            first: Type | None = None
            for index, part in enumerate(parts):
                kind = part.type
                if index in optional and kind.kind == "optional_type":
                    kind = kind.params[0]
                if first is not None and kind is not first:
                    place = f"at column {part.at + 1}"
                    raise CelError(f"has {described(kind)} {place} among values of the type {first}")
                first = kind

    def _keep_aggregate(self, parts: Sequence[Typed], optional: object = ()) -> None:
        if len(parts) > 1 and not self._formats:
            self._aggregates.append((parts, frozenset(optional or ())))  # type: ignore[call-overload]  # numbers

    def _fresh(self) -> Type:
        self.is_closed = False
        return self._bindings.fresh()

    def _fits(self, one: Type, other: Type) -> bool:
        return self._bindings.assignable(one, other)

    def _expect(self, typed: Typed, wanted: Type, what: str) -> None:
        if typed.type is not wanted and not self._fits(typed.type, wanted):
            raise CelError(f"has {described(typed.type)} at column {typed.at + 1}, where {what} must be a {wanted}")

    def literal(self, node: Node) -> Typed:
        return Typed(node, _LITERALS[type(node.value)])

    def name(self, node: Node) -> Typed:
        name = str(node.value)
        kind = self._names.get(name)
        if kind is None:
            if (found := _TYPE_NAMES.get(name)) is None:
                raise CelError(f"uses the name {name!r}, which does not exist here")
            kind = type_of(found)
        return Typed(node, kind)

    def select(self, node: Node) -> Typed:
        name = _qualified(node)
        if name in self._names:
            return Typed(Node("name", name, (), node.at), self._names[name])
        if name in _TYPE_NAMES and name.partition(".")[0] not in self._names:
            return Typed(Node("name", name, (), node.at), type_of(_TYPE_NAMES[name]))
        owner = self.check(node.parts[0])
        kind = self._field(owner, node, is_optional=False)
        return Typed(node, BOOL if node.kind == "test" else kind, (owner,))

    def optional_select(self, node: Node) -> Typed:
        self._need_optionals(node)
        owner = self.check(node.parts[0])
        return Typed(node, self._field(owner, node, is_optional=True), (owner,))

    def _field(self, owner: Typed, node: Node, *, is_optional: bool) -> Type:
        field, kind = str(node.value), self._bindings.substitute(owner.type)
        if kind.kind == "optional_type":
            kind, is_optional = kind.params[0], True
        match kind.kind:
            case "map":
                found = kind.params[1]
            case "object":
                found = self._field_of(kind, field)
            case "param":
                self._fits(DYN, kind)
                found = DYN
            case _ if is_dyn(kind):
                found = DYN
            case _:
                raise CelError(f"uses the field {field!r} of {described(kind)}, which has none")
        return optional_of(found) if is_optional else found

    def _field_of(self, kind: Type, field: str) -> Type:
        if (found := kind.fields.get(field)) is None:
            if kind.name == "variables":
                raise CelError(f"uses the variable {field!r}, which is not declared before it")
            owner = "the schema" if kind.name == "object" else kind.name
            raise CelError(f"uses the field {field!r}, which {owner} does not have")
        return found

    def _need_optionals(self, node: Node) -> None:
        if self._release < 28:
            raise CelError(f"has '?' at column {node.at + 1}, where it does not fit")

    def call(self, node: Node) -> Typed:
        name = str(node.value)
        if name == "[?]":
            self._need_optionals(node)
        parts = [self.check(each) for each in node.parts]
        if name == "-" and len(parts) == 1:
            name = "negate"
        return self._called(node, name, parts, is_method=False)

    def method(self, node: Node) -> Typed:
        name = str(node.value)
        owner = _qualified(node.parts[0])
        full = f"{owner}.{name}"
        if owner and overloads(full, self._release) and (owner != _OF_PATCHES or self._environment.messages):
            parts = [self.check(each) for each in node.parts[1:]]
            return self._called(Node("call", full, (), node.at), full, parts, is_method=False)
        if owner and owner.partition(".")[0] not in self._names:
            self._refuse_newer(full)
        is_format = name == "format"
        self._formats += is_format
        parts = [self.check(each) for each in node.parts]
        self._formats -= is_format
        found = self._called(node, name, parts, is_method=True)
        if is_format and len(parts) == 2:
            from kpy.syntax.cel.formatting import format_fault

            format_fault(parts[0], parts[1])
        return found

    def _called(self, node: Node, name: str, parts: list[Typed], *, is_method: bool) -> Typed:
        kinds = tuple([part.type for part in parts])
        if not overloads(name, self._release):
            is_newer = bool(overloads(name, NEWEST))
            lack = "only newer releases of Kubernetes have" if is_newer else "does not exist"
            raise CelError(f"calls the function {name!r}, which {lack}")
        found = ground_way(name, self._release, is_method, kinds) if all(kind.ground for kind in kinds) else None
        if found is None:
            found = self._resolve(name, kinds, is_method)
        return Typed(node, found[0], parts, found[1])

    def _refuse_newer(self, name: str) -> None:
        """Refuse a function of a library that came with a newer release: it is no misspelt name."""
        if not name.startswith(_OF_PATCHES) and not overloads(name, self._release) and overloads(name, NEWEST):
            raise CelError(f"calls the function {name!r}, which only newer releases of Kubernetes have")

    def _resolve(self, name: str, kinds: tuple[Type, ...], is_method: bool) -> Way:
        found = resolve(self._bindings, name, self._release, is_method, kinds)
        if not found[0].ground:
            self.is_closed = False
        return found

    def conditions(self, node: Node) -> Typed:
        parts = [self.check(each) for each in node.parts]
        for part in parts:
            self._expect(part, BOOL, "a condition")
        return Typed(node, BOOL, parts)

    def choice(self, node: Node) -> Typed:
        condition, then, other = (self.check(each) for each in node.parts)
        self._expect(condition, BOOL, "a condition")
        kind = then.type
        if kind is not other.type:
            fresh = self._fresh()
            if not self._fits(then.type, fresh) or not self._fits(other.type, fresh):
                message = f"gives either {described(then.type)} or {described(other.type)}"
                raise CelError(f"{message} at column {node.at + 1}, which must be of one type")
            kind = self._bindings.substitute(fresh)
        return Typed(node, kind, (condition, then, other))

    def listing(self, node: Node) -> Typed:
        parts = [self.check(each) for each in node.parts]
        kind: Type | None = None
        for index, part in enumerate(parts):
            kind = self._joined(kind, self._element(part, index, node.value))
        self._keep_aggregate(parts, node.value)
        return Typed(node, list_of(kind or self._fresh()), parts)

    def mapping(self, node: Node) -> Typed:
        parts = [self.check(each) for each in node.parts]
        key: Type | None = None
        value: Type | None = None
        for index in range(0, len(parts), 2):
            key = self._joined(key, parts[index].type)
            value = self._joined(value, self._element(parts[index + 1], index // 2, node.value))
        self._keep_aggregate(parts[::2])
        self._keep_aggregate(parts[1::2], node.value)
        return Typed(node, map_of(key or self._fresh(), value or self._fresh()), parts)

    def _element(self, part: Typed, index: int, optional: object) -> Type:
        if index not in (optional or ()):  # type: ignore[operator]  # numbers
            return part.type
        kind = self._bindings.substitute(part.type)
        if kind.kind != "optional_type":
            if is_dyn(kind):
                return DYN
            raise CelError(f"has {described(kind)} at column {part.at + 1}, where an optional value must be")
        return kind.params[0]

    def _joined(self, before: Type | None, kind: Type) -> Type:
        if before is None or before is kind:
            return kind
        return most_general(before, kind) if self._fits(before, kind) else DYN

    def message(self, node: Node) -> Typed:
        message = node.value
        assert isinstance(message, Message)
        kind = self._environment.messages.get(message.name)
        if kind is None:
            raise CelError(f"makes a {message.name!r}, which does not exist here")
        parts = []
        for index, (field, part) in enumerate(zip(message.fields, node.parts, strict=True)):
            value = self.check(part)
            wanted = self._field_of(kind, field)
            if not self._fits(wanted, self._element(value, index, message.optional)):
                raise CelError(f"has {described(value.type)} at column {value.at + 1}, where a {wanted} must be")
            parts.append(value)
        return Typed(node, kind, parts)

    def loop(self, node: Node) -> Typed:
        loop = node.value
        assert isinstance(loop, Loop)
        count = len(loop.variables) + len(node.parts) - 1
        if LOOPS[loop.name, count][1] > self._release:
            raise CelError(f"calls the function {loop.name!r}, which does not exist")
        range_ = self.check(node.parts[0])
        kinds = self._elements(range_, len(loop.variables))
        before = {name: self._names.get(name) for name in loop.variables}
        self._names.update(zip(loop.variables, kinds, strict=True))
        bodies = [self.check(each) for each in node.parts[1:]]
        for name, kind in before.items():
            if kind is None:
                del self._names[name]
            else:
                self._names[name] = kind
        kind = self._result_of(loop.name, kinds, bodies)
        typed = Typed(node, kind, (range_, *bodies))
        if loop.name == "sortBy":
            kinds = (range_.type, list_of(bodies[0].type))
            typed.type, typed.overloads = self._resolve("@sortByAssociatedKeys", kinds, True)
        return typed

    def _elements(self, range_: Typed, count: int) -> tuple[Type, ...]:
        kind = self._bindings.substitute(range_.type)
        if kind.kind == "list":
            return (INT, kind.params[0]) if count == 2 else kind.params
        if kind.kind == "map":
            return kind.params if count == 2 else kind.params[:1]
        if kind.kind == "param" or is_dyn(kind):
            self._fits(DYN, kind)
            return (DYN,) * count
        raise CelError(f"goes through {described(kind)} at column {range_.at + 1}, which is not a list or map")

    def _result_of(self, name: str, kinds: tuple[Type, ...], bodies: list[Typed]) -> Type:
        if name not in ("map", "transformList", "transformMap", "transformMapEntry", "sortBy") or len(bodies) == 2:
            self._expect(bodies[0], BOOL, "what a loop asks")
        made = bodies[-1].type
        match name:
            case "filter":
                return list_of(kinds[0])
            case "map" | "transformList":
                return list_of(made)
            case "transformMap":
                return map_of(kinds[0], made)
            case "transformMapEntry":
                found = self._bindings.substitute(made)
                if found.kind != "map" and not is_dyn(found):
                    raise CelError(f"makes entries of {described(found)}, which is not a map")
                return found
        return BOOL

    def bound(self, node: Node) -> Typed:
        is_bind = node.kind == "bind"
        if is_bind and not self._environment.has_bind:
            raise CelError("uses the name 'cel', which does not exist here")
        if not is_bind and self._release < 28:
            raise CelError("calls a function of optional values, which does not exist")
        value = self.check(node.parts[0])
        kind = value.type if is_bind else self._inside(value)
        name = str(node.value)
        before = self._names.get(name)
        self._names[name] = kind
        body = self.check(node.parts[1])
        if before is None:
            del self._names[name]
        else:
            self._names[name] = before
        made = optional_of(body.type) if node.kind == "optional-map" else body.type
        if node.kind == "optional-flat-map" and not self._fits(made, optional_of(self._fresh())):
            raise CelError(f"gives {described(made)}, where an optional value must be")
        return Typed(node, made, (value, body))

    def _inside(self, value: Typed) -> Type:
        kind = self._bindings.substitute(value.type)
        if kind.kind == "optional_type":
            return kind.params[0]
        if is_dyn(kind):
            return DYN
        raise CelError(f"has {described(kind)} at column {value.at + 1}, where an optional value must be")


_CHECKS: Final[dict[str, Callable[[_Checker, Node], Typed]]] = {
    "literal": _Checker.literal,
    "name": _Checker.name,
    "select": _Checker.select,
    "test": _Checker.select,
    "optional-select": _Checker.optional_select,
    "call": _Checker.call,
    "method": _Checker.method,
    "and": _Checker.conditions,
    "or": _Checker.conditions,
    "if": _Checker.choice,
    "list": _Checker.listing,
    "map": _Checker.mapping,
    "message": _Checker.message,
    "loop": _Checker.loop,
    "bind": _Checker.bound,
    "optional-map": _Checker.bound,
    "optional-flat-map": _Checker.bound,
}


def _qualified(node: Node) -> str:
    names: list[str] = []
    while node.kind == "select":
        names.append(str(node.value))
        node = node.parts[0]
    return ".".join([str(node.value), *reversed(names)]) if node.kind == "name" else ""
