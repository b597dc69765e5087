"""The pictures of the README and the docs are what the command makes: nobody drew them."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tools.codegen.pictures import PICTURES, mistaken, pictures
from tools.codegen.terminal import terminal_to_svg

ROOT = Path(__file__).parents[2]
TEXT = "{http://www.w3.org/2000/svg}text"


def test_pictures_are_as_they_would_be_made() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in PICTURES.iterdir()}

    assert committed == pictures()


def test_every_picture_is_shown_and_every_shown_one_is_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {
        (page.parent / path).resolve()
        for page in pages
        for path in re.findall(r"!\[[^]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    }

    assert shown == set(PICTURES.iterdir())


def test_picture_of_an_error_says_what_went_wrong_and_where() -> None:
    svg = ElementTree.parse(PICTURES / "error.svg")

    lines = ["".join(each.itertext()) for each in svg.iter(TEXT)]

    assert lines[0] == "$ kpy synth app.py"
    assert 'error[bad-quantity]: "128MB" must be a quantity, such as "128M" or "128Mi"' in lines[1]
    assert any(line.endswith('did you mean "GREETING"?') for line in lines)
    assert "2 errors; nothing was written" in lines


def test_colours_of_a_terminal_are_classes() -> None:
    svg = terminal_to_svg("kpy", "\x1b[1;31mbad\x1b[0m <a> & \x1b[2msoft\x1b[0m\n", "<b>")

    assert '<tspan class="b red">bad</tspan> &lt;a&gt; &amp; <tspan class="d">soft</tspan></text>' in svg
    assert "<title>&lt;b&gt;</title>" in svg
    assert not re.search(r"url\(|@import|https?:", svg.replace("http://www.w3.org/2000/svg", ""))


def test_mistakes_that_cannot_be_made_any_more_are_an_error() -> None:
    with pytest.raises(ValueError, match='no longer config\\["GREETING"\\] once'):
        mistaken("app = App()")
