"""The manual pages, judged and shown by the programs that people read them with."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kpy.cli.commands import COMMANDS
from kpy.cli.help import OWN
from kpy.cli.options import HELP, Option
from tools.codegen.man_pages import MAN, _text, man_pages

PAGES = sorted(MAN.glob("*.1"))


def read(path: Path) -> str:
    """Return a page as a terminal shows it, on lines that never end."""
    if shutil.which("mandoc"):
        command = ["mandoc", "-Tascii", "-Owidth=400", str(path)]
    elif shutil.which("groff"):
        command = ["groff", "-man", "-Tascii", "-P-cbou", "-rLL=400n", str(path)]
    else:
        pytest.skip("NOT CHECKED: needs mandoc or groff, packages of Debian")
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.sub(".\b", "", shown)


def options(name: str) -> tuple[Option, ...]:
    return OWN if name == "kpy" else (*COMMANDS[name.removeprefix("kpy-")].options, HELP)


def test_each_command_has_a_page() -> None:
    assert [path.name for path in PAGES] == sorted(["kpy.1", *(f"kpy-{name}.1" for name in COMMANDS)])
    assert {path.name: path.read_text(encoding="utf-8") for path in PAGES} == man_pages()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_shows_every_option_and_example_as_it_is(path: Path) -> None:
    shown = read(path)

    for option in options(path.stem):
        assert f"{', '.join(option.flags)} {option.metavar}".rstrip() in shown
        assert " ".join(option.help.replace("`", "").split()) in " ".join(shown.split())
        assert all(choice in shown for choice in option.choices)
    for example in COMMANDS[path.stem[4:]].examples if path.stem != "kpy" else ():
        assert f" {example}\n" in shown


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_mandoc_finds_nothing(path: Path) -> None:
    """But that there is no date, which would change a page on a day when nothing else does."""
    if not shutil.which("mandoc"):
        pytest.skip("NOT CHECKED: needs mandoc, a package of Debian")
    found = subprocess.run(["mandoc", "-Tlint", "-Wwarning", str(path)], capture_output=True, text=True).stdout

    assert [line for line in found.splitlines() if 'missing date, using "": TH' not in line] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_groff_warns_of_nothing(path: Path) -> None:
    if not shutil.which("groff"):
        pytest.skip("NOT CHECKED: needs groff, a package of Debian")
    command = ["groff", "-man", "-Tutf8", "-ww", "-z", str(path)]

    assert subprocess.run(command, capture_output=True, text=True, check=True).stderr == ""


def test_nothing_in_a_text_is_markup() -> None:
    assert _text(".x 'y' \\d -a `b`") == "\\&.x 'y' \\ed \\-a \\fBb\\fR"
    assert _text("plain") == "plain"
