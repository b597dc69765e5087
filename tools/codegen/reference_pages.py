"""Write `docs/reference`: a page for each construct, for each group of the API, and for the command line."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import kpy
from kpy.cli.commands import COMMANDS
from kpy.cli.options import Command, Option
from kpy.explaining.texts import type_text
from kpy.model.declarative import Declarative
from kpy.model.fields import annotations_of
from kpy.model.help_text import keyword_texts
from tools.codegen.construct_examples import CONSTRUCT_EXAMPLES
from tools.codegen.settings_page import settings_page
from tools.codegen.union import Union, union

__all__ = ["REFERENCE", "reference_pages"]

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
_HEAD = """\
from kpy import *

app = App("shop")
chart = app.add(Chart("shop", namespace="shop"))
"""
_INDEX = """# Reference

Every construct, model and command, made by `python -m tools.codegen` from the tables that kpy itself reads.
`kpy explain Deployment.replicas` and the hovers of your editor say the same.
"""


def reference_pages() -> dict[str, str]:
    """Return the pages by their path below `docs/reference`."""
    constructs = {name: getattr(kpy, name) for name in sorted(CONSTRUCT_EXAMPLES)}
    groups: dict[str, list[Union]] = {}
    for each in union().values():
        groups.setdefault(each.module.partition(".")[0], []).append(each)
    pages = {f"constructs/{name}.md": _construct(name, kind) for name, kind in constructs.items()}
    pages |= {f"models/{group}.md": _models(group, types) for group, types in groups.items()}
    return {
        "README.md": _index(constructs, groups),
        "command-line.md": _command_line(),
        "settings.md": settings_page(),
        **pages,
    }


def _index(constructs: dict[str, type[Declarative]], groups: dict[str, list[Union]]) -> str:
    lines = [_INDEX, "## Constructs\n", "| construct | is |", "|---|---|"]
    lines += [f"| [`{name}`](constructs/{name}.md) | {_cell(_summary(kind))} |" for name, kind in constructs.items()]
    lines += ["\n## Models of the API\n", "| group | types |", "|---|---|"]
    for group, types in groups.items():
        named = [f"`{each.short_name}`" for each in types if each.kind] or [f"`{types[0].short_name}`"]
        lines.append(f"| [`kpy.api.{group}`](models/{group}.md) | {', '.join(dict.fromkeys(named))} |")
    lines += [
        "\n## More\n",
        "- [The command line](command-line.md)",
        "- [Settings](settings.md)",
        "- [The rules](../rules/README.md)",
    ]
    return "\n".join(lines) + "\n"


def _construct(name: str, kind: type[Declarative]) -> str:
    text = inspect.cleandoc(_own_text(kind))
    links = re.findall(r"^https://\S+$", text, re.MULTILINE)
    paragraphs = [part for part in re.split(r"\n\n", text) if not part.startswith(("    ", "https://"))]
    code = CONSTRUCT_EXAMPLES[name].rstrip() + "\n"
    parts = [
        f"# {name}\n",
        "\n\n".join(" ".join(part.split()) for part in paragraphs) + "\n",
        *([f"[Kubernetes: {links[0].rpartition('/docs/')[2].strip('/')}]({links[0]})\n"] if links else []),
        f"```python\n{_HEAD}{code}```\n",
        f"```yaml\n{_yaml_of(name, code)}```\n",
        "## Keywords\n",
        "| keyword | takes | is |",
        "|---|---|---|",
        *(f"| `{keyword}` | {_code(taken)} | {_cell(said)} |" for keyword, taken, said in keyword_texts(kind)),
    ]
    methods = list(_methods(kind))
    if methods:
        parts += ["\n## Methods\n", "| method | does |", "|---|---|", *methods]
    return "\n".join(parts) + "\n"


def _yaml_of(name: str, code: str) -> str:
    """Return the YAML of an example, run as a file of a folder of its own."""
    names: dict[str, Any] = {"__name__": "page"}
    before = os.getcwd()
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            exec(compile(_HEAD + code, str(Path(folder, f"{name}.py")), "exec"), names)
            manifest = names["app"].synth()
        finally:
            os.chdir(before)
    return str(manifest.to_yaml())


def _methods(kind: type) -> Iterator[str]:
    for name in sorted(dir(kind)):
        found = inspect.getattr_static(kind, name)
        method = found.__func__ if isinstance(found, classmethod | staticmethod) else found
        is_own = inspect.isfunction(method) and method.__module__.startswith("kpy.")
        if name.startswith("_") or not is_own or not method.__doc__ or name in annotations_of(kind):
            continue
        yield f"| {_code(name + _call(method))} | {_cell(inspect.cleandoc(method.__doc__).partition(chr(10) * 2)[0])} |"


def _call(method: Any) -> str:
    parameters = [one for one in inspect.signature(method).parameters.values() if one.name not in ("self", "cls")]
    shown = [one.replace(annotation=inspect.Parameter.empty) for one in parameters]
    return str(inspect.Signature(shown))


def _own_text(kind: type) -> str:
    said = kind.__dict__.get("__doc__")
    return str(getattr(said, "text", said) or "")


def _summary(kind: type) -> str:
    return inspect.cleandoc(_own_text(kind)).partition("\n\n")[0]


def _models(group: str, types: list[Union]) -> str:
    lines = [f"# kpy.api.{group}\n"]
    by_name: dict[str, list[Union]] = {}
    for each in types:
        by_name.setdefault(each.short_name, []).append(each)
    for name, versions in sorted(by_name.items()):
        modules = ", ".join(f"`kpy.api.{each.module}`" for each in versions)
        lines += [f"## {name}\n", f"{type_text(versions[0].name)} In {modules}.\n"]
        kind = getattr(__import__(f"kpy.api.{versions[0].module}", fromlist=[name]), name)
        rows = [(keyword, taken, said) for keyword, taken, said in keyword_texts(kind)]
        if rows:
            lines += ["| field | takes | is |", "|---|---|---|"]
            lines += [f"| `{keyword}` | {_code(taken)} | {_cell(said)} |" for keyword, taken, said in rows]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _command_line() -> str:
    lines = ["# The command line\n", "`kpy COMMAND --help` says the same.\n"]
    for command in COMMANDS.values():
        lines += _command(command)
    return "\n".join(lines).rstrip() + "\n"


def _command(command: Command) -> Iterator[str]:
    yield f"## kpy {command.name}\n"
    yield f"{command.help}\n"
    yield f"`{command.argument.metavar}`: {command.argument.help}\n"
    yield "| option | does |"
    yield "|---|---|"
    yield from (f"| {_option(option)} | {_cell(option.help)} |" for option in command.options)
    if command.examples:
        yield "\n```shell"
        yield from command.examples
        yield "```"
    yield ""


def _option(option: Option) -> str:
    value = "|".join(option.choices) or option.metavar
    return _code(f"{', '.join(option.flags)} {value}".rstrip())


def _code(text: str) -> str:
    """Return code as it can stand in a table; hosts and the site know no common escape for a bar between backticks."""
    if "|" not in text:
        return f"`{text}`"
    marks = "|*_"
    return f"<code>{''.join(f'&#{ord(mark)};' if mark in marks else mark for mark in escape(text, quote=False))}</code>"


def _cell(text: str) -> str:
    parts = re.split(r"`([^`]*)`", " ".join(text.split()))
    return "".join(_code(part) if at % 2 else part.replace("|", "\\|") for at, part in enumerate(parts))
