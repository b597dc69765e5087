"""Affinity of pods to nodes and to each other."""

from __future__ import annotations

from collections.abc import Callable

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import metadata_of_pod
from kpy.syntax.formats import label_fault, label_key_fault, label_value_fault, subdomain_fault

_NODE_TERM = "core/v1 NodeSelectorTerm"
_POD_TERM = "core/v1 PodAffinityTerm"
_SPREAD = "core/v1 TopologySpreadConstraint"

_NODES = "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/"
_NODE_AFFINITY = _NODES + "#node-affinity"
_POD_AFFINITY = _NODES + "#inter-pod-affinity-and-anti-affinity"
_KEYS = _NODES + "#matchlabelkeys"

_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")

# Which operators there are depends on where the requirement is: nodes are found by name with In and NotIn only.


@rule("node-operator-unsupported", on=_NODE_TERM, source=_NODE_AFFINITY)
def node_operator_unsupported(term: Tree, at: Path, check: Check) -> None:
    """Labels of nodes are compared by In, NotIn, Exists, DoesNotExist, Gt or Lt, and the name by In or NotIn."""
    for field, allowed in (("matchExpressions", _OPERATORS), ("matchFields", _OPERATORS[:2])):
        for index, requirement in enumerate(term.get(field, ())):
            operator = requirement.get("operator", "")
            if operator not in allowed:
                message = f'`operator` is "{operator}"; it must be one of {", ".join(allowed)}'
                check.report(at + field + index + "operator", message)


@rule("node-values-count", on=_NODE_TERM, source=_NODE_AFFINITY)
def node_values_count(term: Tree, at: Path, check: Check) -> None:
    """In and NotIn need values, Gt and Lt one, Exists and DoesNotExist none; a name is compared with one."""
    for field in ("matchExpressions", "matchFields"):
        for index, requirement in enumerate(term.get(field, ())):
            operator, count = requirement.get("operator"), len(requirement.get("values", ()))
            if fault := _count_fault(operator, count, by_name=field == "matchFields"):
                check.report(at + field + index + "values", f"there are {count} values; `operator: {operator}` {fault}")


def _count_fault(operator: str | None, count: int, *, by_name: bool) -> str | None:
    match operator:
        case "In" | "NotIn" if by_name:
            return None if count == 1 else "needs exactly one here"
        case "In" | "NotIn":
            return None if count else "needs one or more"
        case "Gt" | "Lt" if not by_name:
            return None if count == 1 else "needs exactly one"
        case "Exists" | "DoesNotExist" if not by_name:
            return "takes none" if count else None
    return None


@rule("node-key-invalid", on=_NODE_TERM, source=_NODE_AFFINITY)
def node_key_invalid(term: Tree, at: Path, check: Check) -> None:
    """A node is found by keys that labels can have, or by the field `metadata.name`."""
    for index, requirement in enumerate(term.get("matchExpressions", ())):
        key = requirement.get("key", "")
        if fault := label_key_fault(key):
            check.report(at + "matchExpressions" + index + "key", f'key "{key}" {fault}')
    for index, requirement in enumerate(term.get("matchFields", ())):
        key = requirement.get("key", "")
        if key != "metadata.name":
            message = f'field "{key}" of nodes cannot be compared'
            check.report(at + "matchFields" + index + "key", message, fix="use `metadata.name`")


@rule("node-value-invalid", on=_NODE_TERM, source=_NODE_AFFINITY)
def node_value_invalid(term: Tree, at: Path, check: Check) -> None:
    """Values must be such as labels have, and names DNS subdomains; for a preference a server checks names only."""
    if at.field != "preference" and check.at_least("1.32"):
        for index, requirement in enumerate(term.get("matchExpressions", ())):
            _report_values(requirement, at + "matchExpressions" + index, label_value_fault, check)
    for index, requirement in enumerate(term.get("matchFields", ())):
        if requirement.get("key") == "metadata.name":
            _report_values(requirement, at + "matchFields" + index, subdomain_fault, check)


