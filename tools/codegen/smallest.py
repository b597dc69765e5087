"""Cases of rules cut down to what shows the rule: everything goes without which the good document still passes, and the
bad one still does not.

Finding that takes minutes for all rules. So what may go is kept in a file, by rule, with a digest of the case that it
was found for; only cases that are new or changed are searched anew.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from kpy.checking.choice import Choice
from kpy.checking.registry import Registry
from kpy.schema import api
from kpy.validation import find_faults
from tools.codegen.cases import Case, steps_of
from tools.codegen.rules_table import modules

__all__ = ["STORE", "Example", "registry", "smallest_examples", "store_of"]

STORE = Path(__file__).parent / "examples.json"
_DEEPEST = 30
_LONGEST = 60
Steps = tuple[str | int, ...]


class Example(NamedTuple):
    """A document that a rule lets pass, and the place and the value by which it does not."""

    case: Case
    good: Any
    steps: Steps
    #: The value; nothing deletes what is there.
    value: Any
    #: What was taken out of the good document, and out of the value, one after the other.
    dropped: tuple[Steps, ...] = ()
    dropped_of_value: tuple[Steps, ...] = ()

    @property
    def bad(self) -> Any:
        """The document that the rule does not let pass."""
        return self.case._replace(good=self.good).changed(self.steps, self.value)

    def without(self, steps: Steps) -> Example:
        """Return the example without a part of the good document."""
        good = copy.deepcopy(self.good)
        _delete(good, steps)
        return self._replace(good=good, steps=_after(self.steps, steps), dropped=(*self.dropped, steps))

    def without_value(self, steps: Steps) -> Example:
        """Return the example without a part of the value."""
        value = copy.deepcopy(self.value)
        _delete(value, steps)
        return self._replace(value=value, dropped_of_value=(*self.dropped_of_value, steps))


@cache
def registry() -> Registry:
    """Return the rules by the table that is being written: the one on disk may not know a new rule yet."""
    return Registry(modules())


def smallest_examples(cases: Mapping[str, Case], text: str = "") -> dict[str, Example]:
    """Return the smallest example of each rule; `text` is the store of those that were found before."""
    stored = json.loads(text) if text else {}
    return {name: _example(case, stored.get(name)) for name, case in sorted(cases.items())}


def store_of(examples: Mapping[str, Example]) -> str:
    """Return the text of the store."""
    entries = {
        name: {"case": _digest(each.case), "dropped": each.dropped, "of value": each.dropped_of_value}
        for name, each in examples.items()
    }
    lines = [f" {json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _example(case: Case, entry: Mapping[str, Any] | None) -> Example:
    path, value = case.change
    example = Example(case, case.good, steps_of(path), value)
    if entry is None or entry["case"] != _digest(case):
        return _reduced(example)
    for steps in entry["dropped"]:
        example = example.without(tuple(steps))
    for steps in entry["of value"]:
        example = example.without_value(tuple(steps))
    return example


def _digest(case: Case) -> str:
    text = repr([case.good, case.change, case.release])  # a document may contain itself
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _reduced(example: Example) -> Example:
    """Return an example with everything taken out that can be."""
    allowed = _rules_of(example.good, example.case), _rules_of(example.bad, example.case)
    while True:
        before = example
        for steps in list(_places(example.good)):
            if _may_go(example, steps):
                example = _if_it_shows(example, example.without(steps), allowed)
        for steps in list(_places(example.value)):
            if _is_there(example.value, steps):
                example = _if_it_shows(example, example.without_value(steps), allowed)
        if example is before:
            return example


def _may_go(example: Example, steps: Steps) -> bool:
    """Return whether a part is still there, and does not hold the place of the change."""
    return _is_there(example.good, steps) and example.steps[: len(steps)] != steps


def _if_it_shows(example: Example, smaller: Example, allowed: tuple[set[str], set[str]]) -> Example:
    """Return the smaller example, if it shows the rule as well and nothing else that is new."""
    rule = smaller.case.rule
    good = _rules_of(smaller.good, smaller.case)
    if rule in good or not good <= allowed[0]:
        return example
    bad = _rules_of(smaller.bad, smaller.case)
    return smaller if rule in bad and bad <= allowed[1] else example


def _rules_of(document: Any, case: Case) -> set[str]:
    """Return the rules that report on a document."""
    try:
        findings = [*find_faults([document], api(case.release), Choice(select=[case.rule], registry=registry()))]
    except Exception:  # a document that is cut too far
        return {"cut too far"}
    return {found.diagnostic.rule for found in findings}


def _places(value: Any, at: Steps = ()) -> Iterator[Steps]:
    """Yield the places in a tree, outer ones first, and the last items of a list before the first.

    What is too long or too deep is so on purpose, and stays as it is.
    """
    keys: list[Any] = []
    if isinstance(value, dict) and len(at) < _DEEPEST:
        keys = list(value)
    elif isinstance(value, list) and len(at) < _DEEPEST and len(value) < _LONGEST:
        keys = list(reversed(range(len(value))))
    for key in keys:
        yield (*at, key)
        yield from _places(value[key], (*at, key))


def _is_there(value: Any, steps: Steps) -> bool:
    for step in steps:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return False
    return bool(steps)


def _delete(value: Any, steps: Steps) -> None:
    for step in steps[:-1]:
        value = value[step]
    del value[steps[-1]]


def _after(place: Steps, gone: Steps) -> Steps:
    """Return a place as it is when an item before it has gone."""
    *before, last = gone
    depth = len(before)
    if len(place) <= depth or list(place[:depth]) != before or not isinstance(last, int):
        return place
    index = place[depth]
    if not isinstance(index, int) or index < last:
        return place
    return (*place[:depth], index - 1, *place[depth + 1 :])
