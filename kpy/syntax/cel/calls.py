"""Calls of functions and operators, as closures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Final

from kpy.syntax.cel.charges import CHARGES, Charge
from kpy.syntax.cel.closures import Compiled, Compiling, Run, is_attribute, is_chain
from kpy.syntax.cel.declarations import Overload
from kpy.syntax.cel.errors import CelError, EvaluationError
from kpy.syntax.cel.operators import OPERATORS
from kpy.syntax.cel.typed import Typed
from kpy.syntax.cel.types import Type
from kpy.syntax.cel.values import Bad, Opaque, Optional, no_overload, size_of, type_name

__all__ = ["compile_call", "converted", "implementation"]

_SIMPLE: Final = frozenset(("int", "uint", "string", "bool"))
#: Functions that look at their arguments themselves.
_SILENT: Final = frozenset({
    "cidr", "contains", "double", "duration", "endsWith", "find", "findAll", "int", "ip", "matches", "quantity",
    "semver", "startsWith", "string", "timestamp", "uint", "url",
})  # fmt: skip
#: Operators that cost 1, whatever they get.
_FLAT: Final = frozenset(("-", "*", "/", "%", "!", "negate", "[]", "[?]"))


def compile_call(compiler: Compiling, node: Typed) -> Compiled:
    """Return what runs a call."""
    name = str(node.value)
    if node.kind == "call" and name == "-" and len(node.parts) == 1:
        name = "negate"
    if node.kind == "call" and name in OPERATORS:
        return _operator(compiler, node, name)
    if name in ("or", "orValue") and node.overloads[0].name.startswith("optional_or"):
        return _optional_or(compiler, node)
    is_constant, value = compiler.constant(node)
    if is_constant:
        return (lambda _: value), 0
    if (pattern := _pattern_of(node, name)) is not None:
        return _matching(compiler, node, pattern)
    return _function(compiler, node, name)


def converted(node: Typed, value: Any) -> Any:
    """Return what a conversion makes of a constant; what cannot be converted is a fault of the expression."""
    try:
        return _chosen(node)(value)
    except EvaluationError as error:
        raise CelError(f"can never have a value: {error}") from None


@cache
def implementation(way: Overload) -> Callable[..., Any]:
    """Return the function that a way to call stands for."""
    module = import_module(f"kpy.syntax.cel.{way.library}")
    functions: dict[str, Callable[..., Any]] = module.FUNCTIONS
    if (found := functions.get(way.name)) is not None:
        return found
    return functions[way.name.rpartition("_")[0]]


def _chosen(node: Typed) -> Callable[..., Any]:
    """Return the function of a call; where its arguments do not tell which one, it is chosen when it runs."""
    ways = node.overloads
    if len(ways) == 1 and all(map(_is_exact, (part.type for part in node.parts), ways[0].args)):
        return implementation(ways[0])
    tests = [(tuple(map(_test_of, way.args)), implementation(way)) for way in ways]
    name = str(node.value)

    def choose(*args: Any) -> Any:
        for wanted, function in tests:
            if all(test(arg) for test, arg in zip(wanted, args, strict=True)):
                return function(*args)
        raise _not_taken(name, args)

    return choose


def _not_taken(name: str, args: Sequence[Any]) -> EvaluationError:
    """Return the error for values that a function does not take: a server says which, but of some functions."""
    error = no_overload(*args)
    if str(error) != "no such overload" or name in _SILENT:
        return error
    shown = "" if name in ("size", "sort") else f"({', '.join(map(type_name, args))})"
    return EvaluationError(f"no such overload: {name}{shown}")


def _is_exact(kind: Type, wanted: Type) -> bool:
    """Return whether values of a type are known to be of another."""
    if wanted.kind in ("dyn", "param"):
        return True
    return kind.kind == wanted.kind and all(map(_is_exact, kind.params, wanted.params))


@cache
def _test_of(kind: Type) -> Callable[[Any], bool]:
    """Return what tells whether a value is of a type."""
    if kind.kind in ("dyn", "param"):
        return lambda _: True
    if kind.kind == "list":
        inner = _test_of(kind.params[0])
        return lambda value: isinstance(value, list) and all(map(inner, value[:1]))
    name = {"object": "map"}.get(kind.kind, kind.kind)
    return lambda value: type_name(value) == name


def _charge_of(node: Typed, name: str) -> Charge | None:
    """Return what counts the cost of a call; nothing where it is 1."""
    first = node.overloads[0]
    if first.name in CHARGES:
        return CHARGES[first.name]
    return CHARGES.get(f".{first.name}" if node.kind == "method" and f".{first.name}" in CHARGES else name)


def _function(compiler: Compiling, node: Typed, name: str) -> Compiled:
    parts = [compiler.compile(each) for each in node.parts]
    runs, cost = [run for run, _ in parts], sum(cost for _, cost in parts)
    function, charge = _chosen(node), _charge_of(node, name)
    if charge is None:
        return _plain(function, runs), cost + 1

    def call(v: list[Any]) -> Any:
        args = [run(v) for run in runs]
        found = function(*args)
        v[0] += charge(args, found)
        return found

    return call, cost


def _plain(function: Callable[..., Any], runs: Sequence[Run]) -> Run:
    if len(runs) == 1:
        only = runs[0]
        return lambda v: function(only(v))
    if len(runs) == 2:
        one, other = runs
        return lambda v: function(one(v), other(v))
    return lambda v: function(*[run(v) for run in runs])


def _operator(compiler: Compiling, node: Typed, name: str) -> Compiled:
    parts = [compiler.compile(each) for each in node.parts]
    cost = sum(cost for _, cost in parts)
    function = OPERATORS[name]
    if name in _FLAT:
        if name in ("[]", "[?]"):
            cost += (not is_chain(node.parts[0])) - is_attribute(node.parts[1])
        return _plain(function, [run for run, _ in parts]), cost + 1
    (one, _), (other, _) = parts
    if name == "in":
        return _membership(compiler, node, one, other, cost)
    if name == "+":
        return _sum(node, function, one, other, cost)
    return _comparison(node, name, function, one, other, cost)


def _comparison(node: Typed, name: str, function: Callable[..., Any], one: Run, other: Run, cost: int) -> Compiled:
    kinds = node.parts[0].type.kind, node.parts[1].type.kind
    if kinds[0] == kinds[1] and kinds[0] in ("int", "uint", "bool", "double") and name in ("==", "!="):
        if name == "==":
            return (lambda v: one(v) == other(v)), cost + 1
        return (lambda v: one(v) != other(v)), cost + 1
    if kinds == ("string", "string") and name in ("==", "!="):
        is_equal = name == "=="

        def compare_texts(v: list[Any]) -> bool:
            text, second = one(v), other(v)
            v[0] += (min(len(text), len(second)) + 9) // 10
            return (text == second) is is_equal

        return compare_texts, cost

    def compare(v: list[Any]) -> bool:
        first, second = one(v), other(v)
        if isinstance(first, Opaque):
            v[0] += 1
        else:
            v[0] += (min(size_of(first), size_of(second)) + 9) // 10
        return bool(function(first, second))

    return compare, cost


def _sum(node: Typed, function: Callable[..., Any], one: Run, other: Run, cost: int) -> Compiled:
    if node.type.kind not in ("string", "bytes") or len(node.overloads) > 1:
        return _plain(function, [one, other]), cost + 1

    def add(v: list[Any]) -> Any:
        first, second = one(v), other(v)
        is_text = isinstance(first, str | bytes)
        v[0] += (len(first) + size_of(second) + 9) // 10 if is_text else 1
        return function(first, second)

    return add, cost


def _membership(compiler: Compiling, node: Typed, one: Run, other: Run, cost: int) -> Compiled:
    is_constant, owner = compiler.constant(node.parts[1])
    kind = node.parts[0].type.kind
    if is_constant and isinstance(owner, list):
        if kind in _SIMPLE and all(type(each) is type(owner[0]) for each in owner):
            values = frozenset(owner)
            return (lambda v: one(v) in values), cost
        return (lambda v: OPERATORS["in"](one(v), owner)), cost
    function = OPERATORS["in"]
    if len(node.overloads) > 1:
        return (lambda v: function(one(v), other(v))), cost + 1

    def search(v: list[Any]) -> bool:
        item, found = one(v), other(v)
        v[0] += len(found) if isinstance(found, list) else 1
        return bool(function(item, found))

    return search, cost


def _optional_or(compiler: Compiling, node: Typed) -> Compiled:
    (run, cost), (other, other_cost) = (compiler.compile(each) for each in node.parts)
    is_value = node.value == "orValue"

    def choose(v: list[Any]) -> Any:
        found = run(v)
        if not isinstance(found, Optional):
            if is_value and not isinstance(found, Bad):
                return found  # a value that is sure to be there
            raise no_overload(found)
        if found.has_value:
            return found.value if is_value else found
        v[0] += other_cost
        return other(v)

    return choose, cost


def _pattern_of(node: Typed, name: str) -> str | None:
    """Return the constant pattern that a call matches with."""
    if name not in ("matches", "find", "findAll") or node.parts[1].kind != "literal":
        return None
    return str(node.parts[1].value)


def _matching(compiler: Compiling, node: Typed, text: str) -> Compiled:
    from kpy.syntax.cel.texts import compiled, find, find_all

    pattern = compiled(text, wrong=CelError)
    (run, cost), *others = (compiler.compile(each) for each in node.parts)
    cost += sum(each for _, each in others)
    name, limit = str(node.value), others[1][0] if len(others) > 1 else None
    by_pattern = (len(text) + 3) // 4

    def match(v: list[Any]) -> Any:
        value = run(v)
        if not isinstance(value, str):
            raise no_overload(value)
        v[0] += (len(value) + 10) // 10 * by_pattern
        if name == "matches":
            return pattern.search(value)
        return find(value, pattern) if name == "find" else find_all(value, pattern, limit(v) if limit else -1)

    return match, cost
