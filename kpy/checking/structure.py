"""The one walk over a document: types first, then the rules of each type, children before parents.

Each API type is compiled once per release into a `Plan`: what its fields hold as closures, and its rules. A value's
rules run when nothing below it failed to decode, so that a rule sees only what has the right types, and a misspelled
field is reported once and not as a missing one too.

The walk expects tidy trees: no nulls, text keys, plain lists and dicts. The first time that it meets something else it
raises `UntidyError`, and the caller walks a tidied copy (see `kpy.checking.tidy`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from kpy.checking.check import Check
from kpy.checking.constraints import rules_on
from kpy.checking.decode import (
    integer_fault,
    is_bytes_list,
    micro_time_fault,
    number_text,
    quantity_fault,
    time_fault,
)
from kpy.checking.decoded import Checker, decoded
from kpy.checking.faults import (
    BAD_QUANTITY,
    BAD_TIME,
    NUMBER_OUT_OF_RANGE,
    report_fault,
    report_not_base64,
    report_unknown_field,
    report_unsupported,
    report_wrong_type,
)
from kpy.checking.registry import Registry
from kpy.checking.rule import Rule
from kpy.checking.type_rules import RuleFunction, TypeRule
from kpy.paths import Path
from kpy.schema import Api, Field, api
from kpy.schema.departures import IMPLIED, JUDGED_BY_RULES, JUDGED_SINCE, STATUS_KEPT

__all__ = ["Plan", "UntidyError", "plan_of"]

_Bound = tuple[Rule, RuleFunction]

_INT32: Final = range(-(2**31), 2**31)
_INT64: Final = range(-(2**63), 2**63)


class UntidyError(Exception):
    """The tree has nulls, keys that are not text, or other things that a tidied copy would not have."""


class Plan:
    """How the values of one API type are checked for one release."""

    __slots__ = (
        "always",
        "exact",
        "fields",
        "implied",
        "later",
        "needed",
        "registry",
        "type",
        "when_any",
        "when_deep",
        "when_there",
        "without",
    )

    def __init__(self, registry: Registry, release: str, name: str) -> None:
        #: The modules with rules that are for values with a field; see `Registry.load_on`.
        self.later = registry.load_on(name)
        self.registry = registry
        known = api(release)
        found = known.type(name)
        assert found is not None, f"the schema refers to {name}"
        self.type = found
        #: The Python class of the fields that need no more than it; of integers, if they are no larger than 32 bits.
        self.exact: dict[str, type] = {}
        #: What checks the other values of a field.
        self.fields: dict[str, Checker] = {}
        #: The structs that are checked as empty ones where they are absent.
        self.implied: list[tuple[str, Checker]] = []
        for field_name, field in found.fields.items():
            exact, checker = _field(registry, known, name, field)
            if exact is not None:
                self.exact[field_name] = exact
            is_status = field_name == "status" and "metadata" in found.fields and name not in STATUS_KEPT
            inner, since = JUDGED_SINCE.get(name, {}).get(field_name, ("", 0))
            if is_status or int(release[2:]) < since:
                checker = decoded(checker, inner)
                self.exact.pop(field_name, None)
            self.fields[field_name] = checker
            is_spec = field_name == "spec" and field.type is not None and "metadata" in found.fields
            if is_spec or field_name in IMPLIED.get(name, ()):
                self.implied.append((field_name, checker))
        self._sort(rules_on(registry, name))

    def _sort(self, rules: tuple[TypeRule, ...]) -> None:
        """Keep the rules by the values that they are for."""
        self.always: list[_Bound] = []
        #: By the field that is absent or empty.
        self.without: list[tuple[str, Rule, RuleFunction]] = []
        #: By the field that is there, by a field of a field, and by fields of which one is enough.
        self.when_there: dict[str, list[_Bound]] = {}
        self.when_deep: dict[tuple[str, str], list[_Bound]] = {}
        self.when_any: list[tuple[frozenset[str], Rule, RuleFunction]] = []
        for found in rules:
            bound = found.rule, found.check
            if found.without:
                self.without.append((found.without, *bound))
            elif len(found.needs) > 1:
                self.when_any.append((frozenset(found.needs), *bound))
            elif not found.needs:
                self.always.append(bound)
            elif "." in found.needs[0]:
                field, _, inner = found.needs[0].partition(".")
                self.when_deep.setdefault((field, inner), []).append(bound)
            else:
                self.when_there.setdefault(found.needs[0], []).append(bound)
        #: All fields of which some rules need any.
        self.needed = frozenset().union(*(needs for needs, _, _ in self.when_any))

    def walk(self, value: Any, at: Path, check: Check) -> bool:
        """Check a value of the type; return whether it decodes."""
        if value.__class__ is not dict:
            return _refuse(check, at, value, "a mapping")
        sound = True
        exact, fields = self.exact, self.fields
        for name, item in value.items():
            kind = item.__class__
            if exact.get(name) is kind and (kind is not int or item in _INT32):
                continue
            checker = fields.get(name)
            if checker is None:
                _tidy_first(check)
                report_unknown_field(check, at + name, self.type, name)
                sound = sound and check.drops_unknown
            elif not checker(item, Path(at, name), check):
                sound = False
        if sound:
            for name, checker in self.implied:
                if name not in value:
                    checker({}, Path(at, name), check)
            if self.later and not self.later.keys().isdisjoint(value):
                self._load(value)
            before = len(check.diagnostics)
            try:
                self._judge(value, at, check)
            except RecursionError:
                raise
            except Exception:
                _tidy_first(check)  # something beside the value may be untidy
                del check.diagnostics[before:], check.paths[before:]
                self._judge_each(value, at, check)
        return sound

    def _load(self, value: Any) -> None:
        """Load the rules that are for values with the fields of this one."""
        for name in self.later.keys() & value.keys():
            waiting = self.later.pop(name)
            still = [(inner, module) for inner, module in waiting if inner and inner not in value[name]]
            for inner, module in waiting:
                if (inner, module) not in still:
                    self.registry.load(module)
            if still:
                self.later[name] = still
        self._sort(rules_on(self.registry, self.type.name))

    def _judge(self, value: Any, at: Path, check: Check) -> None:
        """Run the rules that are for the value."""
        for check.rule, function in self.always:
            function(value, at, check)
        for name, rule, function in self.without:
            if not value.get(name):
                check.rule = rule
                function(value, at, check)
        if when_there := self.when_there:
            for name in value:
                if name in when_there:
                    for check.rule, function in when_there[name]:
                        function(value, at, check)
        for (name, inner), rules in self.when_deep.items():
            if inner in value.get(name, ()):
                for check.rule, function in rules:
                    function(value, at, check)
        if not self.needed.isdisjoint(value):
            for needs, rule, function in self.when_any:
                if not needs.isdisjoint(value):
                    check.rule = rule
                    function(value, at, check)

    def _judge_each(self, value: Any, at: Path, check: Check) -> None:
        """Run the rules that are for the value, one of which fails; the others are not to be lost with it."""
        for found in rules_on(self.registry, self.type.name):
            if found.is_for(value):
                check.rule = found.rule
                before = len(check.diagnostics)
                try:
                    found.check(value, at, check)
                except RecursionError:
                    raise
                except Exception as error:
                    del check.diagnostics[before:], check.paths[before:]
                    check.failures.append((found.rule, at, error))


def plan_of(registry: Registry, release: str, type_name: str) -> Plan:
    """Return the plan of a type of a release."""
    return registry.compiled(Plan, release, type_name)


def _field(registry: Registry, known: Api, owner: str, field: Field) -> tuple[type | None, Checker]:
    """Return the class that is enough for a value of the field, if there is one, and what checks all others."""
    values = None if field.name in JUDGED_BY_RULES.get(owner, ()) else field.enum
    exact, checker = _element(registry, known.release, field, values)
    of_element = None if exact is int else exact
    match field.container:
        case "list":
            return None, _list_of(of_element, checker)
        case "map":
            return None, _map_of(of_element, checker)
        case "map-list":
            return None, _map_of(None, _list_of(exact, checker))
    return exact, checker


def _element(
    registry: Registry, release: str, field: Field, values: frozenset[str] | None
) -> tuple[type | None, Checker]:
    if field.type is not None:
        return None, _struct(registry, release, field.type)
    match field.shape:
        case "string":
            return (str, _text) if values is None else (None, _closed(values))
        case "boolean":
            return bool, _boolean
        case "integer":
            return int, _integer(field.bits)
        case "number":
            return float, _number
        case "int-or-string":
            return str, _int_or_string
        case "quantity":
            return None, _quantity
        case "time":
            return None, _time
        case "micro-time":
            return None, _micro_time
        case "bytes":
            return None, _bytes
        case "schema-or-list":
            return None, _schema_or(registry, release, "list")
        case "schema-or-boolean":
            return None, _schema_or(registry, release, "boolean")
        case "schema-or-strings":
            return None, _schema_or(registry, release, "strings")
    return None, _anything


def _struct(registry: Registry, release: str, name: str) -> Checker:
    """Return the check of a struct; its plan is made when a document has one."""
    plan: Plan | None = None

    def check_struct(value: Any, at: Path, check: Check) -> bool:
        nonlocal plan
        if plan is None:
            plan = plan_of(registry, release, name)
        return plan.walk(value, at, check)

    return check_struct


def _list_of(exact: type | None, checker: Checker) -> Checker:
    def check_list(value: Any, at: Path, check: Check) -> bool:
        if value.__class__ is not list:
            return _refuse(check, at, value, "a list")
        sound = True
        for index, item in enumerate(value):
            if item.__class__ is not exact and not checker(item, Path(at, index), check):
                sound = False
        return sound

    return check_list


def _map_of(exact: type | None, checker: Checker) -> Checker:
    def check_map(value: Any, at: Path, check: Check) -> bool:
        if value.__class__ is not dict:
            return _refuse(check, at, value, "a mapping")
        sound = True
        for key, item in value.items():
            if key.__class__ is not str:
                _tidy_first(check)
            if item.__class__ is not exact and not checker(item, at.key(key), check):
                sound = False
        return sound

    return check_map


def _closed(values: frozenset[str]) -> Checker:
    def check_closed(value: Any, at: Path, check: Check) -> bool:
        if value.__class__ is str and value in values:
            return True
        if not _text(value, at, check):
            return False
        if value:  # an empty text is an absent one: a default, or a fault for the type's own rules
            report_unsupported(check, at, value, values)
        return True

    return check_closed


def _integer(bits: int) -> Checker:
    limits = _INT32 if bits == 32 else _INT64

    def check_integer(value: Any, at: Path, check: Check) -> bool:
        if value.__class__ is not int:
            return _refuse(check, at, value, "an integer")
        if value in limits:
            return True
        fault = integer_fault(value, bits)
        report_fault(check, NUMBER_OUT_OF_RANGE, at, f"`{at.field}` is {number_text(value)}; it {fault}")
        return False

    return check_integer


def _text(value: Any, at: Path, check: Check) -> bool:
    return value.__class__ is str or _refuse(check, at, value, "text")


def _boolean(value: Any, at: Path, check: Check) -> bool:
    return value.__class__ is bool or _refuse(check, at, value, "true or false")


def _number(value: Any, at: Path, check: Check) -> bool:
    return value.__class__ is int or value.__class__ is float or _refuse(check, at, value, "a number")


def _int_or_string(value: Any, at: Path, check: Check) -> bool:
    if value.__class__ is int and value in _INT32:
        return True
    if value.__class__ is int:
        fault = integer_fault(value, 32)
        report_fault(check, NUMBER_OUT_OF_RANGE, at, f"`{at.field}` is {number_text(value)}; it {fault}")
        return False
    return value.__class__ is str or _refuse(check, at, value, "an integer or text")


def _quantity(value: Any, at: Path, check: Check) -> bool:
    fault = quantity_fault(value)
    if fault is None:
        return True
    if not isinstance(value, str):
        return _refuse(check, at, value, "a quantity")
    report_fault(check, BAD_QUANTITY, at, f'"{value}" {fault}')
    return False


def _time(value: Any, at: Path, check: Check) -> bool:
    return _written(value, at, check, time_fault, BAD_TIME)


def _micro_time(value: Any, at: Path, check: Check) -> bool:
    return _written(value, at, check, micro_time_fault, BAD_TIME)


def _bytes(value: Any, at: Path, check: Check) -> bool:
    if is_bytes_list(value):
        return True
    if value.__class__ is not str:
        return _refuse(check, at, value, "text")
    return not report_not_base64(check, at, value)


def _written(value: Any, at: Path, check: Check, fault_of: Callable[[str], str | None], rule: Rule) -> bool:
    """Check a text of a certain form."""
    if value.__class__ is not str:
        return _refuse(check, at, value, "text")
    fault = fault_of(value)
    if fault is None:
        return True
    shown = value if len(value) <= 60 else value[:57] + "..."
    report_fault(check, rule, at, f'"{shown}" {fault}')
    return False


def _schema_or(registry: Registry, release: str, other: str) -> Checker:
    """Return the check of a place in a CRD that takes a schema or something simpler.

    A server reads these places on its own: it drops unknown fields there, and texts and numbers instead of a schema.
    """
    schema = _struct(registry, release, "apiextensions/v1 JSONSchemaProps")
    schemas = _list_of(None, schema)
    texts = _list_of(str, _text)

    def check_schema_or(value: Any, at: Path, check: Check) -> bool:
        if value.__class__ is bool and other == "boolean":
            return True
        before, check.drops_unknown = check.drops_unknown, True
        try:
            if value.__class__ is list and other in ("list", "strings"):
                return (schemas if other == "list" else texts)(value, at, check)
            if value.__class__ is not dict and other in ("list", "strings"):
                _tidy_first(check)
                report_wrong_type(check, at, value, "a schema", severity="warning")
                return True
            return schema(value, at, check)
        finally:
            check.drops_unknown = before

    return check_schema_or


def _anything(value: Any, at: Path, check: Check) -> bool:
    return True


def _tidy_first(check: Check) -> None:
    if not check.tidy:
        raise UntidyError


def _refuse(check: Check, at: Path, value: Any, expected: str) -> bool:
    """Report a wrong type, unless the tree has not been tidied: then that comes first."""
    _tidy_first(check)
    report_wrong_type(check, at, value, expected)
    return False
