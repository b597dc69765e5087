"""Text that somebody fills in before a manifest is applied: it counts only where a server would refuse it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from kpy.diagnostics import Diagnostic

__all__ = ["placeholder_at"]

#: What is surely filled in: `${X}`, `$(x)`, `$X`, `{{ x }}`, `{% x %}`, `__X__`, `%X%`, `@X@`, `#{x}#`, `<your name>`.
_MARKED: Final = re.compile(
    r"\$\{[^}]*\}?|\$\([\w.-]+\)|\$\$?[A-Za-z_]\w*\b|\{\{.*?\}\}|\{%.*?%\}|\[\[.*?\]\]|\(\(.*?\)\)|<%.*?%>"
    r"|__[A-Za-z][A-Za-z0-9_]*?__|%[A-Z_]{2,}%|@@?[A-Z][A-Z0-9_.]+@|#\{.*?\}#?|<[A-Za-z][^<>=]*>|\{[A-Z][A-Z0-9_]+\}",
    re.DOTALL,
)
#: Words in capitals, and what people write for "put yours here": `CLUSTER_NAME`, `REPLACEME`, `YOUR-DOMAIN`, `...`.
_CAPITALS: Final = re.compile(
    r"(?<![A-Za-z0-9])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![a-z])"
    r"|(?<![A-Za-z0-9])(?:REPLACE|CHANGE|INSERT|YOUR|TODO|FIXME)[-_ ]?[A-Z0-9_-]*(?![a-z])"
    r"|(?i:\b(?:your|replace|change|insert|add)[-_ ]\w+)|goes here|^\W*(?:\.\.\.|\u2026)\W*$"
)
#: What is said of a value that is not in a closed set, whose values may be words in capitals.
_NOT_IN_SET: Final = "is not one of"
#: Rules on closed sets, and those on keys, whose values do not matter.
_SETS: Final = ("unsupported-value",)
_KEYS: Final = ("unknown-field", "custom-field-unknown", "duplicate-key")
_DEEPEST: Final = 3


def placeholder_at(tree: object, steps: tuple[str | int, ...], found: Diagnostic) -> bool:
    """Return whether what is found at a place of a document is about a placeholder: a key, or a value."""
    if any(isinstance(step, str) and _MARKED.search(step) for step in steps):
        return True
    if found.rule in _KEYS:
        return False
    is_open = found.rule not in _SETS and _NOT_IN_SET not in found.message
    node: Any = tree
    for step in steps:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return False
    return _holds(node, is_open, 0)


def _holds(value: object, is_open: bool, depth: int) -> bool:
    """Return whether a value, or one in it, is to be filled in; where any text may stand, more words tell it."""
    match value:
        case str():
            return _MARKED.search(value) is not None or (is_open and _CAPITALS.search(value) is not None)
        case [str() as name] if re.fullmatch(r"[A-Z][A-Z0-9_ -]+", name):
            return True  # `[PROJECT]`, which YAML reads as a list
        case Mapping() if depth < _DEEPEST:
            return any(_MARKED.search(str(key)) or _holds(item, is_open, depth + 1) for key, item in value.items())
        case list() if depth < _DEEPEST:
            return any(_holds(item, is_open, depth + 1) for item in value)
    return False
