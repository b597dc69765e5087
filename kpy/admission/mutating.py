"""MutatingAdmissionPolicy: the object as it leaves it.

https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

from kpy.admission.completed import completed
from kpy.admission.expressions import Evaluation, Expressions
from kpy.admission.merging import Shape, merged, shape_of_schema, shape_of_type
from kpy.admission.patches import TestFailedError, patched
from kpy.admission.requests import stamped
from kpy.admission.validating import conditions_hold
from kpy.schema import Api, Kind
from kpy.syntax.cel.errors import ClusterError, CostError, EvaluationError
from kpy.syntax.cel.values import Duration, Timestamp, Uint

__all__ = ["Shaped", "mutated"]

Tree = dict[str, Any]

_MAKES: Final = ("Object", "JSONPatch")


class Shaped:
    """What is known of the objects of a kind: how they merge, and how a server completes them."""

    def __init__(self, shape: Shape, complete: Callable[[Tree], Tree]) -> None:
        self.shape = shape
        self.complete = complete

    @classmethod
    def of_kind(cls, kind: Kind, known: Api) -> Shaped:
        """Return what is known of a built-in kind."""
        return cls(shape_of_type(kind.type, known), lambda tree: completed(tree, kind, known))

    @classmethod
    def of_schema(cls, schema: Mapping[str, Any]) -> Shaped:
        """Return what is known of a kind of custom resources."""
        return cls(shape_of_schema(schema), lambda tree: tree)


def mutated(
    spec: Mapping[str, Any], expressions: Expressions, tree: Tree, values: Mapping[str, Any], shaped: Shaped
) -> Tree:
    """Return an object as a policy leaves it; `values` are those of the names that its expressions use.

    Raises:
        ClusterError: only a cluster knows.
        EvaluationError: the policy fails, and refuses the object then.
        CostError: it costs too much.
    """
    fails = spec.get("failurePolicy") != "Ignore"
    try:
        if not conditions_hold(spec.get("matchConditions"), expressions, values, fails=fails):
            return tree
    except CostError:
        if fails:
            raise
        return tree
    for mutation in spec.get("mutations") or ():
        try:
            tree = shaped.complete(
                _changed(mutation, Evaluation(expressions, {**values, "object": stamped(tree)}), tree, shaped)
            )
        except ClusterError:
            raise
        except (EvaluationError, CostError):
            if fails:
                raise
    return tree


def _changed(mutation: Mapping[str, Any], evaluation: Evaluation, tree: Tree, shaped: Shaped) -> Tree:
    """Return an object with one mutation."""
    if mutation.get("patchType") == "JSONPatch":
        steps = evaluation.value(mutation["jsonPatch"]["expression"].strip(), *_MAKES)
        try:
            found = patched(tree, _plain(steps))
        except TestFailedError:
            return tree
        if not isinstance(found, dict) or not isinstance(found.get("metadata"), dict):
            raise EvaluationError("JSON Patch: the result is not an object")
        return found
    patch = _plain(evaluation.value(mutation["applyConfiguration"]["expression"].strip(), *_MAKES))
    found = merged(tree, patch, shaped.shape)
    return found if isinstance(found, dict) else tree


def _plain(value: Any) -> Any:
    """Return a value of an expression as JSON has it."""
    match value:
        case None | bool() | str() | float():
            return value
        case Uint() | int():
            return int(value)
        case Mapping():
            return {key: _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case bytes():
            return base64.b64encode(value).decode()
        case Timestamp() | Duration():
            return str(value)
    raise EvaluationError("type mismatch: the expression makes a value that is not JSON")
