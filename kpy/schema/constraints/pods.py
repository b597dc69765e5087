"""Rules on single fields of pods."""

from __future__ import annotations

from typing import Final

from kpy.schema.constraints.facts import Bounds, Count, Format, NotEmpty, OneOf, Required, Unique, field_rule

__all__ = ["RULES"]

_ASSIGN_POD_NODE: Final = "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/"
_DYNAMIC_RESOURCE_ALLOCATION: Final = (
    "https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/"
)
_POD_PRIORITY_PREEMPTION: Final = "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/"
_TAINT_AND_TOLERATION: Final = "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/"
_TOPOLOGY_SPREAD_CONSTRAINTS: Final = (
    "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/"
)
_DNS_POD_SERVICE: Final = "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/"
_POD_LIFECYCLE: Final = "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/"
_SYSCTL_CLUSTER: Final = "https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/"
_CONFIGURE_GMSA: Final = "https://kubernetes.io/docs/tasks/configure-pod-container/configure-gmsa/"
_SECURITY_CONTEXT: Final = "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"
_CUSTOMIZE_HOSTS_FILE_FOR_PODS: Final = "https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/"
_APPARMOR: Final = "https://kubernetes.io/docs/tutorials/security/apparmor/"
_SECCOMP: Final = "https://kubernetes.io/docs/tutorials/security/seccomp/"

