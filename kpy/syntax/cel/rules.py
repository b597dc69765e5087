"""The rules of schemas (`x-kubernetes-validations`), compiled as an API server compiles them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from kpy.syntax.cel.errors import CelError
from kpy.syntax.cel.parser import parse
from kpy.syntax.cel.program import Program, compile
from kpy.syntax.cel.schemas import MAX_REQUEST, Declaration
from kpy.syntax.cel.sizes import product
from kpy.syntax.cel.tree import walk
from kpy.syntax.cel.typed import Environment
from kpy.syntax.cel.types import optional_of

__all__ = ["DEFINITION_LIMIT", "RULE_LIMIT", "CompiledRule", "compile_rule", "often"]

#: What a rule, and all rules of a schema together, may cost by the estimate.
RULE_LIMIT: Final = 10_000_000
DEFINITION_LIMIT: Final = 100_000_000


class CompiledRule(NamedTuple):
    """A rule that is ready to run, or what is wrong with it; what is wrong continues `the rule ...`."""

    program: Program | None = None
    fault: str = ""
    message: Program | None = None
    message_fault: str = ""
    uses_old: bool = False


def compile_rule(rule: Mapping[str, Any], declaration: Declaration, minor: int) -> CompiledRule:
    """Return a rule about the values of a schema, compiled with the functions of a minor release."""
    text, message = rule.get("rule") or "", rule.get("messageExpression") or ""
    if not text.strip():
        return CompiledRule()
    kind = declaration.type
    old = optional_of(kind) if rule.get("optionalOldSelf") else kind
    environment = Environment({"self": kind, "oldSelf": old}, minor)
    try:
        program = compile(text, environment)
        if program.type.kind != "bool":
            return CompiledRule(fault=f"must have a result of type bool, not {program.type}")
        uses_old = any(node.kind == "name" and node.value == "oldSelf" for node in walk(parse(text)))
    except CelError as error:
        return CompiledRule(fault=str(error))
    if not message:
        return CompiledRule(program, uses_old=uses_old)
    try:
        said = compile(message, environment)
    except CelError as error:
        return CompiledRule(program, message_fault=str(error), uses_old=uses_old)
    if said.type.kind != "string":
        return CompiledRule(
            program, message_fault=f"must have a result of type string, not {said.type}", uses_old=uses_old
        )
    return CompiledRule(program, message=said, uses_old=uses_old)


def often(cost: int, declaration: Declaration, cardinality: int | None) -> int:
    """Return what a rule costs for all values that it is run on: as many as the schema allows, or a request holds."""
    count = MAX_REQUEST // (declaration.min_size + 1) if cardinality is None else cardinality
    return product(cost, count)
