"""What custom resources name, make and select: by the table of custom kinds, by `...Ref`, by the objects given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kpy.graph.shapes import Identity, identity_of
from kpy.manifest import Resource
from kpy.objects import metadata_of
from kpy.schema import Api
from kpy.schema.custom import custom_kind
from kpy.schema.custom.places import Meant, Place, Steps, made, meant, places, referring, value_at
from kpy.schema.scopes import custom_scopes, is_custom_namespaced
from kpy.schema.templates import pod_labels
from kpy.syntax.selectors import is_sound, matches

__all__ = ["CustomNames", "is_custom"]

Tree = Mapping[str, Any]
#: Yields what a value of a type of Kubernetes names: the value, the type, the field above, the namespace.
Within = Callable[[Tree, str, str, str], Iterator[tuple[str, Identity]]]


def is_custom(resource: Resource, known: Api) -> bool:
    """Return whether a resource is of a kind that is not one of Kubernetes."""
    group = resource.api_version.rpartition("/")[0]
    return "." in group and group not in known.groups


class CustomNames:
    """Finds what custom resources among some resources lead to."""

    def __init__(self, resources: Iterable[Resource], known: Api, within: Within) -> None:
        self._known = known
        self._within = within
        self._by_kind: dict[tuple[str, str], list[Resource]] = {}
        self._by_name: dict[tuple[str, str, str], list[Identity]] = {}
        self._groups: dict[str, str] = {}
        for resource in resources:
            group, kind, _, name = identity = identity_of(resource)
            self._by_kind.setdefault((group, kind), []).append(resource)
            self._by_name.setdefault((group, kind, name), []).append(identity)
            self._groups.setdefault(kind, group)
        self._scopes = custom_scopes(
            each.tree for each in self._by_kind.get(("apiextensions.k8s.io", "CustomResourceDefinition"), ())
        )

    def names(self, resource: Resource) -> Iterator[tuple[str, Identity]]:
        """Yield what a custom resource names: the field, and the object."""
        seen: list[Steps] = []
        found: set[Identity] = set()
        for place in self._places(resource):
            seen.append(place.steps)
            for label, target in self._of_place(resource, place):
                found.add(target)
                yield label, target
        for said, steps in referring(resource.tree, seen):
            target = self._target(resource, said)
            found.add(target)
            yield _label(steps), target
        for label, target in resource.named:
            if target not in found:
                yield label, target

    def makes(self, resource: Resource) -> Iterator[Identity]:
        """Yield what the controller of a custom resource makes."""
        group, kind, namespace, _ = identity_of(resource)
        known = custom_kind(group, kind)
        for each in made(known, resource.tree) if known is not None else ():
            yield each.group, each.kind, namespace, each.name

    def selects(self, resource: Resource) -> Iterator[Resource]:
        """Yield what the selectors of a custom resource select."""
        for place in self._places(resource):
            if place.row.verb == "selects" and is_sound(place.value):
                namespaces = _namespaces(resource, place)
                for other in self._selectable(place.row.group, place.row.kind):
                    labels = _labels(other, place.row.kind)
                    is_in = not namespaces or (other.namespace or "") in namespaces
                    if labels is not None and is_in and matches(place.value, labels):
                        yield other

    def _selectable(self, group: str, kind: str) -> Iterator[Resource]:
        if kind != "Pod":
            yield from self._by_kind.get((group, kind), ())
            return
        for resources in self._by_kind.values():
            yield from resources

    def _places(self, resource: Resource) -> Iterator[Place]:
        group, kind, _, _ = identity_of(resource)
        known = custom_kind(group, kind)
        if known is not None:
            yield from places(known, resource.tree)

    def _of_place(self, resource: Resource, place: Place) -> Iterator[tuple[str, Identity]]:
        if place.row.verb == "names":
            yield _label(place.steps), self._target(resource, meant(place))
        elif place.row.verb == "holds":
            yield from self._within(place.value, place.row.kind, place.key, resource.namespace or "")

    def _target(self, resource: Resource, said: Meant) -> Identity:
        """Return the object that is meant: one that is there, if there is one."""
        group = said.group if said.group is not None else self._groups.get(said.kind, "")
        namespace = (resource.namespace or "") if said.namespace is None else said.namespace
        there = self._by_name.get((group, said.kind, said.name), [])
        if namespace in ("", "*") and there:
            return there[0]
        is_namespaced = is_custom_namespaced(group, said.kind, self._scopes)
        if group in self._known.groups:
            is_namespaced = not self._known.is_of_cluster(group, said.kind)
        return group, said.kind, namespace if is_namespaced and namespace != "*" else "", said.name


def _label(steps: Steps) -> str:
    """Return the field that names something: `issuerRef` for the `name` in it."""
    fields = [step for step in steps if isinstance(step, str)]
    return fields[-2] if fields[-1] == "name" and len(fields) > 1 else fields[-1]


def _namespaces(resource: Resource, place: Place) -> tuple[str, ...]:
    """Return the namespaces in which something is selected; none for all."""
    way = place.row.options.get("namespaces")
    said = value_at(resource.tree, way.split(".")) if way else None
    if not isinstance(said, Mapping):
        return (resource.namespace or "",)
    names = said.get("matchNames")
    return tuple(map(str, names)) if isinstance(names, list) and said.get("any") is not True else ()


def _labels(resource: Resource, kind: str) -> Tree | None:
    if kind == "Pod":
        return pod_labels(resource.tree)
    labels = metadata_of(resource.tree).get("labels")
    return labels if isinstance(labels, Mapping) else {}
