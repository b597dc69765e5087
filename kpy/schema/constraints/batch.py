"""Rules on single fields of the group batch."""

from __future__ import annotations

from typing import Final

from kpy.schema.constraints.facts import Bounds, Count, Format, OneOf, Required, Size, Unique, field_rule

__all__ = ["RULES"]

_CRON_JOBS: Final = "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/"
_JOB: Final = "https://kubernetes.io/docs/concepts/workloads/controllers/job/"

RULES: Final = (
    field_rule(
        "completion-mode-unknown",
        "The pods of a Job are alike (`NonIndexed`, the default), or each has an index (`Indexed`).",
        OneOf("completionMode", ("NonIndexed", "Indexed"), or_empty=True),
        on="batch/v1 JobSpec",
        source=_JOB + "#completion-mode",
    ),
    field_rule(
        "cron-number-negative",
        "The deadline for starting and the limits for old Jobs must be zero or more.",
        Bounds("startingDeadlineSeconds", 0),
        Bounds("successfulJobsHistoryLimit", 0),
        Bounds("failedJobsHistoryLimit", 0),
        on="batch/v1 CronJobSpec",
        source=_CRON_JOBS + "#jobs-history-limits",
    ),
    field_rule(
        "exit-code-operator-required",
        "A rule for exit codes says whether it is for those in the list (`In`) or the others (`NotIn`).",
        Required("operator", fix="use In or NotIn"),
        on="batch/v1 PodFailurePolicyOnExitCodesRequirement",
        source=_JOB + "#pod-failure-policy",
    ),
    field_rule(
        "exit-code-repeated",
        "An exit code is listed only once.",
        Unique("values", or_empty=True, message="{value} is listed twice"),
        on="batch/v1 PodFailurePolicyOnExitCodesRequirement",
        source=_JOB + "#pod-failure-policy",
    ),
    field_rule(
        "exit-codes-count",
        "A rule for exit codes lists between 1 and 255 of them.",
        Count("values", least=1, most=255, required=True, items="exit codes"),
        on="batch/v1 PodFailurePolicyOnExitCodesRequirement",
        source=_JOB + "#pod-failure-policy",
    ),
    field_rule(
        "failure-action-required",
        "Each rule of a pod failure policy says what to do.",
        Required("action", "the rule has no `action`", fix="use Ignore, Count, FailIndex or FailJob"),
        on="batch/v1 PodFailurePolicyRule",
        source=_JOB + "#pod-failure-policy",
    ),
    field_rule(
        "failure-condition-status",
        "The status of a pod's condition is `True`, the default, `False` or `Unknown`.",
        OneOf("status", ("True", "False", "Unknown")),
        on="batch/v1 PodFailurePolicyOnPodConditionsPattern",
        source=_JOB + "#pod-failure-policy",
    ),
    field_rule(
        "failure-condition-type",
        "The type of a pod's condition is a qualified name, such as `DisruptionTarget`.",
        Format("type", "qualified name", required=True),
        on="batch/v1 PodFailurePolicyOnPodConditionsPattern",
        source=_JOB + "#pod-failure-policy",
    ),
    field_rule(
        "failure-conditions-too-many",
        "A rule of a pod failure policy has at most 20 conditions.",
        Count("onPodConditions", most=20, items="conditions"),
        on="batch/v1 PodFailurePolicyRule",
        source=_JOB + "#pod-failure-policy",
    ),
    field_rule(
        "failure-rules-too-many",
        "A pod failure policy has at most 20 rules.",
        Count("rules", most=20, items="rules"),
        on="batch/v1 PodFailurePolicy",
        source=_JOB + "#pod-failure-policy",
    ),
    field_rule(
        "job-number-negative",
        "Counts, limits and times of a Job must be zero or more.",
        Bounds("parallelism", 0),
        Bounds("completions", 0),
        Bounds("activeDeadlineSeconds", 0),
        Bounds("backoffLimit", 0),
        Bounds("ttlSecondsAfterFinished", 0),
        Bounds("backoffLimitPerIndex", 0),
        Bounds("maxFailedIndexes", 0),
        on="batch/v1 JobSpec",
        source=_JOB + "#parallel-jobs",
    ),
    field_rule(
        "managed-by-too-long",
        "The name of the controller that manages a Job has at most 63 bytes.",
        Size("managedBy", most=63, since="1.32"),
        on="batch/v1 JobSpec",
        source=_JOB + "#delegation-of-managing-a-job-object-to-external-controller",
    ),
    field_rule(
        "schedule-required",
        "A CronJob says when it makes Jobs.",
        Required("schedule", fix='set one, such as "0 * * * *" for every hour'),
        on="batch/v1 CronJobSpec",
        source=_CRON_JOBS + "#schedule-syntax",
    ),
)
