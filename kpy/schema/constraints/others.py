"""Rules on single fields of the API groups with few of them."""

from __future__ import annotations

from typing import Final

from kpy.schema.constraints.facts import Bounds, Format, NotEmpty, OneOf, Required, field_rule

__all__ = ["RULES"]

_LEASES: Final = "https://kubernetes.io/docs/concepts/architecture/leases/"
_FLOW_CONTROL: Final = "https://kubernetes.io/docs/concepts/cluster-administration/flow-control/"
_RUNTIME_CLASS: Final = "https://kubernetes.io/docs/concepts/containers/runtime-class/"
_POD_PRIORITY_PREEMPTION: Final = "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/"
_CERTIFICATE_SIGNING_REQUESTS: Final = (
    "https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/"
)
_RBAC: Final = "https://kubernetes.io/docs/reference/access-authn-authz/rbac/"
_KUBERNETES_API: Final = "https://kubernetes.io/docs/reference/kubernetes-api/"
_CONFIGURE_AGGREGATION_LAYER: Final = "https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/"

RULES: Final = (
    field_rule(
        "api-service-service",
        "The Service behind an APIService has a namespace, a name, and a port from 1 to 65535.",
        Required("namespace", "the Service has no `namespace`"),
        Required("name", "the Service has no `name`"),
        Bounds("port", 1, 65_535),
        on="apiregistration/v1 ServiceReference",
        source=_CONFIGURE_AGGREGATION_LAYER + "#contacting-the-extension-apiserver",
    ),
    field_rule(
        "binding-subject-kind",
        "A subject of a binding is a ServiceAccount, a User or a Group.",
        OneOf("kind", ("ServiceAccount", "User", "Group"), required=True),
        on="rbac/v1 Subject",
        source=_RBAC + "#referring-to-subjects",
    ),
    field_rule(
        "certificate-expiration",
        "A certificate is asked for at least 10 minutes.",
        Bounds("expirationSeconds", 600),
        on="certificates/v1 CertificateSigningRequestSpec",
        source=_CERTIFICATE_SIGNING_REQUESTS,
    ),
    field_rule(
        "choice-empty",
        "A choice such as a policy or a protocol can be left out, but not be an empty text.",
        NotEmpty("internalTrafficPolicy", fix="drop the field, or choose a value", on=("core/v1 ServiceSpec",)),
        NotEmpty("ipFamilyPolicy", fix="drop the field, or choose a value", on=("core/v1 ServiceSpec",)),
        NotEmpty(
            "protocol",
            fix="drop the field, or choose a value",
            on=("discovery/v1 EndpointPort", "networking/v1 NetworkPolicyPort"),
        ),
        NotEmpty("pathType", fix="drop the field, or choose a value", on=("networking/v1 HTTPIngressPath",)),
        NotEmpty(
            "failurePolicy",
            fix="drop the field, or choose a value",
            on=(
                "admissionregistration/v1 ValidatingWebhook",
                "admissionregistration/v1 MutatingWebhook",
                "admissionregistration/v1 ValidatingAdmissionPolicySpec",
                "admissionregistration/v1 MutatingAdmissionPolicySpec",
            ),
        ),
        NotEmpty(
            "matchPolicy",
            fix="drop the field, or choose a value",
            on=(
                "admissionregistration/v1 ValidatingWebhook",
                "admissionregistration/v1 MutatingWebhook",
                "admissionregistration/v1 MatchResources",
            ),
        ),
        NotEmpty(
            "sideEffects",
            fix="drop the field, or choose a value",
            on=("admissionregistration/v1 ValidatingWebhook", "admissionregistration/v1 MutatingWebhook"),
        ),
        NotEmpty(
            "reinvocationPolicy",
            fix="drop the field, or choose a value",
            on=("admissionregistration/v1 MutatingWebhook",),
        ),
        on=(
            "core/v1 ServiceSpec",
            "discovery/v1 EndpointPort",
            "networking/v1 NetworkPolicyPort",
            "networking/v1 HTTPIngressPath",
            "admissionregistration/v1 ValidatingWebhook",
            "admissionregistration/v1 MutatingWebhook",
            "admissionregistration/v1 MatchResources",
            "admissionregistration/v1 ValidatingAdmissionPolicySpec",
            "admissionregistration/v1 MutatingAdmissionPolicySpec",
        ),
        source=_KUBERNETES_API,
    ),
    field_rule(
        "cluster-role-aggregation-empty",
        "An aggregated ClusterRole has at least one selector of the ClusterRoles that make it up.",
        Required("clusterRoleSelectors", "the aggregation selects no ClusterRole"),
        on="rbac/v1 AggregationRule",
        source=_RBAC + "#aggregated-clusterroles",
    ),
    field_rule(
        "flow-schema-distinguisher",
        "Flows are told apart ByUser or ByNamespace.",
        OneOf("type", ("ByUser", "ByNamespace"), required=True),
        on=(
            "flowcontrol/v1 FlowDistinguisherMethod",
            "flowcontrol/v1beta1 FlowDistinguisherMethod",
            "flowcontrol/v1beta2 FlowDistinguisherMethod",
            "flowcontrol/v1beta3 FlowDistinguisherMethod",
        ),
        source=_FLOW_CONTROL + "#flowschema",
    ),
    field_rule(
        "lease-duration",
        "A lease lasts at least one second.",
        Bounds("leaseDurationSeconds", 1),
        on="coordination/v1 LeaseSpec",
        source=_LEASES,
    ),
    field_rule(
        "lease-transitions",
        "The number of times that a lease changed hands is not negative.",
        Bounds("leaseTransitions", 0),
        on="coordination/v1 LeaseSpec",
        source=_LEASES,
    ),
    field_rule(
        "priority-preemption-empty",
        "The preemption policy of a priority class is left out, or one of its values.",
        NotEmpty("preemptionPolicy", fix="leave it out"),
        on="scheduling/v1 PriorityClass",
        source=_POD_PRIORITY_PREEMPTION + "#priorityclass",
    ),
    field_rule(
        "role-verbs-required",
        "A rule of a role says what it allows: at least one verb.",
        Required("verbs", "the rule has no `verbs`", fix='list some, such as ["get", "list"]'),
        on="rbac/v1 PolicyRule",
        source=_RBAC + "#role-and-clusterrole",
    ),
    field_rule(
        "runtime-handler",
        "A runtime class names its handler, a DNS label.",
        Format("handler", "DNS label", required=True, absent="the runtime class has no `handler`"),
        on="node/v1 RuntimeClass",
        source=_RUNTIME_CLASS,
    ),
)
