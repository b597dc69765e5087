"""Policies, built in and of one's own: rules that are checked when they are selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kpy.checking.policy_groups import groups_of
from kpy.checking.registry import POLICIES, Registry
from kpy.checking.rule import Rule, description_of, mark
from kpy.checking.type_rules import RuleFunction
from kpy.diagnostics import Severity
from kpy.errors import UsageError

if TYPE_CHECKING:
    from kpy.checking.object_set import SetFunction

__all__ = ["Policy", "policies_of", "policy", "policy_on_all"]


class Policy(NamedTuple):
    """A policy: a rule that is checked when it is selected."""

    rule: Rule
    check: Callable[..., None]
    #: The words that select it, beside its name.
    groups: frozenset[str]
    #: The API types that it checks, or kinds (`Deployment`), or types without their group (`Container`); none for a
    #: policy on all objects together.
    on: tuple[str, ...] = ()
    key: str = POLICIES


def policy(
    name: str,
    *,
    on: str | Sequence[str],
    severity: Severity = "warning",
    source: str = "",
    groups: Sequence[str] = (),
    waivable: bool = True,
) -> Callable[[RuleFunction], RuleFunction]:
    """Make the decorated function a policy on values of one API type or several.

        @kpy.policy("image-from-our-registry", on="Container")
        def image_from_our_registry(container, at, check):
            \"\"\"Images come from the registry of the house.\"\"\"
            if not container.get("image", "").startswith("registry.shop.io/"):
                check.report(at + "image", "the image is not from registry.shop.io")

    The function gets the value as plain JSON, its place and the check, whose `report` takes a place, a message and
    perhaps a `fix`. The type is written as in the API: `Deployment`, `Container`, `PodSpec`, or with its group and
    version, `apps/v1 Deployment`.

    A policy belongs to the module it is in: a project names the module under `policies` of `[tool.kpy]`, and
    `kpy.validate` takes it, or the function. It counts where its name, or one of its groups, is in `select`.
    """
    _check_name(name)
    types = (on,) if isinstance(on, str) else tuple(on)

    def decorate(function: RuleFunction) -> RuleFunction:
        rule = Rule(name, "policy", severity, source, description_of(function), waivable)
        return mark(function, Policy(rule, function, frozenset({"policy", *groups, *groups_of(name)}), types))

    return decorate


def policy_on_all(
    name: str,
    *,
    severity: Severity = "warning",
    source: str = "",
    groups: Sequence[str] = (),
    waivable: bool = True,
) -> Callable[[SetFunction], SetFunction]:
    """Make the decorated function a policy on all objects together; it gets the objects and the check.

    With `waivable=False` no waiver counts.
    """
    _check_name(name)

    def decorate(function: SetFunction) -> SetFunction:
        rule = Rule(name, "policy", severity, source, description_of(function), waivable)
        return mark(function, Policy(rule, function, frozenset({"policy", *groups, *groups_of(name)})))

    return decorate


def policies_of(registry: Registry) -> tuple[Policy, ...]:
    """Return all policies of a registry."""
    return tuple(mark for mark in registry.all_marks(POLICIES) if isinstance(mark, Policy))


def _check_name(name: str) -> None:
    words = name.split("-")
    if len(words) < 2 or not all(word.isalnum() and word == word.lower() for word in words):
        raise UsageError(
            f"the policy {name!r} needs a name of several words in small letters: `image-from-our-registry`"
        )
