"""Runs the rules on all objects together."""

from __future__ import annotations

from kpy.checking.object_set import Finding, Objects, SetCheck, SetRule, failure
from kpy.checking.registry import Registry

__all__ = ["check_objects"]


def check_objects(objects: Objects, registry: Registry) -> list[Finding]:
    """Return what the rules on all objects together find; one that fails takes no other with it."""
    check = SetCheck()
    kinds = registry.home.compiled(_kinds_needed).intersection(kind for _, kind in objects.by_kind)
    for set_rule in registry.home.compiled(_set_rules, kinds):
        check.rule = set_rule.rule
        try:
            set_rule.check(objects, check)
        except Exception as error:
            check.findings.append(failure(error, set_rule.rule))
    return check.findings


def _kinds_needed(registry: Registry) -> frozenset[str]:
    """Return the kinds that some rules are for."""
    registry.load_for("", frozenset())
    loaded = (set_rule for set_rule in registry.marks("") if isinstance(set_rule, SetRule))
    return registry.fields_needed("").union(*(set_rule.needs for set_rule in loaded))


def _set_rules(registry: Registry, kinds: frozenset[str]) -> tuple[SetRule, ...]:
    """Return what looks at sets with these kinds, by module and then in the order of writing."""
    registry.load_for("", kinds)
    rules = (set_rule for set_rule in registry.marks("") if isinstance(set_rule, SetRule))
    return tuple(set_rule for set_rule in rules if not set_rule.needs or not kinds.isdisjoint(set_rule.needs))
