"""Rules on single fields of the group admissionregistration."""

from __future__ import annotations

from typing import Final

from kpy.schema.constraints.facts import Bounds, Format, OneOf, Required, Unique, field_rule

__all__ = ["RULES"]

_EXTENSIBLE_ADMISSION_CONTROLLERS: Final = (
    "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/"
)
_VALIDATING_ADMISSION_POLICY: Final = (
    "https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/"
)

RULES: Final = (
    field_rule(
        "admission-rule-scope",
        "The scope of a rule is Cluster, Namespaced or `*`.",
        OneOf("scope", ("Cluster", "Namespaced", "*"), or_empty=True),
        on=("admissionregistration/v1 RuleWithOperations", "admissionregistration/v1 NamedRuleWithOperations"),
        source=_EXTENSIBLE_ADMISSION_CONTROLLERS + "#matching-requests-rules",
    ),
    field_rule(
        "match-condition-name",
        "A matchCondition has a name like that of a label: `exclude-leases`, or `example.com/exclude-leases`.",
        Format("name", "qualified name", required=True, absent="the condition has no `name`"),
        on="admissionregistration/v1 MatchCondition",
        source=_EXTENSIBLE_ADMISSION_CONTROLLERS + "#matching-requests-matchconditions",
    ),
    field_rule(
        "policy-parameter-missing",
        "A binding says what happens when its parameters are not there: Allow or Deny.",
        OneOf("parameterNotFoundAction", ("Allow", "Deny"), required=True),
        on="admissionregistration/v1 ParamRef",
        source=_VALIDATING_ADMISSION_POLICY + "#parameter-resources",
    ),
    field_rule(
        "policy-reason",
        "The reason of a validation is Forbidden, Invalid, RequestEntityTooLarge or, when left out, Invalid.",
        OneOf("reason", ("Forbidden", "Invalid", "RequestEntityTooLarge"), or_empty=True),
        on="admissionregistration/v1 Validation",
        source=_VALIDATING_ADMISSION_POLICY + "#validation-expression",
    ),
    field_rule(
        "webhook-name-duplicate",
        "The webhooks of a configuration are named differently.",
        Unique(
            "webhooks",
            "name",
            message='the name "{value}" is already used by an earlier webhook',
            fix="choose another name",
        ),
        on=(
            "admissionregistration/v1 ValidatingWebhookConfiguration",
            "admissionregistration/v1 MutatingWebhookConfiguration",
        ),
        source=_EXTENSIBLE_ADMISSION_CONTROLLERS + "#configure-admission-webhooks-on-the-fly",
    ),
    field_rule(
        "webhook-side-effects",
        "A webhook says that it has no side effects, at least not on dry runs: None or NoneOnDryRun.",
        Required("sideEffects", "the webhook has no `sideEffects`", fix="set `sideEffects: None`", or_empty=True),
        OneOf("sideEffects", ("None", "NoneOnDryRun")),
        on=("admissionregistration/v1 ValidatingWebhook", "admissionregistration/v1 MutatingWebhook"),
        source=_EXTENSIBLE_ADMISSION_CONTROLLERS + "#side-effects",
    ),
    field_rule(
        "webhook-timeout",
        "A server waits for a webhook from 1 to 30 seconds.",
        Bounds("timeoutSeconds", 1, 30),
        on=("admissionregistration/v1 ValidatingWebhook", "admissionregistration/v1 MutatingWebhook"),
        source=_EXTENSIBLE_ADMISSION_CONTROLLERS + "#timeouts",
    ),
)
