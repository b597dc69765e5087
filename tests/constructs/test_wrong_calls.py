"""No call ends in an error that is not kpy's: every keyword and every method, with values that are wrong."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.constructs.wrong_calls import CLASSES, Call, broken, calls
from tests.constructs.wrong_mappings import calls_with_mappings

CALLS: dict[str, list[Call]] = defaultdict(list)
for call in calls():
    CALLS[call.text.partition("(")[0].partition(".")[0]].append(call)


@pytest.mark.parametrize("name", CLASSES)
def test_whatever_is_given_is_taken_or_refused_at_the_line_of_the_user(name: str) -> None:
    assert [fault for call in CALLS[name] if (fault := broken(call))] == []


def test_calls_are_many() -> None:
    """The law is about everything: a name that is lost on the way would pass without being tried."""
    assert sum(map(len, CALLS.values())) > 15_000
    assert set(CALLS) == set(CLASSES)


def test_whatever_stands_in_a_mapping_is_taken_or_refused_at_the_line_of_the_user() -> None:
    tried = list(calls_with_mappings())

    assert len(tried) > 500
    assert [fault for call in tried if (fault := broken(call))] == []
