"""Rules on single fields of the group apps."""

from __future__ import annotations

from typing import Final

from kpy.schema.constraints.facts import Bounds, Format, OneOf, Required, field_rule

__all__ = ["RULES"]

_DEPLOYMENT: Final = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/"
_REPLICATIONCONTROLLER: Final = "https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller/"
_STATEFULSET: Final = "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/"
_CONTROLLER_REVISION_V1: Final = (
    "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/controller-revision-v1/"
)

RULES: Final = (
    field_rule(
        "claim-retention-unknown",
        "Claims of a StatefulSet are kept (`Retain`) or deleted (`Delete`) with it, or when it shrinks.",
        OneOf("whenDeleted", ("Retain", "Delete"), since="1.27"),
        OneOf("whenScaled", ("Retain", "Delete"), since="1.27"),
        on="apps/v1 StatefulSetPersistentVolumeClaimRetentionPolicy",
        source=_STATEFULSET + "#persistentvolumeclaim-retention",
    ),
    field_rule(
        "controller-template-required",
        "A ReplicationController needs a template to make pods from.",
        Required("template", fix="give a pod template with labels and containers", or_empty=True),
        on="core/v1 ReplicationControllerSpec",
        source=_REPLICATIONCONTROLLER + "#pod-template",
    ),
    field_rule(
        "min-ready-seconds-negative",
        "The time after which a new pod counts as available must be zero or more seconds.",
        Bounds("minReadySeconds", 0),
        on=(
            "apps/v1 DeploymentSpec",
            "apps/v1 ReplicaSetSpec",
            "apps/v1 StatefulSetSpec",
            "apps/v1 DaemonSetSpec",
            "core/v1 ReplicationControllerSpec",
        ),
        source=_DEPLOYMENT + "#min-ready-seconds",
    ),
    field_rule(
        "ordinals-negative",
        "The number of a StatefulSet's first pod must be zero or more.",
        Bounds("start", 0, since="1.27"),
        on="apps/v1 StatefulSetOrdinals",
        source=_STATEFULSET + "#start-ordinal",
    ),
    field_rule(
        "progress-deadline-negative",
        "The time in which a Deployment has to make progress must be zero or more seconds.",
        Bounds("progressDeadlineSeconds", 0),
        on="apps/v1 DeploymentSpec",
        source=_DEPLOYMENT + "#progress-deadline-seconds",
    ),
    field_rule(
        "replicas-negative",
        "The number of replicas must be zero or more.",
        Bounds("replicas", 0),
        on=(
            "apps/v1 DeploymentSpec",
            "apps/v1 ReplicaSetSpec",
            "apps/v1 StatefulSetSpec",
            "core/v1 ReplicationControllerSpec",
        ),
        source=_DEPLOYMENT + "#replicas",
    ),
    field_rule(
        "revision-history-negative",
        "The number of old revisions to keep must be zero or more.",
        Bounds("revisionHistoryLimit", 0),
        on=("apps/v1 DeploymentSpec", "apps/v1 DaemonSetSpec"),
        source=_DEPLOYMENT + "#revision-history-limit",
    ),
    field_rule(
        "revision-negative",
        "The number of a revision is not negative.",
        Bounds("revision", 0),
        on="apps/v1 ControllerRevision",
        source=_CONTROLLER_REVISION_V1,
    ),
    field_rule(
        "selector-required",
        "A workload of `apps/v1` must say by which labels it finds its pods: there is no default.",
        Required("selector", fix="select labels of the pod template by `matchLabels`", or_empty=True),
        on=("apps/v1 DeploymentSpec", "apps/v1 ReplicaSetSpec", "apps/v1 StatefulSetSpec"),
        source=_DEPLOYMENT + "#selector",
    ),
    field_rule(
        "service-name-label",
        "The service that gives a StatefulSet's pods their hostnames must have a DNS label as its name.",
        Format("serviceName", "DNS label", since="1.33"),
        on="apps/v1 StatefulSetSpec",
        source=_STATEFULSET + "#stable-network-id",
    ),
)
