"""The help of `kpy` and of its commands, from the table of options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from textwrap import wrap
from typing import Final

from kpy.cli.commands import COMMANDS
from kpy.cli.options import HELP, Command, MisuseError, Option
from kpy.cli.output import Product
from kpy.reporting.view import View
from kpy.version import version

__all__ = ["OWN", "help_of_command", "help_of_kpy", "run_without_command", "show_help"]

#: The options of `kpy` itself.
OWN: Final = (
    HELP,
    Option("version", ("-V", "--version"), "Show the version and exit."),
    Option("install_completion", ("--install-completion",), "Install completion for the current shell."),
    Option("show_completion", ("--show-completion",), "Show completion for the current shell."),
)
#: What other programs call the commands.
_SYNONYMS = {
    "build": "synth", "generate": "synth", "render": "synth", "template": "synth",
    "check": "validate", "lint": "validate", "verify": "validate",
    "create": "init", "new": "init",
    "deploy": "apply", "install": "apply", "sync": "apply", "up": "apply", "upgrade": "apply",
    "destroy": "delete", "down": "delete", "remove": "delete", "uninstall": "delete",
    "plan": "diff", "preview": "diff",
    "rule": "explain", "rules": "explain", "field": "explain", "describe": "explain",
}  # fmt: skip
_WIDEST = 100
#: How wide the names of options may be before their help goes to the next line.
_COLUMN = 26
_INDENT = "  "


def run_without_command(words: Sequence[str]) -> int:
    """Show the help that words without a command ask for, or the version; return the exit code.

    Raises `MisuseError` for a command that there is not.
    """
    if not words:
        from kpy.cli.greeting import greet

        return greet()
    first, *rest = words
    if first in OWN[1].flags:
        return _show(f"kpy {version()}\n")
    if first == "help" and rest:
        if rest[0] not in COMMANDS:
            raise MisuseError(_unknown(rest[0]))
        return show_help(COMMANDS[rest[0]])
    if first == "help" or first in HELP.flags:
        return _show(help_of_kpy)
    raise MisuseError(_unknown(first))


def show_help(command: Command) -> int:
    """Show the help of a command, and return the exit code."""
    return _show(lambda view: help_of_command(command, view))


def _show(text: str | Callable[[View], str]) -> int:
    with Product() as product:
        product.write(text if isinstance(text, str) else text(product.view()))
    return 0


def _unknown(word: str) -> str:
    """Return what to say of a word that is not a command."""
    if word.startswith("-"):
        return f"there is no option {word}; `kpy --help` lists the options and commands"
    if word.partition(":")[0].endswith(".py"):
        return f"a command is missing: did you mean `kpy synth {word}`?"
    if word.endswith((".yaml", ".yml", ".json")) or word == "-":
        return f"a command is missing: did you mean `kpy validate {word}`?"
    from difflib import get_close_matches

    near = _SYNONYMS.get(word) or next(iter(get_close_matches(word, COMMANDS, n=1)), None)
    hint = f"did you mean `kpy {near}`?" if near else "`kpy --help` lists the commands"
    return f"there is no command {word}; {hint}"


def help_of_kpy(view: View) -> str:
    """Return the overview of all commands."""
    commands = [(command.name, command.help) for command in COMMANDS.values()]
    lines = [
        "Typed Python in, checked Kubernetes YAML out.",
        "",
        f"{_title('Usage', view)} kpy COMMAND [OPTIONS]",
        "",
        _title("Commands", view),
        *_rows(commands, view),
        "",
        _title("Options", view),
        *_rows(map(_row, OWN), view),
        "",
        "`kpy COMMAND --help` explains a command, `kpy explain RULE` what a finding is about.",
    ]
    return "\n".join(lines) + "\n"


def help_of_command(command: Command, view: View) -> str:
    """Return the help of one command: how it is called, what it takes, and examples."""
    argument = command.argument
    metavar = f"{argument.metavar}..." if argument.many and " " not in argument.metavar else argument.metavar
    usage = metavar if " " in metavar else f"[{metavar}]"
    lines = [
        *wrap(command.help, _width(view), break_on_hyphens=False),
        "",
        f"{_title('Usage', view)} kpy {command.name} {usage} [OPTIONS]",
        "",
        *_rows([(metavar, argument.help)], view),
        "",
        _title("Options", view),
        *_rows(map(_row, (*command.options, HELP)), view),
    ]
    if command.examples:
        lines += ["", _title("Examples", view), *(f"{_INDENT}{example}" for example in command.examples)]
    return "\n".join(lines) + "\n"


def _title(text: str, view: View) -> str:
    return view.paint("place", f"{text}:")


def _row(option: Option) -> tuple[str, str]:
    value = "|".join(option.choices) if 0 < len("|".join(option.choices)) <= _COLUMN else option.metavar
    help_ = option.help
    if option.choices and value == option.metavar:
        help_ += f" One of {', '.join(option.choices)}."
    return f"{', '.join(option.flags)} {value}".rstrip(), help_


def _rows(rows: Iterable[tuple[str, str]], view: View) -> list[str]:
    """Return two columns; what is too wide for the first has a line of its own."""
    rows = list(rows)
    column = max((len(name) for name, _ in rows if len(name) <= _COLUMN), default=_COLUMN) + 2
    lines: list[str] = []
    for name, text in rows:
        parts: Sequence[str] = wrap(text, max(20, _width(view) - column - len(_INDENT)), break_on_hyphens=False) or [""]
        beside = len(name) <= _COLUMN
        head = _INDENT + view.paint("code", name)
        lines.append(f"{head}{' ' * (column - len(name))}{parts[0]}" if beside else head)
        lines += [f"{_INDENT}{' ' * column}{part}" for part in parts[1 if beside else 0 :]]
    return lines


def _width(view: View) -> int:
    return min(view.width, _WIDEST)
