"""What constructs of users say of how they are used: warnings, refusals, and fields that are set too late."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from kpy.errors import ArgumentError, KpyError, UsageError
from kpy.model.arguments import refused as refused_texts
from kpy.model.fields import fields_of, own_names
from kpy.model.model import ApiObject
from kpy.model.own_fields import check_value
from kpy.source import caller
from kpy.tree.part import Part, describe, frozen

__all__ = ["Remark", "check_assignment", "refuse", "refused", "remarks_of", "rules_of", "rules_of_class", "warn"]

_RULE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


class Remark(NamedTuple):
    """A warning of a construct about how it is used."""

    rule: str
    message: str
    field: str = ""
    fix: str = ""


def warn(part: Part, rule: str, message: str, field: str, fix: str) -> None:
    """Note a warning at a part."""
    if part.__dict__["_locked"]:
        raise frozen(part, "warn")
    if not isinstance(rule, str) or not _RULE.fullmatch(rule):
        raise UsageError(f"the warning {rule!r} needs a name of several words in small letters: `count-deprecated`")
    part.__dict__.setdefault("_remarks", []).append(Remark(rule, message, field, fix))


def remarks_of(part: Any) -> list[Remark]:
    """Return the warnings at a part: those that it gave, and those of deprecated fields that it was given."""
    state = part.__dict__
    cls = type(part).__name__
    deprecated = [
        Remark("deprecated-field", f"`{name}` of {cls} is deprecated", name, text)
        for name, text in state.get("_deprecated", ())
    ]
    return [*deprecated, *state.get("_remarks", ())]


def refuse(part: Part, message: str) -> None:
    """Note a refusal while a part builds its parts; raise it at any other time."""
    if "_is_building" not in part.__dict__ or part.__dict__["_locked"]:
        raise ArgumentError.at(part._where, message)
    part.__dict__.setdefault("_refusals", []).append(message)


def refused(part: Part, error: Exception | None) -> ArgumentError:
    """Return the error for all refusals of a part, and for the one that ended its `build()`."""
    texts = part.__dict__.pop("_refusals")
    also = [str(error).removeprefix(f"{part._where}: ")] if isinstance(error, KpyError) else []
    return refused_texts([*texts, *also], part._where)


def rules_of(part: Any) -> Iterator[str]:
    """Yield the rules under which a part may warn: those that the functions of its class name."""
    yield from rules_of_class(type(part))
    yield from (remark.rule for remark in remarks_of(part))


def rules_of_class(cls: type) -> Iterator[str]:
    """Yield the rules that the functions of a class of a user name."""
    for base in cls.__mro__:
        if not base.__module__.startswith("kpy.") and base is not object:
            for value in vars(base).values():
                if isinstance(value, FunctionType):
                    yield from _rules_in(value.__code__)


def _rules_in(code: CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        if isinstance(constant, str) and _RULE.fullmatch(constant):
            yield constant
        elif isinstance(constant, CodeType):
            yield from _rules_in(constant)


def check_assignment(part: Part, name: str, value: object) -> None:
    """Refuse to set what would have no effect: a method, a field that `build()` has used, the place of a part."""
    cls = type(part)
    fields = fields_of(cls).defaults
    method = getattr(cls, name, None)
    if method.__class__ is FunctionType and name not in fields:
        hint = "; what all ways of synthesis shall apply is a transform, `App(transforms=[...])`"
        raise UsageError.at(caller(), f"`{name}` is a method of {cls.__name__}{hint if name == 'synth' else ''}")
    if name in own_names(cls):
        _check_own(part, name, value)
    held = part.__dict__.get(name)
    if part.__dict__.get("_built") and value is not held and _is_part_of(held, part):
        raise UsageError.at(
            caller(),
            f"`{name}` of {describe(part)} is {describe(held)}, which it has added: change that, or `remove` it and "
            "`add` another",
        )


def _check_own(part: Part, name: str, value: object) -> None:
    cls = type(part)
    if part.__dict__.get("_built") and _builds(cls):
        raise UsageError.at(
            caller(),
            f"{describe(part)} has built its parts, and `{name}` set now would change none of them: give it when the "
            "construct is made, or change the parts, `.find(Deployment)`",
        )
    text = check_value(cls, name, value)
    if text and isinstance(value, Part | ApiObject):
        raise UsageError.at(
            caller(),
            f"class {cls.__name__} has a field `{name}`, and its `build` sets that to {describe(value)}: give the "
            "field or the part another name",
        )
    if text:
        raise ArgumentError.at(caller(), text)


def _builds(cls: type[Part]) -> bool:
    """Return whether a class of a user makes parts of its fields."""
    homes = [next(base for base in cls.__mro__ if name in vars(base)) for name in ("build", "build_in_app")]
    return not all(home.__module__.startswith("kpy.") for home in homes)


def _is_part_of(held: object, part: Part) -> bool:
    owner = held.__dict__.get("_owner") if isinstance(held, Part | ApiObject) else None
    while owner is not None and owner is not part:
        owner = owner.__dict__.get("_owner")
    return owner is part
