"""The verdict of kpy beside that of a real API server, on documents of every kind and with every sort of fault."""

from __future__ import annotations

import copy
from functools import cache

from kpy.rules.walk import validate_document
from verdicts import Agreement, Case, agreement, read_verdicts

#: Of the documents that both refuse, how many at least name every place that the server names; that or its parent or
#: child; and no other place. Figures to be raised, never lowered.
EXACT, NEAR, EQUAL = 976, 977, 967


@cache
def reports() -> list[tuple[Case, list[str]]]:
    """Return the cases, each with the fields of the errors that kpy reports."""
    return [
        (case, [found.field for found in validate_document(copy.deepcopy(case.document))]) for case in read_verdicts()
    ]


def test_verdict_is_that_of_the_server() -> None:
    wrong = [(case, fields) for case, fields in reports() if bool(fields) != case.is_rejected]

    assert wrong == []


def test_places_are_those_of_the_server() -> None:
    found = [agreement(case.causes, fields) for case, fields in reports() if case.is_rejected]
    figures = Agreement(*(sum(each) for each in zip(*filter(None, found), strict=True)))

    assert figures.exact >= EXACT, figures
    assert figures.near >= NEAR, figures
    assert figures.equal >= EQUAL, figures


def test_cases_are_of_all_sorts() -> None:
    cases = read_verdicts()

    assert len({case.document.get("kind") for case in cases if not case.is_rejected}) >= 58
    assert len({case.operator for case in cases}) >= 180
    assert {case.code for case in cases} == {201, 400, 404, 422}
