"""Choices that may be left out, but not left empty.

Most fields with a closed set of values take an empty text as "not said". In these it is a value, and a wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kpy.checking.check import Check
from kpy.checking.type_rules import RuleFunction, rule
from kpy.paths import Path

_API = "https://kubernetes.io/docs/reference/kubernetes-api/"

_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "core/v1 ServiceSpec": ("internalTrafficPolicy", "ipFamilyPolicy"),
    "discovery/v1 EndpointPort": ("protocol",),
    "networking/v1 NetworkPolicyPort": ("protocol",),
    "networking/v1 HTTPIngressPath": ("pathType",),
    "admissionregistration/v1 ValidatingWebhook": ("failurePolicy", "matchPolicy", "sideEffects"),
    "admissionregistration/v1 MutatingWebhook": ("failurePolicy", "matchPolicy", "sideEffects", "reinvocationPolicy"),
    "admissionregistration/v1 MatchResources": ("matchPolicy",),
    "admissionregistration/v1 ValidatingAdmissionPolicySpec": ("failurePolicy",),
    "admissionregistration/v1 MutatingAdmissionPolicySpec": ("failurePolicy",),
}


def _never_empty(fields: tuple[str, ...]) -> RuleFunction:
    def choice_empty(value: Mapping[str, Any], at: Path, check: Check) -> None:
        """A choice such as a policy or a protocol can be left out, but not be an empty text."""
        for field in fields:
            if value.get(field) == "":
                check.report(at + field, f"`{field}` is empty", fix="drop the field, or choose a value")

    return choice_empty


CHECKS: Final = tuple(
    rule("choice-empty", on=type_name, source=_API, needs=fields)(_never_empty(fields))
    for type_name, fields in _CHOICES.items()
)
