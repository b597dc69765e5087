"""The expressions of a policy, compiled once, and their values for one request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kpy.syntax.cel.environments import environment
from kpy.syntax.cel.errors import CelError, ClusterError, CostError, EvaluationError
from kpy.syntax.cel.program import Program, compile
from kpy.syntax.cel.types import Type

__all__ = ["CONDITIONS_BUDGET", "POLICY_BUDGET", "Evaluation", "Expressions"]

#: What all expressions of a policy, and all its match conditions, may cost for one request.
POLICY_BUDGET: Final = 10_000_000
CONDITIONS_BUDGET: Final = POLICY_BUDGET // 4
_SPENT: Final = "validation failed due to running out of cost budget, no further validation rules will be run"


class Expressions:
    """The expressions of a policy with its variables; each is compiled when it is first asked for."""

    def __init__(self, spec: Mapping[str, Any], minor: int) -> None:
        self._minor = minor
        params = ("params",) if spec.get("paramKind") is not None else ()
        self._names = ("object", "oldObject", "request", "namespaceObject", "authorizer", *params)
        self._programs: dict[tuple[str, bool], Program] = {}
        self.variables: dict[str, Program] = {}
        #: The texts of the variables.
        self.texts: dict[str, str] = {}
        self._types: dict[str, Type] = {}
        for variable in spec.get("variables") or ():
            program = self._compiled(variable["expression"], ())
            self.variables[variable["name"]] = program
            self._types[variable["name"]] = program.type
            self.texts[variable["name"]] = variable["expression"]

    def program(self, text: str, *makes: str) -> Program:
        """Return an expression, ready to run; `makes` are the objects that it may make.

        Raises:
            CelError: it is none.
        """
        key = text, bool(makes)
        if key not in self._programs:
            self._programs[key] = self._compiled(text, makes)
        return self._programs[key]

    def _compiled(self, text: str, makes: tuple[str, ...]) -> Program:
        return compile(text.strip(), environment((*self._names, *makes), dict(self._types), self._minor))


class Evaluation:
    """The evaluation of a policy for one request, with what it may still cost."""

    def __init__(self, expressions: Expressions, values: Mapping[str, Any], budget: int = POLICY_BUDGET) -> None:
        self._expressions = expressions
        self._budget = budget
        self._values = {**values, "variables": _Variables(self)}

    def value(self, text: str, *makes: str) -> Any:
        """Return the value of an expression.

        Raises:
            ClusterError: only a cluster knows.
            EvaluationError: there is none; the message says so as a server does.
            CostError: all together costs too much.
        """
        program = self._expressions.program(text, *makes)
        try:
            return self._run(program)
        except ClusterError:
            raise
        except EvaluationError as error:
            raise EvaluationError(f"expression '{text}' resulted in error: {error}") from None

    def variable(self, name: str) -> Any:
        """Return the value of a variable."""
        try:
            return self._run(self._expressions.variables[name])
        except (ClusterError, _OverBudgetError):
            raise
        except CelError as error:
            raise EvaluationError(f'composited variable "{name}" fails to evaluate: {error}') from None

    def _run(self, program: Program) -> Any:
        try:
            return program.run(self._values)
        except CostError as error:
            if isinstance(error, _OverBudgetError):
                raise
            raise EvaluationError(str(error)) from None
        finally:
            self._budget -= program.spent
            if self._budget < 0:
                raise _OverBudgetError


class _OverBudgetError(CostError):
    """All expressions of a policy together cost too much."""

    def __init__(self) -> None:
        CelError.__init__(self, _SPENT)


class _Variables(dict[str, Any]):
    """The variables of a policy, each evaluated when it is asked for, once."""

    def __init__(self, evaluation: Evaluation) -> None:
        super().__init__()
        self._evaluation = evaluation
        self._errors: dict[str, EvaluationError] = {}

    def get(self, name: str, default: Any = None) -> Any:
        if name in self._errors:
            raise self._errors[name]
        if name not in self:
            try:
                self[name] = self._evaluation.variable(name)
            except EvaluationError as error:
                self._errors[name] = error
                raise
        return super().get(name, default)
