"""The table of policies, built in and of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kpy.checking.registry import Rule, RuleFunction, add_policy
from kpy.diagnostics import Severity
from kpy.errors import UsageError

if TYPE_CHECKING:
    from kpy.checking.whole import SetFunction

__all__ = ["Policy", "all_policies", "policy", "policy_on_all"]


class Policy(NamedTuple):
    """A policy: a rule that is checked when it is selected."""

    rule: Rule
    #: The words that select it, beside its name.
    groups: frozenset[str]
    #: The API types that it checks, or kinds (`Deployment`), or types without their group (`Container`).
    on: tuple[str, ...] = ()
    #: What checks all objects together, for policies that do.
    together: SetFunction | None = None


#: By name, module and function, so that a file that is loaded again replaces its own.
_POLICIES: dict[tuple[str, str, str], Policy] = {}


def policy(
    name: str,
    *,
    on: str | Sequence[str],
    severity: Severity = "warning",
    source: str = "",
    groups: Sequence[str] = (),
) -> Callable[[RuleFunction], RuleFunction]:
    """Register the decorated function as a policy on values of one API type or several.

        @kpy.policy("image-from-our-registry", on="Container")
        def image_from_our_registry(container, at, check):
            \"\"\"Images come from the registry of the house.\"\"\"
            if not container.get("image", "").startswith("registry.shop.io/"):
                check.report(at + "image", "the image is not from registry.shop.io")

    The function gets the value as plain JSON, its place and the check, whose `report` takes a place, a message and
    perhaps a `fix`. The type is written as in the API: `Deployment`, `Container`, `PodSpec`, or with its group and
    version, `apps/v1 Deployment`. The policy counts where its name, or one of its groups, is in `select`.
    """
    _check_name(name)

    def register(function: RuleFunction) -> RuleFunction:
        _register(name, function, severity, source, groups, (on,) if isinstance(on, str) else tuple(on), None)
        return function

    return register


def policy_on_all(
    name: str, *, severity: Severity = "warning", source: str = "", groups: Sequence[str] = ()
) -> Callable[[SetFunction], SetFunction]:
    """Register the decorated function as a policy on all objects together; it gets the objects and the check."""
    _check_name(name)

    def register(function: SetFunction) -> SetFunction:
        _register(name, function, severity, source, groups, (), function)
        return function

    return register


def _check_name(name: str) -> None:
    words = name.split("-")
    if len(words) < 2 or not all(word.isalnum() and word == word.lower() for word in words):
        raise UsageError(
            f"the policy {name!r} needs a name of several words in small letters: `image-from-our-registry`"
        )


def _register(
    name: str,
    function: Callable[..., None],
    severity: Severity,
    source: str,
    groups: Sequence[str],
    on: tuple[str, ...],
    together: SetFunction | None,
) -> None:
    text = (function.__doc__ or "").strip()
    module = function.__module__
    check: RuleFunction = function if together is None else _nothing
    rule = Rule(name, on[0] if on else "", check, "policy", severity, source, text, module)
    if (name, module, function.__qualname__) not in _POLICIES:
        add_policy(rule)
    _POLICIES[name, module, function.__qualname__] = Policy(rule, frozenset({"policy", *groups}), on, together)


def _nothing(value: object, at: object, check: object) -> None:
    """Do nothing: the function gets all objects."""


def all_policies() -> Iterator[Policy]:
    """Iterate over all policies that are loaded."""
    yield from tuple(_POLICIES.values())
