"""What is there although no document says so: made by clusters, by controllers, or meant to live outside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.checking.object_set import Member, Objects
from kpy.rules.references.selected_pods import Pods, Selector, pods_of

__all__ = ["PLATFORM_NAMESPACES", "are_made_by_controllers", "is_elsewhere", "is_outside", "texts_of_custom_resources"]

#: The namespaces of the cluster itself, whose objects nobody's documents make.
PLATFORM_NAMESPACES: Final = frozenset({"kube-system", "kube-public", "kube-node-lease"})
_RBAC: Final = "rbac.authorization.k8s.io"
_FLOW: Final = "flowcontrol.apiserver.k8s.io"

#: Group and kind to the names of what every cluster has.
_ALWAYS: Final[dict[tuple[str, str], re.Pattern[str]]] = {
    ("", "ServiceAccount"): re.compile("default"),
    ("", "ConfigMap"): re.compile(r"kube-root-ca\.crt|istio-ca-root-cert|openshift-service-ca\.crt"),
    ("", "Service"): re.compile("kubernetes"),
    ("", "Namespace"): re.compile("default|kube-system|kube-public|kube-node-lease"),
    ("scheduling.k8s.io", "PriorityClass"): re.compile("system-(cluster|node)-critical"),
    (_RBAC, "ClusterRole"): re.compile("cluster-admin|admin|edit|view|system:.*"),
    (_RBAC, "Role"): re.compile("system:.*|extension-apiserver-authentication-reader"),
    (_FLOW, "PriorityLevelConfiguration"): re.compile(
        "exempt|system|node-high|leader-election|workload-high|workload-low|global-default|catch-all"
    ),
}
_CLAIM_OF_A_POD: Final = re.compile(r"(.+)-\d+")


def is_elsewhere(objects: Objects, group: str, kind: str, name: str, namespace: str) -> bool:
    """Return whether an object that no document declares is there all the same, or may well be."""
    always = _ALWAYS.get((group, kind))
    return (
        (always is not None and always.fullmatch(name) is not None)
        or namespace in PLATFORM_NAMESPACES
        or objects.is_external(kind, name, namespace)
        or (kind == "PersistentVolumeClaim" and _is_of_stateful_set(objects, name))
        or name in texts_of_custom_resources(objects)
        or (kind == "Secret" and name in _arguments(objects))
    )


def is_outside(objects: Objects, member: Member) -> bool:
    """Return whether the pods that an object is for are none of ours, or may stand in what could not be read."""
    is_platform = member.namespace in PLATFORM_NAMESPACES
    is_external = objects.is_external(member.kind, member.name, member.namespace)
    return is_platform or is_external or objects.may_be_unread(member)


def _is_of_stateful_set(objects: Objects, name: str) -> bool:
    """Return whether a claim is one that a StatefulSet makes for its pods: `data-db-0`."""
    match = _CLAIM_OF_A_POD.fullmatch(name)
    if match is None:
        return False
    key = "claims of stateful sets"
    if key not in objects.kept:
        objects.kept[key] = {
            f"{(template.get('metadata') or {}).get('name')}-{member.name}"
            for member in objects.of("apps", "StatefulSet")
            for template in member.spec.get("volumeClaimTemplates") or ()
        }
    return match[1] in objects.kept[key]


def _arguments(objects: Objects) -> frozenset[str]:
    """Return the names that programs are told, by `--option=value`, variables or roles: they make Secrets of them."""
    key = "arguments"
    if key not in objects.kept:
        objects.kept[key] = frozenset(
            str(argument).rpartition("=")[2]
            for template in pods_of(objects).templates
            for field in ("containers", "initContainers")
            for container in template.spec.get(field) or ()
            for argument in (
                *(text for text in (*(container.get("args") or ()), *(container.get("command") or ())) if "=" in text),
                *(variable.get("value") or "" for variable in container.get("env") or ()),
            )
        ) | frozenset(
            name
            for member in objects.of(_RBAC, "Role", "ClusterRole")
            for rule in member.tree.get("rules") or ()
            for name in rule.get("resourceNames") or ()
        )
    arguments: frozenset[str] = objects.kept[key]
    return arguments


def texts_of_custom_resources(objects: Objects) -> frozenset[str]:
    """Return every text in the custom resources: their controllers make Secrets and more of the names they say."""
    key = "texts of custom resources"
    if key not in objects.kept:
        objects.kept[key] = frozenset(text for tree in _unknown_trees(objects) for text in _texts(tree))
    texts: frozenset[str] = objects.kept[key]
    return texts


def are_made_by_controllers(objects: Objects, selector: Selector) -> bool:
    """Return whether a custom resource has labels that a selector selects: its controller gives them to pods."""
    key = "labels of custom resources"
    if key not in objects.kept:
        objects.kept[key] = [labels for tree in _unknown_trees(objects) for labels in _labels(tree)]
    return any(Pods.fits(selector, labels) for labels in objects.kept[key])


def _unknown_trees(objects: Objects) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of kinds that nobody here knows: custom ones, and those without a readable kind."""
    for member in objects:
        if member.known is None:
            yield member.tree


def _labels(value: object) -> Iterator[Mapping[str, Any]]:
    match value:
        case dict():
            for key, item in value.items():
                if key == "labels" and isinstance(item, dict):
                    yield item
                else:
                    yield from _labels(item)
        case list():
            for item in value:
                yield from _labels(item)


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for item in value.values():
                yield from _texts(item)
        case list():
            for item in value:
                yield from _texts(item)
