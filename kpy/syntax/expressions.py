"""What is wrong with an expression of CEL: its syntax, names, types, and its result."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kpy.syntax.cel.types import Type

__all__ = ["expression_fault", "expression_type"]

#: How many variables are all looked at, so that a near one can be named.
_FEW: Final = 100
_WORD: Final = re.compile(r"\w+")


def expression_fault(
    text: str,
    names: Iterable[str],
    results: Iterable[str] = (),
    variables: Mapping[str, Type] | None = None,
    *,
    minor: int | None = None,
) -> str | None:
    """Check an expression: its syntax, that it uses only declared names, its types, and the type of its result.

    `variables` are the fields of the name `variables`, where a policy has them, with their types; `minor` is the minor
    release whose functions it may call.
    """
    from kpy.syntax.cel.errors import CelError

    try:
        found = expression_type(text, names, variables, minor=minor)
    except CelError as error:
        return str(error)
    wanted = tuple(results)
    if wanted and found.kind not in wanted and found.name not in wanted:
        return f"must have a result of type {' or '.join(wanted)}, not {found}"
    return None


def expression_type(
    text: str, names: Iterable[str], variables: Mapping[str, Type] | None = None, *, minor: int | None = None
) -> Type:
    """Return the type of the result of an expression.

    Raises:
        CelError: the expression is not sound.
    """
    known = None if variables is None else tuple(_mentioned(text, variables).items())
    return _typed(text, tuple(names), known, minor)


def _mentioned(text: str, variables: Mapping[str, Type]) -> Mapping[str, Type]:
    """Return the variables; of very many, those whose names the text has, which are all that it can use."""
    if len(variables) <= _FEW:
        return variables
    return {name: variables[name] for name in dict.fromkeys(_WORD.findall(text)) if name in variables}


@lru_cache(1024)
def _typed(
    text: str, names: tuple[str, ...], variables: tuple[tuple[str, Type], ...] | None, minor: int | None
) -> Type:
    from kpy.syntax.cel.declarations import NEWEST
    from kpy.syntax.cel.environments import environment
    from kpy.syntax.cel.program import compile

    release = NEWEST if minor is None else minor
    return compile(text, environment(names, None if variables is None else dict(variables), release)).type
