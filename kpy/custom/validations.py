"""The rules of a definition (`x-kubernetes-validations`), run on its objects as an API server runs them.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kpy.custom.compact import is_ruled
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


class _Rule:
    """A rule, which is compiled when it is first asked."""

    def __init__(self, given: Mapping[str, Any], declaration: Declaration, minor: int) -> None:
        self.text: str = (given.get("rule") or "").strip()
        self.message: str = (given.get("message") or "").strip()
        self.path: str = given.get("fieldPath") or ""
        self.is_optional = bool(given.get("optionalOldSelf"))
        self._given, self._declaration, self._minor = given, declaration, minor

    @cached_property
    def compiled(self) -> CompiledRule:
        """The rule, ready to run, or what is wrong with it."""
        from kpy.syntax.cel.rules import compile_rule

        return compile_rule(self._given, self._declaration, self._minor)

    @property
    def said(self) -> str:
        """What a server calls it: its message, or else itself."""
        return self.message or self.text


class _Node:
    """The rules of a schema and of those within it, which are looked at when a value has them."""

    def __init__(self, schema: Schema, declaration: Declaration, minor: int) -> None:
        self.schema = schema
        self._declaration, self._minor = declaration, minor
        self._fields: dict[str, _Node | None] = {}
        others = schema.get("additionalProperties")
        self._properties = {} if is_ruled(others) else schema.get("properties") or {}
        self._others = self._made(others, declaration.element)
        #: Those of the items of a list.
        self.items = self._made(schema.get("items"), declaration.element)

    @cached_property
    def rules(self) -> tuple[_Rule, ...]:
        """Those of the value itself."""
        given = self.schema.get(_VALIDATIONS) or ()
        return tuple(_Rule(each, self._declaration, self._minor) for each in given)

    @property
    def is_map(self) -> bool:
        """Whether the keys are free."""
        return self._others is not None

    def field(self, key: str) -> _Node | None:
        """Return those of a field, or nothing where there are none."""
        if self._others is not None:
            return self._others
        if key not in self._fields:
            self._fields[key] = self._property(key)
        return self._fields[key]

    def _property(self, key: str) -> _Node | None:
        inner = self._properties.get(key)
        if inner is None or not is_ruled(inner):
            return None
        from kpy.syntax.cel.schemas import declared, escaped

        declaration = self._declaration.property(key)
        if escaped(key) is None:
            declaration = declared(inner, is_resource=bool(inner.get(_EMBEDDED)))
        return self._made(inner, declaration)

    def _made(self, schema: Any, declaration: Declaration | None) -> _Node | None:
        return _Node(schema, declaration, self._minor) if declaration is not None and is_ruled(schema) else None


class Rules:
    """The rules of the schema of a version, which is compact."""

    def __init__(self, schema: Schema, minor: int) -> None:
        self._schema = schema
        self._minor = minor

    def broken_by_default(self, value: Any) -> Iterator[BrokenRule]:
        """Yield the rules that do not hold for a default of the schema.

        A server takes it for its own old value, but where that may be absent.
        """
        root = self._made(is_resource=bool(self._schema.get(_EMBEDDED)))
        run = _Run(self._schema, ratchets=False)
        return iter(()) if root is None else run.broken(root, value, value)

    @cached_property
    def _root(self) -> _Node | None:
        return self._made(is_resource=True)

    def _made(self, *, is_resource: bool) -> _Node | None:
        if not is_ruled(self._schema):
            return None
        from kpy.syntax.cel.schemas import declared

        declaration = declared(self._schema, is_resource=is_resource)
        return None if declaration is None else _Node(self._schema, declaration, self._minor)

    def broken(self, tree: Mapping[str, Any], old: Mapping[str, Any] | None = None) -> Iterator[BrokenRule]:
        """Yield the rules that do not hold for an object, which is as a server keeps it.

        It has defaults, and nothing that is unknown. `old` is the object as it stood, in an update.
        """
        return iter(()) if self._root is None else _Run(self._schema).broken(self._root, tree, old)


class _Run:
    """A run of the rules on one object."""

    def __init__(self, schema: Schema, *, ratchets: bool = True) -> None:
        self._schema = schema
        self._budget = _OBJECT_LIMIT
        #: Whether what has not changed is not judged again.
        self._ratchets = ratchets

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
            within = node.field(key)
            if within is not None:
                before = old.get(key)
                same = is_same or (before is not None and before == item)
                place = at.key(key) if node.is_map or not key.isidentifier() else at + key
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
        before = _optional(old if self._ratchets else None) if rule.is_optional else old
        values = {"self": value, "oldSelf": before}
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
        elif found is not True and (rule.compiled.uses_old or not is_same or not self._ratchets):
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
