"""Rules in CEL in the schemas of custom resources (`x-kubernetes-validations`).

A server compiles them when all else is in order. Rules run by the names of their modules, so this one comes last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.paths import Path
from kpy.rules.apiextensions.field_paths import field_at
from kpy.rules.apiextensions.places import Place, schemas
from kpy.rules.apiextensions.schemas import DEFINITION, Part, parts, schema_rule
from kpy.rules.apiextensions.structure import is_convertible, is_structural
from kpy.syntax.cel_parser import RESERVED_WORDS, CelError, Node, parse
from kpy.syntax.expressions import expression_fault

RULES = (
    "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules"
)
REASONS = ("FieldValueRequired", "FieldValueForbidden", "FieldValueInvalid", "FieldValueDuplicate")


Object = Mapping[str, Any]

_VALIDATIONS = "x-kubernetes-validations"
_LINES = re.compile(r"[\n\r]")
#: How CEL writes characters of field names that no identifier has.
_ESCAPES = (("__", "__underscores__"), (".", "__dot__"), ("-", "__dash__"), ("/", "__slash__"))


def _rules(part: Part) -> Iterator[tuple[Object, Place]]:
    for index, said in enumerate(part.schema.get(_VALIDATIONS) or ()):
        yield said, part.place.field(_VALIDATIONS).field(index)


@schema_rule("crd-rule-message", source=RULES)
def message(part: Part, check: Check) -> None:
    """The message of a rule is one line and not blank; a rule of several lines needs one."""
    for said, place in _rules(part):
        text, expression = said.get("message") or "", (said.get("rule") or "").strip()
        if not expression:
            place.field("rule").report(check, "the rule is empty")
        elif text and not text.strip():
            place.field("message").report(check, "message is blank")
        elif _LINES.search(text.strip()):
            place.field("message").report(check, "message has more than one line")
        elif _LINES.search(expression) and not text:
            place.field("message").report(check, "a rule of several lines needs a message")
        if said.get("messageExpression") and not said["messageExpression"].strip():
            place.field("messageExpression").report(check, "messageExpression is blank")


@schema_rule("crd-rule-reason", source=RULES)
def reason(part: Part, check: Check) -> None:
    """The reason of a rule is one of those that a server gives for a field."""
    for said, place in _rules(part):
        text = said.get("reason")
        if text is not None and text not in REASONS:
            place.field("reason").report(check, f"reason {text!r} is not one of {', '.join(REASONS)}")


@schema_rule("crd-rule-field-path", source=RULES)
def field_path(part: Part, check: Check) -> None:
    """The fieldPath of a rule leads to a field of the schema that the rule stands at."""
    for said, place in _rules(part):
        path = said.get("fieldPath") or ""
        if not path:
            continue
        if _LINES.search(path) or not path.strip():
            place.field("fieldPath").report(check, f"fieldPath {path!r} is no path")
        elif is_convertible(part.schema) and field_at(path, part.schema) is None:
            place.field("fieldPath").report(check, f"fieldPath {path!r} leads to no field")


@rule("crd-rule-expression", on=DEFINITION, source=RULES)
def expressions(definition: Object, at: Path, check: Check) -> None:
    """A rule is an expression of CEL about `self`, and `oldSelf` where that can be told, which is true or false."""
    for version in schemas(definition, at):
        start = version.place.at.steps
        if not is_structural(version.schema) or any(path.steps[: len(start)] == start for path in check.paths):
            continue
        for part in parts(Part(version.schema, version.place, is_root=True)):
            if not part.is_alternative:
                _check_rules(part, check)


def _check_rules(part: Part, check: Check) -> None:
    for said, place in _rules(part):
        text = said.get("rule") or ""
        fault = expression_fault(text, ("self", "oldSelf"), ("bool",)) or _unknown_field(text, part)
        uses_old = False
        if fault:
            place.field("rule").report(check, f"the rule {fault}")
        else:
            uses_old = "oldSelf" in _names(parse(text))
        if uses_old and not part.is_followed:
            place.field("rule").report(check, "the rule compares with `oldSelf`, but which value was it before?")
        if not uses_old and said.get("optionalOldSelf") is not None:
            place.field("optionalOldSelf").report(
                check, "the rule does not use `oldSelf`", fix="drop `optionalOldSelf`"
            )
        text = said.get("messageExpression") or ""
        if text and (fault := expression_fault(text, ("self", "oldSelf"), ("string",)) or _unknown_field(text, part)):
            place.field("messageExpression").report(check, f"the messageExpression {fault}")


def _names(node: Node) -> set[str]:
    found = {node.text} if node.kind == "name" else set()
    return found.union(*(_names(part) for part in node.parts))


def _unknown_field(text: str, part: Part) -> str | None:
    """Return what an expression says of a field that the schema does not have, or nothing."""
    try:
        tree = parse(text)
    except (CelError, RecursionError):
        return None
    name = _missing(tree, part)
    return f"uses the field {name!r}, which the schema does not have" if name else None


def _missing(node: Node, part: Part) -> str | None:
    for child in node.parts:
        if found := _missing(child, part):
            return found
    if node.kind == "select" and (owner := _schema_of(node.parts[0], part)) is not None:
        schema, is_resource = owner
        known = {_escaped(name) for name in schema.get("properties") or ()}
        if is_resource:
            known |= {"apiVersion", "kind", "metadata"}
        closed = schema.get("type") == "object" and not schema.get("x-kubernetes-preserve-unknown-fields")
        if closed and schema.get("additionalProperties") is None and node.text not in known:
            return node.text
    return None


def _schema_of(node: Node, part: Part) -> tuple[Object, bool] | None:
    """Return the schema of `self` or of a field of it, and whether it is that of a resource."""
    if node == Node("name", "self"):
        return part.schema, part.is_root or bool(part.schema.get("x-kubernetes-embedded-resource"))
    if node.kind == "select" and (owner := _schema_of(node.parts[0], part)) is not None:
        for name, value in (owner[0].get("properties") or {}).items():
            if _escaped(name) == node.text:
                is_meta = owner[1] and name == "metadata"
                return None if is_meta else (value, bool(value.get("x-kubernetes-embedded-resource")))
    return None


def _escaped(name: str) -> str:
    if name in RESERVED_WORDS or name in ("true", "false", "null", "in"):
        return f"__{name}__"
    for character, written in _ESCAPES:
        name = name.replace(character, written)
    return name
