"""The cases of rules, in `tests/rules`: documents that are good, and what makes each of them bad.

A file has `documents` by name and `cases`:

    - rule: container-image-required
      good: pod                                   # a name from `documents`, or a whole document
      bad: {"spec.containers[0].image": null}     # the field that makes it bad, and its value; null deletes
      field: spec.containers[0].image             # where the rule reports; a list for several places
      also: [other-rule]                          # rules that cannot but report as well; seldom
      release: "1.33"                             # `kpy.schema.MEASURED` if not given

A long text is written `!repeat [x, 1000]`, and so is a long list of other values.
"""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from kpy.schema import MEASURED

__all__ = ["CASES", "Case", "read_cases", "steps_of"]

CASES = Path(__file__).parents[2] / "tests" / "rules"


class _Loader(yaml.SafeLoader):
    """YAML with one tag more: `!repeat [x, 1000]` is a thousand times x."""


def _repeat(loader: _Loader, node: yaml.SequenceNode) -> Any:
    value, times = loader.construct_sequence(node, deep=True)
    return value * int(times) if isinstance(value, str) else [value] * int(times)


_Loader.add_constructor("!repeat", _repeat)


class Case(NamedTuple):
    """A document that a rule lets pass, and the one change by which it does not."""

    topic: str
    rule: str
    good: Any
    #: The field to change, and its new value; nothing deletes it.
    change: tuple[str, Any]
    #: Where the rule reports.
    fields: tuple[str, ...]
    also: tuple[str, ...]
    release: str

    @property
    def bad(self) -> Any:
        """The changed document."""
        path, value = self.change
        return self.changed(steps_of(path), value)

    def changed(self, steps: tuple[str | int, ...], value: Any) -> Any:
        """Return the good document with another value at a place; nothing deletes what is there."""
        *before, last = steps
        changed = copy.deepcopy(self.good)
        place: Any = changed
        for step in before:
            place = place[step] if isinstance(step, int) else place.setdefault(step, {})
        if value is None:
            del place[last]
        elif last == len(place) and hasattr(place, "append"):
            place.append(value)
        else:
            place[last] = value
        return changed


def steps_of(path: str) -> tuple[str | int, ...]:
    """Return the keys and indices of a path such as `spec.ports[0].name`."""
    return tuple(_step(key or name) for key, name in re.findall(r"\[([^\]]*)\]|([^.\[\]]+)", path))


def read_cases() -> list[Case]:
    """Return all cases, in the order of files and lines."""
    return [case for path in sorted(CASES.rglob("*.yaml")) for case in _cases_of(path)]


def _cases_of(path: Path) -> list[Case]:
    content = yaml.load(path.read_text(), _Loader)
    documents = content.get("documents", {})
    return [_case(path.stem, said, documents) for said in content["cases"]]


def _case(topic: str, said: dict[str, Any], documents: dict[str, Any]) -> Case:
    good, fields = said["good"], said["field"]
    (change,) = said["bad"].items()
    return Case(
        topic,
        said["rule"],
        documents[good] if isinstance(good, str) else good,
        change,
        (fields,) if isinstance(fields, str) else tuple(fields),
        tuple(said.get("also", ())),
        said.get("release", MEASURED),
    )


def _step(word: str) -> Any:
    """Return the index in a list, or the key of a mapping."""
    return int(word) if word.isdigit() else word
