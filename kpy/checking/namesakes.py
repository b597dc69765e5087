"""Policies of one name, and policies with the name of a rule of kpy: nobody could say which of them is meant."""

from __future__ import annotations

from collections.abc import Callable

from kpy.checking.policies import Policy
from kpy.checking.registry import BUILT_IN, Registry
from kpy.errors import UsageError

__all__ = ["refuse_namesakes"]


def refuse_namesakes(registry: Registry) -> None:
    """Raise `UsageError` where two policies have one name, or a policy has that of a rule of kpy."""
    if not registry.added:
        return
    known = BUILT_IN.names()
    first: dict[str, Policy] = {}
    for policy in (mark for mark in registry.added if isinstance(mark, Policy)):
        name = policy.rule.name
        other = first.setdefault(name, policy)
        if other.check is not policy.check:
            raise UsageError(
                f"two policies are called `{name}`: {_place(other.check)} and {_place(policy.check)}; "
                "rename one of them"
            )
        if name in known and not registry.leaves_out(name):
            raise UsageError(
                f"the policy `{name}`, {_place(policy.check)}, has the name of a rule of kpy; give it another name"
            )


def _place(function: Callable[..., object]) -> str:
    code = getattr(function, "__code__", None)
    where = f" ({code.co_filename}:{code.co_firstlineno})" if code is not None else ""
    return f"{function.__module__}.{getattr(function, '__qualname__', '')}{where}"
