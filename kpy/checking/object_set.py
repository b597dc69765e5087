"""Rules over all objects of an app or of the given files at once: what no server checks, objects against each other.

@rule_on_all("duplicate-object", source="https://...")
def duplicate_object(objects: Objects, check: SetCheck) -> None:
    \"\"\"Two objects of one kind, namespace and name are one object to a cluster.\"\"\"
    ...
    check.report(member, ROOT + "metadata" + "name", "...", see_also=(See("the first one", first),))
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from os.path import dirname
from typing import Any, Final, NamedTuple

from kpy.checking.fault_places import Faults
from kpy.checking.internal import internal_error
from kpy.checking.rule import Rule, description_of, mark
from kpy.checking.setting import Setting
from kpy.diagnostics import Diagnostic, Family, Related, Severity
from kpy.objects import Tree, anchor, metadata_of, title
from kpy.paths import ROOT, Path
from kpy.schema import Api, Kind
from kpy.source import Location

__all__ = [
    "Finding",
    "Member",
    "Objects",
    "See",
    "SetCheck",
    "SetRule",
    "check_on_all",
    "failure",
    "rule_on_all",
    "topic_within",
]

_TEXT: Final = object()


class Member:
    """One object of a set."""

    __slots__ = (
        "at",
        "faults",
        "group",
        "kind",
        "known",
        "name",
        "namespace",
        "number",
        "tree",
        "waive",
        "written",
    )

    def __init__(
        self,
        tree: Tree,
        number: int,
        at: Path = ROOT,
        known: Kind | None = None,
        *,
        written: Tree | None = None,
        faults: Faults | None = None,
    ) -> None:
        #: The object as far as it can be read: everything in it is of its right type.
        self.tree = tree
        #: The object as it was given.
        self.written = tree if written is None else written
        #: The places of its errors; nothing for a sound object.
        self.faults = faults
        #: The number of the document that it is, or that it is in when that is a `List`.
        self.number = number
        #: Its place in the document.
        self.at = at
        #: What the API knows of its kind; nothing for custom resources.
        self.known = known
        #: The API group; empty for the core group.
        self.group: str = str(tree.get("apiVersion", "")).rpartition("/")[0]
        self.kind: str = str(tree.get("kind", ""))
        #: The name; empty when it has none.
        self.name: str = _said(tree, "name")
        has_namespace = (known is None or known.namespaced) and self.is_clear("metadata", "namespace")
        #: The namespace; empty where none is said or it cannot be read, and for kinds that have none.
        self.namespace: str = _said(tree, "namespace") if has_namespace else ""
        #: The rules that are not reported for the object, with the reason, as a construct says it.
        self.waive: Mapping[str, str] = {}

    @property
    def spec(self) -> Tree:
        """The `spec`, empty when there is none."""
        spec = self.tree.get("spec")
        return spec if isinstance(spec, dict) else {}

    @property
    def annotations(self) -> Tree:
        """The annotations, empty when there are none."""
        metadata = self.tree.get("metadata")
        annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
        return annotations if isinstance(annotations, dict) else {}

    def is_readable(self, *steps: str | int) -> bool:
        """Return whether all could be read at, above and below a place."""
        return self.faults is None or not self.faults.hide(steps, self.written)

    def is_clear(self, *steps: str | int) -> bool:
        """Return whether a place has no error: what is not there is surely absent, and what is there is meant."""
        return self.faults is None or not self.faults.touch(steps, self.written)

    def __repr__(self) -> str:
        """Return kind and name for a prompt."""
        return f"<Member {title(self.tree)}>"


class See(NamedTuple):
    """Another object, or a place in it, that explains a finding."""

    text: str
    member: Member
    at: Path = ROOT


class Finding(NamedTuple):
    """A diagnostic and what it is about, so that whoever made the documents can say the line."""

    diagnostic: Diagnostic
    #: The number of the document.
    number: int
    #: The place in the document.
    steps: tuple[str | int, ...]
    #: Number and place of what `see_also` of the diagnostic is about.
    related: tuple[tuple[int, tuple[str | int, ...]], ...] = ()
    #: The object; nothing for what is found in a whole document.
    member: Member | None = None
    #: What it is about, where other findings may be about the same: those of one topic become one.
    topic: Hashable = None
    #: Number and place of what `places` of the diagnostic are.
    places: tuple[tuple[int, tuple[str | int, ...]], ...] = ()
    #: The place by which it is known again, where that is not its own: what is one finding today may be two tomorrow.
    known_by: tuple[str | int, ...] = ()

    def placed(self, where: Callable[[int, tuple[str | int, ...]], Location | None]) -> Diagnostic:
        """Return the diagnostic with the lines of it and of the objects that explain it."""
        diagnostic = self.diagnostic
        see_also = tuple(
            related._replace(where=where(*place))
            for related, place in zip(diagnostic.see_also, self.related, strict=True)
        )
        places = tuple(
            place._replace(where=where(*steps)) for place, steps in zip(diagnostic.places, self.places, strict=True)
        )
        return diagnostic._replace(
            where=where(self.number, self.steps), see_also=see_also, places=places, anchor=self.anchor
        )

    @property
    def anchor(self) -> str:
        """The place in the object, with the names of list items in the place of their numbers."""
        if self.member is None:
            return ""
        return anchor(self.member.written, (self.known_by or self.steps)[len(self.member.at.steps) :])


def topic_within(member: Member, topic: Hashable) -> Hashable:
    """Return the topic of a finding that is about something within one object."""
    return None if topic is None else (id(member), topic)


class Objects:
    """All objects that are checked together, those with errors of their own too: as far as these can be read."""

    def __init__(self, members: Iterable[Member], api: Api, setting: Setting | None = None) -> None:
        self.members = list(members)
        self.api = api
        self.setting = setting or Setting()
        #: What rules keep of the set for one another.
        self.kept: dict[object, Any] = {}

    def __iter__(self) -> Iterator[Member]:
        """Iterate over the objects in the order of the documents."""
        return iter(self.members)

    def of(self, group: str, *kinds: str) -> Iterator[Member]:
        """Iterate over the objects of some kinds of a group."""
        for kind in kinds:
            yield from self.by_kind.get((group, kind), ())

    def is_given(self, member: Member, at: Path) -> bool:
        """Return whether an app gave an object, and not text, for the name or selector at a place."""
        return self._given_at(member, at) is not _TEXT

    def given(self, member: Member, at: Path) -> Member | None:
        """Return the object that an app gave for the name or selector at a place, if it is among the objects."""
        number = self._given_at(member, at)
        return self._by_number.get(number) if isinstance(number, int) else None

    def _given_at(self, member: Member, at: Path) -> object:
        if not self.setting.given:
            return _TEXT
        *way, key = at.steps
        node: Any = member.written
        for step in way:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                return _TEXT
        return self.setting.given.get((id(node), key), _TEXT)

    @cached_property
    def _by_number(self) -> dict[int, Member]:
        return {member.number: member for member in self.members}

    @cached_property
    def by_kind(self) -> dict[tuple[str, str], list[Member]]:
        """The objects by group and kind."""
        members: dict[tuple[str, str], list[Member]] = {}
        for member in self.members:
            members.setdefault((member.group, member.kind), []).append(member)
        return members

    @cached_property
    def by_name(self) -> dict[tuple[str, str, str], list[Member]]:
        """All objects by group, kind and name, whatever their namespace."""
        members: dict[tuple[str, str, str], list[Member]] = {}
        for member in self.members:
            members.setdefault((member.group, member.kind, member.name), []).append(member)
        return members

    @cached_property
    def _by_key(self) -> dict[tuple[str, str, str, str], list[Member]]:
        """All objects by group, kind, name and namespace."""
        found: dict[tuple[str, str, str, str], list[Member]] = {}
        for (group, kind, name), members in self.by_name.items():
            for member in members:
                found.setdefault((group, kind, name, member.namespace), []).append(member)
        return found

    def has_nameless(self, group: str, kind: str) -> bool:
        """Return whether there is an object of a kind whose name could not be read: any that is named may be it."""
        return (group, kind) in self._nameless

    @cached_property
    def _nameless(self) -> set[tuple[str, str]]:
        faulty = (member for member in self.members if member.faults is not None)
        return {(member.group, member.kind) for member in faulty if not member.is_clear("metadata", "name")}

    @property
    def undeclared(self) -> Severity:
        """How bad it is that no container declares the number of a port: in an app, where people write both, worse."""
        return "warning" if self.setting.is_app else "note"

    def find(self, group: str, kind: str, name: str, namespace: str = "") -> list[Member]:
        """Return the objects that a name may mean: where either side says no namespace, it may be the same."""
        exact = self._by_key.get((group, kind, name, namespace))
        if exact:
            return exact
        return self._by_key.get((group, kind, name, ""), []) if namespace else self.by_name.get((group, kind, name), [])

    def is_external(self, kind: str, name: str, namespace: str = "") -> bool:
        """Return whether the settings say that the object lives outside."""
        names = (f"{kind}/{name}", f"{kind}/{namespace}/{name}")
        return any(fnmatchcase(text, pattern) for pattern in self.setting.external for text in names)

    def may_be_unread(self, member: Member) -> bool:
        """Return whether what an object refers to may stand in a file beside it of which something was not read."""
        folders = self._unread_folders
        return bool(folders) and dirname(self.setting.files[member.number]) in folders

    @cached_property
    def _unread_folders(self) -> frozenset[str]:
        return frozenset(map(dirname, self.setting.unread))

    def together(self, *members: Member) -> bool:
        """Return whether objects surely belong together: of an app, of one call, or of files in one folder."""
        files = self.setting.files
        return not files or len({dirname(files[member.number]) for member in members}) == 1

    def are_alternatives(self, *members: Member) -> bool:
        """Return whether objects may be there one instead of the other, because they are in several files."""
        files = self.setting.files
        return bool(files) and len({files[member.number] for member in members}) > 1

    def proven(self, *members: Member) -> Severity:
        """Return how bad a fault is that objects have only together: far apart they may have nothing in common."""
        if self.together(*members):
            return "error"
        return "warning" if self.are_near(*members) else "note"

    def are_near(self, *members: Member) -> bool:
        """Return whether objects are in one folder, in folders of one folder, or one is in a folder of the other's."""
        files = self.setting.files
        if not files:
            return True
        first, *others = sorted({dirname(files[member.number]) for member in members})
        return all(other.startswith(f"{first}/") or dirname(other) == dirname(first) or not first for other in others)


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
        see_also: Iterable[See] = (),
        rule: Rule | None = None,
        topic: Hashable = None,
    ) -> None:
        """Report that the running rule found a fault at this place of an object; the place begins at the object.

        What has an error of its own gets no other finding. Findings of one topic become one.
        """
        if member.faults is not None and at.steps and not member.is_clear(*at.steps):
            return
        rule = rule or self.rule
        assert rule is not None, "only a running rule reports"
        sights = tuple(see_also)
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
            tuple(Related(see.text) for see in sights),
        )
        related = tuple((see.member.number, see.member.at.steps + see.at.steps) for see in sights)
        self.findings.append(Finding(diagnostic, member.number, member.at.steps + at.steps, related, member, topic))


