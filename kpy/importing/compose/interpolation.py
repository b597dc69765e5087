"""`${NAME:-default}` in compose files: with what `.env` says, which is next to the file, and with defaults.

https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from kpy.importing.compose.secrecy import is_secret_word

__all__ = ["UNSET", "Interpolation", "read_env"]

#: Stands for a variable that nobody has set, or that is a secret: what uses it is not known.
UNSET: Final = "\ufdd0"
_START: Final = re.compile(r"\$(?:(\$)|\{|([A-Za-z_]\w*))")
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_OPERATOR: Final = re.compile(r":?[-+?]")


class Interpolation:
    """Replaces variables in a tree, and remembers which nobody has set."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.unset: dict[str, None] = {}

    def tree(self, value: Any) -> Any:
        """Return a tree with all its texts replaced."""
        if isinstance(value, dict):
            return {key: self.tree(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.tree(inner) for inner in value]
        return self.text(value) if isinstance(value, str) and "$" in value else value

    def text(self, text: str) -> str:
        """Return a text with its variables replaced; `$$` is one dollar."""
        done: list[str] = []
        at = 0
        while (found := _START.search(text, at)) is not None:
            done.append(text[at : found.start()])
            at = found.end()
            if found[1]:
                done.append("$")
            elif found[2]:
                done.append(self._value(found[2]))
            else:
                end = _closing(text, at)
                done.append(self._braced(text[at:end]))
                at = min(end + 1, len(text))
        return "".join([*done, text[at:]])

    def _value(self, name: str) -> str:
        if is_secret_word(name):
            return UNSET
        if name in self._values:
            return self._values[name]
        self.unset[name] = None
        return UNSET

    def _braced(self, inside: str) -> str:
        """Return what a variable in braces stands for."""
        name = _NAME.match(inside)
        if name is None:
            return f"${{{inside}}}"
        rest = inside[name.end() :]
        operator = _OPERATOR.match(rest)
        if operator is None or is_secret_word(name[0]):
            return self._value(name[0])
        other = rest[operator.end() :]
        has = name[0] in self._values and (not operator[0].startswith(":") or self._values[name[0]] != "")
        if operator[0].endswith("-"):
            return self._values[name[0]] if has else self.text(other)
        if operator[0].endswith("+"):
            return self.text(other) if has else ""
        return self._value(name[0])


def _closing(text: str, at: int) -> int:
    """Return where the brace closes that was opened before a place."""
    depth = 1
    for index in range(at, len(text)):
        if text[index] == "{":
            depth += 1
        elif text[index] == "}":
            depth -= 1
            if depth == 0:
                return index
    return len(text)


_LINE: Final = re.compile(r"\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*(?:=\s*(.*?))?\s*")


def read_env(text: str) -> dict[str, str | None]:
    """Return the variables of a file as compose reads it: with quotes, comments and `export`; nothing for no value."""
    found: dict[str, str | None] = {}
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        found[match[1]] = None if match[2] is None else _unquoted(match[2])
    return found


def _unquoted(value: str) -> str:
    if value[:1] in ("'", '"'):
        end = value.find(value[0], 1)
        while value[0] == '"' and end > 0 and value[end - 1] == "\\":
            end = value.find('"', end + 1)
        if end > 0:
            inside = value[1:end]
            return inside.replace('\\"', '"').replace("\\n", "\n") if value[0] == '"' else inside
    return re.split(r"\s+#", value, maxsplit=1)[0].rstrip()
