"""Rules over all objects of an app or of the given files at once: what no server checks, objects against each other.

@rule_on_all("duplicate-object", source="https://...")
def duplicate_object(objects: Objects, check: SetCheck) -> None:
    \"\"\"Two objects of one kind, namespace and name are one object to a cluster.\"\"\"
    ...
    check.report(member, ROOT + "metadata" + "name", "...", see_also=(Related("the first one"),))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from kpy.diagnostics import Diagnostic, Family, Related, Severity
from kpy.rules.check import ROOT, Path
from kpy.rules.registry import Rule, declare
from kpy.schema import Api

__all__ = ["Finding", "Member", "Objects", "SetCheck", "rule_on_all", "rules_on_all", "title"]


class Member(NamedTuple):
    """One object of a set."""

    tree: Mapping[str, Any]
    #: The number of the document that it is, or that it is in when that is a `List`.
    number: int
    #: Its place in the document.
    at: Path = ROOT

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return str(self.tree.get("apiVersion", "")).rpartition("/")[0]

    @property
    def kind(self) -> str:
        """The kind."""
        return str(self.tree.get("kind", ""))

    @property
    def namespace(self) -> str:
        """The namespace; empty where none is said."""
        return _said(self.tree, "namespace")

    @property
    def name(self) -> str:
        """The name; empty when it has none."""
        return _said(self.tree, "name")


class Finding(NamedTuple):
    """A diagnostic and what it is about, so that whoever made the documents can say the line."""

    diagnostic: Diagnostic
    #: The number of the document.
    number: int
    #: The place in the document.
    steps: tuple[str | int, ...]


class Objects:
    """All objects that are checked together, each of which is sound by itself."""

    def __init__(self, members: Iterable[Member], api: Api) -> None:
        self.members = list(members)
        self.api = api

    def __iter__(self) -> Iterator[Member]:
        """Iterate over the objects in the order of the documents."""
        return iter(self.members)

    @cached_property
    def by_kind(self) -> dict[tuple[str, str], list[Member]]:
        """The objects by group and kind."""
        found: dict[tuple[str, str], list[Member]] = {}
        for member in self.members:
            found.setdefault((member.group, member.kind), []).append(member)
        return found

    @cached_property
    def by_name(self) -> dict[tuple[str, str, str, str], list[Member]]:
        """The objects by group, kind, namespace and name."""
        found: dict[tuple[str, str, str, str], list[Member]] = {}
        for member in self.members:
            found.setdefault((member.group, member.kind, member.namespace, member.name), []).append(member)
        return found


class SetCheck:
    """The check of a set of objects: where its rules report."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        #: The rule that is running.
        self.rule: Rule | None = None

    def report(
        self,
        member: Member,
        at: Path,
        message: str,
        *,
        fix: str = "",
        severity: Severity | None = None,
        see_also: tuple[Related, ...] = (),
    ) -> None:
        """Report that the running rule found a fault at this place of an object; the place begins at the object."""
        rule = self.rule
        assert rule is not None, "only a running rule reports"
        steps = member.at.steps + at.steps
        diagnostic = Diagnostic(
            rule.name,
            rule.family,
            severity or rule.severity,
            str(at),
            message,
            fix,
            title(member.tree),
            None,
            (),
            see_also,
        )
        self.findings.append(Finding(diagnostic, member.number, steps))


SetFunction = Callable[[Objects, SetCheck], None]

_RULES: list[tuple[Rule, SetFunction]] = []


def rule_on_all(
    name: str, *, source: str, family: Family = "reference", severity: Severity = "warning"
) -> Callable[[SetFunction], SetFunction]:
    """Register the decorated function as a rule over all objects."""

    def register(function: SetFunction) -> SetFunction:
        text = (function.__doc__ or "").strip()
        found = declare(name, text, source=source, family=family, severity=severity, module=function.__module__)
        _RULES.append((found, function))
        return function

    return register


def rules_on_all() -> tuple[tuple[Rule, SetFunction], ...]:
    """Return the rules over all objects and what checks them, in the order in which they were written."""
    return tuple(_RULES)


def title(tree: Mapping[str, Any]) -> str:
    """Return kind and name for messages: `Deployment "api"`, with the namespace where one is said."""
    kind, namespace, name = tree.get("kind") or "object", _said(tree, "namespace"), _said(tree, "name")
    if not name:
        return str(kind)
    return f'{kind} "{namespace}/{name}"' if namespace else f'{kind} "{name}"'


def _said(tree: Mapping[str, Any], name: str) -> str:
    metadata = tree.get("metadata")
    value = metadata.get(name) if isinstance(metadata, Mapping) else None
    return value if isinstance(value, str) else ""
