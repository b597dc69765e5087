"""Where everything in a picture stands: objects in the boxes of their charts and constructs, and the arrows between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple
from unicodedata import combining, east_asian_width

from kpy.graph.curves import Area, around
from kpy.graph.layers import place
from kpy.graph.packing import Size
from kpy.graph.shapes import Edge, Graph, Group, Node
from kpy.printable import printable

__all__ = ["Arrow", "Box", "Card", "Drawing", "Point", "draw", "shortened"]

Point = tuple[float, float]
#: What a thing is on the way down: a box by its group, an object by its id.
Key = Group | str
Path = tuple[Key, ...]

#: The width of a letter of names and of the smaller text above, in fonts whose letters are all of one width.
LETTER: Final = 7.3
SMALL_LETTER: Final = 6.1
_LONGEST: Final = 34
_HEIGHT: Final = 38.0
_NOTE: Final = 14.0
_INSET: Final = 12.0
_TITLE: Final = 22.0
_MARGIN: Final = 16.0
#: Between columns, where arrows have no labels, and at most where they have.
_GAP: Final = 64.0
_WIDE_GAP: Final = 190.0
#: More arrows than these have no labels beside them.
_MOST_LABELS: Final = 40
#: Where more arrows times cards are, arrows go straight.
_MOST_DETOURS: Final = 100_000


class Card(NamedTuple):
    """An object, drawn."""

    node: Node
    corner: Point
    size: Size


class Box(NamedTuple):
    """What objects of a chart, construct or namespace stand in."""

    title: str
    corner: Point
    size: Size
    #: The groups that it is for, outermost first.
    path: Path


class Arrow(NamedTuple):
    """All that leads from one object to another in one way."""

    edge: Edge
    labels: tuple[str, ...]
    #: From the side of one card to the side of the other.
    points: list[Point]
    #: Whether it leaves, and comes in, to the right (1) or to the left (-1).
    leaves: int
    comes: int


class Drawing(NamedTuple):
    """Where everything is."""

    size: Size
    boxes: list[Box]
    cards: list[Card]
    arrows: list[Arrow]
    #: Whether arrows are few enough that each can have its label beside it.
    has_labels: bool


def draw(graph: Graph) -> Drawing:
    """Return where everything in a picture stands. It is the same for the same graph, wherever it is drawn."""
    paths: dict[str, Path] = {node.id: (*node.groups, node.id) for node in graph.nodes}
    links: dict[Path, list[tuple[Key, Key]]] = {}
    for edge in graph.edges:
        if edge.source != edge.target:
            above, ends = _parting(paths[edge.source], paths[edge.target])
            links.setdefault(above, []).append(ends)
    has_labels = len(graph.edges) <= _MOST_LABELS
    root = _Inside((), graph.nodes, links, _gap(graph) if has_labels else _GAP)
    drawing = Drawing((root.size[0] + 2 * _MARGIN, root.size[1] + 2 * _MARGIN), [], [], [], has_labels)
    lanes = root.put((_MARGIN, _MARGIN), drawing)
    cards = {card.node.id: card for card in drawing.cards}
    for edges in _together(graph.edges):
        edge = edges[0]
        labels = tuple(dict.fromkeys(each.label for each in edges if each.label))
        above, ends = _parting(paths[edge.source], paths[edge.target])
        way = lanes.get((above, ends), [])
        drawing.arrows.append(_arrow(edge, labels, cards[edge.source], cards[edge.target], way))
    if len(drawing.arrows) * len(cards) <= _MOST_DETOURS:
        _lead_around(drawing)
    return drawing


def _lead_around(drawing: Drawing) -> None:
    """Lead arrows around the cards that are in their way."""
    areas: dict[str, Area] = {}
    for card in drawing.cards:
        (left, top), (width, height) = card.corner, card.size
        areas[card.node.id] = (left, top, left + width, top + height)
    used: list[Area] = []
    for at, arrow in enumerate(drawing.arrows):
        if arrow.leaves == arrow.comes:
            ends = (arrow.edge.source, arrow.edge.target)
            others = [area for id_, area in areas.items() if id_ not in ends]
            drawing.arrows[at] = arrow._replace(points=around(arrow.points, others, used))


def shortened(text: str) -> str:
    """Return a text as it stands on a card: one line that is not too long."""
    text = printable(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"


def _width(text: str, letter: float) -> float:
    marks = (0 if combining(mark) else 2 if east_asian_width(mark) in "WF" else 1 for mark in shortened(text))
    return sum(marks) * letter


def _size(node: Node) -> Size:
    small = max(_width(text, SMALL_LETTER) for text in (node.kind, node.note))
    return max(_width(node.name, LETTER), small, 40.0) + 2 * _INSET, _HEIGHT + (_NOTE if node.note else 0.0)


def _gap(graph: Graph) -> float:
    """Return how far columns are apart when the labels of arrows stand between them."""
    widest = max((_width(edge.label, SMALL_LETTER) for edge in graph.edges if not edge.is_selection), default=0.0)
    return max(_GAP, min(widest + 2 * _INSET, _WIDE_GAP))


def _parting(source: Path, target: Path) -> tuple[Path, tuple[Key, Key]]:
    """Return the innermost box that two objects are both in, and what they are in there, or are themselves."""
    depth = 0
    while depth < min(len(source), len(target)) - 1 and source[depth] == target[depth]:
        depth += 1
    return source[:depth], (source[depth], target[depth])


def _together(edges: Iterable[Edge]) -> Iterable[list[Edge]]:
    """Return the edges, those in one list that are one arrow."""
    found: dict[Edge, list[Edge]] = {}
    for edge in edges:
        found.setdefault(edge._replace(label=""), []).append(edge)
    return found.values()


class _Inside:
    """What is in a box, or in the picture: objects and boxes, laid out among themselves."""

    def __init__(
        self, path: Path, nodes: Iterable[Node], links: Mapping[Path, list[tuple[Key, Key]]], gap: float
    ) -> None:
        self._path = path
        inside: dict[Key, list[Node]] = {}
        for node in nodes:
            steps: Path = (*node.groups, node.id)
            inside.setdefault(steps[len(path)], []).append(node)
        self._children = [
            own[0] if isinstance(key, str) else _Inside((*path, key), own, links, gap) for key, own in inside.items()
        ]
        self._keys = list(inside)
        number = {key: at for at, key in enumerate(inside)}
        sizes = [child.size if isinstance(child, _Inside) else _size(child) for child in self._children]
        self._sizes = sizes
        self._placement = place(sizes, [(number[one], number[other]) for one, other in links.get(path, ())], gap=gap)
        width, height = self._placement.size
        if path:
            width = max(width, _width(self.title, SMALL_LETTER)) + 2 * _INSET
            height += _TITLE + _INSET
        self.size: Size = width, height

    @property
    def title(self) -> str:
        return str(self._path[-1][1])

    def put(self, corner: Point, drawing: Drawing) -> dict[tuple[Path, tuple[Key, Key]], list[Point]]:
        """Put everything into a drawing, and return the lanes of what leads from box to box."""
        left, top = corner
        if self._path:
            drawing.boxes.append(Box(self.title, corner, self.size, self._path))
            left, top = left + _INSET, top + _TITLE
        lanes = {
            (self._path, (self._keys[one], self._keys[other])): [(left + x, top + y) for x, y in points]
            for (one, other), points in self._placement.lanes.items()
        }
        for child, size, (x, y) in zip(self._children, self._sizes, self._placement.corners, strict=True):
            if isinstance(child, _Inside):
                lanes |= child.put((left + x, top + y), drawing)
            else:
                drawing.cards.append(Card(child, (left + x, top + y), size))
        return lanes


def _arrow(edge: Edge, labels: tuple[str, ...], source: Card, target: Card, lanes: list[Point]) -> Arrow:
    """Return the arrow from the side of one card to the side of another, by the side where there is room."""
    leaves = _side(source, lanes[0][0] if lanes else target.corner[0], target)
    comes = -_side(target, lanes[-1][0] if lanes else source.corner[0], source)
    points = [_anchor(source, leaves), *lanes, _anchor(target, -comes)]
    return Arrow(edge, labels, points, leaves, comes)


def _side(card: Card, x: float, other: Card) -> int:
    """Return the side of a card that is nearer to something: the right one (1) where that is above, below or right."""
    left = card.corner[0]
    return -1 if x < left and other.corner[0] + other.size[0] <= left else 1


def _anchor(card: Card, side: int) -> Point:
    (left, top), (width, height) = card.corner, card.size
    return (left + width if side > 0 else left), top + height / 2
