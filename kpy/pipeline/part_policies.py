"""Policies on constructs: what a project or a package says of the parts of an app, and not of their JSON."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kpy.checking.choice import Choice
from kpy.checking.waivers import annotated_waivers, counts_for
from kpy.constructs.brought import is_included
from kpy.constructs.raw import Raw
from kpy.diagnostics import Diagnostic
from kpy.manifest import Resource
from kpy.model.referable import Referable
from kpy.pipeline.draft import Draft
from kpy.schema import api
from kpy.source import placed
from kpy.tree.part import ancestors, describe
from kpy.tree.shared import waivers_of
from kpy.tree.walk import below

if TYPE_CHECKING:
    from kpy.checking.policies import Policy

__all__ = ["find_on_parts", "policies_on_parts"]


def find_on_parts(draft: Draft) -> Iterator[Diagnostic]:
    """Yield what the selected policies on classes find in the parts of an app, but for what is waived.

    `root` of their check is the object that a part became; empty for a part that became none, or several.
    """
    choice = draft.choice
    policies = policies_on_parts(choice)
    for_types: dict[type, list[Policy]] = {}
    for part in (draft.app, *below(draft.app)) if policies else ():
        if _is_given_by_others(part):
            continue
        kind = type(part)
        if kind not in for_types:
            for_types[kind] = [policy for policy in policies if _is_of(kind, policy.classes)]
        waived: Mapping[str, str] | None = None
        for policy in for_types[kind]:
            waived = _waivers(part, draft) if waived is None else waived
            if not counts_for(policy.rule.name, waived.get(policy.rule.name), choice):
                yield from _look(policy, part, draft)


def policies_on_parts(choice: Choice) -> list[Policy]:
    """Return the selected policies that look at the parts of an app."""
    if not choice.registry.added or not (choice.select or choice.mandatory):
        return []
    from kpy.checking.policy_runs import selected

    return [policy for policy in selected(choice) if policy.classes]


def _is_given_by_others(part: Any) -> bool:
    """Return whether a part is an object of a custom kind in a file: it is a `Raw`, though nobody has written one."""
    return isinstance(part, Raw) and is_included(part.owner)


def _is_of(kind: type, classes: tuple[type, ...]) -> bool:
    """Return whether parts of a class are of one of the classes, which may have been made more than once.

    A file that is run as an app is no module by its own name, so that whoever imports it makes its classes again; and
    in tests a module may be loaded anew.
    """
    if issubclass(kind, classes):
        return True
    homes = {_home(each) for each in classes}
    return any(_home(base) in homes for base in kind.__mro__)


def _home(cls: type) -> tuple[str, str]:
    """Return the file of a class, or its module where that has none, and its name."""
    file = getattr(sys.modules.get(cls.__module__), "__file__", None)
    return (os.path.realpath(file) if file else cls.__module__), cls.__qualname__


def _look(policy: Policy, part: Any, draft: Draft) -> Iterator[Diagnostic]:
    from kpy.checking.check import Check
    from kpy.checking.policy_runs import blame

    resource = _object_of(part, draft)
    check = Check(resource.tree if resource is not None else {}, api(draft.release))
    check.rule = policy.rule
    try:
        with placed():
            policy.check(part, check.at, check)
        found = check.diagnostics
    except Exception as error:
        found = [blame(policy)(error, policy.rule)]
    made_in = tuple(reversed([describe(step) for step in ancestors(part)][:-1]))
    about = str(resource) if resource is not None else f'{type(part).__name__} "{getattr(part, "name", None) or ""}"'
    for diagnostic in found:
        yield diagnostic._replace(resource=about, where=part._where, made_in=made_in)


def _waivers(part: Any, draft: Draft) -> Mapping[str, str]:
    """Return the rules that a part waives: in Python, or in the annotations of the object that it became."""
    resource = _object_of(part, draft)
    annotated = annotated_waivers(resource.metadata.get("annotations")) if resource is not None else {}
    return {**annotated, **waivers_of(part, draft.shared)}


def _object_of(part: Any, draft: Draft) -> Resource | None:
    """Return the object that a part became; nothing for what makes several, or none."""
    return draft.of(part) if isinstance(part, Referable) else None
