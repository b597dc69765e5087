"""What is public is finished: a construct has a page, an example and a snapshot, a command a page and a test."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import kpy
from kpy.cli.commands import COMMANDS
from kpy.tree.part import Part

ROOT = Path(__file__).parents[2]

CONSTRUCTS = [
    name for name in kpy.__all__ if inspect.isclass(getattr(kpy, name)) and issubclass(getattr(kpy, name), Part)
]


def text_of(folder: str, pattern: str) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / folder).rglob(pattern)))


DOCS = text_of("docs", "*.md")
PAGE_OF_CONSTRUCTS = (ROOT / "docs" / "constructs.md").read_text(encoding="utf-8")
EXAMPLES = text_of("examples", "*.py")
SNAPSHOTS = text_of("snapshots", "*.yaml")


def missing_of_construct(name: str, kind: str) -> list[str]:
    """Return what a construct of this name and kind lacks."""
    lacks = []
    if not re.search(rf"\b{name}\b", PAGE_OF_CONSTRUCTS):
        lacks.append("a word in docs/constructs.md")
    if not re.search(rf"\b{name}\b[.()]", EXAMPLES):
        lacks.append("an example")
    if kind and not re.search(rf"^kind: {kind}$", SNAPSHOTS, re.MULTILINE):
        lacks.append("a snapshot")
    return lacks


def missing_of_command(name: str, tests: str) -> list[str]:
    """Return what a command lacks."""
    lacks = []
    if f"kpy {name}" not in DOCS:
        lacks.append("a page")
    if not re.search(rf'kpy\(?.{{0,40}}"{name}"|\["{name}"|run\(.{{0,20}}"{name}"', tests):
        lacks.append("a test that calls it")
    return lacks


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_construct_is_finished(name: str) -> None:
    kind = getattr(getattr(kpy, name), "kind", "")

    assert missing_of_construct(name, kind if isinstance(kind, str) else "") == []


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_finished(name: str) -> None:
    assert missing_of_command(name, text_of("tests", "test_*.py")) == []


def test_unfinished_construct_and_command_are_seen() -> None:
    assert missing_of_construct("Spaceship", "Spaceship") == [
        "a word in docs/constructs.md",
        "an example",
        "a snapshot",
    ]
    assert missing_of_command("launch", "") == ["a page", "a test that calls it"]
