"""Defaults of apps, charts and constructs, for what pods and containers do not say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kpy.manifest import Resource
from kpy.pipeline.draft import Draft, Links
from kpy.redaction.encrypted import is_encrypted
from kpy.schema.templates import containers_of, pod_spec, pod_template
from kpy.tree.defaults import Defaults, Layer
from kpy.tree.shared import Known, defaults_of

__all__ = ["defaults_for", "fill_defaults"]

Tree = dict[str, Any]
#: What makes an element of a list the one that is meant, where elements have no name.
_KEYS = ("name", "ip", "topologyKey", "containerPort", "mountPath")


def fill_defaults(draft: Draft) -> None:
    """Fill in what pods and containers do not say; the nearest defaults win."""
    for resource in draft.resources:
        template = pod_template(resource.tree)
        nearest = defaults_for(resource, draft.shared) if template is not None else ()
        if template is None or not nearest:
            continue
        links = draft.links(resource)
        titles = [_title(defaults) for defaults in nearest]
        _fill_metadata(links, template, [defaults.for_metadata() for defaults in nearest], titles)
        spec = pod_spec(resource.tree)
        if spec is None:
            continue
        _fill(links, spec, [defaults.for_pods(links) for defaults in nearest], titles)
        for container in containers_of(spec):
            _fill(links, container, [defaults.for_containers(links) for defaults in nearest], titles)


def _title(defaults: Defaults) -> str:
    where = defaults._where
    return f"defaults ({where})" if where else "defaults"


def defaults_for(resource: Resource, known: Known) -> Sequence[Defaults]:
    """Return the defaults that reach an object, the nearest first; objects given as they are have to be included."""
    found = defaults_of(resource.construct, known)
    if not resource.is_raw or not found:
        return found
    reaching = [defaults for defaults in found if defaults.include_raw]
    return reaching if reaching and not is_encrypted(resource.tree) else ()


def _fill_metadata(links: Links, template: Tree, layers: Sequence[Layer], titles: Sequence[str]) -> None:
    if any(layer.fields for layer in layers):
        metadata = template.get("metadata")
        filled = metadata if isinstance(metadata, dict) else {}
        _fill(links, filled, layers, titles)
        if filled:
            template["metadata"] = filled


def _fill(links: Links, node: Tree, layers: Sequence[Layer], titles: Sequence[str]) -> None:
    """Give a node the fields of layers, the nearest first, and note whose they are."""
    merging: set[str] = set()
    closed: set[str] = set()
    for layer, title in zip(layers, titles, strict=True):
        for key, value in layer.fields.items():
            if key in closed or links.is_off(node, key):
                continue
            merges = layer.merges(key)
            if node.get(key) is None:
                node[key] = value
                links.filled.note(node, key, title)
            elif merges or key in merging:
                node[key] = _beneath(value, node[key], links, title)
            if merges:
                merging.add(key)
        closed |= layer.off


def _beneath(value: Any, there: Any, links: Links, title: str) -> Any:
    """Return what is there, with what it lacks of a value from farther away; nodes stay the same."""
    if isinstance(value, dict) and isinstance(there, dict):
        for key, inner in value.items():
            if there.get(key) is not None:
                _beneath(inner, there[key], links, title)
            else:
                there[key] = inner
                links.filled.note(there, key, title)
    elif isinstance(value, list) and isinstance(there, list):
        names = [_name(each) for each in there]
        added = [each for each in value if _name(each) not in names]
        there[:0] = added
        for each in added:
            for key in each if isinstance(each, dict) else ():
                links.filled.note(each, key, title)
    return there


def _name(element: Any) -> object:
    if isinstance(element, dict):
        return next(((key, element[key]) for key in _KEYS if key in element), element)
    return element
