"""`kpy graph`: the construct tree and the references between objects, or who may talk to whom, as a picture."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kpy.cli.compared import read_objects, release_for
from kpy.cli.options import Given
from kpy.cli.output import Product

if TYPE_CHECKING:
    from kpy.manifest import Resource

__all__ = ["run"]


def run(given: Given) -> int:
    """Write the picture of an app, or of the objects in files."""
    target, env = given.text("target"), given.text("env")
    with Product() as product:
        resources = read_objects(target, given, environment=env)
        product.write(_drawn(resources, _title(resources, target), release_for(target, given, env), given))
    return 0


def _drawn(resources: Sequence[Resource], title: str, kubernetes: str | None, given: Given) -> str:
    from kpy.graph import graph_of, to_dot, to_mermaid, to_svg, traffic_of

    is_traffic, form = given.has("traffic"), given.text("format") or "mermaid"
    if form == "html":
        from kpy.graph.html import to_html

        graph = graph_of(resources, kubernetes=kubernetes)
        return to_html(graph, traffic_of(resources), title, begins_with_traffic=is_traffic)
    graph = traffic_of(resources) if is_traffic else graph_of(resources, kubernetes=kubernetes)
    match form:
        case "dot":
            return to_dot(graph)
        case "svg":
            return to_svg(graph, title)
        case _:
            return to_mermaid(graph)


def _title(resources: Sequence[Resource], target: str | None) -> str:
    """Return what the picture is called: as the app, or else as the file or folder, wherever that is."""
    from kpy.tree.part import ancestors

    for resource in resources:
        if resource.construct is not None:
            return str([*ancestors(resource.construct)][-1].name)
    return os.path.basename(os.path.abspath(target)) if target else ""
