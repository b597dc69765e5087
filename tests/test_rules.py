"""Every rule by its cases in `tests/rules`: a good document has no error, one changed field brings exactly that rule.

A file has `documents` by name and `cases`:

    - rule: container-image-required
      good: pod                                   # a name from `documents`, or a whole document
      bad: {"spec.containers[0].image": null}     # the field that makes it bad, and its value; null deletes
      field: spec.containers[0].image             # where the rule reports; a list for several places
      also: [other-rule]                          # rules that cannot but report as well; seldom
      release: "1.33"                             # the newest one that verdicts are known of, when not given

A long text is written `!repeat [x, 1000]`.
"""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from kpy.rules.documents import find_faults
from kpy.rules.registry import all_rules
from kpy.rules.texts import TEXT_RULES
from kpy.schema import api

HERE = Path(__file__).parent / "rules"


class _Loader(yaml.SafeLoader):
    """YAML with one tag more: `!repeat [x, 1000]` is a thousand times x."""


def _repeat(loader: _Loader, node: yaml.SequenceNode) -> str:
    text, times = loader.construct_sequence(node)
    return str(text) * times


_Loader.add_constructor("!repeat", _repeat)


def _cases() -> list[Any]:
    found = []
    for path in sorted(HERE.glob("*.yaml")):
        content = yaml.load(path.read_text(), _Loader)
        documents = content.get("documents", {})
        for number, case in enumerate(content["cases"]):
            good = case["good"]
            case["document"] = documents[good] if isinstance(good, str) else good
            found.append(pytest.param(case, id=f"{path.stem}-{case['rule']}-{number}"))
    return found


CASES = _cases()


def _changed(document: Any, bad: dict[str, Any]) -> Any:
    """Return the document with one field set to another value, or deleted."""
    ((path, value),) = bad.items()
    changed = copy.deepcopy(document)
    *before, last = [
        int(word) if (word := key or name).isdigit() else word
        for key, name in re.findall(r"\[([^\]]*)\]|([^.\[\]]+)", path)
    ]
    place = changed
    for step in before:
        place = place[step] if isinstance(step, int) else place.setdefault(step, {})
    if value is None:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return changed


def _found(document: Any, case: dict[str, Any]) -> set[tuple[str, str]]:
    findings = find_faults([document], api(case.get("release", "1.36")))
    return {(found.diagnostic.rule, found.diagnostic.field) for found in findings}


@pytest.mark.parametrize("case", CASES)
def test_rule_reports_the_bad_field_and_nothing_in_the_good_document(case: dict[str, Any]) -> None:
    bad = _found(_changed(case["document"], case["bad"]), case)
    expected = [case["field"]] if isinstance(case["field"], str) else case["field"]

    assert _found(case["document"], case) == set()
    assert {(rule, field) for rule, field in bad if rule not in case.get("also", ())} == {
        (case["rule"], field) for field in expected
    }


def test_every_rule_has_a_case() -> None:
    known = {case.values[0]["rule"] for case in CASES} | {rule.name for rule in TEXT_RULES}

    assert sorted({rule.name for rule in all_rules()} - known) == []
    assert sorted(known - {rule.name for rule in all_rules()}) == []
