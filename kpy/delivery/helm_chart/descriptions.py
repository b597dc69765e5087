"""What a docstring says of the parameters of a function: in the style of Google, of NumPy, or of Sphinx."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

__all__ = ["descriptions_of"]

_SPHINX: Final = re.compile(r":param\s+(?:[^:]*\s)?(\w+)\s*:\s*(.*)")
_GOOGLE: Final = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)")
_HEADS: Final = ("args:", "arguments:", "parameters:", "params:")


def descriptions_of(function: Callable[..., Any] | None) -> dict[str, str]:
    """Return a description for each parameter that the docstring speaks of."""
    lines = (inspect.getdoc(function) or "").splitlines() if function is not None else []
    found: dict[str, list[str]] = {}
    for name, line in (*_sphinx(lines), *_google(lines), *_numpy(lines)):
        found.setdefault(name, []).append(line)
    return {name: "\n".join(said).strip() for name, said in found.items()}


def _sphinx(lines: list[str]) -> Iterator[tuple[str, str]]:
    name = ""
    for line in lines:
        if match := _SPHINX.match(line.strip()):
            name = match[1]
            yield name, match[2]
        elif name and line.startswith((" ", "\t")):
            yield name, line.strip()
        else:
            name = ""


def _google(lines: list[str]) -> Iterator[tuple[str, str]]:
    name, depth, is_inside = "", 0, False
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if not is_inside or (line.strip() and not indent):
            is_inside = line.strip().lower() in _HEADS and not indent
            name, depth = "", 0
        elif line.strip() and (not depth or indent <= depth):
            match = _GOOGLE.match(line.strip())
            name, depth = (match[1] if match else ""), indent
            if match:
                yield name, match[2]
        elif line.strip() and name:
            yield name, line.strip()


def _numpy(lines: list[str]) -> Iterator[tuple[str, str]]:
    name, is_inside = "", False
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        if following and set(following.strip()) == {"-"}:
            is_inside, name = line.strip().lower() == "parameters", ""
        elif is_inside and line.strip() and not line.startswith((" ", "\t")) and set(line.strip()) != {"-"}:
            name = line.partition(":")[0].strip().lstrip("*")
        elif is_inside and name and line.strip():
            yield name, line.strip()
