"""Webhooks of admission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.paths import Path
from kpy.rules.admissionregistration.matching import WEBHOOKS
from kpy.rules.meta.web_calls import check_client
from kpy.syntax.formats import rfc1035_label_fault, subdomain_fault

CONTACT = WEBHOOKS + "#contacting-the-webhook"
SIDE_EFFECTS = WEBHOOKS + "#side-effects"
TIMEOUTS = WEBHOOKS + "#timeouts"
REVIEWS = WEBHOOKS + "#request"

_WEBHOOKS = ("admissionregistration/v1 ValidatingWebhook", "admissionregistration/v1 MutatingWebhook")
_CONFIGURATIONS = (
    "admissionregistration/v1 ValidatingWebhookConfiguration",
    "admissionregistration/v1 MutatingWebhookConfiguration",
)

Object = Mapping[str, Any]


@rule("webhook-name", on=_WEBHOOKS, source=WEBHOOKS + "#configure-admission-webhooks-on-the-fly")
def name_invalid(webhook: Object, at: Path, check: Check) -> None:
    """A webhook has a domain name of at least three parts: `check.shop.example.com`."""
    name = webhook.get("name")
    if not name:
        check.report(at + "name", "webhook has no name")
    elif fault := subdomain_fault(name):
        check.report(at + "name", f"name {name!r} {fault}")
    elif name.count(".") < 2:
        check.report(at + "name", f"name {name!r} must have at least three parts, separated by dots")


@rule("webhook-name-duplicate", on=_CONFIGURATIONS, source=WEBHOOKS + "#configure-admission-webhooks-on-the-fly")
def name_duplicate(configuration: Object, at: Path, check: Check) -> None:
    """The webhooks of a configuration are named differently."""
    seen = set()
    for index, webhook in enumerate(configuration.get("webhooks") or ()):
        if (name := webhook.get("name")) and name in seen:
            check.report(at + "webhooks" + index + "name", f"name {name!r} is taken by a webhook before it")
        seen.add(name)


@rule("webhook-side-effects", on=_WEBHOOKS, source=SIDE_EFFECTS)
def side_effects(webhook: Object, at: Path, check: Check) -> None:
    """A webhook says that it has no side effects, at least not on dry runs: None or NoneOnDryRun."""
    said = webhook.get("sideEffects")
    if said is None:
        check.report(at + "sideEffects", "webhook has no sideEffects", fix="set `sideEffects: None`")
    elif said and said not in ("None", "NoneOnDryRun"):
        check.report(at + "sideEffects", f"sideEffects {said!r} is neither 'None' nor 'NoneOnDryRun'")


@rule("webhook-timeout", on=_WEBHOOKS, source=TIMEOUTS, needs="timeoutSeconds")
def timeout(webhook: Object, at: Path, check: Check) -> None:
    """A server waits for a webhook from 1 to 30 seconds."""
    seconds = webhook.get("timeoutSeconds")
    if seconds is not None and not 1 <= seconds <= 30:
        check.report(at + "timeoutSeconds", f"timeoutSeconds {seconds} is not from 1 to 30")


@rule("webhook-client", on=_WEBHOOKS, source=CONTACT)
def client(webhook: Object, at: Path, check: Check) -> None:
    """A webhook is called by a URL (`https://host/path`), or by the namespace, name, port and path of a Service."""
    check_client(webhook.get("clientConfig") or {}, at + "clientConfig", check)


@rule("webhook-review-versions", on=_WEBHOOKS, source=REVIEWS)
def review_versions(webhook: Object, at: Path, check: Check) -> None:
    """A webhook lists the versions of reviews that it reads: different DNS labels, v1 or v1beta1 among them."""
    versions, place = webhook.get("admissionReviewVersions") or (), at + "admissionReviewVersions"
    if not versions:
        check.report(place, "webhook has no admissionReviewVersions", fix="write `admissionReviewVersions: [v1]`")
    elif not {"v1", "v1beta1"} & set(versions):
        check.report(place, "neither v1 nor v1beta1 is among the versions")
    seen = set()
    for index, version in enumerate(versions):
        if version in seen:
            check.report(place + index, f"version {version!r} is given twice")
        elif fault := rfc1035_label_fault(version):
            check.report(place + index, f"version {version!r} {fault}")
        seen.add(version)
