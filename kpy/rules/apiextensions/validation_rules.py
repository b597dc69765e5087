"""Rules in CEL in the schemas of custom resources (`x-kubernetes-validations`).

A server compiles them when all else is in order. Rules run by the names of their modules, so this one comes last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.apiextensions.field_paths import field_at
from kpy.rules.apiextensions.places import Place, schemas
from kpy.rules.apiextensions.schemas import DEFINITION, Part, schema_rule
from kpy.rules.apiextensions.structure import is_convertible, is_structural

if TYPE_CHECKING:
    from kpy.rules.apiextensions.rule_places import PlacedRule

RULES = (
    "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules"
)
COSTS = RULES.replace("#validation-rules", "#resource-use-by-validation-functions")
REASONS = ("FieldValueRequired", "FieldValueForbidden", "FieldValueInvalid", "FieldValueDuplicate")


_VALIDATIONS = "x-kubernetes-validations"
_LINES = re.compile(r"[\n\r]")


def _rules(part: Part) -> Iterator[tuple[Tree, Place]]:
    for index, validation in enumerate(part.schema.get(_VALIDATIONS) or ()):
        yield validation, part.place.field(_VALIDATIONS).field(index)


@schema_rule("crd-rule-message", source=RULES)
def message(part: Part, check: Check) -> None:
    """The message of a rule is one line and not blank; a rule of several lines needs one."""
    for validation, place in _rules(part):
        text, expression = validation.get("message") or "", (validation.get("rule") or "").strip()
        if not expression:
            place.field("rule").report(check, "the rule is empty")
        elif text and not text.strip():
            place.field("message").report(check, "message is blank")
        elif _LINES.search(text.strip()):
            place.field("message").report(check, "message has more than one line")
        elif _LINES.search(expression) and not text:
            place.field("message").report(check, "a rule of several lines needs a message")
        if validation.get("messageExpression") and not validation["messageExpression"].strip():
            place.field("messageExpression").report(check, "messageExpression is blank")


@schema_rule("crd-rule-reason", source=RULES)
def reason(part: Part, check: Check) -> None:
    """The reason of a rule is one of those that a server gives for a field."""
    for validation, place in _rules(part):
        text = validation.get("reason")
        if text is not None and text not in REASONS:
            place.field("reason").report(check, f"reason {text!r} is not one of {', '.join(REASONS)}")


@schema_rule("crd-rule-field-path", source=RULES)
def field_path(part: Part, check: Check) -> None:
    """The fieldPath of a rule leads to a field of the schema that the rule stands at."""
    for validation, place in _rules(part):
        path = validation.get("fieldPath") or ""
        if not path:
            continue
        if _LINES.search(path) or not path.strip():
            place.field("fieldPath").report(check, f"fieldPath {path!r} is not a path")
        elif is_convertible(part.schema) and field_at(path, part.schema) is None:
            place.field("fieldPath").report(check, f"fieldPath {path!r} leads to no field")


@rule("crd-rule-expression", on=DEFINITION, source=RULES)
def expressions(definition: Tree, at: Path, check: Check) -> None:
    """A rule is an expression of CEL about `self`, and `oldSelf` where that can be told, which is true or false."""
    for compiled in _sound_rules(definition, at, check):
        rule, place = compiled.rule, compiled.place
        if compiled.fault:
            place.report(check, f"the rules {compiled.fault}")
            continue
        if rule.fault:
            place.field("rule").report(check, f"the rule {rule.fault}")
        if rule.message_fault:
            place.field("messageExpression").report(check, f"the messageExpression {rule.message_fault}")
        if rule.uses_old and not compiled.is_followed:
            place.field("rule").report(check, "the rule compares with `oldSelf`, but which value was it before?")
        if not rule.uses_old and compiled.given.get("optionalOldSelf") is not None:
            place.field("optionalOldSelf").report(
                check, "the rule does not use `oldSelf`", fix="drop `optionalOldSelf`"
            )


@rule("crd-rule-cost", on=DEFINITION, source=COSTS)
def costs(definition: Tree, at: Path, check: Check) -> None:
    """A rule costs no more than a server allows, for all values that the schema allows; nor do all rules together."""
    from kpy.syntax.cel.rules import DEFINITION_LIMIT, RULE_LIMIT

    for version, found in groupby(_sound_rules(definition, at, check), lambda compiled: compiled.version):
        total, expensive = 0, []
        for compiled in found:
            for field, cost in compiled.costs:
                if cost > RULE_LIMIT:
                    message = f"costs {_times(cost, RULE_LIMIT)} what a server allows a rule"
                    compiled.place.field(field).report(check, f"the {field} {message}", fix=_CHEAPER)
                total += cost
                if cost >= DEFINITION_LIMIT // 100:
                    expensive.append((cost, compiled.place.field(field)))
        if total > DEFINITION_LIMIT:
            message = f"the rules of the schema cost {_times(total, DEFINITION_LIMIT)} what a server allows them"
            for _, place in sorted(expensive, key=lambda pair: -pair[0])[:4]:
                place.report(check, f"{message} together; this is one of the most expensive", fix=_CHEAPER)
            version.report(check, message, fix=_CHEAPER)


_CHEAPER = "set maxItems, maxProperties and maxLength of the lists, maps and texts that it goes through"


def _times(cost: int, limit: int) -> str:
    return "more than 100 times" if cost > 100 * limit else f"{cost / limit:.3g} times"


def _sound_rules(definition: Tree, at: Path, check: Check) -> list[PlacedRule]:
    """Return the rules of the schemas in which all else is in order."""
    return check.once(_placed_rules, definition, at)


def _placed_rules(definition: Tree, at: Path, check: Check) -> list[PlacedRule]:
    from kpy.rules.apiextensions.rule_places import placed_rules

    found: list[PlacedRule] = []
    for version in schemas(definition, at):
        start = version.place.at.steps
        if is_structural(version.schema) and not any(path.steps[: len(start)] == start for path in check.paths):
            found.extend(placed_rules(version.schema, version.place, check.minor - 1))
    return found
