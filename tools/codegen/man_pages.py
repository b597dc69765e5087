"""Write `man`: a manual page for `kpy` and one for each command, from the tables that the command line is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from kpy.cli import codes
from kpy.cli.commands import COMMANDS
from kpy.cli.help import OWN
from kpy.cli.options import HELP, Argument, Command, Option

__all__ = ["MAN", "man_pages"]

MAN = Path(__file__).parents[2] / "man"
#: What marks a comment in a manual page.
_HEAD = '.\\" Made by `python -m tools.codegen` from the table of options; do not edit.'
_ABOUT = "Typed Python in, checked Kubernetes YAML out"
_ENVIRONMENT = (
    ("NO_COLOR", "Not empty: no colour, unless --color says so."),
    ("FORCE_COLOR", "Neither empty nor 0: colour, where there is no terminal, too."),
    ("XDG_CACHE_HOME", "Where the folder `kpy` with what earlier runs found is kept. Default: ~/.cache."),
    ("KPY_CACHE_DIR", "Where the findings of earlier runs are kept instead; empty for nowhere."),
)
_FILES = (
    ("pyproject.toml", "Its table [tool.kpy] has the settings of a project."),
    ("kpy.lock", "The charts and definitions of a project, pinned by their digests."),
    (".kpy/", "What kpy has worked out about a project; safe to delete."),
)


def man_pages() -> dict[str, str]:
    """Return the pages by their name below `man`."""
    return {
        "kpy.1": _page("kpy", _ABOUT, _overview()),
        **{f"kpy-{each.name}.1": _page(f"kpy-{each.name}", each.help, _command(each)) for each in COMMANDS.values()},
    }


def _page(name: str, about: str, parts: Iterable[str]) -> str:
    title = [f'.TH "{name.upper()}" 1 "" "kpy" "User Commands"', ".ad l", ".SH NAME"]
    lines = [_HEAD, *title, f"{_plain(name)} \\- {_text(about[:1].lower() + about[1:].rstrip('.'))}", *parts]
    return "\n".join(lines) + "\n"


def _overview() -> Iterator[str]:
    yield from (".SH SYNOPSIS", ".B kpy", ".I COMMAND", "[", ".I OPTIONS", "]")
    yield from (".SH DESCRIPTION", f"{_text(_ABOUT)}.", "Each command has a page of its own.")
    yield ".SH COMMANDS"
    for command in COMMANDS.values():
        yield from (".TP", f".BR {_plain(f'kpy-{command.name}')} (1)", _text(command.help))
    yield ".SH OPTIONS"
    yield from _options(OWN)
    yield from _exit_status()
    yield ".SH ENVIRONMENT"
    yield from _terms(_ENVIRONMENT)
    yield ".SH FILES"
    yield from _terms(_FILES)
    yield from _see_also(f"kpy-{name}" for name in COMMANDS)


def _command(command: Command) -> Iterator[str]:
    argument = command.argument
    yield from (".SH SYNOPSIS", f".B kpy {_plain(command.name)}", *_usage(argument), "[", ".I OPTIONS", "]")
    yield from (".SH DESCRIPTION", _text(command.help))
    yield from (".TP", f".I {_plain(_metavar(argument))}", _text(argument.help))
    yield ".SH OPTIONS"
    yield from _options((*command.options, HELP))
    if command.examples:
        yield from (".SH EXAMPLES", ".nf", *map(_text, command.examples), ".fi")
    yield from _exit_status()
    yield from _see_also(["kpy"])


def _metavar(argument: Argument) -> str:
    return f"{argument.metavar}..." if argument.many and " " not in argument.metavar else argument.metavar


def _usage(argument: Argument) -> tuple[str, ...]:
    metavar = f".I {_plain(_metavar(argument))}"
    return (metavar,) if " " in argument.metavar else ("[", metavar, "]")


def _options(options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        flags = ", ".join(f"\\fB{_plain(flag)}\\fR" for flag in option.flags)
        value = f" \\fI{_plain(option.metavar)}\\fR" if option.metavar else ""
        choices = f" One of {', '.join(option.choices)}." if option.choices else ""
        yield from (".TP", f"{flags}{value}", _text(option.help + choices))


def _exit_status() -> Iterator[str]:
    yield ".SH EXIT STATUS"
    found = re.findall(r"^(\d+) +(.*)$", codes.__doc__ or "", re.MULTILINE)
    yield from _terms((code, f"{text[:1].upper()}{text[1:]}.") for code, text in found)


def _see_also(names: Iterable[str]) -> Iterator[str]:
    *others, last = names
    yield ".SH SEE ALSO"
    yield from (f".BR {_plain(name)} (1)," for name in others)
    yield f".BR {_plain(last)} (1)"


def _terms(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, text in rows:
        yield from (".TP", f".B {_plain(term)}", _text(text))


def _plain(text: str) -> str:
    """Return text in which nothing is markup, and a dash is the one that is typed."""
    return text.replace("\\", "\\e").replace("-", "\\-")


def _text(text: str) -> str:
    """Return a line of text, where what stands in backticks is bold and no line begins a request."""
    bold = re.sub(r"`([^`]*)`", r"\\fB\1\\fR", _plain(text))
    return f"\\&{bold}" if bold.startswith((".", "'")) else bold
