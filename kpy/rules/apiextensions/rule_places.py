"""The rules in a schema (`x-kubernetes-validations`), compiled, with their places and what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from kpy.objects import Tree
from kpy.rules.apiextensions.places import Place
from kpy.syntax.cel.rules import DEFINITION_LIMIT, RULE_LIMIT, CompiledRule, compile_rule, often
from kpy.syntax.cel.schemas import Declaration, declared, escaped

if TYPE_CHECKING:
    from kpy.syntax.cel.program import Program

__all__ = ["DEFINITION_LIMIT", "RULE_LIMIT", "PlacedRule", "placed_rules"]


_VALIDATIONS = "x-kubernetes-validations"
_EMBEDDED = "x-kubernetes-embedded-resource"
_UNTYPED = "stand where the schema has no type, so that they see nothing"


class PlacedRule(NamedTuple):
    """A rule of a schema."""

    given: Tree
    place: Place
    #: The place of the schema of its version.
    version: Place
    rule: CompiledRule
    #: Whether old and new values belong together, so that it may compare them.
    is_followed: bool
    #: What it costs at most, and its messageExpression.
    costs: tuple[tuple[str, int], ...] = ()
    #: What is wrong with its place; continues `the rules ...`.
    fault: str = ""


class _Scope(NamedTuple):
    """A part of a schema under way."""

    schema: Tree
    place: Place
    declaration: Declaration | None
    #: How many values of it there can be; nothing where there is no bound.
    cardinality: int | None = 1
    is_followed: bool = True


def placed_rules(schema: Tree, place: Place, minor: int) -> Iterator[PlacedRule]:
    """Yield the rules of the schema of a version, inner ones first."""
    yield from _rules(_Scope(schema, place, declared(schema, is_resource=True)), place, minor)


def _rules(scope: _Scope, version: Place, minor: int) -> Iterator[PlacedRule]:
    for child in _children(scope):
        yield from _rules(child, version, minor)
    given = scope.schema.get(_VALIDATIONS) or ()
    if given and scope.declaration is None:
        yield PlacedRule({}, scope.place.field(_VALIDATIONS), version, CompiledRule(), True, fault=_UNTYPED)
        return
    for index, each in enumerate(given):
        assert scope.declaration is not None
        rule = compile_rule(each, scope.declaration, minor)
        place = scope.place.field(_VALIDATIONS).field(index)
        yield PlacedRule(
            each, place, version, rule, scope.is_followed, _costs(rule, scope.declaration, scope.cardinality)
        )


def _costs(rule: CompiledRule, declaration: Declaration, cardinality: int | None) -> tuple[tuple[str, int], ...]:
    found = []
    if rule.program is not None:
        found.append(("rule", often(_cost(rule.program, declaration), declaration, cardinality)))
    if rule.message is not None:
        found.append(("messageExpression", _cost(rule.message, declaration)))
    return tuple(found)


def _cost(program: Program, declaration: Declaration) -> int:
    from kpy.syntax.cel.estimates import estimate

    return estimate(program.tree, declaration)


def _children(scope: _Scope) -> Iterator[_Scope]:
    schema, place, declaration = scope.schema, scope.place, scope.declaration
    cardinality = None if scope.cardinality is None else _times(scope.cardinality, schema)
    extra = schema.get("additionalProperties")
    if isinstance(extra, Mapping):
        element = declaration.element if declaration else None
        yield _child(extra, place.field("additionalProperties"), element, cardinality, scope.is_followed)
    for name, value in (schema.get("properties") or {}).items():
        known = declaration.property(name) if declaration and escaped(name) is not None else None
        yield _child(value, place.field("properties").key(name), known, cardinality, scope.is_followed)
    items = schema.get("items")
    if isinstance(items, Mapping):
        followed = scope.is_followed and schema.get("x-kubernetes-list-type") == "map"
        element = declaration.element if declaration else None
        yield _child(items, place.field("items"), element, cardinality, followed)


def _child(schema: Tree, place: Place, known: Declaration | None, cardinality: int | None, followed: bool) -> _Scope:
    if known is None:
        known = declared(schema, is_resource=bool(schema.get(_EMBEDDED)))
    return _Scope(schema, place, known, cardinality, followed)


def _times(cardinality: int, schema: Tree) -> int | None:
    """Return how many values there can be within so many with this schema."""
    kind = schema.get("type")
    if kind == "object" and schema.get("additionalProperties") is not None:
        most = schema.get("maxProperties")
    elif kind == "array":
        most = schema.get("maxItems")
    else:
        return cardinality
    return None if most is None else cardinality * max(0, int(most))
