"""Objects, and what leads from one to another, as a picture.

    graph = graph_of(app.synth())
    to_mermaid(graph)     # for a README or a merge request
    to_dot(graph)         # for Graphviz
    to_svg(graph)         # a drawing that needs no other program

Solid arrows are names: one object names another. Dashed arrows are selectors: an object selects the pods of a workload.
What is named but not there is drawn with a dashed border. `traffic_of` draws who may talk to whom instead, and
`kpy.graph.html.to_html` makes one page of both.
"""

from kpy.graph.languages import to_dot, to_mermaid
from kpy.graph.references import graph_of
from kpy.graph.shapes import Edge, Graph, Node
from kpy.graph.svg import to_svg
from kpy.graph.traffic import traffic_of

__all__ = ["Edge", "Graph", "Node", "graph_of", "to_dot", "to_mermaid", "to_svg", "traffic_of"]
