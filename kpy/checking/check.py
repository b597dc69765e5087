"""What a rule works with: the check of one document under way."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cache
from typing import Any, TypeVar

from kpy.checking.registry import BUILT_IN, Registry
from kpy.checking.rule import Rule
from kpy.diagnostics import Diagnostic, Severity
from kpy.objects import Tree
from kpy.paths import ROOT, Path
from kpy.schema import Api

__all__ = ["Check", "Written"]

_Answer = TypeVar("_Answer")


#: How the text of a document has the scalar at some steps, if that is this value; empty where nobody knows.
Written = Callable[[tuple[str | int, ...], object], str]

_TEXTS = ("name", "generateName", "namespace")


@cache
def _minor(release: str) -> int:
    return int(release[2:])


class Check:
    """The check of one document for one release: what rules may ask, and where they report."""

    def __init__(
        self,
        root: Tree,
        api: Api,
        at: Path = ROOT,
        written: Written | None = None,
        registry: Registry = BUILT_IN,
    ) -> None:
        #: The whole document.
        self.root = root
        #: The path of the document itself: the root, but for an object in a `List`.
        self.at = at
        self.api = api
        #: The rules.
        self.registry = registry
        #: The minor release that is checked for, such as `1.36`.
        self.release = api.release
        self.minor = _minor(api.release)
        self.api_version: str = root.get("apiVersion") or ""
        self.kind: str = root.get("kind") or ""
        #: Whether it is a custom resource, of which the metadata is checked.
        self.is_custom = False
        self.diagnostics: list[Diagnostic] = []
        #: The place of each diagnostic in the document, in the same order; `field` is what the server calls it.
        self.paths: list[Path] = []
        #: Whether the document is a tidied copy; see `kpy.checking.tidy`.
        self.tidy = False
        #: The names of fields that the API does not have where they stand.
        self.misplaced: set[str] = set()
        #: Whether the walk is where a server drops unknown fields: within `items` and the like of a CRD's schema.
        self.drops_unknown = False
        #: What rules raised, and where; see `check_document`.
        self.failures: list[tuple[Rule, Path, Exception]] = []
        #: The rule that is running; set by the walk.
        self.rule: Rule | None = None
        self._written = written
        self._answers: dict[tuple[object, int], tuple[Any, object]] = {}
        #: Topics by the identity of their diagnostics, which are kept so that it stays theirs.
        self._topics: dict[int, tuple[Diagnostic, Hashable]] = {}

    def written(self, at: Path, value: object) -> str:
        """Return how the text of the document has a scalar, such as `1.10` for 1.1; empty where nobody knows."""
        return self._written(at.steps, value) if self._written is not None else ""

    @property
    def metadata(self) -> Tree:
        """The metadata of the document, for rules on its other parts; empty when it is not sound."""
        metadata = self.root.get("metadata")
        if not isinstance(metadata, dict) or not all(isinstance(metadata.get(name, ""), str) for name in _TEXTS):
            return {}
        return metadata

    def at_least(self, release: str) -> bool:
        """Return whether the document is checked for this minor release or a newer one."""
        return self.minor >= _minor(release)

    def once(self, look: Callable[[Any, Path, Check], _Answer], value: object, at: Path) -> _Answer:
        """Return what a function finds in a value, and remember it for the other rules that ask the same."""
        key = (look, id(value))
        if key not in self._answers:
            self._answers[key] = look(value, at, self), value  # a value that is kept cannot leave its id to another
        answer: _Answer = self._answers[key][0]
        return answer

    def value(self, at: Path) -> Any:
        """Return the value at a path, such as `at.parent`, or nothing when the document has none there."""
        value: Any = self.root
        for step in at.steps[len(self.at.steps) :]:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def report(
        self,
        at: Path,
        message: str,
        *,
        fix: str = "",
        severity: Severity | None = None,
        field: Path | None = None,
        topic: Hashable = None,
    ) -> None:
        """Report that the running rule found a fault at this place.

        `field` is the place in the server's words, where it names another one: `metadata.labels` for a key of them.
        Findings in the document with one topic become one.
        """
        rule = self.rule
        assert rule is not None, "only a running rule reports"
        field_text = str(at if field is None else field)
        diagnostic = Diagnostic(rule.name, rule.family, severity or rule.severity, field_text, message, fix)
        self.diagnostics.append(diagnostic)
        self.paths.append(at)
        if topic is not None:
            self._topics[id(diagnostic)] = diagnostic, topic

    def topic_of(self, diagnostic: Diagnostic) -> Hashable:
        """Return what one of the diagnostics is about, where others may be about the same."""
        return self._topics.get(id(diagnostic), (None, None))[1] if self._topics else None

    def withdraw(self, at: Path) -> None:
        """Take back what was found below a place, because it should not be there at all."""
        steps = at.steps
        kept = [index for index, path in enumerate(self.paths) if path.steps[: len(steps)] != steps]
        self.diagnostics[:] = [self.diagnostics[index] for index in kept]
        self.paths[:] = [self.paths[index] for index in kept]
