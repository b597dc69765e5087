"""How a text is shown: in which colours, how wide, how much of it, and with which lines of source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

__all__ = ["PLAIN", "Group", "Role", "View"]

Role = Literal["error", "warning", "note", "place", "label", "code", "added", "removed"]
Group = Literal["file", "object", "rule"]

#: Few colours, from the palette that every terminal has; none of them is the only bearer of a meaning.
_COLOURS: Final[Mapping[Role, str]] = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "place": "1",
    "label": "2",
    "code": "1",
    "added": "32",
    "removed": "31",
}


class View(NamedTuple):
    """How a text is shown."""

    is_coloured: bool = False
    #: How wide a line of source may be, with its number.
    width: int = 108
    #: The text of what is no file, such as standard input, by the name that findings have for it.
    sources: Mapping[str, str] = {}
    #: Where the terminal ends, beyond which nothing is written; nothing where there is no terminal.
    columns: int | None = None
    #: How many findings are shown; nothing for all of them.
    most: int | None = None
    #: What shows all of them.
    lifted_by: str = "--all-findings"
    #: Whether notes are shown.
    has_notes: bool = True
    #: What findings are put together by.
    group: Group | None = None

    def paint(self, role: Role, text: str) -> str:
        """Return a text in the colour of its role."""
        return f"\x1b[{_COLOURS[role]}m{text}\x1b[0m" if self.is_coloured and text else text

    def with_code(self, text: str) -> str:
        """Return a sentence whose code, between backticks, stands out."""
        if not self.is_coloured or text.count("`") % 2:
            return text
        return "`".join(self.paint("code", part) if at % 2 else part for at, part in enumerate(text.split("`")))


PLAIN: Final = View()
