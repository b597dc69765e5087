"""Policies of other packages: entry points of the group `kpy.policies`, each of which names a module.

    [project.entry-points."kpy.policies"]
    acme = "acme_kpy.policies"

They are looked for only where a word may mean one: a word that kpy and the project do not know themselves, a pattern,
or `policy`, which is all of them. A package that cannot be loaded is told, and everything else goes on.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import EntryPoint
from types import TracebackType
from typing import Final

from kpy.checking.choice import ALL, is_known, is_pattern, known_words
from kpy.checking.internal import POLICY_FAILED
from kpy.checking.policies import Policy, policies_of
from kpy.checking.registry import BUILT_IN, Registry
from kpy.diagnostics import Diagnostic
from kpy.errors import KpyError, raise_stop
from kpy.watch import saw_folder

__all__ = ["GROUP", "has_plug_ins", "may_be_plug_in", "with_plug_ins", "with_plug_ins_for"]

#: The group of the entry points.
GROUP: Final = "kpy.policies"


def with_plug_ins_for(registry: Registry, select: Sequence[str], others: Iterable[str]) -> Registry:
    """Return the registry, with the policies of other packages if one of the words may mean one.

    `select` are the words that switch policies on, `others` those that only name rules.
    """
    words = [*select, *others]
    if not words or registry.has_plug_ins:
        return registry
    if not any(map(may_be_plug_in, select)):
        names = registry.names()
        if all(word in names or is_known(word, known_words(registry)) for word in words):
            return registry
    return with_plug_ins(registry)


def may_be_plug_in(word: str) -> bool:
    """Return whether a word switches on policies of other packages, whatever kpy knows itself."""
    return word == ALL or is_pattern(word)


def with_plug_ins(registry: Registry) -> Registry:
    """Return the registry with the policies of other packages; what cannot be loaded is among its `failures`.

    A group that kpy has itself, such as `images`, means the policies of kpy and of the project, and none of these:
    otherwise a group would mean more as soon as another word had them loaded.
    """
    found = registry.plus()
    found.has_plug_ins = True
    try:
        points = _entry_points()
    except Exception as error:
        raise_stop(error)
        found.failures = (*found.failures, _failure("of installed packages", error))
        return found
    own = frozenset(group for policy in policies_of(BUILT_IN) for group in policy.groups) - {ALL}
    for point in points:
        try:
            marks = BUILT_IN.plus(point.load()).added
        except (Exception, SystemExit) as error:
            raise_stop(error)
            found.failures = (*found.failures, _failure(_title(point), error))
            continue
        found = found.with_marks(
            [mark._replace(groups=mark.groups - own) if isinstance(mark, Policy) else mark for mark in marks]
        )
    return found


def has_plug_ins() -> bool:
    """Return whether an installed package has policies."""
    try:
        return bool(_entry_points())
    except Exception as error:
        raise_stop(error)
        return True


def _entry_points() -> list[EntryPoint]:
    """Return the entry points, in an order that does not depend on where packages are."""
    from importlib.metadata import entry_points

    for folder in sys.path:
        if os.path.isdir(folder):
            saw_folder(folder)
    return sorted(entry_points(group=GROUP), key=lambda point: (_package(point), point.name, point.value))


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else ""


def _title(point: EntryPoint) -> str:
    package = f"of the package {_package(point)} " if _package(point) else ""
    return f"{package}(entry point {point.name} = {point.value})"


def _failure(whose: str, error: BaseException) -> Diagnostic:
    message = f"the policies {whose} cannot be loaded: {_why(error)}; none of them has judged anything"
    fix = "mend the package, install what it needs, or uninstall it"
    return Diagnostic(POLICY_FAILED.name, POLICY_FAILED.family, "error", "", message, fix)


def _why(error: BaseException) -> str:
    """Return what went wrong without values, since these may be secrets: a module, or the class and the line."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"there is no module {error.name}"
    if isinstance(error, KpyError):
        return str(error)
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__} ({error.filename}:{error.lineno})"
    step: TracebackType | None = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return f"{type(error).__name__} ({step.tb_frame.f_code.co_filename}:{step.tb_lineno})" if step else repr(error)
