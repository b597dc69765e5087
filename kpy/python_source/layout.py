"""Statements in Python source, laid out so that `ruff format` and its like change nothing, whatever their width.

What fits in a narrow line stands in one; what does not has a line for each part and a comma behind the last, which
formatters leave as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kpy.python_source.text import WIDTH, columns, quoted

__all__ = ["Imports", "bracketed", "mapping_of_texts"]

_SKIP = "  # fmt: skip"


def bracketed(head: str, parts: Iterable[str], tail: str, indent: str = "", *, comma: str = "") -> Iterator[str]:
    """Yield the lines of something in brackets: `head` ends with the opening one, `tail` begins with the closing one.

    `comma` stands behind the last part in one line, too, as a tuple of one needs it, which tells formatters nothing.
    """
    parts = list(parts)
    line = f"{indent}{head}{', '.join(parts)}{comma}{tail}"
    if columns(line) <= WIDTH or not parts:
        yield line if columns(line) <= WIDTH else line + _SKIP
        return
    inner = [f"{indent}    {part}," for part in parts]
    is_single = len(parts) == 1 and (
        comma or head.endswith("[")
    )  # where a comma says something, and no formatter heeds it
    if is_single or columns(indent + head) > WIDTH or any(columns(part) > WIDTH for part in inner):
        yield line + _SKIP
        return
    yield f"{indent}{head}"
    yield from inner
    yield f"{indent}{tail}"


def mapping_of_texts(name: str, mapping: Mapping[str, str], indent: str) -> Iterator[str]:
    """Yield the lines of the assignment of a mapping of texts."""
    yield from bracketed(
        f"{name} = {{", (f"{quoted(key)}: {quoted(value)}" for key, value in mapping.items()), "}", indent
    )


class Imports:
    """The imports of a module that is being written; a name that the module has taken is imported as `_Name`."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = frozenset(taken)
        self._names: dict[str, dict[str, str]] = {}

    def use(self, module: str, name: str, alias: str = "") -> str:
        """Return by which name the module's name is known here; without a module, the name is one."""
        local = alias or name
        if local in self._taken:
            local = f"_{local}"
        self._names.setdefault(module, {})[name] = local
        return local

    def lines(self, indent: str = "") -> list[str]:
        """Return the imports: of the standard library first, each group sorted."""
        blocks: tuple[list[str], list[str]] = ([], [])
        for module in sorted(self._names):
            names = self._names[module]
            if not module:
                blocks[0].extend(f"{indent}import {name}" for name in sorted(names))
                continue
            plain = [name for name, local in sorted(names.items(), key=_rank) if name == local]
            lines = blocks[module.startswith("kpy")]
            lines.extend(_import(module, plain, indent))
            for name, local in sorted(names.items(), key=_rank):
                if name != local:
                    lines.extend(_import(module, [f"{name} as {local}"], indent))
        between = [""] if all(blocks) else []
        return [*blocks[0], *between, *blocks[1]]

    def __bool__(self) -> bool:
        """Return whether anything is imported."""
        return bool(self._names)


def _rank(pair: tuple[str, str]) -> tuple[int, str]:
    """Return how import sorters order names: constants, classes, the rest."""
    name = pair[0]
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


def _import(module: str, parts: list[str], indent: str) -> Iterator[str]:
    line = f"{indent}from {module} import {', '.join(parts)}"
    if len(line) <= WIDTH:
        if parts:
            yield line
        return
    yield f"{indent}from {module} import ("
    yield from (f"{indent}    {part}," for part in parts)
    yield f"{indent})"
