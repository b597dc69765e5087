"""ValidatingAdmissionPolicy: what it says about a request.

https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from kpy.admission.expressions import CONDITIONS_BUDGET, Evaluation, Expressions
from kpy.syntax.cel.errors import ClusterError, CostError, EvaluationError

__all__ = ["Denial", "conditions_hold", "denials"]

_LONGEST_MESSAGE: Final = 5 * 1024


class Denial(NamedTuple):
    """Why a policy is against a request."""

    #: What a server says.
    message: str
    #: The expression that is false or failed; empty for a policy that could not be run.
    expression: str = ""
    #: What the validation of the policy says that the finding is about, beside its message.
    is_failure: bool = False


def denials(spec: Mapping[str, Any], expressions: Expressions, values: Mapping[str, Any]) -> Iterator[Denial]:
    """Yield why a policy is against a request; nothing where it lets it pass.

    Raises:
        ClusterError: only a cluster knows.
    """
    fails = spec.get("failurePolicy") != "Ignore"
    try:
        if not conditions_hold(spec.get("matchConditions"), expressions, values, fails=fails):
            return
    except (EvaluationError, CostError) as error:
        if isinstance(error, ClusterError):
            raise
        yield Denial(str(error), is_failure=True)
        return
    evaluation = Evaluation(expressions, values)
    for denial in _broken(spec, evaluation):
        if fails or not denial.is_failure:
            yield denial


def conditions_hold(
    conditions: Iterable[Mapping[str, Any]] | None,
    expressions: Expressions,
    values: Mapping[str, Any],
    *,
    fails: bool,
) -> bool:
    """Tell whether a policy is about a request by its `matchConditions`: one that is false decides.

    Raises:
        EvaluationError: one of them failed and none is false, and the policy fails then.
        CostError: they cost too much.
    """
    errors: list[EvaluationError] = []
    evaluation = Evaluation(expressions, values, CONDITIONS_BUDGET)
    for condition in conditions or ():
        try:
            if evaluation.value(condition["expression"]) is False:
                return False
        except EvaluationError as error:
            errors.append(error)
    unknown = next((error for error in errors if isinstance(error, ClusterError)), None)
    if unknown:
        raise unknown
    if errors and fails:
        said = [str(error) for error in errors]
        raise EvaluationError(said[0] if len(said) == 1 else f"[{', '.join(said)}]")
    return not errors


def _broken(spec: Mapping[str, Any], evaluation: Evaluation) -> Iterator[Denial]:
    """Yield the validations that do not hold or fail, and the audit annotations that fail."""
    for validation in spec.get("validations") or ():
        text = validation["expression"].strip()
        try:
            if evaluation.value(text) is not True:
                yield Denial(_message(validation, evaluation), text)
        except ClusterError:
            raise
        except EvaluationError as error:
            yield Denial(str(error), text, is_failure=True)
        except CostError as error:
            yield Denial(str(error), text, is_failure=True)
            return
    for annotation in spec.get("auditAnnotations") or ():
        text = annotation["valueExpression"].strip()
        try:
            evaluation.value(text)
        except ClusterError:
            raise
        except (EvaluationError, CostError) as error:
            yield Denial(str(error), text, is_failure=True)


def _message(validation: Mapping[str, Any], evaluation: Evaluation) -> str:
    """Return what a server says of a validation that does not hold."""
    said = ""
    if expression := (validation.get("messageExpression") or "").strip():
        try:
            said = str(evaluation.value(expression)).strip()
        except (EvaluationError, CostError):
            said = ""
        if "\n" in said or len(said.encode(errors="surrogatepass")) > _LONGEST_MESSAGE:
            said = ""
    return said or (validation.get("message") or "").strip() or f"failed expression: {validation['expression'].strip()}"
