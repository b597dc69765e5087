"""A graph as SVG: one file that needs no other, light or dark as its reader likes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from kpy.graph.boxes import SMALL_LETTER, Arrow, Box, Card, Drawing, Point, draw, shortened
from kpy.graph.curves import bends, fraction
from kpy.graph.families import FAMILIES, family_of
from kpy.graph.shapes import Graph
from kpy.printable import printable

__all__ = ["STYLE", "attribute", "drawing_to_svg", "escaped", "legend_of", "px", "to_svg"]

_LEGEND = 34.0
#: A part of an arrow that is longer may pass cards.
_LONG = 240.0


def to_svg(graph: Graph, title: str = "") -> str:
    """Return a graph as a drawing, with a legend below."""
    drawing = draw(graph)
    width, height = max(drawing.size[0], 480.0), drawing.size[1]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {px(width)} {px(height + _LEGEND)}" '
        f'width="{px(width)}" height="{px(height + _LEGEND)}" role="img">',
        f"<title>{escaped(title or 'Objects, and what leads from one to another')}</title>",
        f"<style>{STYLE}</style>",
        '<rect class="paper" width="100%" height="100%"/>',
        *drawing_to_svg(drawing, "a", is_traffic=graph.is_traffic),
        *_legend(graph, height),
        "</svg>",
    ]
    return "\n".join([*lines, ""])


def drawing_to_svg(drawing: Drawing, prefix: str, *, is_traffic: bool = False) -> Iterator[str]:
    """Yield the elements of a drawing; the prefix tells it from others in the same page."""
    numbers = {box.path: at for at, box in enumerate(drawing.boxes)}
    yield (
        f'<defs><marker id="{prefix}-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path class="tip" d="M0 0.5 8 4 0 7.5z"/></marker></defs>'
    )
    yield from (_box(box, numbers[box.path]) for box in drawing.boxes)
    yield f'<g class="{"arrows" if drawing.has_labels else "arrows many"}">'
    yield from (_arrow(arrow, prefix, is_traffic=is_traffic) for arrow in drawing.arrows)
    yield "</g>"
    for card in drawing.cards:
        groups = card.node.groups
        yield _card(card, [numbers[groups[:depth]] for depth in range(1, len(groups) + 1)])
    if drawing.has_labels:
        yield from (_label(arrow) for arrow in drawing.arrows if arrow.labels and not arrow.edge.is_selection)


def _box(box: Box, at: int) -> str:
    (x, y), (width, height) = box.corner, box.size
    return (
        f'<g class="box" data-box="{at}">'
        f'<rect x="{px(x)}" y="{px(y)}" width="{px(width)}" height="{px(height)}" rx="8"/>'
        f'<text x="{px(x + 12)}" y="{px(y + 15)}">{escaped(shortened(box.title))}</text></g>'
    )


def _card(card: Card, boxes: Iterable[int]) -> str:
    node, (x, y), (width, height) = card.node, card.corner, card.size
    classes = f"card {family_of(node.kind)}{' absent' if node.is_absent else ''}"
    where = f" in {node.namespace}" if node.namespace else ""
    note = f'<text class="note" x="12" y="{px(height - 8)}">{escaped(shortened(node.note))}</text>' if node.note else ""
    return (
        f'<g class="{classes}" data-id="{node.id}" data-kind={attribute(node.kind)} '
        f"data-namespace={attribute(node.namespace)} data-name={attribute(node.name)} "
        f'data-boxes="{" ".join(map(str, boxes))}" data-at="{px(x)} {px(y)}" '
        f'transform="translate({px(x)} {px(y)})">'
        f"<title>{escaped(f'{node.kind} {node.name}{where}')}</title>"
        f'<rect width="{px(width)}" height="{px(height)}" rx="6"/>'
        f'<text class="kind" x="12" y="15">{escaped(shortened(node.kind))}</text>'
        f'<text class="name" x="12" y="30">{escaped(shortened(node.name))}</text>{note}</g>'
    )


def _arrow(arrow: Arrow, prefix: str, *, is_traffic: bool) -> str:
    edge = arrow.edge
    how = "refused" if edge.is_refused else "selects" if edge.is_selection else "names"
    text = ", ".join(arrow.labels) or ("every port" if is_traffic else how)
    if edge.is_refused:
        text += ": one side allows it, the other refuses it"
    return (
        f'<g class="arrow {how}" data-from="{edge.source}" data-to="{edge.target}"><title>{escaped(text)}</title>'
        f'<path d="{_path(arrow)}" marker-end="url(#{prefix}-tip)"/></g>'
    )


def _label(arrow: Arrow) -> str:
    """Return what is said of an arrow, on the last part of its way, each label in a line."""
    x, y, is_below = _place_of_label(arrow)
    edge, middle = arrow.edge, px(x)
    top = y + 11 if is_below else y - 4 - 11 * (len(arrow.labels) - 1)
    lines = (
        f'<tspan x="{middle}" y="{px(top + 11 * at)}">{escaped(shortened(label))}</tspan>'
        for at, label in enumerate(arrow.labels)
    )
    return f'<text class="label" data-from="{edge.source}" data-to="{edge.target}">{"".join(lines)}</text>'


def _place_of_label(arrow: Arrow) -> tuple[float, float, bool]:
    """Return where the labels of an arrow stand: at a level part, in the middle of its last part, or near its end.

    The last is for long parts, which may pass cards. A level part that leads below a card has its labels below itself.
    """
    (x, y), (end_x, end_y) = arrow.points[-2:]
    if arrow.leaves != arrow.comes:
        return max(x, end_x) + 24, (y + end_y) / 2, False
    room = max(len(shortened(label)) for label in arrow.labels) * SMALL_LETTER / 2 + 12
    for start, end in pairwise(arrow.points[1:-1]):
        if start[1] == end[1] and abs(end[0] - start[0]) > room:
            return (start[0] + end[0]) / 2, start[1], start[1] > arrow.points[0][1]
    length = abs(end_x - x)
    way = 0.5 if length < _LONG else max(0.5, 1 - room / length)
    return x + (end_x - x) * way, y + (end_y - y) * fraction(way), False


def _path(arrow: Arrow) -> str:
    """Return the way of an arrow: level where it leaves and comes in, and through all lanes."""
    points = arrow.points
    if arrow.edge.source == arrow.edge.target:
        x, y = points[0]
        return f"M{px(x)} {px(y - 8)}C{px(x + 36)} {px(y - 22)} {px(x + 36)} {px(y + 22)} {px(x)} {px(y + 8)}"
    parts = [f"M{_pair(points[0])}"]
    way = arrow.leaves if arrow.leaves == arrow.comes else 1
    for at, (start, end) in enumerate(pairwise(points)):
        out = arrow.leaves if at == 0 else way
        into = arrow.comes if at == len(points) - 2 else way
        first, second = bends(start, end, out, into)
        parts.append(f"C{_pair(first)} {_pair(second)} {_pair(end)}")
    return "".join(parts)


def _legend(graph: Graph, top: float) -> Iterator[str]:
    x = 16.0
    for classes, text in legend_of([graph]):
        mark = (
            f'<rect x="{px(x)}" y="{px(top + 6)}" width="24" height="12" rx="3"/>'
            if classes.startswith("card")
            else f'<path d="M{px(x)} {px(top + 12)}h24"/>'
        )
        yield f'<g class="{classes}">{mark}<text class="note" x="{px(x + 30)}" y="{px(top + 16)}">{text}</text></g>'
        x += 30 + len(text) * SMALL_LETTER + 18


def legend_of(graphs: Iterable[Graph]) -> Iterator[tuple[str, str]]:
    """Yield what colours and lines mean: the classes of a card or an arrow, and a text."""
    graphs = list(graphs)
    there = {family_of(node.kind) for graph in graphs for node in graph.nodes}
    yield from ((f"card {family}", words) for family, (words, _, _) in FAMILIES.items() if family in there)
    if any(node.is_absent for graph in graphs for node in graph.nodes):
        yield "card other absent", "not among these objects"
    lines = {}
    for graph in graphs:
        for edge in graph.edges:
            plain = "may talk to" if graph.is_traffic else "names"
            how = "refused" if edge.is_refused else "selects" if edge.is_selection else "names"
            lines[{"names": plain, "selects": "selects pods", "refused": "refused by one side"}[how]] = how
    yield from ((f"arrow {how}", words) for words, how in lines.items())


def _pair(point: Point) -> str:
    return f"{px(point[0])} {px(point[1])}"


def px(value: float) -> str:
    """Return a number with at most one digit after the point."""
    return f"{round(value, 1):.10g}"


def escaped(text: str) -> str:
    """Return a text of anybody's as it can stand between tags."""
    return escape(printable(text))


