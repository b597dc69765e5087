"""Where a server does something else with a field than the published schema says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["IMPLIED", "JUDGED_BY_RULES", "JUDGED_SINCE", "STATUS_KEPT"]

#: The fields whose closed set rules judge: the server is more lenient than the published set, or names another place.
JUDGED_BY_RULES: Final[Mapping[str, frozenset[str]]] = {
    "admissionregistration/v1 MutatingWebhook": frozenset({"sideEffects"}),
    "admissionregistration/v1 NamedRuleWithOperations": frozenset({"operations", "scope"}),
    "admissionregistration/v1 ParamRef": frozenset({"parameterNotFoundAction"}),
    "admissionregistration/v1 RuleWithOperations": frozenset({"operations", "scope"}),
    "admissionregistration/v1 ValidatingWebhook": frozenset({"sideEffects"}),
    "apiextensions/v1 CustomResourceConversion": frozenset({"strategy"}),
    "apiextensions/v1 CustomResourceDefinitionSpec": frozenset({"scope"}),
    "apiextensions/v1 ValidationRule": frozenset({"reason"}),
    "apps/v1 DaemonSetUpdateStrategy": frozenset({"type"}),
    "apps/v1 DeploymentStrategy": frozenset({"type"}),
    "apps/v1 StatefulSetUpdateStrategy": frozenset({"type"}),
    "batch/v1 JobSpec": frozenset({"completionMode", "podReplacementPolicy"}),
    "certificates/v1 CertificateSigningRequestSpec": frozenset({"usages"}),
    "core/v1 Lifecycle": frozenset({"stopSignal"}),
    "core/v1 NodeSelectorRequirement": frozenset({"operator"}),
    "core/v1 PersistentVolumeClaimSpec": frozenset({"accessModes", "volumeMode"}),
    "core/v1 PersistentVolumeSpec": frozenset({"accessModes", "persistentVolumeReclaimPolicy", "volumeMode"}),
    "core/v1 ResourceQuotaSpec": frozenset({"scopes"}),
    "core/v1 ScopedResourceSelectorRequirement": frozenset({"operator", "scopeName"}),
    "core/v1 ServiceSpec": frozenset({"ipFamilies"}),
    "core/v1 Taint": frozenset({"effect"}),
    "core/v1 Toleration": frozenset({"operator"}),
    "core/v1 VolumeMount": frozenset({"mountPropagation"}),
    "discovery/v1 EndpointSlice": frozenset({"addressType"}),
    "networking/v1 NetworkPolicySpec": frozenset({"policyTypes"}),
    "policy/v1 PodDisruptionBudgetSpec": frozenset({"unhealthyPodEvictionPolicy"}),
    "storage/v1 StorageClass": frozenset({"reclaimPolicy", "volumeBindingMode"}),
}

#: The structs that a server takes for empty ones, and checks, where a document does not have them; the `spec` of what
#: has metadata is always implied.
IMPLIED: Final[Mapping[str, frozenset[str]]] = {
    "apps/v1 DaemonSetSpec": frozenset({"template"}),
    "apps/v1 DeploymentSpec": frozenset({"template"}),
    "apps/v1 ReplicaSetSpec": frozenset({"template"}),
    "apps/v1 StatefulSetSpec": frozenset({"template"}),
    "batch/v1 CronJobSpec": frozenset({"jobTemplate"}),
    "batch/v1 JobSpec": frozenset({"template"}),
    "core/v1 PodTemplate": frozenset({"template"}),
    "core/v1 WeightedPodAffinityTerm": frozenset({"podAffinityTerm"}),
}

#: The types whose status a server keeps, and so checks, when it makes an object; of all others it drops what is given.
STATUS_KEPT: Final = frozenset({"core/v1 Node", "apiregistration/v1 APIService"})

#: What older servers decoded and did not judge: by type and field, the inner field that is meant or none for all of it,
#: and the minor release that judges first. https://github.com/kubernetes/kubernetes/pull/131790, .../pull/132212
JUDGED_SINCE: Final[Mapping[str, Mapping[str, tuple[str, int]]]] = {
    "apps/v1 StatefulSetSpec": {"template": ("spec", 34), "volumeClaimTemplates": ("", 34)},
    "core/v1 ImageVolumeSource": {"pullPolicy": ("", 35)},
    "resource/v1 Device": {"taints": ("", 36)},
}