SetFunction = Callable[[Objects, SetCheck], None]


class SetRule(NamedTuple):
    """A rule on all objects together."""

    #: The rule; nothing for a function that reports under several declared ones.
    rule: Rule | None
    check: SetFunction
    #: The kinds without which, all of them absent, there is nothing to check; none when there always is.
    needs: tuple[str, ...] = ()
    key: str = ""


def rule_on_all(
    name: str,
    *,
    source: str,
    family: Family = "reference",
    severity: Severity = "warning",
    kinds: tuple[str, ...] = (),
) -> Callable[[SetFunction], SetFunction]:
    """Make the decorated function a rule on all objects together; it is called where there are objects of the kinds."""

    def decorate(function: SetFunction) -> SetFunction:
        return mark(function, SetRule(Rule(name, family, severity, source, description_of(function)), function, kinds))

    return decorate


def check_on_all(*, kinds: tuple[str, ...] = ()) -> Callable[[SetFunction], SetFunction]:
    """Make the decorated function one that looks at all objects and reports under several declared rules."""

    def decorate(function: SetFunction) -> SetFunction:
        return mark(function, SetRule(None, function, kinds))

    return decorate


def failure(error: Exception, rule: Rule | None, blame: Callable[..., Diagnostic] = internal_error) -> Finding:
    """Return the finding that a rule on all objects failed, at the object that it was looking at."""
    member, at = _looked_at(error)
    if member is None:
        return Finding(blame(error, rule), 0, ())
    diagnostic = blame(error, rule, str(at), title(member.tree))
    return Finding(diagnostic, member.number, member.at.steps + at.steps, (), member)


def _looked_at(error: Exception) -> tuple[Member | None, Path]:
    """Return the object and the place that the innermost function of a failure had in hand."""
    member, at = None, ROOT
    step = error.__traceback__
    while step is not None:
        names = step.tb_frame.f_locals
        inner = [value for value in names.values() if isinstance(value, Member)]
        if inner:
            member, at = inner[0], ROOT
        at = next((value for value in names.values() if isinstance(value, Path)), at)
        step = step.tb_next
    return member, at


def _said(tree: Tree, name: str) -> str:
    value = metadata_of(tree).get(name)
    return value if isinstance(value, str) else ""