def attribute(text: str) -> str:
    """Return a text of anybody's as the value of an attribute, in quotes."""
    return quoteattr(printable(text))


def _colours(at: int) -> str:
    return "".join(f".{family}{{--own:{colours[at]}}}" for family, (_, *colours) in FAMILIES.items())


_LIGHT = (
    ":root{--paper:#fff;--ink:#1c2430;--soft:#5b6675;--line:#8a94a3;--box:#8a94a31f;--card:#fff;"
    "--edge:#d5dae1;--bad:#c62828}"
)
_DARK = (
    ":root{--paper:#12161c;--ink:#e6e9ee;--soft:#a3adba;--line:#7b8696;--box:#7b86961f;--card:#1b2129;"
    "--edge:#2f3742;--bad:#ff6b6b}"
)
#: How all of it looks. No font, picture or rule comes from elsewhere.
STYLE = (
    f"{_LIGHT}{_colours(0)}@media(prefers-color-scheme:dark){{{_DARK}{_colours(1)}}}"
    'text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--ink)}'
    ".paper{fill:var(--paper)}"
    ".box rect{fill:var(--box);stroke:var(--line);stroke-opacity:.35}"
    ".box text,.card .kind,.note,.label{font-size:10px}"
    ".box text,.note,.label{fill:var(--soft)}"
    ".card rect{fill:var(--card);stroke:var(--own);stroke-width:1.5}"
    ".card .kind{fill:var(--own)}"
    ".absent rect{stroke-dasharray:4 3}"
    ".arrow path{fill:none;stroke:var(--line);stroke-width:1.2;stroke-opacity:.75}"
    ".many path{stroke-opacity:.55}"
    ".label{text-anchor:middle;paint-order:stroke;stroke:var(--paper);stroke-width:3px;pointer-events:none}"
    ".selects path{stroke-dasharray:5 3}"
    ".refused path{stroke:var(--bad);stroke-dasharray:2 3}"
    ".tip{fill:var(--line)}"
)
