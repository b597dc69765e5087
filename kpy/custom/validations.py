"""The rules of a definition (`x-kubernetes-validations`), run on its objects as an API server runs them.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kpy.custom.updates import correlated
from kpy.paths import ROOT, Path

if TYPE_CHECKING:
    from kpy.syntax.cel.rules import CompiledRule
    from kpy.syntax.cel.schemas import Declaration

__all__ = ["BrokenRule", "Rules"]

Schema = Mapping[str, Any]

_VALIDATIONS: Final = "x-kubernetes-validations"
_EMBEDDED: Final = "x-kubernetes-embedded-resource"
#: What the rules of an object may cost together.
_OBJECT_LIMIT: Final = 10_000_000
_LONGEST_MESSAGE: Final = 5 * 1024
_STEP: Final = re.compile(r"\.([^.\[\]]+)|\['((?:[^'\\]|\\.)*)'\]")
_OUT_OF_BUDGET: Final = "validation failed due to running out of cost budget, no further validation rules will be run"


class BrokenRule(NamedTuple):
    """A rule that does not hold."""

    #: The place that the rule names.
    at: Path
    #: What a server says.
    message: str
    #: The text of the rule.
    rule: str
    #: The place of the value that the rule is about.
    owner: Path


class _Rule(NamedTuple):
    """A rule that is ready to run."""

    text: str
    message: str
    path: str
    is_optional: bool
    compiled: CompiledRule

    @property
    def said(self) -> str:
        """What a server calls it: its message, or else itself."""
        return self.message or self.text


class _Node(NamedTuple):
    """The rules of a schema and of those within it."""

    schema: Schema
    rules: tuple[_Rule, ...]
    properties: Mapping[str, _Node]
    others: _Node | None
    items: _Node | None


class Rules:
    """The rules of the schema of a version."""

    def __init__(self, schema: Schema, minor: int) -> None:
        self._schema = schema
        self._minor = minor
        self._root: _Node | None = None
        self._is_compiled = False

    def broken(self, tree: Mapping[str, Any], old: Mapping[str, Any] | None = None) -> Iterator[BrokenRule]:
        """Yield the rules that do not hold for an object, which is as a server keeps it.

        It has defaults, and nothing that is unknown. `old` is the object as it stood, in an update.
        """
        if not self._is_compiled:
            self._is_compiled = True
            ruled: set[int] = set()
            if _collect(self._schema, ruled):
                self._root = _whole(self._schema, ruled, self._minor)
        return iter(()) if self._root is None else _Run(self._schema).broken(self._root, tree, old)


def _collect(schema: Any, ruled: set[int]) -> bool:
    """Return whether a schema has rules anywhere, and add all that have."""
    if not isinstance(schema, Mapping):
        return False
    properties = schema.get("properties") or {}
    within = (schema.get("items"), schema.get("additionalProperties"), *properties.values())
    found = [_collect(each, ruled) for each in within]
    if schema.get(_VALIDATIONS) or any(found):
        ruled.add(id(schema))
        return True
    return False


def _whole(schema: Schema, ruled: set[int], minor: int) -> _Node | None:
    from kpy.syntax.cel.schemas import declared

    return _compiled(schema, declared(schema, is_resource=True), ruled, minor)


def _compiled(schema: Any, declaration: Declaration | None, ruled: set[int], minor: int) -> _Node | None:
    """Return the rules of a schema, ready to run, or nothing where it has none."""
    if id(schema) not in ruled or declaration is None:
        return None
    from kpy.syntax.cel.schemas import declared, escaped

    properties = {}
    for key, inner in (schema.get("properties") or {}).items():
        if id(inner) in ruled:
            within = declaration.property(key)
            if escaped(key) is None:
                within = declared(inner, is_resource=bool(inner.get(_EMBEDDED)))
            if (found := _compiled(inner, within, ruled, minor)) is not None:
                properties[key] = found
    element = declaration.element
    others = _compiled(schema.get("additionalProperties"), element, ruled, minor)
    items = _compiled(schema.get("items"), element, ruled, minor)
    rules = tuple(_rule(each, declaration, minor) for each in schema.get(_VALIDATIONS) or ())
    return _Node(schema, rules, properties, others, items)


def _rule(given: Mapping[str, Any], declaration: Declaration, minor: int) -> _Rule:
    from kpy.syntax.cel.rules import compile_rule

    return _Rule(
        (given.get("rule") or "").strip(),
        (given.get("message") or "").strip(),
        given.get("fieldPath") or "",
        bool(given.get("optionalOldSelf")),
        compile_rule(given, declaration, minor),
    )


class _Run:
    """A run of the rules on one object."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._budget = _OBJECT_LIMIT

    def broken(self, root: _Node, tree: Any, old: Any) -> Iterator[BrokenRule]:
        from kpy.syntax.cel.data import to_value

        new = to_value(tree, self._schema)
        before = None if old is None else to_value(old, self._schema)
        yield from self._within(root, new, before, ROOT, is_same=new == before)

    def _within(self, node: _Node, value: Any, old: Any, at: Path, *, is_same: bool) -> Iterator[BrokenRule]:
        """Yield the rules that do not hold here and within; `is_same` says that nothing has changed here."""
        if value is None or self._budget < 0:
            return
        yield from self._here(node, value, old, at, is_same)
        if isinstance(value, dict):
            yield from self._fields(node, value, old if isinstance(old, dict) else {}, at, is_same)
        elif isinstance(value, list) and node.items is not None:
            for index, item in enumerate(value):
                before = correlated(node.schema, item, old)
                same = is_same or (before is not None and before == item)
                yield from self._within(node.items, item, before, at + index, is_same=same)

    def _fields(
        self, node: _Node, value: dict[str, Any], old: Mapping[str, Any], at: Path, is_same: bool
    ) -> Iterator[BrokenRule]:
        for key, item in value.items():
            within = node.others or node.properties.get(key)
            if within is not None:
                before = old.get(key)
                same = is_same or (before is not None and before == item)
                place = at.key(key) if node.others or not key.isidentifier() else at + key
                yield from self._within(within, item, before, place, is_same=same)

    def _here(self, node: _Node, value: Any, old: Any, at: Path, is_same: bool) -> Iterator[BrokenRule]:
        for rule in node.rules:
            if self._budget <= 0:
                self._budget = -1
                yield BrokenRule(at, _OUT_OF_BUDGET, rule.text, at)
                return
            if rule.compiled.fault:
                yield BrokenRule(at, f"rule compile error: the rule {rule.compiled.fault}", rule.text, at)
            elif rule.compiled.program is not None and (
                old is not None or rule.is_optional or not rule.compiled.uses_old
            ):
                yield from self._asked(rule, value, old, at, is_same)
            if self._budget < 0:
                return

    def _asked(self, rule: _Rule, value: Any, old: Any, at: Path, is_same: bool) -> Iterator[BrokenRule]:
        from kpy.syntax.cel.errors import CostError, EvaluationError

        assert rule.compiled.program is not None
        values = {"self": value, "oldSelf": _optional(old) if rule.is_optional else old}
        try:
            found = rule.compiled.program.run(values)
        except CostError as error:
            self._budget = -1
            said = f"'{error}': no further validation rules will be run due to call cost exceeds limit for rule"
            yield BrokenRule(at, f"{said}: {rule.said}", rule.text, at)
            return
        except EvaluationError as error:
            yield from self._failed(rule, at, str(error))
            return
        if not self._spend(rule.compiled.program.spent):
            yield BrokenRule(at, _OUT_OF_BUDGET, rule.text, at)
        elif found is not True and (rule.compiled.uses_old or not is_same):
            message = self._message(rule, values)
            yield BrokenRule(_followed(at, rule.path), message, rule.text, at)

    def _failed(self, rule: _Rule, at: Path, error: str) -> Iterator[BrokenRule]:
        assert rule.compiled.program is not None
        if not self._spend(rule.compiled.program.spent):
            yield BrokenRule(at, _OUT_OF_BUDGET, rule.text, at)
        elif error.startswith("no such overload"):
            said = "call arguments did not match a supported operator, function or macro signature for rule"
            yield BrokenRule(at, f"'{error}': {said}: {rule.said}", rule.text, at)
        else:
            yield BrokenRule(at, f"{error} evaluating rule: {rule.said}", rule.text, at)

    def _spend(self, cost: int) -> bool:
        self._budget = self._budget - cost if cost <= self._budget else -1
        return self._budget >= 0

    def _message(self, rule: _Rule, values: Mapping[str, Any]) -> str:
        from kpy.syntax.cel.errors import CelError

        if rule.compiled.message is not None:
            try:
                text = str(rule.compiled.message.run(values)).strip()
            except CelError:
                text = ""
            self._spend(rule.compiled.message.spent)
            if text and "\n" not in text and len(text.encode(errors="replace")) <= _LONGEST_MESSAGE:
                return text
        return rule.message or f"failed rule: {rule.text}"


def _optional(value: Any) -> Any:
    from kpy.syntax.cel.values import NONE, Optional

    return NONE if value is None else Optional(value)


def _followed(at: Path, path: str) -> Path:
    """Return the place that the `fieldPath` of a rule leads to."""
    for match in _STEP.finditer(path):
        name = match[1] if match[1] is not None else re.sub(r"\\(.)", r"\1", match[2])
        at = at + name if name.isidentifier() else at.key(name)
    return at
