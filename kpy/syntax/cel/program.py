"""Expressions that are ready to run.

program = compile("self.replicas <= 5", Environment({"self": DYN}))
program.run({"self": {"replicas": 3}})   # True
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kpy.syntax.cel.checker import checked
from kpy.syntax.cel.closures import Budget
from kpy.syntax.cel.compiler import Compiler
from kpy.syntax.cel.errors import CelError, CostError, EvaluationError
from kpy.syntax.cel.parser import parse
from kpy.syntax.cel.typed import Environment, Typed
from kpy.syntax.cel.types import Type
from kpy.syntax.cel.values import Bad

__all__ = ["PER_CALL_LIMIT", "Program", "compile"]

#: What a server lets one expression cost.
PER_CALL_LIMIT: Final = 1_000_000


def compile(text: str, environment: Environment, *, limit: int = PER_CALL_LIMIT) -> Program:
    """Return an expression, ready to run.

    Raises:
        CelError: the text is not an expression, or its types do not fit.
    """
    return Program(checked(parse(text), environment), environment, limit)


class Program:
    """An expression that is ready to run."""

    __slots__ = ("_budget", "_cost", "_count", "_names", "_run", "spent", "tree")

    def __init__(self, tree: Typed, environment: Environment, limit: int = PER_CALL_LIMIT) -> None:
        self.tree = tree
        self._names = tuple(environment.names)
        self._budget = Budget(limit)
        compiler = Compiler({name: at + 1 for at, name in enumerate(self._names)}, self._budget)
        try:
            self._run, self._cost = compiler.compile(tree)
        except RecursionError:
            raise CelError("is nested too deeply") from None
        self._count = compiler.count
        #: What the last run cost.
        self.spent = 0

    @property
    def type(self) -> Type:
        """The type of its values."""
        return self.tree.type

    def run(self, values: Mapping[str, Any]) -> Any:
        """Return its value.

        Raises:
            EvaluationError: it has none.
            CostError: it costs more than it may.
        """
        v: list[Any] = [self._cost, *map(values.get, self._names)]
        v += [None] * (self._count - len(v))
        try:
            found = self._run(v)
        except RecursionError:
            raise EvaluationError("the value is nested too deeply") from None
        finally:
            self.spent = v[0]
        if v[0] > self._budget.limit:
            raise CostError
        if isinstance(found, Bad):
            raise EvaluationError(found.message)
        return found
