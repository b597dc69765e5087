"""What a terminal shows, as a picture: the colours of kpy's own output as SVG, light or dark as its reader likes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape

__all__ = ["terminal_to_svg"]

#: Codes of a terminal to classes of the picture.
_CLASSES: Final = {"1": "b", "2": "d", "31": "red", "32": "green", "33": "yellow", "36": "cyan"}
_CODE: Final = re.compile(r"\x1b\[([0-9;]*)m")
_LETTER: Final = 7.8
_LINE: Final = 18
_MARGIN: Final = 16
_BAR: Final = 30
_LIGHT: Final = ":root{--paper:#fbfbfc;--ink:#1c2430;--soft:#5b6675;--edge:#d5dae1;--red:#c62828;--green:#1a7f37;"
_DARK: Final = ":root{--paper:#12161c;--ink:#e6e9ee;--soft:#a3adba;--edge:#2f3742;--red:#ff7b72;--green:#57c878;"
_STYLE: Final = (
    f"{_LIGHT}--yellow:#9a6700;--cyan:#0e7c86}}"
    f"@media(prefers-color-scheme:dark){{{_DARK}--yellow:#e0b040;--cyan:#4fd1d9}}}}"
    'text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--ink);'
    "white-space:pre}"
    "rect{fill:var(--paper);stroke:var(--edge)}circle{fill:var(--edge)}"
    ".b{font-weight:bold}.d{fill:var(--soft)}"
    ".red{fill:var(--red)}.green{fill:var(--green)}.yellow{fill:var(--yellow)}.cyan{fill:var(--cyan)}"
)


def terminal_to_svg(command: str, output: str, title: str) -> str:
    """Return a window in which a command was typed, and what it wrote, with codes for colours."""
    lines = [f"\x1b[2m$\x1b[0m \x1b[1m{command}\x1b[0m", *output.rstrip("\n").split("\n")]
    columns = max(len(_CODE.sub("", line)) for line in lines)
    width = round(columns * _LETTER + 2 * _MARGIN)
    height = _BAR + len(lines) * _LINE + _MARGIN
    texts = (
        f'<text x="{_MARGIN}" y="{_BAR + 14 + at * _LINE}" xml:space="preserve">{"".join(_spans(line))}</text>'
        for at, line in enumerate(lines)
    )
    dots = (f'<circle cx="{18 + 16 * at}" cy="15" r="5"/>' for at in range(3))
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8"/>',
        "".join(dots),
        *texts,
        "</svg>",
    ]
    return "\n".join([*svg, ""])


def _spans(line: str) -> Iterator[str]:
    classes: list[str] = []
    for at, part in enumerate(_CODE.split(line)):
        if at % 2:
            classes = [] if part in ("", "0") else [*classes, *(_CLASSES[code] for code in part.split(";"))]
        elif part:
            text = escape(part)
            yield f'<tspan class="{" ".join(classes)}">{text}</tspan>' if classes else text
