"""Webhooks of admission."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.admissionregistration.matching import WEBHOOKS
from kpy.rules.meta.web_calls import check_client
from kpy.syntax.formats import rfc1035_label_fault, subdomain_fault

CONTACT = WEBHOOKS + "#contacting-the-webhook"
REVIEWS = WEBHOOKS + "#request"

_WEBHOOKS = ("admissionregistration/v1 ValidatingWebhook", "admissionregistration/v1 MutatingWebhook")


@rule("webhook-name", on=_WEBHOOKS, source=WEBHOOKS + "#configure-admission-webhooks-on-the-fly")
def name_invalid(webhook: Tree, at: Path, check: Check) -> None:
    """A webhook has a domain name of at least three parts: `check.shop.example.com`."""
    name = webhook.get("name")
    if not name:
        check.report(at + "name", "webhook has no name")
    elif fault := subdomain_fault(name):
        check.report(at + "name", f"name {name!r} {fault}")
    elif name.count(".") < 2:
        check.report(at + "name", f"name {name!r} must have at least three parts, separated by dots")


@rule("webhook-client", on=_WEBHOOKS, source=CONTACT)
def client(webhook: Tree, at: Path, check: Check) -> None:
    """A webhook is called by a URL (`https://host/path`), or by the namespace, name, port and path of a Service."""
    check_client(webhook.get("clientConfig") or {}, at + "clientConfig", check)


@rule("webhook-review-versions", on=_WEBHOOKS, source=REVIEWS)
def review_versions(webhook: Tree, at: Path, check: Check) -> None:
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
