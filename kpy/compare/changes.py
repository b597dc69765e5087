"""What becomes of each object between two manifests, and all of that together."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from kpy.compare.differences import Difference
from kpy.compare.judgements import EFFECTS, Effect
from kpy.printable import printable
from kpy.redaction.fields import HIDDEN
from kpy.source import Location

__all__ = ["PROTECTED", "Change", "Comparison", "show"]

_SIGNS: dict[Effect, str] = {
    "create": "+",
    "update in place": "~",
    "rolling restart": "~",
    "scale down": "~",
    "delete": "-",
    "replace": "!",
    "outage": "!",
    "immutable field changed": "!",
    "refused": "!",
    "data loss": "!",
}
#: What to do about a protected object that would be lost.
PROTECTED = "declare it without `protect`, apply that, and then let it go"
#: How much of a value is shown.
_WIDTH = 100
#: How much of a name, of a path or of a reason.
_LONGEST = 500


class Change(NamedTuple):
    """What becomes of one object."""

    effect: Effect
    api_version: str
    kind: str
    #: Empty where none is said, and for cluster-scoped kinds.
    namespace: str
    name: str
    #: Where the two objects differ; nothing for objects that come or go.
    differences: tuple[Difference, ...] = ()
    #: Why it is judged so, where that is not plain.
    reasons: tuple[str, ...] = ()
    #: The line that makes it, or made it.
    where: Location | None = None
    #: The object whose place it takes, `Deployment "shop/api"`; empty for all but renamed ones.
    replaces: str = ""
    #: The protected objects that would be lost by it, `PersistentVolumeClaim "shop/data"`.
    protected: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return kind and name for messages: `Deployment "shop/api"`."""
        name = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f'{_cut(self.kind)} "{_cut(name)}"'

    def to_dict(self) -> dict[str, object]:
        """Return the change as plain JSON."""
        return {
            "effect": self.effect,
            "apiVersion": self.api_version,
            "kind": self.kind,
            "namespace": self.namespace,
            "name": self.name,
            "reasons": list(self.reasons),
            "replaces": self.replaces,
            "protected": list(self.protected),
            "differences": [difference.to_dict() for difference in self.differences],
        }


class Comparison:
    """All changes between two manifests: those of the new one in its order, then what goes."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self.changes = list(changes)

    @property
    def counts(self) -> dict[Effect, int]:
        """How many objects each effect has, those that occur, worst first."""
        counts = Counter(change.effect for change in self.changes)
        return {effect: counts[effect] for effect in reversed(EFFECTS) if counts[effect]}

    @property
    def is_same(self) -> bool:
        """Whether nothing changes."""
        return all(change.effect == "no change" for change in self.changes)

    @property
    def refused(self) -> list[str]:
        """Sentences on the protected objects that would be lost, each once; empty where nothing stands in the way."""
        names = dict.fromkeys(name for change in self.changes for name in change.protected)
        return [f"{name} is protected: {PROTECTED}" for name in names]

    def summary(self) -> str:
        """Return the counts in words: `2 rolling restart, 1 create, 5 no change`."""
        return ", ".join(f"{count} {effect}" for effect, count in self.counts.items()) or "no objects"

    def to_dict(self) -> dict[str, object]:
        """Return everything as plain JSON; Secret values are hidden."""
        counts = {effect: self.counts.get(effect, 0) for effect in EFFECTS}
        return {"counts": counts, "changes": [change.to_dict() for change in self.changes]}

    def to_text(self) -> str:
        """Return everything that changes as text for people; Secret values are hidden."""
        return _to_text(self)

    def __repr__(self) -> str:
        """Return a short description for a prompt."""
        return f"<Comparison: {self.summary()}>"


def _to_text(comparison: Comparison) -> str:
    """Return all changes, object by object, and the counts as the last line."""
    shown = [change for change in comparison.changes if change.effect != "no change"]
    lines = [line for change in shown for line in _lines(change)]
    return "\n".join([*lines, comparison.summary(), ""])


def _cut(text: str) -> str:
    """Return the beginning of a text that is longer than names are."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def show(value: Any, width: int = _WIDTH) -> str:
    """Return a value on one line, shortened where it is long."""
    if value is None:
        return "not set"
    if value == HIDDEN:
        return HIDDEN
    text = json.dumps(_beginning(value, width), ensure_ascii=False)
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _beginning(value: Any, width: int) -> Any:
    """Return as much of a value as a text of some width needs, and a little more."""
    if isinstance(value, str):
        return value[: width + 1]
    rest = width + 1
    if isinstance(value, dict):
        kept: dict[str, Any] = {}
        for key, item in value.items():
            if rest <= 0:
                break
            kept[key[: width + 1]] = part = _beginning(item, rest)
            rest -= len(key) + _size(part)
        return kept
    if isinstance(value, list):
        parts: list[Any] = []
        for item in value:
            if rest <= 0:
                break
            parts.append(part := _beginning(item, rest))
            rest -= _size(part)
        return parts
    return value


def _size(value: Any) -> int:
    """Return how long the text of a value is at the least."""
    if isinstance(value, str):
        return len(value) + 2
    if isinstance(value, dict):
        return 2 + sum(len(key) + _size(item) for key, item in value.items())
    return 2 + sum(map(_size, value)) if isinstance(value, list) else 1


def _lines(change: Change) -> list[str]:
    place = f"   ({change.where})" if change.where else ""
    lines = [f"{_SIGNS[change.effect]} {printable(str(change))}: {change.effect}{place}"]
    lines.extend(f"    {printable(_cut(reason))}" for reason in change.reasons)
    lines.extend(f"    {printable(_cut(name))} is protected, and would be lost" for name in change.protected)
    lines.extend(f"    {printable(_line(difference))}" for difference in change.differences)
    return lines


def _line(difference: Difference) -> str:
    path = _cut(difference.path)
    if difference.note == "order":
        return f"{path}: order of elements {show(difference.old)} -> {show(difference.new)}"
    if difference.note == "default":
        return f"{difference.path}: {show(difference.old)} -> {show(difference.new)}, as the server fills it in"
    filled = f", so the server sets {show(difference.default)}" if difference.default is not None else ""
    return f"{path}: {show(difference.old)} -> {show(difference.new)}{filled}"
