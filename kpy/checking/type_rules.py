"""Rules on the values of API types.

@rule("partition-negative", on="apps/v1 StatefulSetUpdateStrategy", source="https://...")
def partition_negative(strategy: Object, at: Path, check: Check) -> None:
    \"\"\"The partition of a rolling update is not negative.\"\"\"
    ...
    check.report(at + "rollingUpdate" + "partition", "...")
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from kpy.checking.check import Check
from kpy.checking.rule import Rule, description_of, mark
from kpy.diagnostics import Family, Severity
from kpy.objects import Tree
from kpy.paths import Path

__all__ = ["RuleFunction", "TypeRule", "rule"]

RuleFunction = Callable[[Any, Path, Check], None]


class TypeRule(NamedTuple):
    """A rule on one API type."""

    rule: Rule
    #: The API type it checks: `core/v1 Container`.
    key: str
    check: RuleFunction
    #: The fields without which, all of them absent, a value has nothing to check; none when it always has.
    needs: tuple[str, ...] = ()
    #: The field with which, absent or empty excluded, a value has nothing to check.
    without: str = ""
    #: The first release whose servers say so, and the first that does not any more; empty where all do.
    since: str = ""
    until: str = ""

    def holds_for(self, release: str) -> bool:
        """Return whether servers of a release say so."""
        minor = _minor(release)
        return (not self.since or minor >= _minor(self.since)) and (not self.until or minor < _minor(self.until))

    def is_for(self, value: Tree) -> bool:
        """Return whether a value of the type has something to check."""
        if self.without and value.get(self.without):
            return False
        return not self.needs or any(_has(value, field) for field in self.needs)


def _minor(release: str) -> int:
    return int(release.partition(".")[2])


def _has(value: Tree, field: str) -> bool:
    name, _, inner = field.partition(".")
    return name in value and (not inner or inner in value[name])


def rule(
    name: str,
    *,
    on: str | tuple[str, ...],
    source: str,
    family: Family = "api",
    severity: Severity = "error",
    needs: str | tuple[str, ...] = (),
    without: str = "",
    since: str = "",
    until: str = "",
) -> Callable[[RuleFunction], RuleFunction]:
    """Make the decorated function a rule on one API type or several.

    With `needs` it is called only for values that have this field, or one of these fields; `metadata.annotations` is
    a field of a field. With `without` it is called only for values that do not have the field, or have it empty. Both
    cost less than a look by the rule itself. `since` is the first release of Kubernetes whose servers say so, `until`
    the first whose servers do not any more.
    """
    needed = (needs,) if isinstance(needs, str) else needs
    types = (on,) if isinstance(on, str) else on

    def decorate(function: RuleFunction) -> RuleFunction:
        made = Rule(name, family, severity, source, description_of(function))
        marks = (TypeRule(made, type_name, function, needed, without, since, until) for type_name in types)
        return mark(function, *marks)

    return decorate
