"""Policies, built in and of one's own: rules that are checked when they are selected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeGuard, TypeVar, overload

from kpy.checking.policy_groups import groups_of
from kpy.checking.registry import POLICIES, Registry
from kpy.checking.rule import Rule, description_of, mark
from kpy.checking.type_rules import RuleFunction
from kpy.diagnostics import RANK, Severity
from kpy.errors import UsageError
from kpy.model.model import Model

if TYPE_CHECKING:
    from kpy.checking.check import Check
    from kpy.checking.object_set import SetFunction
    from kpy.paths import Path

__all__ = ["Policy", "policies_of", "policy", "policy_on_all"]

T = TypeVar("T")
#: The flag of the code of a function with `*arguments`.
_TAKES_ANY: Final = 0x04


class Policy(NamedTuple):
    """A policy: a rule that is checked when it is selected."""

    rule: Rule
    check: Callable[..., None]
    #: The words that select it, beside its name.
    groups: frozenset[str]
    #: The API types that it checks, or kinds (`Deployment`), or types without their group (`Container`).
    on: tuple[str, ...] = ()
    key: str = POLICIES
    #: The classes of the parts that it checks: constructs, charts, the app.
    classes: tuple[type, ...] = ()
    #: The classes of `kpy.api` whose values it takes in the place of plain JSON.
    models: tuple[type[Model], ...] = ()

    @property
    def is_on_all(self) -> bool:
        """Whether it looks at all objects together."""
        return not self.on and not self.classes

    def taken(self, value: Mapping[str, Any], api_type: str) -> object:
        """Return a value of an API type as it takes it: as a model, or as plain JSON."""
        model = next((each for each in self.models if each._type == api_type), None)
        return value if model is None else model.from_dict(value)


@overload
def policy(
    name: str,
    *,
    on: type[T],
    severity: Severity = "warning",
    source: str = "",
    groups: Sequence[str] = (),
    waivable: bool = True,
) -> Callable[[Callable[[T, Path, Check], None]], Callable[[T, Path, Check], None]]: ...
@overload
def policy(
    name: str,
    *,
    on: str | Sequence[str | type],
    severity: Severity = "warning",
    source: str = "",
    groups: Sequence[str] = (),
    waivable: bool = True,
) -> Callable[[RuleFunction], RuleFunction]: ...
def policy(
    name: str,
    *,
    on: str | type | Sequence[str | type],
    severity: Severity = "warning",
    source: str = "",
    groups: Sequence[str] = (),
    waivable: bool = True,
) -> Callable[[RuleFunction], RuleFunction]:
    """Make the decorated function a policy on values of one API type or several, or on constructs.

        @kpy.policy("image-from-our-registry", on="Container")
        def image_from_our_registry(container, at, check):
            \"\"\"Images come from the registry of the house.\"\"\"
            if not container.get("image", "").startswith("registry.shop.io/"):
                check.report(at + "image", "the image is not from registry.shop.io")

    The function gets the value as plain JSON, its place and the check, whose `report` takes a place, a message and
    perhaps a `fix`. The type is written as in the API: `Deployment`, `Container`, `PodSpec`, or with its group and
    version, `apps/v1 Deployment`; so is a custom kind, `cert-manager.io/v1 Certificate`. With a class of `kpy.api`,
    such as `kpy.api.core.v1.Container`, the function gets a typed value.

    With a class of constructs, `on=WebService` or `on=Raw`, it gets each part of that class in an app, with all its
    fields; `Chart` and `App` are fine, too. YAML that no construct made has no such parts, so that it is not run there.

    A policy belongs to the module it is in: a project names the module under `policies` of `[tool.kpy]`, a package
    names it as an entry point `kpy.policies`, and `kpy.validate` takes it, or the function. It counts where its name,
    or one of its groups, is in `select`. With `waivable=False` no waiver counts.
    """
    _check_name(name)
    _check_words(name, severity, groups)
    types, classes, models = _sorted_out(name, on)

    def decorate(function: RuleFunction) -> RuleFunction:
        _check_takes(name, function, ("value", "at", "check"))
        if not function.__module__.startswith("kpy."):
            _check_types(name, types)
        rule = Rule(name, "policy", severity, source, description_of(function), waivable)
        in_groups = frozenset({"policy", *groups, *groups_of(name)})
        return mark(function, Policy(rule, function, in_groups, types, classes=classes, models=models))

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
    _check_words(name, severity, groups)

    def decorate(function: SetFunction) -> SetFunction:
        _check_takes(name, function, ("objects", "check"))
        rule = Rule(name, "policy", severity, source, description_of(function), waivable)
        return mark(function, Policy(rule, function, frozenset({"policy", *groups, *groups_of(name)})))

    return decorate


def policies_of(registry: Registry) -> tuple[Policy, ...]:
    """Return all policies of a registry."""
    return tuple(mark for mark in registry.all_marks(POLICIES) if isinstance(mark, Policy))


def _sorted_out(name: str, on: object) -> tuple[tuple[str, ...], tuple[type, ...], tuple[type[Model], ...]]:
    """Return the API types that a policy is on, the classes of parts, and the models of types."""
    said = list(on) if isinstance(on, Sequence) and not isinstance(on, str) else [on]
    protocols = [each for each in said if getattr(each, "_is_protocol", False)]
    if protocols:
        what = getattr(protocols[0], "__name__", protocols[0])
        raise UsageError(f"`on` of the policy {name} must be a class that parts have, not the protocol {what}")
    if not said or not all(_is_type(each) for each in said):
        raise UsageError(
            f'`on` of the policy {name} must be a type of the API, such as "Container", or a class of constructs, '
            f"such as `Deployment` or `Raw`, or several of them, not {on!r}"
        )
    models = tuple(each for each in said if _is_model(each))
    classes = tuple(each for each in said if isinstance(each, type) and not _is_model(each))
    types = (*(each for each in said if isinstance(each, str)), *(each._type for each in models))
    return types, classes, models


def _is_type(said: object) -> bool:
    return said != "" if isinstance(said, str) else isinstance(said, type) and said.__module__ != "builtins"


def _is_model(said: object) -> TypeGuard[type[Model]]:
    """Return whether a class is a type of the API, whose values every object has."""
    return isinstance(said, type) and issubclass(said, Model) and bool(said._type)


def _check_words(name: str, severity: str, groups: object) -> None:
    if severity not in RANK:
        raise UsageError(f'the severity of the policy {name} is {severity!r}; it can be "error", "warning" or "note"')
    if isinstance(groups, str) or not isinstance(groups, Sequence):
        raise UsageError(f'`groups` of the policy {name} is a list of texts, `groups=["house"]`, not {groups!r}')


def _check_types(name: str, types: Sequence[str]) -> None:
    """Raise `UsageError` for what is nearly a type of the API: nothing would be of it, and nothing would say so."""
    from kpy.schema.type_names import meant_type

    for each in types:
        if meant := meant_type(each):
            raise UsageError(f"the policy {name} is on {each!r}, which the API does not have; did you mean {meant!r}?")


def _check_takes(name: str, function: Callable[..., None], names: Sequence[str]) -> None:
    """Raise `UsageError` for a function that cannot be called with as many arguments; what is no function is tried."""
    code = getattr(function, "__code__", None)
    if code is None:
        return
    most, fewest = code.co_argcount, code.co_argcount - len(getattr(function, "__defaults__", None) or ())
    takes_any = bool(code.co_flags & _TAKES_ANY)
    if fewest > len(names) or (most < len(names) and not takes_any):
        raise UsageError(
            f"the function of the policy {name} is called with {len(names)} arguments, and takes {most}: "
            f"write `def {code.co_name}({', '.join(names)})`"
        )


def _check_name(name: str) -> None:
    words = name.split("-")
    if len(words) < 2 or not all(word.isalnum() and word == word.lower() for word in words):
        raise UsageError(
            f"the policy {name!r} needs a name of several words in small letters: `image-from-our-registry`"
        )
