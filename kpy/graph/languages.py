"""Graphs in the languages of programs that draw: Mermaid and Graphviz."""

from __future__ import annotations

from collections.abc import Iterable

from kpy.graph.shapes import Graph, Group, Node
from kpy.printable import printable

__all__ = ["to_dot", "to_mermaid"]


def to_mermaid(graph: Graph) -> str:
    """Return a Mermaid flow chart."""
    lines = ["flowchart LR"]
    _write_groups(lines, 0, graph.nodes, _Mermaid())
    for edge in graph.edges:
        arrow = "--x" if edge.is_refused else "-.->" if edge.is_selection else "-->"
        label = f"|{_label(edge.label)}|" if edge.label else ""
        lines.append(f"    {edge.source} {arrow}{label} {edge.target}")
    absent = [node.id for node in graph.nodes if node.is_absent]
    if absent:
        lines += ["    classDef absent stroke-dasharray: 4 4", f"    class {','.join(absent)} absent"]
    return "\n".join([*lines, ""])


def to_dot(graph: Graph) -> str:
    """Return a directed graph in the language of Graphviz."""
    lines = ["digraph {", "    rankdir=LR", '    node [shape=box, style="rounded"]']
    _write_groups(lines, 0, graph.nodes, _Dot())
    for edge in graph.edges:
        style = ", style=dashed" if edge.is_selection else ", color=red, arrowhead=tee" if edge.is_refused else ""
        lines.append(f'    {edge.source} -> {edge.target} [label="{_dot(edge.label)}"{style}]')
    return "\n".join([*lines, "}", ""])


class _Mermaid:
    close = "end"

    def node(self, node: Node) -> str:
        return f'{node.id}["{"<br/>".join(map(_mermaid, _texts(node)))}"]'

    def open(self, box: str, title: str) -> list[str]:
        return [f'subgraph {box}["{_mermaid(title)}"]']


class _Dot:
    close = "}"

    def node(self, node: Node) -> str:
        style = ', style="rounded,dashed"' if node.is_absent else ""
        label = "\\n".join(map(_dot, _texts(node)))
        return f'{node.id} [label="{label}"{style}]'

    def open(self, box: str, title: str) -> list[str]:
        return [f"subgraph cluster_{box} {{", f'    label="{_dot(title)}"']


_Language = _Mermaid | _Dot


def _texts(node: Node) -> list[str]:
    return [text for text in (node.kind, node.name, node.note) if text] or [" "]


def _write_groups(lines: list[str], depth: int, nodes: Iterable[Node], language: _Language) -> None:
    """Write the nodes, those of one chart or construct in a box."""
    indent = "    " * (depth + 1)
    boxes: dict[Group, list[Node]] = {}
    for node in nodes:
        if len(node.groups) > depth:
            boxes.setdefault(node.groups[depth], []).append(node)
        else:
            lines.append(indent + language.node(node))
    for (_, title), inside in boxes.items():
        lines += [f"{indent}{line}" for line in language.open(f"box{len(lines)}", title)]
        _write_groups(lines, depth + 1, inside, language)
        lines.append(indent + language.close)


def _label(text: str) -> str:
    return text if text.isascii() and text.isalnum() else f'"{_mermaid(text)}"'


def _mermaid(text: str) -> str:
    escaped = "".join(f"#{ord(mark)};" if mark in '"#&;<>`\\' else mark for mark in printable(text))
    # a backslash and an n are a new line to Mermaid, however they are escaped: a word joiner keeps them apart
    return escaped.replace("#92;n", "#92;#8288;n")


def _dot(text: str) -> str:
    return printable(text).replace("\\", "\\\\").replace('"', '\\"')
