"""The command line: one module a command, and one table of what each takes (`kpy.cli.commands`).

A command is parsed directly from that table. Typer, which costs as much as all the rest of a start, is imported for
help and completion only, and is built from the same table.
"""

from kpy.cli.main import main

__all__ = ["main"]
