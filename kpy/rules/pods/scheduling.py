"""Where a pod may run: tolerations, spread, gates, and the names that lead to nodes and classes."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import POD_SPEC, is_bare_pod
from kpy.syntax.formats import label_key_fault, label_value_fault, qualified_name_fault, subdomain_fault

_TOLERATION = "core/v1 Toleration"
_SPREAD = "core/v1 TopologySpreadConstraint"

_TOLERATIONS = "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/"
_SPREADING = "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/"
_NODES = "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/"
_GATES = "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/"
_CLAIMS = "https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/"

# Lt and Gt are in the published set, but must be switched on.


@rule("toleration-without-key", on=_TOLERATION, source=_TOLERATIONS)
def toleration_without_key(toleration: Tree, at: Path, check: Check) -> None:
    """A toleration without a key tolerates everything, and says so by the operator Exists."""
    if not toleration.get("key") and toleration.get("operator") != "Exists":
        fix = "set `key`, or `operator: Exists` for all taints"
        check.report(at + "operator", "a toleration has no `key`", fix=fix)


@rule("toleration-value-invalid", on=_TOLERATION, source=_TOLERATIONS)
def toleration_value_invalid(toleration: Tree, at: Path, check: Check) -> None:
    """The value of a toleration must be like that of a label; a server names the operator instead."""
    value = toleration.get("value", "")
    if toleration.get("operator", "") in ("", "Equal") and (fault := label_value_fault(value)):
        check.report(at + "operator", f'`value` "{value}" {fault}')


@rule("toleration-value-unused", on=_TOLERATION, source=_TOLERATIONS)
def toleration_value_unused(toleration: Tree, at: Path, check: Check) -> None:
    """A toleration of the operator Exists compares no value."""
    if toleration.get("operator") == "Exists" and toleration.get("value"):
        check.report(at + "operator", "with `operator: Exists` there is no `value`", fix="remove `value`, or use Equal")


@rule("toleration-seconds-without-effect", on=_TOLERATION, source=_TOLERATIONS, needs="tolerationSeconds")
def toleration_seconds_without_effect(toleration: Tree, at: Path, check: Check) -> None:
    """A toleration with `tolerationSeconds` must have the effect NoExecute."""
    if "tolerationSeconds" in toleration and toleration.get("effect") != "NoExecute":
        fix = "set `effect: NoExecute`, or remove `tolerationSeconds`"
        check.report(at + "effect", "`tolerationSeconds` needs `effect: NoExecute`", fix=fix)


@rule("spread-duplicate", on=POD_SPEC, source=_SPREADING, needs="topologySpreadConstraints")
def spread_duplicate(spec: Tree, at: Path, check: Check) -> None:
    """A pod is spread over a label once for each way of what happens when that cannot be met."""
    constraints = spec.get("topologySpreadConstraints", ())
    keys = [(value.get("topologyKey", ""), value.get("whenUnsatisfiable", "")) for value in constraints]
    for index, key in enumerate(keys):
        if key in keys[index + 1 :]:
            message = f'pods are spread over "{key[0]}" with {key[1]} once more below'
            where = at + "topologySpreadConstraints" + index + "{topologyKey, whenUnsatisfiable}"
            check.report(where, message, fix="remove one of them")


@rule("spread-min-domains", on=_SPREAD, source=_SPREADING, needs="minDomains")
def spread_min_domains(constraint: Tree, at: Path, check: Check) -> None:
    """A least number of domains must be 1 or more, and is for pods that must be spread."""
    number = constraint.get("minDomains")
    if number is None:
        return
    if number <= 0:
        check.report(at + "minDomains", f"`minDomains` is {number}; it must be 1 or more")
    if constraint.get("whenUnsatisfiable") != "DoNotSchedule":
        check.report(at + "minDomains", "`minDomains` needs `whenUnsatisfiable: DoNotSchedule`")


@rule("node-selector-invalid", on=POD_SPEC, source=_NODES + "#nodeselector", needs="nodeSelector")
def node_selector_invalid(spec: Tree, at: Path, check: Check) -> None:
    """A node selector must have keys and values that labels can have."""
    for key, value in spec.get("nodeSelector", {}).items():
        if fault := label_key_fault(key):
            check.report(at + "nodeSelector", f'key "{key}" {fault}')
        if fault := label_value_fault(value):
            check.report(at + "nodeSelector", f'value "{value}" of "{key}" {fault}')


@rule(
    "scheduling-name-invalid",
    on=POD_SPEC,
    source=_NODES,
    needs=("nodeName", "priorityClassName", "runtimeClassName", "serviceAccountName", "serviceAccount"),
)
def scheduling_name_invalid(spec: Tree, at: Path, check: Check) -> None:
    """The names of a node, service account, priority class or runtime class must be DNS subdomains."""
    for field in ("nodeName", "priorityClassName", "runtimeClassName"):
        name = spec.get(field)
        if name is not None and (name or field == "runtimeClassName") and (fault := subdomain_fault(name)):
            check.report(at + field, f'`{field}` "{name}" {fault}')
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account and (fault := subdomain_fault(account)):
        check.report(at + "serviceAccountName", f'service account "{account}" {fault}')


@rule("scheduling-gate-invalid", on="core/v1 PodSchedulingGate", source=_GATES)
def scheduling_gate_invalid(gate: Tree, at: Path, check: Check) -> None:
    """A scheduling gate has a name like that of a label."""
    name = gate.get("name", "")
    if check.at_least("1.27") and (fault := qualified_name_fault(name)):
        check.report(at, f'scheduling gate "{name}" {fault}')


@rule("scheduling-gate-duplicate", on=POD_SPEC, source=_GATES, needs="schedulingGates")
def scheduling_gate_duplicate(spec: Tree, at: Path, check: Check) -> None:
    """The scheduling gates of a pod have different names."""
    seen = set()
    for index, gate in enumerate(spec.get("schedulingGates", ())):
        name = gate.get("name", "")
        if name in seen and check.at_least("1.27"):
            check.report(at + "schedulingGates" + index, f'scheduling gate "{name}" is there twice', fix="remove one")
        seen.add(name)


@rule("scheduling-gate-with-node", on=POD_SPEC, source=_GATES, needs="schedulingGates")
def scheduling_gate_with_node(spec: Tree, at: Path, check: Check) -> None:
    """A Pod with scheduling gates cannot have a `nodeName`: it waits for its gates first."""
    if spec.get("nodeName") and spec.get("schedulingGates") and is_bare_pod(check) and check.at_least("1.27"):
        message = "a pod with `schedulingGates` must not have a `nodeName`"
        check.report(at + "nodeName", message, fix="remove one of them")


@rule("pod-claim-source", on="core/v1 PodResourceClaim", source=_CLAIMS)
def pod_claim_source(claim: Tree, at: Path, check: Check) -> None:
    """A claim of a pod is either a ResourceClaim or made from a template."""
    count = ("resourceClaimName" in claim) + ("resourceClaimTemplateName" in claim)
    if count != 1 and check.at_least("1.34"):
        fault = "neither `resourceClaimName` nor" if not count else "both `resourceClaimName` and"
        check.report(at, f"a claim has {fault} `resourceClaimTemplateName`", fix="set one of them")
