"""A graph as a page: the drawings, and what is needed to look around in them. It asks nobody for anything."""

from __future__ import annotations

import os
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

from kpy.graph.boxes import draw
from kpy.graph.shapes import Graph
from kpy.graph.svg import STYLE, attribute, drawing_to_svg, escaped, legend_of, px

__all__ = ["to_html"]

_FOLDER = os.path.dirname(__file__)
#: What the views are called, and what stands above what leads out of an object, and into it.
_REFERENCES = ("a", "Objects", "Names or selects", "Named or selected by")
_TRAFFIC = ("b", "Traffic", "May talk to", "Is talked to by")


def to_html(references: Graph, traffic: Graph, title: str = "", *, begins_with_traffic: bool = False) -> str:
    """Return a page with both pictures of the same objects: what names what, and who may talk to whom."""
    title = title or "Objects"
    graphs = [(references, _REFERENCES), (traffic, _TRAFFIC)]
    first = _TRAFFIC if begins_with_traffic else _REFERENCES
    style, script = STYLE + _read("viewer.css"), _read("viewer.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        f"base-uri 'none'; form-action 'none'"
    )
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{escaped(title)}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        *_header([references, traffic], title, first[0]),
        "<main>",
        *(line for graph, view in graphs for line in _view(graph, view, is_hidden=view is not first)),
        "<aside hidden></aside>",
        "</main>",
        f"<footer>{''.join(_legend(graph for graph, _ in graphs))}</footer>",
        f"<script>{script}</script>",
        "</body>",
        "</html>",
    ]
    return "\n".join([*lines, ""])


def _header(graphs: Iterable[Graph], title: str, first: str) -> Iterator[str]:
    nodes = dict.fromkeys((node.kind, node.namespace, node.name) for graph in graphs for node in graph.nodes)
    yield f"<header><h1>{escaped(title)}</h1>"
    yield '<div class="group">'
    for (id_, name, *_), what in (
        (_REFERENCES, "What names what, and selects whose pods"),
        (_TRAFFIC, "Who may talk to whom, by network policies"),
    ):
        pressed = "true" if id_ == first else "false"
        yield f'<button data-view="{id_}" aria-pressed="{pressed}" title="{what}">{name}</button>'
    yield "</div>"
    yield '<input type="search" placeholder="Find" aria-label="Find objects by kind or name">'
    yield from _filter("Namespaces", "namespace", Counter(namespace for _, namespace, _ in nodes), "(no namespace)")
    yield from _filter("Kinds", "kind", Counter(kind for kind, _, _ in nodes), "(no kind)")
    yield (
        '<div class="group"><button data-zoom="in" aria-label="Zoom in">+</button>'
        '<button data-zoom="out" aria-label="Zoom out">\N{MINUS SIGN}</button>'
        '<button data-zoom="fit">Fit</button></div></header>'
    )


def _filter(title: str, name: str, counts: Counter[str], nothing: str) -> Iterator[str]:
    yield f'<details data-title="{title}"><summary>{title}</summary><div>'
    yield '<div class="group"><button data-all="yes">All</button><button data-all="no">None</button></div>'
    for value, count in sorted(counts.items()):
        yield (
            f'<label><input type="checkbox" name="{name}" value={attribute(value)} checked autocomplete="off">'
            f'<span>{escaped(value or nothing)}</span><span class="count">{count}</span></label>'
        )
    yield "</div></details>"


def _view(graph: Graph, view: tuple[str, str, str, str], *, is_hidden: bool) -> Iterator[str]:
    id_, title, out, into = view
    drawing = draw(graph)
    box = f"0 0 {px(max(drawing.size[0], 480.0))} {px(max(drawing.size[1], 240.0))}"
    hidden = " hidden" if is_hidden else ""
    yield (
        f'<svg id="{id_}" viewBox="{box}" data-box="{box}" data-out="{out}" data-in="{into}" role="group" '
        f'aria-label="{title}"{hidden}>'
    )
    yield from drawing_to_svg(drawing, id_, is_traffic=graph.is_traffic)
    yield "</svg>"


def _legend(graphs: Iterable[Graph]) -> Iterator[str]:
    for classes, words in legend_of(graphs):
        mark = (
            '<rect x="1" y="1" width="24" height="10" rx="3"/>' if classes.startswith("card") else '<path d="M0 6h26"/>'
        )
        yield f'<span><svg viewBox="0 0 26 12"><g class="{classes}">{mark}</g></svg>{words}</span>'


def _read(name: str) -> str:
    with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
        return file.read()


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
