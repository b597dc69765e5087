"""`kpy graph`: the construct tree and the references between objects, as a picture."""

from __future__ import annotations

from kpy.cli.compared import read_objects, release_for
from kpy.cli.options import Given
from kpy.cli.output import Product

__all__ = ["run"]


def run(given: Given) -> int:
    """Write the picture of an app, or of the objects in files."""
    target = given.text("target")
    with Product() as product:
        from kpy.graph import graph_of

        graph = graph_of(read_objects(target, given), kubernetes=release_for(target, given))
        product.write(graph.to_dot() if given.text("format") == "dot" else graph.to_mermaid())
    return 0
