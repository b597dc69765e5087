"""The macros that go through a list or map, as closures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from kpy.syntax.cel.closures import Compiled, Compiling, Run
from kpy.syntax.cel.errors import CostError, EvaluationError
from kpy.syntax.cel.typed import Typed
from kpy.syntax.cel.values import Bad, equals, no_overload, type_name

__all__ = ["LOOP_MAKERS"]

_LIST_COST: Final = 10


def _items(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value)
    raise _no_list(value)


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, list):
        return list(enumerate(value))
    if isinstance(value, dict):
        return list(value.items())
    raise _no_list(value)


def _no_list(value: Any) -> EvaluationError:
    """Return the error for a value that nobody can go through, in the words of Go."""
    if isinstance(value, Bad):
        return EvaluationError(value.message)
    name = {"null_type": "Null"}.get(type_name(value), type_name(value).rpartition(".")[2].capitalize())
    return EvaluationError(f"got 'types.{name}', expected iterable type")


def _each(run: Run, places: tuple[int, ...]) -> Callable[[list[Any]], Iterator[Any]]:
    """Return what goes through the elements and puts each in its place; it yields the element."""
    if len(places) == 1:
        place = places[0]

        def one(v: list[Any]) -> Iterator[Any]:
            for item in _items(run(v)):
                v[place] = item
                yield item

        return one
    first, second = places

    def two(v: list[Any]) -> Iterator[Any]:
        for key, value in _pairs(run(v)):
            v[first], v[second] = key, value
            yield value

    return two


def _quantifier(compiler: Compiling, node: Typed, stop: bool) -> Compiled:
    run, cost = compiler.compile(node.parts[0])
    places, (body,) = compiler.variables(node.value.variables, node.parts[1:])  # type: ignore[attr-defined]  # a loop
    ask, budget = body[0], compiler.budget
    # The condition of the loop asks for what has been found; the step joins it with the answer.
    asked = 3 if stop else 2
    step = body[1] + 1 + asked
    each = _each(run, places)

    def quantify(v: list[Any]) -> Any:
        error: EvaluationError | None = None
        items = each(v)
        for _ in items:
            v[0] += step
            if v[0] > budget.limit:
                raise CostError
            try:
                found = ask(v)
            except EvaluationError as caught:
                error = error or caught
                continue
            if found is stop:
                v[0] += asked if next(items, budget) is not budget else 0
                return stop
            if type(found) is not bool:
                error = error or no_overload(found)
        if error is not None:
            raise error
        return not stop

    return quantify, cost + 1


def _all(compiler: Compiling, node: Typed) -> Compiled:
    return _quantifier(compiler, node, False)


def _exists(compiler: Compiling, node: Typed) -> Compiled:
    return _quantifier(compiler, node, True)


def _exists_one(compiler: Compiling, node: Typed) -> Compiled:
    run, cost = compiler.compile(node.parts[0])
    places, (body,) = compiler.variables(node.value.variables, node.parts[1:])  # type: ignore[attr-defined]  # a loop
    (ask, step), budget = body, compiler.budget
    each = _each(run, places)

    def count(v: list[Any]) -> bool:
        found = 0
        for _ in each(v):
            v[0] += step
            if v[0] > budget.limit:
                raise CostError
            answer = ask(v)
            if answer is True:
                v[0] += 2
                found += 1
            elif answer is not False:
                raise no_overload(answer)
        return found == 1

    return count, cost + 2


def _listing(compiler: Compiling, node: Typed) -> Compiled:
    """Compile what makes a list: `filter`, `map` and `transformList`."""
    name = node.value.name  # type: ignore[attr-defined]  # a loop
    run, cost = compiler.compile(node.parts[0])
    places, bodies = compiler.variables(node.value.variables, node.parts[1:])  # type: ignore[attr-defined]  # a loop
    is_filter = name == "filter"
    ask, asked = bodies[0] if is_filter or len(bodies) == 2 else (None, 0)
    make, made = (None, 1) if is_filter else bodies[-1]
    budget, each = compiler.budget, _each(run, places)
    # What is made is put in a list of its own, which is joined with the one that has been found.
    taken = made + _LIST_COST + 2

    def collect(v: list[Any]) -> list[Any]:
        found = []
        for item in each(v):
            if ask is not None:
                v[0] += asked
                answer = ask(v)
                if answer is False:
                    continue
                if answer is not True:
                    raise no_overload(answer)
            v[0] += taken
            if v[0] > budget.limit:
                raise CostError
            found.append(item if make is None else make(v))
        return found

    return collect, cost + 1


def _mapping(compiler: Compiling, node: Typed) -> Compiled:
    """Compile what makes a map: `transformMap` and `transformMapEntry`."""
    name = node.value.name  # type: ignore[attr-defined]  # a loop
    run, cost = compiler.compile(node.parts[0])
    places, bodies = compiler.variables(node.value.variables, node.parts[1:])  # type: ignore[attr-defined]  # a loop
    ask, asked = bodies[0] if len(bodies) == 2 else (None, 0)
    make, made = bodies[-1]
    budget, each = compiler.budget, _each(run, places)
    is_entry, key_place = name == "transformMapEntry", places[0]
    taken = made + (2 if is_entry else 3)

    def collect(v: list[Any]) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for _ in each(v):
            if ask is not None:
                v[0] += asked
                answer = ask(v)
                if answer is False:
                    continue
                if answer is not True:
                    raise no_overload(answer)
            v[0] += taken
            if v[0] > budget.limit:
                raise CostError
            value = make(v)
            for key, each_value in value.items() if is_entry else ((v[key_place], value),):
                if any(equals(key, known) for known in ([key] if key in found else [])):
                    raise EvaluationError(f"insert failed: key {key} already exists")
                found[key] = each_value
        return found

    return collect, cost + 1


def _sort_by(compiler: Compiling, node: Typed) -> Compiled:
    from kpy.syntax.cel.charges import squared_keys
    from kpy.syntax.cel.lists import sort_by

    run, cost = compiler.compile(node.parts[0])
    places, (body,) = compiler.variables(node.value.variables, node.parts[1:])  # type: ignore[attr-defined]  # a loop
    (make, made), budget, place = body, compiler.budget, places[0]

    def sort(v: list[Any]) -> list[Any]:
        items = _items(run(v))
        keys = []
        for v[place] in items:
            v[0] += made + _LIST_COST + 2
            if v[0] > budget.limit:
                raise CostError
            keys.append(make(v))
        v[0] += squared_keys((items, keys), None)
        return sort_by(items, keys)

    return sort, cost + 3


LOOP_MAKERS: Final[dict[str, Callable[[Compiling, Typed], Compiled]]] = {
    "all": _all,
    "exists": _exists,
    "exists_one": _exists_one,
    "existsOne": _exists_one,
    "map": _listing,
    "filter": _listing,
    "transformList": _listing,
    "transformMap": _mapping,
    "transformMapEntry": _mapping,
    "sortBy": _sort_by,
}
