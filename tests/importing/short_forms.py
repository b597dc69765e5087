"""Counts what is in short form, from the source alone: what the importer says of itself is not asked.

An object is in short form when it is a construct in which no model and no mapping of the API stands where the construct
takes something shorter.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

#: Types of the API that have a short form, and the fields that it covers; none where it covers all that matters.
SHORTER: dict[str, frozenset[str]] = {
    "ConfigMapEnvSource": frozenset(),
    "ConfigMapKeySelector": frozenset(),
    "ConfigMapVolumeSource": frozenset(),
    "ContainerPort": frozenset({"name", "container_port", "protocol"}),
    "CrossVersionObjectReference": frozenset({"kind", "name"}),
    "DaemonSetUpdateStrategy": frozenset(),
    "DeploymentStrategy": frozenset(),
    "EmptyDirVolumeSource": frozenset({"size_limit"}),
    "EnvFromSource": frozenset(),
    "EnvVar": frozenset(),
    "EnvVarSource": frozenset(),
    "ExecAction": frozenset(),
    "GRPCAction": frozenset(),
    "HPAScalingRules": frozenset(),
    "HTTPGetAction": frozenset(),
    "HorizontalPodAutoscalerBehavior": frozenset(),
    "HostPathVolumeSource": frozenset(),
    "IngressBackend": frozenset(),
    "IngressRule": frozenset(),
    "IngressTLS": frozenset(),
    "LocalObjectReference": frozenset(),
    "MetricSpec": frozenset(),
    "NetworkPolicyEgressRule": frozenset(),
    "NetworkPolicyIngressRule": frozenset(),
    "NetworkPolicyPeer": frozenset(),
    "NetworkPolicyPort": frozenset(),
    "PersistentVolumeClaim": frozenset(),
    "PersistentVolumeClaimVolumeSource": frozenset(),
    "PolicyRule": frozenset(),
    "ProjectedVolumeSource": frozenset(),
    "ResourceRequirements": frozenset(),
    "RoleRef": frozenset(),
    "SecretEnvSource": frozenset(),
    "SecretKeySelector": frozenset(),
    "SecretVolumeSource": frozenset(),
    "ServicePort": frozenset({"name", "port", "target_port", "protocol"}),
    "StatefulSetUpdateStrategy": frozenset(),
    "Subject": frozenset(),
    "TCPSocketAction": frozenset(),
    "VolumeMount": frozenset(),
}
#: Keywords of constructs that take labels instead of a `LabelSelector`.
SELECTORS = frozenset({"selector", "target", "pod_selector", "namespace"})
#: Keywords whose mapping is made by the user: of labels, texts, paths, routes, amounts.
FREE = frozenset(
    {
        *("annotations", "attributes", "binary_data", "capacity", "data", "env", "extended", "hard", "headers"),
        "items",
        *("labels", "mounts", "devices", "node_selector", "parameters", "pod_annotations", "pod_labels", "ports"),
        *("object_annotations", "object_labels"),
        *("routes", "selector", "target", "namespace", "pod_selector", "match_labels", "tls", "pod_security"),
        *("volume_attributes", "overhead", "default", "default_request", "max", "min", "allowed_topologies"),
    }
)


def in_short_form(source: str) -> tuple[int, int]:
    """Return how many objects of an app are in short form, and how many there are."""
    tree = ast.parse(source)
    constructs, models = _imported(tree)
    constants = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    added = [
        value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add"
        for value in node.args
    ]
    objects = [value for value in added if not _calls(value, {"Chart"})]
    short = [value for value in objects if _is_short(value, constructs, models, constants)]
    return len(short), len(objects)


def _imported(tree: ast.Module) -> tuple[set[str], set[str]]:
    constructs: set[str] = set()
    models: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            names = {name.asname or name.name for name in node.names}
            (models if str(node.module).startswith("kpy.api") else constructs).update(names)
    return constructs, models


def _is_short(value: ast.expr, constructs: set[str], models: set[str], constants: dict[str, ast.expr]) -> bool:
    if not isinstance(value, ast.Call) or _calls(value, {"Raw", "Yaml"}):
        return False
    root = _root(value)
    if root in models or (root not in constructs and root not in constants):
        return False
    return not any(_is_longer(node, models) for node in _inside(value, constants)) and not any(
        _is_mapping_of_api(keyword) for node in _inside(value, constants) for keyword in getattr(node, "keywords", ())
    )


def _is_longer(node: ast.AST, models: set[str]) -> bool:
    """Return whether a call is of a type of the API for which there is a short form that says as much."""
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    is_model = name in models or (isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") in models)
    if not is_model or name not in SHORTER:
        return False
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    if name == "PolicyRule":
        groups = keywords.get("api_groups")
        is_of_one = isinstance(groups, ast.List) and len(groups.elts) == 1
        return "non_resource_urls" in keywords or (is_of_one and "resource_names" not in keywords)
    if name == "CrossVersionObjectReference":
        return getattr(keywords.get("api_version"), "value", None) == "apps/v1"
    if name.endswith("Strategy"):
        return "type" in keywords
    covered = SHORTER[name]
    return not covered or {keyword.arg for keyword in node.keywords} <= covered


def _is_mapping_of_api(keyword: ast.keyword) -> bool:
    """Return whether a keyword is given a mapping in the names of the API, or a `LabelSelector` at the top."""
    values = keyword.value.elts if isinstance(keyword.value, ast.List) else [keyword.value]
    if keyword.arg in SELECTORS and any(_calls(value, {"LabelSelector"}) for value in values):
        return True
    return keyword.arg not in FREE and any(isinstance(value, ast.Dict) and value.keys for value in values)


def _inside(value: ast.expr, constants: dict[str, ast.expr]) -> Iterator[ast.AST]:
    for node in ast.walk(value):
        yield node
        if isinstance(node, ast.Name) and node.id.isupper() and node.id in constants:
            yield from _inside(constants[node.id], constants)


def _root(value: ast.expr) -> str:
    """Return the name that a chain of calls begins with."""
    while isinstance(value, ast.Call | ast.Attribute):
        value = value.func if isinstance(value, ast.Call) else value.value
    return value.id if isinstance(value, ast.Name) else ""


def _calls(value: ast.expr, names: set[str]) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in names
