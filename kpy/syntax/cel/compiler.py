"""Makes typed trees run: closures that leave their fixed costs to whoever runs them.

A closure takes a list: what has been spent comes first, the values of the variables follow. What a node always costs is
not counted by its closure but returned beside it, so that most of the counting is done while compiling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from kpy.syntax.cel.calls import compile_call, converted
from kpy.syntax.cel.closures import Budget, Compiled, Run, is_attribute, is_chain
from kpy.syntax.cel.errors import EvaluationError
from kpy.syntax.cel.loops import LOOP_MAKERS
from kpy.syntax.cel.tree import Message
from kpy.syntax.cel.typed import Typed
from kpy.syntax.cel.values import NONE, Bad, Optional, TypeValue, no_overload

__all__ = ["Compiler"]


_MISSING: Final = object()
#: What is run while compiling where its argument is constant.
_CONVERSIONS: Final = frozenset(
    ("bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint")
)
_LIST_COST: Final = 10
_MAP_COST: Final = 30
_MESSAGE_COST: Final = 40
#: Types whose values come from text, and may be none.
_FROM_TEXT: Final = frozenset(("google.protobuf.Timestamp", "google.protobuf.Duration", "bytes"))


class Compiler:
    """Compiles a tree; a method for each kind of nodes."""

    def __init__(self, places: Mapping[str, int], budget: Budget) -> None:
        #: Where the values of variables are; the first place is for what has been spent.
        self.places = dict(places)
        self.budget = budget
        self.count = max([0, *places.values()]) + 1

    def compile(self, node: Typed) -> Compiled:
        """Return what runs a node."""
        return _MAKERS[node.kind](self, node)

    def constant(self, node: Typed) -> tuple[bool, Any]:
        """Return whether a node always has the same value, and the value."""
        if node.kind == "literal":
            return True, node.value
        if node.kind in ("list", "map") and not node.value:
            found = [self.constant(each) for each in node.parts]
            if all(is_constant for is_constant, _ in found):
                values = [value for _, value in found]
                if node.kind == "list":
                    return True, values
                with suppress(TypeError):  # a list can be no key: that is told when it runs
                    return True, dict(zip(values[::2], values[1::2], strict=True))
        if node.kind == "call" and node.value in _CONVERSIONS and len(node.parts) == 1:
            is_constant, value = self.constant(node.parts[0])
            if is_constant:
                return True, converted(node, value)
        return False, None

    def place_of(self, name: str) -> int:
        """Return a new place for a variable."""
        self.places[name] = self.count
        self.count += 1
        return self.places[name]

    def _literal(self, node: Typed) -> Compiled:
        value = node.value
        return (lambda _: value), 0

    def _name(self, node: Typed) -> Compiled:
        place = self.places.get(str(node.value))
        if place is None:
            kind = TypeValue(node.type.params[0].name)
            return (lambda _: kind), 0
        return (lambda v: v[place]), 1

    def _select(self, node: Typed) -> Compiled:
        owner, field, shown = node.parts[0], str(node.value), str(node.value)
        run, cost = self._owner(owner)
        kind = owner.type
        if kind.name == "variables":
            return _key(run, field), cost + 1
        if kind.kind == "object":
            field = kind.keys.get(field, field)
            if node.type.kind in _FROM_TEXT:
                return _from_text(run, field, shown), cost + 1
            return _field(run, field, shown), cost + 1
        if kind.kind == "map":
            return _key(run, field), cost + 1
        return (lambda v: _selected(run(v), field)), cost + 1

    def _owner(self, node: Typed) -> Compiled:
        """Return what runs the owner of a field; one that is not a variable with fields costs more."""
        run, cost = self.compile(node)
        return run, cost + (not is_chain(node))

    def _test(self, node: Typed) -> Compiled:
        owner, field = node.parts[0], str(node.value)
        run, cost = self._owner(owner)
        if owner.type.kind == "object":
            key = owner.type.keys.get(field, field)
            return (lambda v: run(v).get(key) is not None), cost
        if owner.type.kind == "map":
            return (lambda v: field in run(v)), cost
        return (lambda v: _has(run(v), field)), cost

    def _optional_select(self, node: Typed) -> Compiled:
        owner, field = node.parts[0], str(node.value)
        run, cost = self._owner(owner)
        kind = owner.type.params[0] if owner.type.kind == "optional_type" else owner.type
        is_object = kind.kind == "object"
        key = kind.keys.get(field, field) if is_object else field

        def select(v: list[Any]) -> Any:
            value = run(v)
            if isinstance(value, Optional):
                if not value.has_value:
                    return NONE
                value = value.value
            if not isinstance(value, dict):
                raise no_overload(value)
            found = value.get(key, _MISSING)
            return NONE if found is _MISSING or (is_object and found is None) else Optional(found)

        return select, cost + 1

    def _choice(self, node: Typed) -> Compiled:
        (ask, asked), (then, then_cost), (other, other_cost) = (self.compile(each) for each in node.parts)
        then_cost -= is_attribute(node.parts[1])
        other_cost -= is_attribute(node.parts[2])

        def choose(v: list[Any]) -> Any:
            answer = ask(v)
            if answer is True:
                v[0] += then_cost
                return then(v)
            if answer is False:
                v[0] += other_cost
                return other(v)
            raise no_overload(answer)

        return choose, asked

    def _conditions(self, node: Typed) -> Compiled:
        parts = [self.compile(each) for each in node.parts]
        stop = node.kind == "or"
        if len(parts) == 2:
            return _either(parts[0][0], parts[1][0], parts[1][1], stop), parts[0][1]
        return _any(parts, stop), 0

    def _list(self, node: Typed) -> Compiled:
        is_constant, value = self.constant(node)
        if is_constant:
            return (lambda _: value), 0
        parts = [self.compile(each) for each in node.parts]
        runs, cost = [run for run, _ in parts], sum(cost for _, cost in parts) + _LIST_COST
        if not node.value:
            return (lambda v: [run(v) for run in runs]), cost
        optional = frozenset(node.value)  # type: ignore[call-overload]  # numbers

        def make(v: list[Any]) -> list[Any]:
            found = []
            for index, run in enumerate(runs):
                value = run(v)
                if index not in optional:
                    found.append(value)
                elif not isinstance(value, Optional):
                    raise EvaluationError(f"cannot initialize optional list element from non-optional value {value}")
                elif value.has_value:
                    found.append(value.value)
            return found

        return make, cost

    def _map(self, node: Typed) -> Compiled:
        is_constant, value = self.constant(node)
        if is_constant:
            return (lambda _: value), 0
        parts = [self.compile(each) for each in node.parts]
        runs, cost = [run for run, _ in parts], sum(cost for _, cost in parts) + _MAP_COST
        optional = frozenset(node.value or ())  # type: ignore[call-overload]  # numbers

        def make(v: list[Any]) -> dict[Any, Any]:
            keys, values = [], []
            for index in range(0, len(runs), 2):
                key, value = runs[index](v), runs[index + 1](v)
                if index // 2 in optional:
                    if not isinstance(value, Optional):
                        raise EvaluationError(
                            f"cannot initialize optional entry '{key}' from non-optional value {value}"
                        )
                    if not value.has_value:
                        continue
                    value = value.value
                keys.append(key)
                values.append(value)
            try:
                return dict(zip(keys, values, strict=True))
            except TypeError:
                raise EvaluationError("unsupported key type") from None

        return make, cost

    def _message(self, node: Typed) -> Compiled:
        message = node.value
        assert isinstance(message, Message)
        parts = [self.compile(each) for each in node.parts]
        runs, cost = [run for run, _ in parts], sum(cost for _, cost in parts) + _MESSAGE_COST

        def make(v: list[Any]) -> dict[str, Any]:
            found = {}
            for index, (field, run) in enumerate(zip(message.fields, runs, strict=True)):
                value = run(v)
                if index in message.optional:
                    if not value.has_value:
                        continue
                    value = value.value
                found[field] = value
            return found

        return make, cost

    def _loop(self, node: Typed) -> Compiled:
        return LOOP_MAKERS[node.value.name](self, node)  # type: ignore[attr-defined]  # a loop

    def _bound(self, node: Typed) -> Compiled:
        run, cost = self.compile(node.parts[0])
        name = str(node.value)
        before = self.places.get(name)
        place = self.place_of(name)
        body, body_cost = self.compile(node.parts[1])
        self._restore(name, before)
        if node.kind == "bind":
            return _bound(run, place, body, body_cost), cost
        is_flat = node.kind == "optional-flat-map"

        def map_optional(v: list[Any]) -> Any:
            value = run(v)
            if not isinstance(value, Optional):
                raise no_overload(value)
            if not value.has_value:
                v[0] += 1
                return NONE
            v[place] = value.value
            v[0] += body_cost + cost + (1 if is_flat else 2)
            found = body(v)
            return found if is_flat else Optional(found)

        return map_optional, cost + 1

    def _restore(self, name: str, before: int | None) -> None:
        if before is None:
            del self.places[name]
        else:
            self.places[name] = before

    def variables(self, names: Sequence[str], bodies: Sequence[Typed]) -> tuple[tuple[int, ...], list[Compiled]]:
        """Return the places of the variables of a loop, and what runs its bodies."""
        before = {name: self.places.get(name) for name in names}
        places = tuple(self.place_of(name) for name in names)
        compiled = [self.compile(each) for each in bodies]
        for name, place in before.items():
            self._restore(name, place)
        return places, compiled

    def _call(self, node: Typed) -> Compiled:
        return compile_call(self, node)


_MAKERS: Final[dict[str, Callable[[Compiler, Typed], Compiled]]] = {
    "literal": Compiler._literal,
    "name": Compiler._name,
    "select": Compiler._select,
    "test": Compiler._test,
    "optional-select": Compiler._optional_select,
    "call": Compiler._call,
    "method": Compiler._call,
    "and": Compiler._conditions,
    "or": Compiler._conditions,
    "if": Compiler._choice,
    "list": Compiler._list,
    "map": Compiler._map,
    "message": Compiler._message,
    "loop": Compiler._loop,
    "bind": Compiler._bound,
    "optional-map": Compiler._bound,
    "optional-flat-map": Compiler._bound,
}


def _field(run: Run, key: str, shown: str) -> Run:
    def select(v: list[Any]) -> Any:
        found = run(v).get(key)
        if found is None:
            raise EvaluationError(f"no such key: {shown}")
        return found

    return select


def _from_text(run: Run, key: str, shown: str) -> Run:
    inner = _field(run, key, shown)

    def select(v: list[Any]) -> Any:
        found = inner(v)
        if isinstance(found, Bad):
            raise EvaluationError(found.message)
        return found

    return select


def _key(run: Run, key: str) -> Run:
    def select(v: list[Any]) -> Any:
        found = run(v).get(key, _MISSING)
        if found is _MISSING:
            raise EvaluationError(f"no such key: {key}")
        return found

    return select


def _selected(value: Any, field: str) -> Any:
    if isinstance(value, dict):
        found = value.get(field, _MISSING)
        if found is _MISSING:
            raise EvaluationError(f"no such key: {field}")
        return found
    if isinstance(value, Optional):
        return Optional(_selected(value.value, field)) if value.has_value else NONE
    if isinstance(value, Bad):
        raise EvaluationError(value.message)
    if isinstance(value, list):
        raise EvaluationError("unsupported index type 'string' in list")
    raise EvaluationError(f"no such key: {field}")


def _has(value: Any, field: str) -> Any:
    if isinstance(value, Optional):
        return value.has_value and _has(value.value, field)
    if isinstance(value, dict):
        return field in value
    if isinstance(value, Bad):
        raise no_overload(value)
    if isinstance(value, list):
        raise EvaluationError("unsupported index type 'string' in list")
    return False


def _either(one: Run, other: Run, other_cost: int, stop: bool) -> Run:
    """Return what runs two conditions of which one decides."""

    def ask(v: list[Any]) -> Any:
        error: EvaluationError | None = None
        try:
            found = one(v)
            if found is stop:
                return stop
            if type(found) is not bool:
                error = no_overload(found)
        except EvaluationError as caught:
            error = caught
        v[0] += other_cost
        found = other(v) if error is None else _after(error, other, v)
        if found is stop:
            return stop
        if error is not None:
            raise error
        if type(found) is not bool:
            raise no_overload(found)
        return not stop

    return ask


def _after(error: EvaluationError, run: Run, v: list[Any]) -> Any:
    try:
        return run(v)
    except EvaluationError:
        raise error from None


def _any(parts: Sequence[Compiled], stop: bool) -> Run:
    """Return what runs conditions of which one decides."""

    def ask(v: list[Any]) -> Any:
        error: EvaluationError | None = None
        for run, cost in parts:
            v[0] += cost
            try:
                found = run(v)
                if found is stop:
                    return stop
                if type(found) is not bool:
                    error = error or no_overload(found)
            except EvaluationError as caught:
                error = error or caught
        if error is not None:
            raise error
        return not stop

    return ask


def _bound(run: Run, place: int, body: Run, body_cost: int) -> Run:
    def bind(v: list[Any]) -> Any:
        v[place] = run(v)
        v[0] += body_cost
        return body(v)

    return bind
