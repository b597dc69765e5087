"""Pictures in the languages of others, read back: DOT by pydot here, Mermaid by itself in `test_browser.py`."""

from __future__ import annotations

import pydot
import pytest

from kpy.graph import Graph, graph_of, to_dot, to_mermaid, traffic_of
from kpy.printable import printable
from tests.graph.hostile import hostile
from tests.graph.test_drawing import GRAPHS

#: pydot calls its parser by names that the parser has replaced.
pytestmark = pytest.mark.filterwarnings("ignore:.* deprecated - use:DeprecationWarning")


def read(dot: str) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """Return the labels of the nodes, and the edges, of the only graph in a text."""
    found = pydot.graph_from_dot_data(dot)
    assert found is not None
    assert len(found) == 1
    labels: dict[str, str] = {}
    graphs: list[pydot.Graph] = [found[0]]
    for graph in graphs:
        graphs += graph.get_subgraphs()
        for node in graph.get_nodes():
            if node.get_name() not in ("node", "graph", "edge", r'"\n"'):
                labels[node.get_name()] = node.get_label()
    return labels, {(str(edge.get_source()), str(edge.get_destination())) for edge in found[0].get_edges()}


@pytest.mark.parametrize("name", [name for name in GRAPHS if name != "nothing"])
def test_dot_is_read_back_with_every_object_and_every_edge(name: str) -> None:
    graph = GRAPHS[name]()

    labels, edges = read(to_dot(graph))

    assert set(labels) == {node.id for node in graph.nodes}
    assert edges == {(edge.source, edge.target) for edge in graph.edges}
    for node in graph.nodes:
        lines = [text for text in (node.kind, node.name, node.note) if text] or [" "]
        escaped = [printable(text).replace("\\", "\\\\").replace('"', '\\"') for text in lines]
        assert labels[node.id] == '"' + "\\n".join(escaped) + '"'


@pytest.mark.parametrize("graph", [graph_of(hostile()), traffic_of(hostile())])
def test_ids_are_no_words_of_a_language(graph: Graph) -> None:
    ids = [node.id for node in graph.nodes]

    assert len(set(ids)) == len(ids)
    assert all(id_.isascii() and id_[0].isalpha() and "_" in id_ for id_ in ids)


def test_mermaid_has_one_line_for_each_object_and_edge() -> None:
    graph = graph_of(hostile())

    lines = to_mermaid(graph).split("\n")

    assert len([line for line in lines if '["' in line and "subgraph" not in line]) == len(graph.nodes)
    assert len([line for line in lines if "-->" in line or "-.->" in line]) == len(graph.edges)
    assert all(line.isprintable() for line in lines)


def test_refused_traffic_ends_in_a_cross() -> None:
    graph = GRAPHS["shop, traffic"]()
    refused = graph._replace(edges=tuple(edge._replace(is_refused=True) for edge in graph.edges[:1]))

    assert "Deployment_shop_prod_web --x|http| Deployment_shop_prod_api" in to_mermaid(refused)
    assert '[label="http", color=red, arrowhead=tee]' in to_dot(refused)
