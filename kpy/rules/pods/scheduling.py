"""Where a pod may run: tolerations, spread, gates, and the names that lead to nodes and classes."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.paths import Path
from kpy.rules.pods.parts import POD_SPEC, Struct, is_bare_pod
from kpy.syntax.formats import label_fault, label_key_fault, label_value_fault, qualified_name_fault, subdomain_fault

_TOLERATION = "core/v1 Toleration"
_SPREAD = "core/v1 TopologySpreadConstraint"

_TOLERATIONS = "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/"
_SPREADING = "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/"
_NODES = "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/"
_GATES = "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/"
_PRIORITY = "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/"
_READINESS = "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-readiness-gate"
_CLAIMS = "https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/"

# Lt and Gt are in the published set, but must be switched on.


@rule("toleration-operator-unsupported", on=_TOLERATION, source=_TOLERATIONS, needs="operator")
def toleration_operator_unsupported(toleration: Struct, at: Path, check: Check) -> None:
    """The operator of a toleration is Equal or Exists."""
    operator = toleration.get("operator")
    if operator and operator not in ("Equal", "Exists"):
        check.report(at + "operator", f'`operator` is "{operator}"; it must be "Equal" or "Exists"')


@rule("toleration-key-invalid", on=_TOLERATION, source=_TOLERATIONS, needs="key")
def toleration_key_invalid(toleration: Struct, at: Path, check: Check) -> None:
    """The key of a toleration must be like that of a label."""
    key = toleration.get("key")
    if key and (fault := label_key_fault(key)):
        check.report(at + "key", f'key "{key}" {fault}')


@rule("toleration-without-key", on=_TOLERATION, source=_TOLERATIONS)
def toleration_without_key(toleration: Struct, at: Path, check: Check) -> None:
    """A toleration without a key tolerates everything, and says so by the operator Exists."""
    if not toleration.get("key") and toleration.get("operator") != "Exists":
        fix = "set `key`, or `operator: Exists` for all taints"
        check.report(at + "operator", "a toleration has no `key`", fix=fix)


@rule("toleration-value-invalid", on=_TOLERATION, source=_TOLERATIONS)
def toleration_value_invalid(toleration: Struct, at: Path, check: Check) -> None:
    """The value of a toleration must be like that of a label; a server names the operator instead."""
    value = toleration.get("value", "")
    if toleration.get("operator", "") in ("", "Equal") and (fault := label_value_fault(value)):
        check.report(at + "operator", f'`value` "{value}" {fault}')


@rule("toleration-value-unused", on=_TOLERATION, source=_TOLERATIONS)
def toleration_value_unused(toleration: Struct, at: Path, check: Check) -> None:
    """A toleration of the operator Exists compares no value."""
    if toleration.get("operator") == "Exists" and toleration.get("value"):
        check.report(at + "operator", "with `operator: Exists` there is no `value`", fix="remove `value`, or use Equal")


@rule("toleration-seconds-without-effect", on=_TOLERATION, source=_TOLERATIONS, needs="tolerationSeconds")
def toleration_seconds_without_effect(toleration: Struct, at: Path, check: Check) -> None:
    """Only the effect NoExecute is tolerated for a time."""
    if "tolerationSeconds" in toleration and toleration.get("effect") != "NoExecute":
        fix = "set `effect: NoExecute`, or remove `tolerationSeconds`"
        check.report(at + "effect", "`tolerationSeconds` needs `effect: NoExecute`", fix=fix)


@rule("spread-skew-not-positive", on=_SPREAD, source=_SPREADING)
def spread_skew_not_positive(constraint: Struct, at: Path, check: Check) -> None:
    """Pods may be spread unevenly by 1 at least."""
    skew = constraint.get("maxSkew", 0)
    if skew <= 0:
        said = f"`maxSkew` is {skew}" if "maxSkew" in constraint else "there is no `maxSkew`"
        check.report(at + "maxSkew", f"{said}; it must be 1 or more")


@rule("spread-topology-key-required", on=_SPREAD, source=_SPREADING, without="topologyKey")
def spread_topology_key_required(constraint: Struct, at: Path, check: Check) -> None:
    """A spread constraint must name the label of nodes over whose values the pods are spread."""
    fix = "name a label of nodes, such as `topology.kubernetes.io/zone`"
    check.report(at + "topologyKey", "there is no `topologyKey`", fix=fix)


@rule("spread-action-required", on=_SPREAD, source=_SPREADING, without="whenUnsatisfiable")
def spread_action_required(constraint: Struct, at: Path, check: Check) -> None:
    """A spread constraint must say what happens when it cannot be met."""
    fix = "set DoNotSchedule or ScheduleAnyway"
    check.report(at + "whenUnsatisfiable", "there is no `whenUnsatisfiable`", fix=fix)


@rule("spread-duplicate", on=POD_SPEC, source=_SPREADING, needs="topologySpreadConstraints")
def spread_duplicate(spec: Struct, at: Path, check: Check) -> None:
    """A pod is spread over a label once for each way of what happens when that cannot be met."""
    constraints = spec.get("topologySpreadConstraints", ())
    keys = [(value.get("topologyKey", ""), value.get("whenUnsatisfiable", "")) for value in constraints]
    for index, key in enumerate(keys):
        if key in keys[index + 1 :]:
            message = f'pods are spread over "{key[0]}" with {key[1]} once more below'
            where = at + "topologySpreadConstraints" + index + "{topologyKey, whenUnsatisfiable}"
            check.report(where, message, fix="remove one of them")


@rule("spread-min-domains", on=_SPREAD, source=_SPREADING, needs="minDomains")
def spread_min_domains(constraint: Struct, at: Path, check: Check) -> None:
    """A least number of domains must be 1 or more, and is for pods that must be spread."""
    number = constraint.get("minDomains")
    if number is None:
        return
    if number <= 0:
        check.report(at + "minDomains", f"`minDomains` is {number}; it must be 1 or more")
    if constraint.get("whenUnsatisfiable") != "DoNotSchedule":
        check.report(at + "minDomains", "`minDomains` needs `whenUnsatisfiable: DoNotSchedule`")


@rule("spread-inclusion-empty", on=_SPREAD, source=_SPREADING)
def spread_inclusion_empty(constraint: Struct, at: Path, check: Check) -> None:
    """Which nodes count has a default, but may not be empty."""
    for field in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
        if constraint.get(field) == "" and check.at_least("1.26"):
            check.report(at + field, f"`{field}` is empty", fix="remove it")


@rule("node-selector-invalid", on=POD_SPEC, source=_NODES + "#nodeselector", needs="nodeSelector")
def node_selector_invalid(spec: Struct, at: Path, check: Check) -> None:
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
def scheduling_name_invalid(spec: Struct, at: Path, check: Check) -> None:
    """The names of a node, service account, priority class or runtime class must be DNS subdomains."""
    for field in ("nodeName", "priorityClassName", "runtimeClassName"):
        name = spec.get(field)
        if name is not None and (name or field == "runtimeClassName") and (fault := subdomain_fault(name)):
            check.report(at + field, f'`{field}` "{name}" {fault}')
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account and (fault := subdomain_fault(account)):
        check.report(at + "serviceAccountName", f'service account "{account}" {fault}')


@rule("preemption-policy-empty", on=POD_SPEC, source=_PRIORITY, needs="preemptionPolicy")
def preemption_policy_empty(spec: Struct, at: Path, check: Check) -> None:
    """Whether a pod pushes out others has a default, but may not be empty."""
    if spec.get("preemptionPolicy") == "":
        check.report(at + "preemptionPolicy", "`preemptionPolicy` is empty", fix="remove it")


@rule("deadline-out-of-range", on=POD_SPEC, source=_NODES, needs="activeDeadlineSeconds")
def deadline_out_of_range(spec: Struct, at: Path, check: Check) -> None:
    """The time that a pod may be active must be from 1 to 2147483647 seconds."""
    seconds = spec.get("activeDeadlineSeconds")
    if seconds is not None and not 1 <= seconds < 2**31:
        message = f"`activeDeadlineSeconds` is {seconds}; it must be from 1 to {2**31 - 1}"
        check.report(at + "activeDeadlineSeconds", message)


@rule("readiness-gate-invalid", on="core/v1 PodReadinessGate", source=_READINESS)
def readiness_gate_invalid(gate: Struct, at: Path, check: Check) -> None:
    """A readiness gate is a condition with a name like that of a label."""
    name = gate.get("conditionType", "")
    if fault := qualified_name_fault(name):
        check.report(at + "conditionType", f'condition "{name}" {fault}')


@rule("scheduling-gate-invalid", on="core/v1 PodSchedulingGate", source=_GATES)
def scheduling_gate_invalid(gate: Struct, at: Path, check: Check) -> None:
    """A scheduling gate has a name like that of a label."""
    name = gate.get("name", "")
    if check.at_least("1.27") and (fault := qualified_name_fault(name)):
        check.report(at, f'scheduling gate "{name}" {fault}')


@rule("scheduling-gate-duplicate", on=POD_SPEC, source=_GATES, needs="schedulingGates")
def scheduling_gate_duplicate(spec: Struct, at: Path, check: Check) -> None:
    """The scheduling gates of a pod have different names."""
    seen = set()
    for index, gate in enumerate(spec.get("schedulingGates", ())):
        name = gate.get("name", "")
        if name in seen and check.at_least("1.27"):
            check.report(at + "schedulingGates" + index, f'scheduling gate "{name}" is there twice', fix="remove one")
        seen.add(name)


@rule("scheduling-gate-with-node", on=POD_SPEC, source=_GATES, needs="schedulingGates")
def scheduling_gate_with_node(spec: Struct, at: Path, check: Check) -> None:
    """A Pod that waits for its gates to open is on no node yet."""
    if spec.get("nodeName") and spec.get("schedulingGates") and is_bare_pod(check) and check.at_least("1.27"):
        message = "a pod with `schedulingGates` must not have a `nodeName`"
        check.report(at + "nodeName", message, fix="remove one of them")


@rule("pod-claim-name", on="core/v1 PodResourceClaim", source=_CLAIMS)
def pod_claim_name(claim: Struct, at: Path, check: Check) -> None:
    """A claim of a pod must have a name, and that is a DNS label."""
    if not check.at_least("1.34"):
        return
    name = claim.get("name", "")
    if fault := label_fault(name):
        check.report(at + "name", f'claim name "{name}" {fault}' if name else "a claim has no `name`")


@rule("pod-claim-duplicate", on=POD_SPEC, source=_CLAIMS, needs="resourceClaims")
def pod_claim_duplicate(spec: Struct, at: Path, check: Check) -> None:
    """The claims of a pod have different names."""
    seen = set()
    for index, claim in enumerate(spec.get("resourceClaims", ())):
        name = claim.get("name")
        if name and name in seen and check.at_least("1.34"):
            check.report(at + "resourceClaims" + index + "name", f'there is another claim named "{name}"')
        seen.add(name)


@rule("pod-claim-source", on="core/v1 PodResourceClaim", source=_CLAIMS)
def pod_claim_source(claim: Struct, at: Path, check: Check) -> None:
    """A claim of a pod is either a ResourceClaim or made from a template."""
    count = ("resourceClaimName" in claim) + ("resourceClaimTemplateName" in claim)
    if count != 1 and check.at_least("1.34"):
        said = "neither `resourceClaimName` nor" if not count else "both `resourceClaimName` and"
        check.report(at, f"a claim has {said} `resourceClaimTemplateName`", fix="set one of them")


@rule("pod-claim-source-invalid", on="core/v1 PodResourceClaim", source=_CLAIMS)
def pod_claim_source_invalid(claim: Struct, at: Path, check: Check) -> None:
    """The ResourceClaim or template of a pod's claim must be named by a DNS subdomain."""
    for field in ("resourceClaimName", "resourceClaimTemplateName"):
        name = claim.get(field)
        if name is not None and check.at_least("1.34") and (fault := subdomain_fault(name)):
            check.report(at + field, f'`{field}` "{name}" {fault}')