RULES: Final = (
    field_rule(
        "affinity-topology-key",
        "An affinity to pods must have a `topologyKey`: the node label that says which nodes are near each other.",
        Format(
            "topologyKey", "label key", required=True, fix="name a label of nodes, such as `kubernetes.io/hostname`"
        ),
        on="core/v1 PodAffinityTerm",
        source=_ASSIGN_POD_NODE + "#inter-pod-affinity-and-anti-affinity",
    ),
    field_rule(
        "affinity-weight-out-of-range",
        "The weight of a preference must be from 1 to 100.",
        Bounds("weight", 1, 100, required=True),
        on=("core/v1 PreferredSchedulingTerm", "core/v1 WeightedPodAffinityTerm"),
        source=_ASSIGN_POD_NODE + "#node-affinity",
    ),
    field_rule(
        "apparmor-type-required",
        "An AppArmor profile must have a type.",
        Required("type", "an `appArmorProfile` has no `type`", fix="set it to RuntimeDefault, Unconfined or Localhost"),
        on="core/v1 AppArmorProfile",
        source=_APPARMOR,
    ),
    field_rule(
        "deadline-out-of-range",
        "The time that a pod may be active must be from 1 to 2147483647 seconds.",
        Bounds("activeDeadlineSeconds", 1, 2**31 - 1),
        on="core/v1 PodSpec",
        source=_ASSIGN_POD_NODE,
    ),
    field_rule(
        "dns-server-invalid",
        "A name server must be an IP address.",
        Format("nameservers", "IP address", each=True, message='name server "{value}" {fault}'),
        on="core/v1 PodDNSConfig",
        source=_DNS_POD_SERVICE + "#pod-dns-config",
    ),
    field_rule(
        "dns-servers-too-many",
        "A pod asks three name servers at most.",
        Count("nameservers", most=3, items="name servers"),
        on="core/v1 PodDNSConfig",
        source=_DNS_POD_SERVICE + "#pod-dns-config",
    ),
    field_rule(
        "gmsa-name-invalid",
        "A GMSA credential spec must be named by a DNS subdomain.",
        Format("gmsaCredentialSpecName", "DNS subdomain", or_empty=True, message='name "{value}" {fault}'),
        on="core/v1 WindowsSecurityContextOptions",
        source=_CONFIGURE_GMSA,
    ),
    field_rule(
        "host-alias-address-invalid",
        "A host alias must have an IP address.",
        Format("ip", "IP address", required=True, message='"{value}" {fault}', absent="a host alias has no `ip`"),
        on="core/v1 HostAlias",
        source=_CUSTOMIZE_HOSTS_FILE_FOR_PODS,
    ),
    field_rule(
        "host-alias-name-invalid",
        "The names of a host alias must be DNS subdomains.",
        Format("hostnames", "DNS subdomain", each=True, message='host name "{value}" {fault}'),
        on="core/v1 HostAlias",
        source=_CUSTOMIZE_HOSTS_FILE_FOR_PODS,
    ),
    field_rule(
        "node-terms-required",
        "A required node affinity must have at least one term.",
        Required("nodeSelectorTerms", "there is no term", fix="add a term with `matchExpressions`"),
        on="core/v1 NodeSelector",
        source=_ASSIGN_POD_NODE + "#node-affinity",
    ),
    field_rule(
        "pod-claim-duplicate",
        "The claims of a pod have different names.",
        Unique(
            "resourceClaims",
            "name",
            message='there is another claim named "{value}"',
            fix="choose another name",
            since="1.34",
        ),
        on="core/v1 PodSpec",
        source=_DYNAMIC_RESOURCE_ALLOCATION,
    ),
    field_rule(
        "pod-claim-name",
        "A claim of a pod must have a name, and that is a DNS label.",
        Format(
            "name",
            "DNS label",
            required=True,
            message='claim name "{value}" {fault}',
            absent="a claim has no `name`",
            since="1.34",
        ),
        on="core/v1 PodResourceClaim",
        source=_DYNAMIC_RESOURCE_ALLOCATION,
    ),
    field_rule(
        "pod-claim-source-invalid",
        "The ResourceClaim or template of a pod's claim must be named by a DNS subdomain.",
        Format("resourceClaimName", "DNS subdomain", or_empty=True, since="1.34"),
        Format("resourceClaimTemplateName", "DNS subdomain", or_empty=True, since="1.34"),
        on="core/v1 PodResourceClaim",
        source=_DYNAMIC_RESOURCE_ALLOCATION,
    ),
    field_rule(
        "preemption-policy-empty",
        "The preemption policy of a pod has a default, but may not be an empty text.",
        NotEmpty("preemptionPolicy", fix="remove it"),
        on="core/v1 PodSpec",
        source=_POD_PRIORITY_PREEMPTION,
    ),
    field_rule(
        "proc-mount-empty",
        "How /proc is mounted has a default, but may not be empty.",
        NotEmpty("procMount", fix="remove it", since="1.33"),
        on="core/v1 SecurityContext",
        source=_SECURITY_CONTEXT,
    ),
    field_rule(
        "readiness-gate-invalid",
        "A readiness gate is a condition with a name like that of a label.",
        Format("conditionType", "qualified name", required=True, message='condition "{value}" {fault}'),
        on="core/v1 PodReadinessGate",
        source=_POD_LIFECYCLE + "#pod-readiness-gate",
    ),
    field_rule(
        "seccomp-type-required",
        "A seccomp profile must have a type.",
        Required("type", "a `seccompProfile` has no `type`", fix="set it to RuntimeDefault, Unconfined or Localhost"),
        on="core/v1 SeccompProfile",
        source=_SECCOMP,
    ),
    field_rule(
        "security-policy-empty",
        "Policies for groups have defaults, but may not be empty.",
        NotEmpty("fsGroupChangePolicy", fix="remove it"),
        NotEmpty("supplementalGroupsPolicy", fix="remove it", since="1.33"),
        on="core/v1 PodSecurityContext",
        source=_SECURITY_CONTEXT,
    ),
    field_rule(
        "spread-action-required",
        "A spread constraint must say what happens when it cannot be met.",
        Required("whenUnsatisfiable", fix="set DoNotSchedule or ScheduleAnyway"),
        on="core/v1 TopologySpreadConstraint",
        source=_TOPOLOGY_SPREAD_CONSTRAINTS,
    ),
    field_rule(
        "spread-inclusion-empty",
        "Which nodes count has a default, but may not be empty.",
        NotEmpty("nodeAffinityPolicy", fix="remove it", since="1.26"),
        NotEmpty("nodeTaintsPolicy", fix="remove it", since="1.26"),
        on="core/v1 TopologySpreadConstraint",
        source=_TOPOLOGY_SPREAD_CONSTRAINTS,
    ),
    field_rule(
        "spread-skew-not-positive",
        "Pods may be spread unevenly by 1 at least.",
        Bounds("maxSkew", 1, required=True),
        on="core/v1 TopologySpreadConstraint",
        source=_TOPOLOGY_SPREAD_CONSTRAINTS,
    ),
    field_rule(
        "spread-topology-key-required",
        "A spread constraint must name the label of nodes over whose values the pods are spread.",
        Required("topologyKey", fix="name a label of nodes, such as `topology.kubernetes.io/zone`"),
        on="core/v1 TopologySpreadConstraint",
        source=_TOPOLOGY_SPREAD_CONSTRAINTS,
    ),
    field_rule(
        "supplemental-group-out-of-range",
        "The number of a supplemental group must be from 0 to 2147483647.",
        Bounds("supplementalGroups", 0, 2**31 - 1, each=True),
        on="core/v1 PodSecurityContext",
        source=_SECURITY_CONTEXT,
    ),
    field_rule(
        "sysctl-duplicate",
        "A kernel parameter is set once.",
        Unique("sysctls", "name", message='sysctl "{value}" is set twice'),
        on="core/v1 PodSecurityContext",
        source=_SYSCTL_CLUSTER,
    ),
    field_rule(
        "toleration-key-invalid",
        "The key of a toleration must be like that of a label.",
        Format("key", "label key", message='key "{value}" {fault}'),
        on="core/v1 Toleration",
        source=_TAINT_AND_TOLERATION,
    ),
    field_rule(
        "toleration-operator-unsupported",
        "The operator of a toleration is Equal or Exists.",
        OneOf("operator", ("Equal", "Exists")),
        on="core/v1 Toleration",
        source=_TAINT_AND_TOLERATION,
    ),
    field_rule(
        "user-id-out-of-range",
        "The number of a user or group must be from 0 to 2147483647.",
        Bounds("runAsUser", 0, 2**31 - 1),
        Bounds("runAsGroup", 0, 2**31 - 1),
        Bounds("fsGroup", 0, 2**31 - 1, on=("core/v1 PodSecurityContext",)),
        on=("core/v1 SecurityContext", "core/v1 PodSecurityContext"),
        source=_SECURITY_CONTEXT,
    ),
)
