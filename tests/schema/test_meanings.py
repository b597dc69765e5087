"""Every type and field of every release has a meaning, and every meaning has its type and field."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from kpy.schema.meanings import files_of_meanings, meaning, read_meanings
from tools.codegen.union import Union, union

GROUPS = files_of_meanings()
LONGEST = 160
#: Words that say nothing that the name of a field does not say.
EMPTY = frozenset(
    re.split(r" ", "a an and are as at by for from in is it its of on or that the these this to which with")
)


def said_in(group: str) -> dict[str, dict[str, str]]:
    return read_meanings((files("kpy.schema.meanings") / f"{group}.txt").read_text(encoding="utf-8"))


def of_group(group: str) -> list[Union]:
    return [each for each in union().values() if each.module.partition(".")[0] == group]


def test_every_group_has_a_file() -> None:
    assert {each.module.partition(".")[0] for each in union().values()} == set(GROUPS)


def test_every_type_has_a_meaning() -> None:
    assert [name for name in union() if not meaning(name)] == []


def test_every_field_has_a_meaning() -> None:
    assert [
        f"{each.name}.{field}" for each in union().values() for field in each.fields if not meaning(each.name, field)
    ] == []


@pytest.mark.parametrize("group", GROUPS)
def test_every_meaning_has_its_type_and_field(group: str) -> None:
    known: dict[str, set[str]] = {}
    for each in of_group(group):
        version = each.module.partition(".")[2]
        for name in (each.short_name, f"{version}/{each.short_name}"):
            known.setdefault(name, {""}).update(each.fields)

    assert [
        f"{name}.{field}"
        for name, fields in said_in(group).items()
        for field in fields
        if field not in known.get(name, ())
    ] == []


@pytest.mark.parametrize("group", GROUPS)
def test_meaning_is_a_plain_sentence(group: str) -> None:
    """It is short, begins as sentences do, and ends with a full stop; names stand in backticks, which are closed."""
    odd = [
        f"{name}.{field}: {text}"
        for name, fields in said_in(group).items()
        for field, text in fields.items()
        if len(text) > LONGEST
        or not text.endswith(".")
        or not re.match(r"[A-Z`0-9]", text)
        or text.count("`") % 2
        or "  " in text
    ]
    assert odd == []


@pytest.mark.parametrize("group", GROUPS)
def test_meaning_says_more_than_the_name(group: str) -> None:
    """`imagePullPolicy: The image pull policy.` helps nobody."""
    empty = []
    for name, fields in said_in(group).items():
        for field, text in fields.items():
            words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", f"{name}{field}")}
            said = {word.lower() for word in re.findall(r"[A-Za-z]+", text)} - EMPTY
            if not said - words - {f"{word}s" for word in words}:
                empty.append(f"{name}.{field}: {text}")
    assert empty == []


@pytest.mark.parametrize("group", GROUPS)
def test_fields_of_a_type_differ_in_meaning(group: str) -> None:
    """Who sees only the sentence can tell a field from those beside it."""
    same = []
    for each in of_group(group):
        seen: dict[str, str] = {}
        for field in each.fields:
            text = meaning(each.name, field)
            if text in seen:
                same.append(f"{each.name}: {seen[text]} and {field}")
            seen[text] = field
    assert same == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Container: A program.\n  args: Its arguments.\n",
            {"Container": {"": "A program.", "args": "Its arguments."}},
        ),
        ("# a remark\n\nA: One: two.\n", {"A": {"": "One: two."}}),
    ],
)
def test_file_is_read(text: str, found: dict[str, dict[str, str]]) -> None:
    assert read_meanings(text) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  args: Its arguments.\n", "line 1: expected `Type: meaning`"),
        ("Container\n", "line 1: expected `Type: meaning`"),
        ("A: One.\n  a: Two.\n  a: Three.\n", "line 3: this is said twice"),
        ("A: One.\nA: Two.\n", "line 2: this is said twice"),
    ],
)
def test_fault_in_a_file_is_named_by_its_line(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        read_meanings(text)


def test_version_that_means_something_else_comes_first() -> None:
    assert "older release" in meaning("resource/v1alpha3 ResourceSliceList", "listMeta")


def test_what_is_not_known_has_no_meaning() -> None:
    assert meaning("core/v1 Container", "images") == ""
    assert meaning("nowhere/v1 Nothing") == ""
