"""The parser of the plain path, and the Typer app made from the same table."""

from typing import Any

import pytest
import typer.main
from hypothesis import given
from hypothesis import strategies as st

from kpy.cli.commands import COMMANDS
from kpy.cli.options import Command, Given, MisuseError
from kpy.cli.parsing import parse
from kpy.cli.typed import build

WORDS = st.one_of(
    st.sampled_from(
        [
            word
            for command in COMMANDS.values()
            for option in command.options
            for flag in option.flags
            for word in (flag, f"{flag}=", f"{flag}=x", f"{flag}x", *(f"{flag}={choice}" for choice in option.choices))
        ]
    ),
    st.sampled_from(
        ["--", "-", "a.py", "a=b", "", "--help", "-h", "yaml", "json", "text", "chart", "wire", "-oo", "--no"]
    ),
    st.text("-=oax", max_size=5),
)


def parse_directly(command: Command, words: list[str]) -> object:
    try:
        given = parse(command, words)
    except MisuseError:
        return "misuse"
    return "help" if given is None else plain(command, given)


def parse_by_typer(command: Command, words: list[str]) -> object:
    SEEN.clear()
    with pytest.raises(SystemExit) as end:
        TYPER.main([command.name, *words], prog_name="kpy")
    if SEEN:
        return SEEN[0]
    return "help" if end.value.code == 0 else "misuse"


def plain(command: Command, given: Given) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for option in command.options:
        read = given.texts if option.many else given.text if option.metavar else given.has
        found[option.name] = read(option.name)
    argument = command.argument
    found[argument.name] = given.texts(argument.name) if argument.many else given.text(argument.name)
    return found


SEEN: list[object] = []


def see(command: Command, given: Given) -> int:
    SEEN.append(plain(command, given))
    return 0


TYPER = typer.main.get_command(build(see))


@pytest.mark.parametrize("name", COMMANDS)
@given(words=st.lists(WORDS, max_size=5))
def test_both_parsers_read_the_same(name: str, words: list[str]) -> None:
    command = COMMANDS[name]

    assert parse_directly(command, words) == parse_by_typer(command, words)


def test_options_may_stand_anywhere() -> None:
    given = parse(COMMANDS["synth"], ["-oout", "shop.py", "--set", "a=1", "--check", "--set=b=2", "--layout", "chart"])

    assert given is not None
    assert (given.text("app"), given.text("output"), given.text("layout")) == ("shop.py", "out", "chart")
    assert given.texts("set") == ["a=1", "b=2"]
    assert given.has("check")
    assert not given.has("time_passes")


def test_words_after_two_dashes_are_no_options() -> None:
    given = parse(COMMANDS["validate"], ["--", "--format", "-"])

    assert given is not None
    assert given.texts("targets") == ["--format", "-"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--prune"], "there is no option --prune; did you mean --prune-files?"),
        (["--xyzzy"], "there is no option --xyzzy; kpy synth --help lists them"),
        (["-x"], "there is no option -x; kpy synth --help lists them"),
        (["--output"], "--output needs a value: --output DIR"),
        (["--check=yes"], "--check takes no value"),
        (["--format", "toml"], "--format toml: choose one of yaml, json, kyaml, oci, helm"),
        (["--print-after", "pars"], "--print-after pars: choose one of transform, lower, wire, validate, order, emit"),
        (["a.py", "b.py"], "kpy synth takes one APP; 'b.py' is one too many"),
    ],
)
def test_misuse_says_what_to_do(words: list[str], message: str) -> None:
    with pytest.raises(MisuseError) as error:
        parse(COMMANDS["synth"], words)

    assert str(error.value) == message
