"""The parameters of a policy: the objects that its binding names or selects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kpy.admission.requests import Request
from kpy.checking.object_set import Member, Objects
from kpy.syntax.cel.errors import ClusterError, EvaluationError
from kpy.syntax.selectors import matches

__all__ = ["params_of"]

Tree = dict[str, Any]
Completed = Callable[[Member], Tree]


def params_of(
    spec: Mapping[str, Any], binding: Mapping[str, Any], request: Request, objects: Objects, completed: Completed
) -> list[Tree | None]:
    """Return the parameters to run a policy with, one after the other; nothing in the list is not a parameter.

    Raises:
        EvaluationError: there are none, and the binding refuses that.
        ClusterError: they are outside.
    """
    kind, ref = spec.get("paramKind"), binding.get("paramRef")
    if not kind or not ref:
        return [None]
    group = (kind.get("apiVersion") or "").rpartition("/")[0]
    found = [each for each in objects.of(group, kind.get("kind") or "") if each.faults is None]
    known = objects.api.kind(kind.get("apiVersion") or "", kind.get("kind") or "")
    space = ref.get("namespace") or ""
    if known is None or known.namespaced:
        space = space or request.namespace
        if known and not space:
            raise EvaluationError(
                "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources"
            )
        found = [each for each in found if not space or (each.namespace or "default") == space]
    elif space:
        raise EvaluationError("paramRef.namespace must not be provided for a cluster-scoped `paramKind`")
    name = ref.get("name")
    if name:
        found = [each for each in found if each.name == name]
        if not found and objects.is_external(kind.get("kind") or "", name, space):
            raise ClusterError(f"has a parameter that is not here: {kind.get('kind')} {name}")
    else:
        found = [each for each in found if matches(ref.get("selector"), _labels(each))]
    if not found and ref.get("parameterNotFoundAction") == "Deny":
        raise EvaluationError("no params found for policy binding with `Deny` parameterNotFoundAction")
    return [completed(each) for each in found]


def _labels(member: Member) -> Mapping[str, str]:
    return (member.tree.get("metadata") or {}).get("labels") or {}