def _report_values(requirement: Tree, at: Path, fault_of: Callable[[str], str | None], check: Check) -> None:
    for index, value in enumerate(requirement.get("values", ())):
        if fault := fault_of(value):
            check.report(at + "values" + index, f'value "{value}" {fault}')


@rule("affinity-namespace-invalid", on=_POD_TERM, source=_POD_AFFINITY, needs="namespaces")
def affinity_namespace_invalid(term: Tree, at: Path, check: Check) -> None:
    """The namespaces of an affinity to pods must be DNS labels."""
    for index, name in enumerate(term.get("namespaces", ())):
        if fault := label_fault(name):
            check.report(at + "namespaces" + index, f'namespace "{name}" {fault}', field=at + "namespace")


@rule("match-label-keys-without-selector", on=(_POD_TERM, _SPREAD), source=_KEYS)
def match_label_keys_without_selector(term: Tree, at: Path, check: Check) -> None:
    """Keys of labels narrow a selector: without one they have no use."""
    for field in _key_fields(at, check):
        if term.get(field) and "labelSelector" not in term:
            check.report(at + field, f"`{field}` needs a `labelSelector`", fix="add one, or remove the keys")


@rule("match-label-key-invalid", on=(_POD_TERM, _SPREAD), source=_KEYS)
def match_label_key_invalid(term: Tree, at: Path, check: Check) -> None:
    """The keys must be such as labels have."""
    for field in _key_fields(at, check):
        for index, key in enumerate(term.get(field, ())):
            if ("labelSelector" in term or not _is_merged(at, check)) and (fault := label_key_fault(key)):
                check.report(at + field + index, f'key "{key}" {fault}')


@rule("match-label-key-contradiction", on=_POD_TERM, source=_KEYS, needs="mismatchLabelKeys")
def match_label_key_contradiction(term: Tree, at: Path, check: Check) -> None:
    """A label cannot have to match and to differ at once."""
    others = term.get("mismatchLabelKeys", ())
    for index, key in enumerate(term.get("matchLabelKeys", ()) if check.at_least("1.31") else ()):
        if key in others:
            check.report(at + "matchLabelKeys" + index, f'key "{key}" is also in `mismatchLabelKeys`')


@rule("match-label-key-in-selector", on=(_POD_TERM, _SPREAD), source=_KEYS, needs="matchLabelKeys")
def match_label_key_in_selector(term: Tree, at: Path, check: Check) -> None:
    """A label is compared by the selector or by its key, not by both."""
    if "matchLabelKeys" not in _key_fields(at, check) or "labelSelector" not in term:
        return
    keys = {key: index for index, key in enumerate(term.get("matchLabelKeys", ()))}
    selector = term["labelSelector"]
    compared = [*selector.get("matchLabels", ()), *(one.get("key") for one in selector.get("matchExpressions", ()))]
    allowed = 0
    if _is_merged(at, check):
        # A server makes requirements of the keys that the Pod has as labels; then it refuses what is there twice.
        labels = metadata_of_pod(check).get("labels")
        labels = labels if isinstance(labels, dict) else {}
        mentioned = (*term.get("matchLabelKeys", ()), *term.get("mismatchLabelKeys", ()))
        compared += [key for key in mentioned if key in labels]
        allowed = 1
    for key, index in keys.items():
        if compared.count(key) > allowed:
            message = f'key "{key}" is in the `labelSelector` too'
            check.report(at + "matchLabelKeys" + index, message, fix="remove it in one of the two")


def _key_fields(at: Path, check: Check) -> tuple[str, ...]:
    """Return the fields with keys of labels that a server of the release knows at this place."""
    if at.field == "topologySpreadConstraints":
        return ("matchLabelKeys",) if check.at_least("1.27") else ()
    return ("matchLabelKeys", "mismatchLabelKeys") if check.at_least("1.31") else ()


def _is_merged(at: Path, check: Check) -> bool:
    """Return whether a server merges the keys into the selector; for spread constraints it does so since 1.34."""
    return at.field != "topologySpreadConstraints" or check.at_least("1.34")
