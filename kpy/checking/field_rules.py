"""What is true of single fields, as rules of their types: the tables of `kpy.schema.constraints` made to check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from kpy.checking.check import Check
from kpy.checking.hints import near_word
from kpy.checking.registry import Registry
from kpy.checking.rule import rule_of
from kpy.checking.type_rules import RuleFunction, TypeRule
from kpy.paths import Path
from kpy.schema.constraints import (
    Bounds,
    Count,
    Fact,
    Form,
    Format,
    NotEmpty,
    OneOf,
    Required,
    Size,
    Unique,
    facts_on,
)
from kpy.syntax.addresses import address_fault
from kpy.syntax.formats import (
    config_key_fault,
    env_name_fault,
    label_fault,
    label_key_fault,
    qualified_name_fault,
    size_of,
    subdomain_fault,
)
from kpy.syntax.ports import port_name_fault

__all__ = ["field_rules", "rules_on"]

#: What is wrong with a text of a form, if anything.
_FAULTS: Final[dict[Form, Callable[[str, Check], str | None]]] = {
    "DNS label": lambda text, _: label_fault(text),
    "DNS subdomain": lambda text, _: subdomain_fault(text),
    "IP address": lambda text, check: address_fault(text, strict=check.at_least("1.36")),
    "environment variable name": lambda text, check: env_name_fault(text, lenient=check.at_least("1.32")),
    "key of a ConfigMap": lambda text, _: config_key_fault(text),
    "label key": lambda text, _: label_key_fault(text),
    "port name": lambda text, _: port_name_fault(text),
    "qualified name": lambda text, _: qualified_name_fault(text),
}


def rules_on(registry: Registry, type_name: str) -> tuple[TypeRule, ...]:
    """Return all rules on an API type that a registry has loaded so far."""
    marked = (mark for mark in registry.marks(type_name) if isinstance(mark, TypeRule))
    return (*registry.compiled(field_rules, type_name), *marked)


def field_rules(registry: Registry, type_name: str) -> tuple[TypeRule, ...]:
    """Return the rules on single fields of an API type."""
    return tuple(
        TypeRule(rule_of(row), type_name, check, needs, without, fact.since)
        for row, fact in facts_on(type_name)
        if not registry.leaves_out(row.name)
        for check, needs, without in _checks(fact)
    )


#: A check, the field without which it has nothing to do, and the field with which it has nothing to do.
_Made = tuple[RuleFunction, tuple[str, ...], str]


def _checks(fact: Fact) -> Iterator[_Made]:
    """Yield what checks a fact."""
    field = fact.field
    match fact:
        case Required(or_empty=True):
            yield _absent(fact), (), ""
        case Required():
            yield _report(field, fact.message, fact.fix), (), field
        case Bounds():
            if fact.required:
                message = f"there is no `{field}`; it must be {fact.text}"
                yield _zero_or_absent(field, message, fact), (), field
            yield _bounds(fact), (field,), ""
        case Format():
            if fact.required:
                yield _report(field, fact.absent, fact.fix), (), field
            yield _format(fact), (field,), ""
        case OneOf():
            if fact.required:
                message = f"there is no `{field}`; it must be {fact.text}"
                yield _report(field, message, fact.fix), (), field
            yield _one_of(fact), (field,), ""
        case NotEmpty():
            yield _not_empty(fact), (field,), ""
        case Count():
            if fact.required:
                message = f"there are no {fact.items or f'`{field}`'}; there must be {fact.text.partition(' item')[0]}"
                yield _report(field, message, fact.fix), (), field
            yield _count(fact), (field,), ""
        case Size():
            if fact.least:
                yield _report(field, f"there is no `{field}`", fact.fix), (), field
            yield _size(fact), (field,), ""
        case Unique():
            yield _unique(fact), (field,), ""


def _report(field: str, message: str, fix: str) -> RuleFunction:
    def report(value: Any, at: Path, check: Check) -> None:
        check.report(at + field, message.format(field=field, parent=at.field), fix=fix)

    return report


def _absent(fact: Required) -> RuleFunction:
    field, report = fact.field, _report(fact.field, fact.message, fact.fix)

    def check_absent(value: Any, at: Path, check: Check) -> None:
        if field not in value:
            report(value, at, check)

    return check_absent


def _zero_or_absent(field: str, message: str, fact: Bounds) -> RuleFunction:
    def report(value: Any, at: Path, check: Check) -> None:
        text = f"`{field}` is 0; it must be {fact.text}" if field in value and not fact.zero_is_absent else message
        check.report(at + field, text, fix=fact.fix)

    return report


def _bounds(fact: Bounds) -> RuleFunction:
    field, text, fix = fact.field, fact.text, fact.fix
    least = -(2**63) if fact.least is None else fact.least
    most = 2**63 if fact.most is None else fact.most
    skips_zero = fact.required or fact.zero_is_absent

    def check_bounds(value: Any, at: Path, check: Check) -> None:
        number = value[field]
        if not least <= number <= most and (number or not skips_zero):
            check.report(at + field, f"`{field}` is {number}; it must be {text}", fix=fix)

    def check_each(value: Any, at: Path, check: Check) -> None:
        for index, number in enumerate(value[field]):
            if not least <= number <= most:
                check.report(at + field + index, f"{number} in `{field}` must be {text}", fix=fix)

    return check_each if fact.each else check_bounds


def _format(fact: Format) -> RuleFunction:
    field, message, fault_of = fact.field, fact.message, _FAULTS[fact.form]
    or_empty = fact.or_empty and not fact.required

    def check_format(value: Any, at: Path, check: Check) -> None:
        text = value[field]
        if (text or or_empty) and (fault := fault_of(text, check)):
            shown = message.format(field=field, value=_shown(text), fault=fault) if text else f"`{field}` is empty"
            check.report(at + field, shown)

    def check_each(value: Any, at: Path, check: Check) -> None:
        for index, text in enumerate(value[field]):
            if fault := fault_of(text, check):
                check.report(at + field + index, message.format(field=field, value=_shown(text), fault=fault))

    return check_each if fact.each else check_format


def _one_of(fact: OneOf) -> RuleFunction:
    field, values = fact.field, fact.values
    allowed = {*values} if fact.or_empty else {*values, ""}

    def check_one_of(value: Any, at: Path, check: Check) -> None:
        text = value[field]
        if text not in allowed:
            near = near_word(text, values)
            fix = f'write "{near}"' if near else fact.fix
            check.report(at + field, f'`{field}` is "{_shown(text)}"; it must be {fact.text}', fix=fix)

    return check_one_of


def _not_empty(fact: NotEmpty) -> RuleFunction:
    field, fix = fact.field, fact.fix

    def check_not_empty(value: Any, at: Path, check: Check) -> None:
        if value[field] == "":
            check.report(at + field, f"`{field}` is empty", fix=fix)

    return check_not_empty


def _count(fact: Count) -> RuleFunction:
    field, items = fact.field, fact.items or f"`{fact.field}`"

    def check_count(value: Any, at: Path, check: Check) -> None:
        count = len(value[field])
        if fact.most is not None and count > fact.most:
            check.report(at + field, f"there are {count:,} {items}; {fact.most:,} are allowed", fix=fact.fix)
        elif count < fact.least and not fact.required:
            check.report(at + field, f"there are no {items}", fix=fact.fix)

    return check_count


def _size(fact: Size) -> RuleFunction:
    field = fact.field

    def check_size(value: Any, at: Path, check: Check) -> None:
        size = size_of(value[field])
        if size > fact.most:
            check.report(at + field, f"`{field}` has {size:,} bytes; {fact.most:,} are allowed", fix=fact.fix)

    return check_size


def _unique(fact: Unique) -> RuleFunction:
    field, by, message, fix = fact.field, fact.by, fact.message, fact.fix

    def check_unique(value: Any, at: Path, check: Check) -> None:
        seen = set()
        for index, item in enumerate(value[field]):
            key = item.get(by, "") if by else item
            if key in seen and (key or fact.or_empty):
                place = at + field + index
                check.report(place + by if by else place, message.format(field=field, value=_shown(key)), fix=fix)
            seen.add(key)

    return check_unique


def _shown(value: object) -> str:
    """Return a value as a message shows it: not all of a long one."""
    text = str(value)
    return text if len(text) <= 100 else f"{text[:97]}..."
