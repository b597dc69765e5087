"""Secrets that stand in the program as plain text, and so in its repository."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator

from kpy.diagnostics import Diagnostic, Related
from kpy.manifest import Manifest, Resource
from kpy.redaction.fields import PLAIN_KEYS
from kpy.rules.programs import SECRET_IN_PROGRAM
from kpy.source import Location
from kpy.tree.part import ancestors, describe

__all__ = ["secrets_in_program"]

#: A shorter text may stand in a program by chance.
_SHORTEST = 4


def secrets_in_program(manifest: Manifest) -> Iterator[Diagnostic]:
    """Report the values of Secrets that are texts in the Python files that made them.

    A value that was read from a vault, a file or the environment is in no program, and nobody is warned.
    """
    texts: dict[str, dict[str, int]] = {}
    for resource in manifest.resources:
        if resource.kind != "Secret" or resource.document is not None or resource.construct is None:
            continue
        waived = getattr(resource.construct, "waive", None) or {}
        if not str(waived.get(SECRET_IN_PROGRAM.name) or "").strip():
            for field, key, values in _values(resource):
                where = _found(values, resource, texts)
                if where is not None:
                    yield _diagnostic(resource, field, key, where)


def _values(resource: Resource) -> Iterator[tuple[str, str, set[str]]]:
    """Yield the fields of a Secret, each with its key and the texts that it may have been made from."""
    for field in ("data", "stringData"):
        values = resource.tree.get(field)
        for key, value in values.items() if isinstance(values, dict) else ():
            text = _decoded(value) if field == "data" else value
            if isinstance(text, str) and len(text) >= _SHORTEST and key.lower() not in PLAIN_KEYS:
                yield f"{field}[{key}]", key, {value, text}


def _decoded(value: object) -> object:
    try:
        return b64decode(value, validate=True).decode() if isinstance(value, str) else value
    except ValueError:
        return value


def _found(values: set[str], resource: Resource, texts: dict[str, dict[str, int]]) -> Location | None:
    """Return where one of the values stands in the files of the program that made a resource."""
    for part in ancestors(resource.construct):
        where = getattr(part, "_where", None)
        if where is None:
            continue
        for value in values:
            line = _line(value, where.file, texts)
            if line is not None:
                return Location(where.file, line)
    return None


def _line(value: str, file: str, texts: dict[str, dict[str, int]]) -> int | None:
    """Return the line of a text in a Python file; files are parsed only when they may have it."""
    if file not in texts:
        source = _source(file)
        longest = max(re.findall(r"\w+", value), key=len, default="")
        if longest not in source:
            return None
        texts[file] = _texts(source)
    return texts[file].get(value)


def _source(file: str) -> str:
    from linecache import getlines

    return "".join(getlines(file))


def _texts(source: str) -> dict[str, int]:
    """Return the texts that a program has, each with its first line."""
    import ast

    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return {}
    found: dict[str, int] = {}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            text = node.value if isinstance(node.value, str) else node.value.decode(errors="replace")
            found[text] = min(node.lineno, found.get(text, node.lineno))
    return found


def _diagnostic(resource: Resource, field: str, key: str, where: Location) -> Diagnostic:
    steps = list(ancestors(resource.construct))[:-1]
    return Diagnostic(
        rule=SECRET_IN_PROGRAM.name,
        family=SECRET_IN_PROGRAM.family,
        severity=SECRET_IN_PROGRAM.severity,
        field=field,
        message=f'the value of "{key}" in {resource} is plain text in the program, and so in its repository',
        fix='read it from a vault or the environment, or refer to what another makes: `Secret.existing("name")`',
        resource=str(resource),
        where=where,
        made_in=tuple(reversed([describe(step) for step in steps])),
        see_also=(Related("used here", resource.where),) if resource.where != where else (),
    )
