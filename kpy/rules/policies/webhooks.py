"""Admission webhooks that can stop a cluster."""

from __future__ import annotations

from typing import Final

from kpy.checking.check import Check
from kpy.checking.policies import policy
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.selectors import is_empty

__all__: list[str] = []

_SOURCE: Final = "https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/"
_WEBHOOKS: Final = ("admissionregistration/v1 MutatingWebhook", "admissionregistration/v1 ValidatingWebhook")
_SYSTEM: Final = "kube-system"
_NAME_LABEL: Final = "kubernetes.io/metadata.name"
#: How long each request may wait, in seconds; a server waits for ten if nothing is given.
_LONG: Final = 15


@policy("webhook-catches-all", on=_WEBHOOKS, source=f"{_SOURCE}#exclude-system-namespaces", groups=("availability",))
def webhook_catches_all(webhook: Tree, at: Path, check: Check) -> None:
    """A webhook that must answer is asked about all objects, or about pods, in all namespaces, `kube-system` too.

    Why: When its pods are down, nothing can be created any more, its own pods among it: the cluster cannot mend itself.
    """
    if webhook.get("failurePolicy") == "Ignore" or webhook.get("matchConditions"):
        return
    if not (is_empty(webhook.get("namespaceSelector") or {}) and is_empty(webhook.get("objectSelector") or {})):
        return
    for index, rule in enumerate(webhook.get("rules") or ()):
        what = _catches(rule)
        if what:
            message = f"when the webhook does not answer, nobody can create {what}, not even in {_SYSTEM}"
            fix = f"leave {_SYSTEM} and its own namespace out by `namespaceSelector`, on the label {_NAME_LABEL}"
            check.report(at + "rules" + index, message, fix=fix)
            return


def _catches(rule: Tree) -> str:
    """Return what cannot be created without the answer, if a cluster needs it: everything, or pods."""
    groups, resources = rule.get("apiGroups") or (), rule.get("resources") or ()
    if rule.get("scope") == "Cluster" or not {"*", "CREATE"}.intersection(rule.get("operations") or ()):
        return ""
    if "*" in groups and {"*", "*/*"}.intersection(resources):
        return "anything"
    return "pods" if {"", "*"}.intersection(groups) and {"pods", "*", "*/*"}.intersection(resources) else ""


@policy(
    "webhook-slow", on=_WEBHOOKS, severity="note", source=f"{_SOURCE}#timeout-small-latency", groups=("availability",)
)
def webhook_slow(webhook: Tree, at: Path, check: Check) -> None:
    """A webhook may take longer than fifteen seconds to answer.

    Why: Every request that it is asked about waits so long when it hangs, and clients give up before.
    """
    seconds = webhook.get("timeoutSeconds")
    if isinstance(seconds, int) and seconds > _LONG:
        check.report(
            at + "timeoutSeconds", f"requests may wait {seconds} seconds for the webhook", fix="set it to 10 or less"
        )
