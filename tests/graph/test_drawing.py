"""The drawing as SVG: read back as a reader's program reads it, and measured."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpy.graph import Edge, Graph, Node, graph_of, to_svg, traffic_of
from kpy.graph.boxes import Drawing, draw
from kpy.graph.curves import around
from kpy.loading import load_app
from kpy.manifest import Manifest
from kpy.printable import printable
from tests.graph.hostile import TEXTS, hostile

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"

Corners = tuple[float, float, float, float]


def example(name: str) -> Manifest:
    return load_app(str(ROOT / "examples" / f"{name}.py"), {"env": ["prod"]}).synth()


GRAPHS = {
    "shop": lambda: graph_of(example("shop")),
    "shop, traffic": lambda: traffic_of(example("shop")),
    "platform": lambda: graph_of(example("platform")),
    "platform, traffic": lambda: traffic_of(example("platform")),
    "hostile": lambda: graph_of(hostile()),
    "hostile, traffic": lambda: traffic_of(hostile()),
    "nothing": lambda: graph_of([]),
}


@pytest.fixture(params=GRAPHS)
def graph(request: pytest.FixtureRequest) -> Graph:
    return GRAPHS[request.param]()


def corners(thing: object) -> Corners:
    (left, top), (width, height) = thing.corner, thing.size  # type: ignore[attr-defined]
    return left, top, left + width, top + height


def overlap(one: Corners, other: Corners) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def assert_is_sound(drawing: Drawing) -> None:
    """Check that all stand apart, in the boxes of their own groups and in no other, and that arrows end at cards."""
    cards = {card.node.id: corners(card) for card in drawing.cards}
    boxes = {box.path: corners(box) for box in drawing.boxes}
    for one, other in combinations(cards.values(), 2):
        assert not overlap(one, other)
    for card in drawing.cards:
        own = {card.node.groups[: depth + 1] for depth in range(len(card.node.groups))}
        left, top, right, bottom = cards[card.node.id]
        for path, box in boxes.items():
            inside = box[0] < left and box[1] < top and right < box[2] and bottom < box[3]
            assert inside if path in own else not overlap(box, cards[card.node.id])
    for (path, one), (other_path, other) in combinations(boxes.items(), 2):
        is_nested = path == other_path[: len(path)] or other_path == path[: len(other_path)]
        assert is_nested or not overlap(one, other)
    for box in (*cards.values(), *boxes.values()):
        assert min(box) >= 0
        assert box[2] <= drawing.size[0]
        assert box[3] <= drawing.size[1]
    for arrow in drawing.arrows:
        for point, end in ((arrow.points[0], arrow.edge.source), (arrow.points[-1], arrow.edge.target)):
            left, top, right, bottom = cards[end]
            assert point[0] in (pytest.approx(left), pytest.approx(right))
            assert top < point[1] < bottom


def test_cards_stand_apart_and_in_their_boxes(graph: Graph) -> None:
    assert_is_sound(draw(graph))


@st.composite
def graphs(made: st.DrawFn) -> Graph:
    count = made(st.integers(1, 25))
    group = st.integers(0, 3).map(lambda number: (number, f"Chart {number}"))
    paths = st.lists(group, max_size=3).map(tuple)
    nodes = [Node(f"n_{at}", "Pod", made(st.text(max_size=40)), made(paths)) for at in range(count)]
    ends = st.integers(0, count - 1).map(lambda at: f"n_{at}")
    edges = made(st.lists(st.builds(Edge, ends, ends, st.sampled_from(["a", "bb"]), st.booleans()), max_size=60))
    return Graph(tuple(nodes), tuple(edges))


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_any_graph_is_drawn_soundly(graph: Graph) -> None:
    drawing = draw(graph)

    assert_is_sound(drawing)
    wanted = {edge._replace(label="") for edge in graph.edges}
    assert {arrow.edge._replace(label="") for arrow in drawing.arrows} == wanted


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def groups(svg: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (each for each in svg.iter(f"{SVG}g") if name in (each.get("class") or "").split() and each.get("data-at"))


def test_drawing_has_every_object_and_every_arrow(graph: Graph) -> None:
    svg = parsed(to_svg(graph, "t"))

    cards = {card.get("data-id"): card for card in groups(svg, "card")}
    arrows = [each for each in svg.iter(f"{SVG}g") if each.get("data-from")]
    assert set(cards) == {node.id for node in graph.nodes}
    for node in graph.nodes:
        assert cards[node.id].get("data-name") == printable(node.name)
        assert cards[node.id].get("data-kind") == printable(node.kind)
        assert ("absent" in (cards[node.id].get("class") or "")) == node.is_absent
    assert {(each.get("data-from"), each.get("data-to")) for each in arrows} == {
        (edge.source, edge.target) for edge in graph.edges
    }
    assert svg.findtext(f"{SVG}title") == "t"


def test_text_of_others_is_text_in_the_drawing(graph: Graph) -> None:
    svg = to_svg(graph, '</title><script>"')

    known = {"svg", "title", "style", "rect", "defs", "marker", "path", "g", "text", "tspan"}
    assert {each.tag.removeprefix(SVG) for each in parsed(svg).iter()} <= known
    names = {name for each in parsed(svg).iter() for name in each.attrib}
    assert not {name for name in names if name.startswith("on") or "href" in name or name == "style"}
    assert {mark for mark in svg if not mark.isprintable()} == {"\n"}


def test_drawing_asks_nobody_for_anything(graph: Graph) -> None:
    svg = to_svg(graph).replace("http://www.w3.org/2000/svg", "")

    assert not re.search(r"url\((?!#)|@import|https?:", svg)


def test_names_that_are_too_long_end_in_an_ellipsis() -> None:
    svg = parsed(to_svg(graph_of(hostile())))

    texts = [each.text or "" for each in svg.iter(f"{SVG}text")]
    assert max(map(len, texts)) == 34
    assert "x" * 33 + "\N{HORIZONTAL ELLIPSIS}" in texts
    assert TEXTS[-1] in {card.get("data-name") for card in groups(svg, "card")}


def test_labels_stand_beside_arrows_unless_there_are_too_many() -> None:
    few, many = GRAPHS["shop"](), GRAPHS["platform"]()

    labels = [each for each in parsed(to_svg(few)).iter(f"{SVG}text") if each.get("class") == "label"]
    assert sorted("".join(each.itertext()) for each in labels) == [
        "configMapKeyRefconfigMapRef",
        "scaleTargetRef",
        "secretKeyRef",
        "secretKeyRef",
        "service",
        "service",
        "serviceName",
    ]
    assert [each for each in parsed(to_svg(many)).iter(f"{SVG}text") if each.get("class") == "label"] == []
    assert "configMapRef" in [each.text for each in parsed(to_svg(many)).iter(f"{SVG}title")]


@pytest.mark.parametrize("name", ["shop", "shop, traffic"])
def test_labels_stand_on_no_card(name: str) -> None:
    graph = GRAPHS[name]()
    cards = [corners(card) for card in draw(graph).cards]

    for label in (each for each in parsed(to_svg(graph)).iter(f"{SVG}text") if each.get("class") == "label"):
        lines = list(label)
        width = max(len(line.text or "") for line in lines) * 6.1
        x, y = float(lines[0].get("x", "")), [float(line.get("y", "")) for line in lines]
        own = (x - width / 2, min(y) - 7, x + width / 2, max(y))
        assert not any(overlap(own, card) for card in cards), [line.text for line in lines]


def test_arrows_go_around_what_is_in_their_way() -> None:
    """Three in a row, of which the first leads to both others: straight, it would look as a chain."""
    nodes = [Node("n_a", "Pod", "a", ((1, "x"),)), *(Node(f"n_{name}", "Pod", name, ((2, "y"),)) for name in "bc")]
    edges = [Edge("n_a", "n_b", ""), Edge("n_a", "n_c", ""), Edge("n_b", "n_c", "")]

    drawing = draw(Graph(tuple(nodes), tuple(edges)))

    card = {card.node.id: corners(card) for card in drawing.cards}["n_b"]
    (way,) = (arrow.points for arrow in drawing.arrows if (arrow.edge.source, arrow.edge.target) == ("n_a", "n_c"))
    assert [point[1] < card[1] or card[3] < point[1] for point in way[1:-1]] == [True, True]
    assert way[1][0] <= card[0] < card[2] <= way[2][0]


def test_few_arrows_of_a_platform_cross_a_card() -> None:
    drawing = draw(GRAPHS["platform"]())
    areas = {card.node.id: corners(card) for card in drawing.cards}

    crossing = 0
    for arrow in drawing.arrows:
        others = [area for id_, area in areas.items() if id_ not in (arrow.edge.source, arrow.edge.target)]
        crossing += around(arrow.points, others, []) != arrow.points
    assert crossing <= 3


def test_legend_says_what_is_there() -> None:
    def legend(graph: Graph) -> list[str]:
        return [each.text or "" for each in parsed(to_svg(graph)).iter(f"{SVG}text") if each.get("class") == "note"]

    assert legend(GRAPHS["shop"]()) == [
        "workloads", "network", "configuration", "scale and limits", "selects pods", "names",
    ]  # fmt: skip
    assert legend(GRAPHS["shop, traffic"]())[-4:] == ["workloads", "network", "not among these objects", "may talk to"]


def test_platform_fits_on_a_screen() -> None:
    """With 107 arrows it is as wide as two screens at most, so that text can still be read when it fills one."""
    width, height = draw(GRAPHS["platform"]()).size

    assert width < 2400
    assert 1.1 < width / height < 2


def test_thousands_of_objects_are_drawn() -> None:
    """Time grows with the number of objects: a square of it would take minutes here."""
    nodes = tuple(Node(f"n_{at}", "Pod", str(at), ((at // 50, f"Chart {at // 50}"),)) for at in range(3000))
    edges = tuple(Edge(f"n_{at}", f"n_{at // 2}", "a") for at in range(1, 3000))

    assert len(draw(Graph(nodes, edges)).arrows) == 2999


def test_bytes_are_the_same_whatever_the_seed_of_hashes() -> None:
    code = (
        "from kpy.graph import *; from kpy.graph.html import to_html; from kpy.loading import load_app\n"
        "m = load_app('examples/platform.py').synth(); g, t = graph_of(m), traffic_of(m)\n"
        "print(to_html(g, t) + to_svg(g) + to_mermaid(t))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "42")
    }

    assert len(texts) == 1
