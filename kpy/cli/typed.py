"""The same commands as a Typer app, for completion."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Annotated, Any

import typer

from kpy.cli.commands import COMMANDS
from kpy.cli.options import HELP, Command, Given, Option

__all__ = ["build", "run_typer"]

_HELP: dict[str, Any] = {"help_option_names": list(HELP.flags)}


def run_typer(words: Sequence[str], runner: Callable[[Command, Given], int]) -> int:
    """Run a command line by Typer, its command by the runner, and return the exit code."""
    try:
        build(runner)(list(words), prog_name="kpy")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
        return code if words else 2  # older versions of click take no command at all for a success
    return 0


def build(runner: Callable[[Command, Given], int]) -> typer.Typer:
    """Return the Typer app, which gives what it parsed to the runner."""
    app = typer.Typer(
        name="kpy",
        help="Typed Python in, checked Kubernetes YAML out.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=_HELP,
    )
    app.callback()(_options_of_kpy)
    for command in COMMANDS.values():
        app.command(command.name, help=command.help, context_settings=_HELP)(_function(command, runner))
    return app


def _options_of_kpy(
    version: Annotated[bool, typer.Option("--version", "-V", help="Show the version and exit.")] = False,
) -> None:
    """Take the options that stand before a command."""


def _function(command: Command, runner: Callable[[Command, Given], int]) -> Callable[..., None]:
    """Return a function with the parameters of a command, as Typer reads them from its signature."""

    def function(**values: Any) -> None:
        plain = {name: _plain(value) for name, value in values.items()}
        raise typer.Exit(runner(command, Given(plain)))

    argument = command.argument
    taken = typer.Argument(metavar=argument.metavar, help=argument.help, show_default=False)
    parameters = [_parameter(argument.name, _optional(str, taken, many=argument.many), None)]
    parameters += [_option(option) for option in command.options]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    function.__annotations__ = {each.name: each.annotation for each in parameters}
    return function


def _option(option: Option) -> inspect.Parameter:
    if not option.metavar:
        return _parameter(option.name, Annotated[bool, typer.Option(*option.flags, help=option.help)], False)
    kind = Enum("Choice", [(choice, choice) for choice in option.choices]) if option.choices else str
    metavar = None if option.choices else option.metavar
    taken = typer.Option(*option.flags, help=option.help, metavar=metavar, show_default=False)
    return _parameter(option.name, _optional(kind, taken, many=option.many), None)


def _optional(kind: Any, taken: object, *, many: bool) -> Any:
    return Annotated[(list[kind] if many else kind) | None, taken]


def _parameter(name: str, annotation: Any, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.value if isinstance(value, Enum) else value
