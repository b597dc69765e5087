"""`kpy` alone: what it is, and three commands to go on with, in a project or where there is none yet."""

from __future__ import annotations

from kpy.cli.codes import CANNOT
from kpy.cli.output import say, view
from kpy.errors import KpyError
from kpy.reporting.view import View

__all__ = ["greet"]

_OUTSIDE = {
    "kpy init": "start a project here: an app, a test, a file for CI",
    "kpy synth app.py": "write the YAML of an app, checked",
    "kpy validate k8s/": "check YAML that you have, written by anyone",
}
_INSIDE = {
    "kpy synth": "write the YAML of {app}, checked",
    "kpy validate": "check it, and write nothing",
    "kpy graph --format html > graph.html": "draw it: what leads to what, who may talk to whom",
}


def greet() -> int:
    """Say what kpy is and what to type; return the exit code of a call without a command.

    It goes to standard error: a command that was forgotten must not reach `kubectl apply -f -`.
    """
    say(_greeting(view(), _app()))
    return CANNOT


def _greeting(look: View, app: str | None) -> str:
    commands = _OUTSIDE if app is None else {name: text.format(app=app) for name, text in _INSIDE.items()}
    column = max(map(len, commands))
    rows = [f"  {look.paint('code', name)}{' ' * (column - len(name))}  {text}" for name, text in commands.items()]
    more = "`kpy --help` lists all commands, `kpy COMMAND --help` explains one."
    return "\n".join(
        ["Typed Python in, checked Kubernetes YAML out. To begin with:", "", *rows, "", look.with_code(more)]
    )


def _app() -> str | None:
    """Return the app of the project that the current folder is in; nothing where there is none."""
    from kpy.project.settings import read_settings

    try:
        return read_settings().app
    except KpyError:
        return None  # the next command says what is wrong with them
