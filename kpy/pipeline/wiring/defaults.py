"""Defaults of apps and charts, for what pods and containers do not say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpy.pipeline.draft import Draft, Links
from kpy.schema.templates import containers_of, pod_spec

__all__ = ["fill_defaults"]

Tree = dict[str, Any]


def fill_defaults(draft: Draft) -> None:
    """Fill in what containers and pods do not say; the nearest defaults win, whole field."""
    app = draft.app
    for resource in draft.resources:
        if resource.is_raw:
            continue
        nearest = [defaults for defaults in (resource.chart.defaults, app.defaults) if defaults is not None]
        spec = pod_spec(resource.tree) if nearest else None
        if spec is None:
            continue
        links = draft.links(resource)
        for defaults in nearest:
            for_pods, for_containers = defaults.trees(links)
            _fill(links, spec, for_pods)
            for container in containers_of(spec):
                _fill(links, container, for_containers)


def _fill(links: Links, node: Tree, defaults: Mapping[str, Any]) -> None:
    for key, value in defaults.items():
        if node.get(key) is None and not links.is_off(node, key):
            node[key] = value
