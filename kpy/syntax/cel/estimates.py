"""What an expression can cost at most, as an API server estimates it before it takes a definition.

The numbers are those of the server: an estimate decides whether a definition is accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from kpy.syntax.cel.arguments import Argument, Path
from kpy.syntax.cel.call_estimates import call_estimate, sort_estimate
from kpy.syntax.cel.schemas import Declaration
from kpy.syntax.cel.sizes import ONE, UNKNOWN, Entries, Size, product, total
from kpy.syntax.cel.tree import Loop
from kpy.syntax.cel.typed import Typed
from kpy.syntax.cel.types import Type

__all__ = ["Estimator", "estimate"]

_LIST: Final = 10
_MAP: Final = 30
_MESSAGE: Final = 40
_SCALARS: Final = frozenset(("bool", "double", "int", "uint", "google.protobuf.Duration", "google.protobuf.Timestamp"))


class _Local(NamedTuple):
    """A variable of a macro."""

    path: Path
    size: Size | None
    entries: Entries | None


def estimate(tree: Typed, root: Declaration) -> int:
    """Return what an expression about values of a schema costs at most."""
    return Estimator(root).cost(tree)


class Estimator:
    """Estimates costs; a method for each kind of nodes."""

    def __init__(self, root: Declaration) -> None:
        self._root = root
        self._locals: dict[str, list[_Local]] = {}
        self._paths: dict[int, Path] = {}
        self._sizes: dict[int, Size] = {}
        self._entries: dict[int, Entries] = {}

    def cost(self, node: Typed) -> int:
        """Return what a node costs at most."""
        return _COSTS[node.kind](self, node)

    def size(self, node: Typed) -> Size | None:
        """Return the size of the values of a node, if it is known."""
        if (found := self._sizes.get(id(node))) is not None:
            return found
        if (found := _literal_size(node)) is not None:
            return found
        if (found := self.size_at(self._path(node))) is not None:
            self._sizes[id(node)] = found
            return found
        if _is_scalar(node.type):
            return ONE
        local = self._local(node)
        return local.size if local else None

    def size_at(self, path: Path) -> Size | None:
        """Return the size of the values at a place of the schema."""
        if not path:
            return None
        at: Declaration | None = self._root
        for name in path[1:]:
            if at is None:
                return None
            if name in ("@items", "@values"):
                at = at.element
            elif name == "@keys":
                at = at.key
            else:
                at = at.field(name)
        return None if at is None else Size(0, at.max_elements)

    def _set_size(self, node: Typed, size: Size | None) -> None:
        if size is not None:
            self._sizes[id(node)] = size

    def _entries_of(self, node: Typed) -> Entries | None:
        if (found := self._entries.get(id(node))) is not None:
            return found
        local = self._local(node)
        return local.entries if local else None

    def _set_entries(self, node: Typed, entries: Entries | None) -> None:
        if entries is not None:
            self._entries[id(node)] = entries

    def _local(self, node: Typed) -> _Local | None:
        stack = self._locals.get(str(node.value)) if node.kind == "name" else None
        return stack[-1] if stack else None

    def _path(self, node: Typed) -> Path:
        local = self._local(node)
        return local.path if local else self._paths.get(id(node), ())

    def argument(self, node: Typed) -> Argument:
        """Return what is known of an argument."""
        return Argument(node, node.type, self._path(node), self.size(node))

    def element_of(self, argument: Argument) -> Argument | None:
        """Return what is known of the elements of a list."""
        if not argument.type.params:
            return None
        path = (*argument.path, "@items") if argument.path else ()
        return Argument(argument.node, argument.type.params[0], path, self.size_at(path))

    def _literal(self, node: Typed) -> int:
        return 0

    def _name(self, node: Typed) -> int:
        local = self._local(node)
        self._paths[id(node)] = local.path if local else (str(node.value),)
        return 1

    def _select(self, node: Typed) -> int:
        owner = node.parts[0]
        found = self.cost(owner)
        self._paths[id(node)] = (*self._path(owner), str(node.value))
        return total(found, owner.type.kind in ("map", "object", "param"))

    def _test(self, node: Typed) -> int:
        return self.cost(node.parts[0])

    def _list(self, node: Typed) -> int:
        found, value = _LIST, None
        for part in node.parts:
            found = total(found, self.cost(part))
            size = self.size(part) or UNKNOWN
            value = size if value is None else value.union(size)
        self._set_entries(node, Entries(True, ONE, value or Size(0, 0)))
        return found

    def _map(self, node: Typed) -> int:
        found = _MAP
        sizes: list[Size | None] = [None, None]
        for index, part in enumerate(node.parts):
            found = total(found, self.cost(part))
            size, before = self.size(part) or UNKNOWN, sizes[index % 2]
            sizes[index % 2] = size if before is None else before.union(size)
        self._set_entries(node, Entries(False, sizes[0] or Size(0, 0), sizes[1] or Size(0, 0)))
        return found

    def _message(self, node: Typed) -> int:
        return sum((self.cost(part) for part in node.parts), _MESSAGE)

    def _conditions(self, node: Typed) -> int:
        found = 0
        for part in node.parts:
            found = total(found, self.cost(part))
        return found

    def _choice(self, node: Typed) -> int:
        condition, then, other = (self.cost(part) for part in node.parts)
        one, two = (self.size(part) or UNKNOWN for part in node.parts[1:])
        entries = self._entries_of(node.parts[1])
        self._set_entries(node, entries.union(self._entries_of(node.parts[2])) if entries else None)
        self._set_size(node, one.union(two))
        return total(condition, max(then, other))

    def _optional_select(self, node: Typed) -> int:
        return total(self.cost(node.parts[0]), 1)

    def _call(self, node: Typed) -> int:
        if node.value == "dyn" and node.kind == "call":
            found = self.cost(node.parts[0])
            self._set_size(node, self.size(node.parts[0]))
            self._set_entries(node, self._entries_of(node.parts[0]))
            return total(found, 1)
        costs = 0
        for part in node.parts:
            costs = total(costs, self.cost(part))
        arguments = [self.argument(part) for part in node.parts]
        most, size = 0, None
        for way in node.overloads:
            cost, made = call_estimate(self.element_of, node, way, arguments)
            most = max(most, cost)
            size = made if size is None else size.union(made) if made else size
            size = self._indexed(node, way.name) or size or self.size(node)
        if node.value == "+" and node.type.kind in ("list", "string", "bytes", "dyn"):
            self._join_entries(node)
        self._set_size(node, size)
        return total(most, costs)

    def _indexed(self, node: Typed, way: str) -> Size | None:
        if way not in ("index_list", "index_map"):
            return None
        owner = node.parts[0]
        self._paths[id(node)] = (*self._path(owner), "@items" if way == "index_list" else "@values")
        entries = self._entries_of(owner)
        return entries.value if entries else None

    def _join_entries(self, node: Typed) -> None:
        entries = self._entries_of(node.parts[0])
        if entries is not None:
            self._set_entries(node, entries.union(self._entries_of(node.parts[1])))

    def _loop(self, node: Typed) -> int:
        loop, range_ = node.value, node.parts[0]
        assert isinstance(loop, Loop)
        found = self.cost(range_)
        names = loop.variables
        for at, name in enumerate(names):
            self._push(name, self._variable(range_, is_key=at == 0 and len(names) == 2, is_single=len(names) == 1))
        bodies = [self.cost(part) for part in node.parts[1:]]
        sizes = [self.size(part) or UNKNOWN for part in node.parts[1:]]
        for name in names:
            self._locals[name].pop()
        count = self.size(range_) or UNKNOWN
        fixed, step = _loop_cost(loop.name, bodies)
        found = total(total(found, fixed), product(count.greatest, step))
        if loop.name == "sortBy":
            return self._sorted(node, found, count)
        if loop.name in ("map", "filter", "transformList", "transformMap", "transformMapEntry"):
            self._set_size(node, count)
            if loop.name in ("map", "transformList"):
                self._set_entries(node, Entries(True, ONE, Size(0, sizes[-1].greatest)))
            elif loop.name == "filter":
                self._set_entries(node, Entries(True, ONE, Size(0, self._item_size(range_).greatest)))
        else:
            self._set_size(node, ONE)
        return found

    def _item_size(self, range_: Typed) -> Size:
        variable = self._variable(range_, is_key=False, is_single=True)
        return variable.size or self.size_at(variable.path) or UNKNOWN

    def _sorted(self, node: Typed, cost: int, count: Size) -> int:
        kind = node.parts[1].type.kind
        cost = total(total(cost, _LIST + 2), sort_estimate(count, kind)[0])
        self._set_size(node, count.times(count))
        return cost

    def _variable(self, range_: Typed, *, is_key: bool, is_single: bool) -> _Local:
        entries = self._entries_of(range_)
        is_list = entries.is_list if entries else range_.type.kind == "list"
        path = self._path(range_)
        if is_key or (is_single and not is_list):
            return _Local((*path, "@indices" if is_list else "@keys"), entries.key if entries else None, None)
        return _Local((*path, "@items" if is_list else "@values"), entries.value if entries else None, None)

    def _push(self, name: str, local: _Local) -> None:
        self._locals.setdefault(name, []).append(local)

    def _bound(self, node: Typed) -> int:
        value, body = node.parts
        found = self.cost(value)
        name = str(node.value)
        self._push(name, _Local(self._path(value), self.size(value), self._entries_of(value)))
        inner = self.cost(body)
        size, entries = self.size(body), self._entries_of(body)
        self._locals[name].pop()
        if node.kind == "bind":
            self._set_size(node, size)
            self._set_entries(node, entries)
            return total(total(found, inner), _LIST)
        most = total(total(found, inner), _LIST + (2 if node.kind == "optional-map" else 1))
        return total(total(found, 1), most)


def _loop_cost(name: str, bodies: list[int]) -> tuple[int, int]:
    """Return what a loop costs once and for each element, beside its range."""
    last = bodies[-1]
    match name:
        case "all":
            return 1, total(last, 3)
        case "exists":
            return 1, total(last, 4)
        case "exists_one" | "existsOne":
            return 2, total(last, 2)
        case "filter":
            return _LIST + 1, total(last, _LIST + 3)
        case "map" | "transformList" | "sortBy":
            fixed, step = _LIST + 1, total(last, _LIST + 2)
        case "transformMap":
            fixed, step = _MAP + 1, total(last, 3)
        case _:
            fixed, step = _MAP + 1, total(last, 2)
    return fixed, total(bodies[0], step) if len(bodies) == 2 else step


def _literal_size(node: Typed) -> Size | None:
    if node.kind == "literal":
        count = len(node.value) if isinstance(node.value, str | bytes) else 1
        return Size(count, count)
    if node.kind == "list":
        return Size(len(node.parts), len(node.parts))
    if node.kind == "map":
        return Size(len(node.parts) // 2, len(node.parts) // 2)
    return None


def _is_scalar(kind: Type) -> bool:
    if kind.kind == "optional_type":
        return _is_scalar(kind.params[0])
    return kind.kind in _SCALARS


_COSTS: Final[dict[str, Callable[[Estimator, Typed], int]]] = {
    "literal": Estimator._literal,
    "name": Estimator._name,
    "select": Estimator._select,
    "test": Estimator._test,
    "optional-select": Estimator._optional_select,
    "call": Estimator._call,
    "method": Estimator._call,
    "and": Estimator._conditions,
    "or": Estimator._conditions,
    "if": Estimator._choice,
    "list": Estimator._list,
    "map": Estimator._map,
    "message": Estimator._message,
    "loop": Estimator._loop,
    "bind": Estimator._bound,
    "optional-map": Estimator._bound,
    "optional-flat-map": Estimator._bound,
}
