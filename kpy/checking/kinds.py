"""Which kind a document is of, and what to say when no server of the release has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kpy.checking.check import Check
from kpy.checking.decode import describe
from kpy.checking.faults import report_fault
from kpy.checking.hints import near_word, when
from kpy.checking.rule import declare
from kpy.objects import Tree
from kpy.schema import Api, Kind, releases_with_kind
from kpy.syntax.formats import subdomain_fault

__all__ = ["is_custom", "meant_kind", "resolve"]

_GVK: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/#required-fields"
_REMOVED: Final = "https://kubernetes.io/docs/reference/using-api/deprecation-guide/"
_ENABLING: Final = "https://kubernetes.io/docs/reference/using-api/#api-versioning"

KIND_MISSING = declare("kind-missing", "Refuse a document that has no `apiVersion` and `kind`.", source=_GVK)
UNKNOWN_KIND = declare("unknown-kind", "Refuse a kind that no release of a built-in API group has.", source=_GVK)
KIND_NOT_IN_RELEASE = declare(
    "kind-not-in-release", "Refuse a kind that other releases serve, but not the one checked for.", source=_REMOVED
)
KIND_OFF_BY_DEFAULT = declare(
    "kind-off-by-default",
    "Refuse a kind of an alpha or beta version that servers do not serve unless somebody switched it on.",
    source=_ENABLING,
)

#: The release in which versions went that were gone before the oldest release of the schema.
_GONE: Final[Mapping[str, str]] = {
    "extensions/v1beta1 Ingress": "1.22",
    "extensions/v1beta1": "1.16",
    "apps/v1beta1": "1.16",
    "apps/v1beta2": "1.16",
    "admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration": "1.22",
    "admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration": "1.22",
    "apiextensions.k8s.io/v1beta1": "1.22",
    "apiregistration.k8s.io/v1beta1": "1.22",
    "autoscaling/v2beta1": "1.25",
    "batch/v1beta1": "1.25",
    "batch/v2alpha1": "1.21",
    "certificates.k8s.io/v1beta1 CertificateSigningRequest": "1.22",
    "coordination.k8s.io/v1beta1 Lease": "1.22",
    "discovery.k8s.io/v1beta1": "1.25",
    "events.k8s.io/v1beta1": "1.25",
    "networking.k8s.io/v1beta1 Ingress": "1.22",
    "networking.k8s.io/v1beta1 IngressClass": "1.22",
    "node.k8s.io/v1beta1": "1.25",
    "policy/v1beta1": "1.25",
    "policy/v1beta1 PodSecurityPolicy": "1.25",
    "rbac.authorization.k8s.io/v1alpha1": "1.22",
    "rbac.authorization.k8s.io/v1beta1": "1.22",
    "scheduling.k8s.io/v1beta1": "1.22",
    "storage.k8s.io/v1beta1": "1.22",
}


def resolve(check: Check) -> Kind | None:
    """Return the kind of the document, or report why it has none."""
    api = check.api
    if not check.root.get("apiVersion") and not check.root.get("kind"):
        message = "there is neither `apiVersion` nor `kind`: this is not a Kubernetes object"
        report_fault(check, KIND_MISSING, check.at, message, "write both, or remove the document")
        return None
    api_version, kind = _text(check, "apiVersion"), _text(check, "kind")
    if api_version is None or kind is None:
        return None
    declared = api.kind(api_version, kind)
    if declared is None:
        check.is_custom = is_custom(api_version, api)
        if not check.is_custom:
            _report_unknown(check, api_version, kind)
        return None
    if not declared.on_by_default:
        _report_off(check, declared)
        return None
    return declared


def is_custom(api_version: object, api: Api) -> bool:
    """Return whether the version belongs to a group of custom resources: a domain name that is not built in."""
    if not isinstance(api_version, str):
        return False
    group, slash, version = api_version.rpartition("/")
    return bool(slash and version) and "." in group and group not in api.groups and subdomain_fault(group) is None


def meant_kind(check: Check) -> Kind | None:
    """Return the kind that a document is surely meant to be of, although no server of the release has it as written.

    That is a kind of the name in another version or group, and the nearest name where the version is right.
    """
    api_version, kind = check.root.get("apiVersion"), check.root.get("kind")
    if not isinstance(kind, str) or is_custom(api_version, check.api):
        return None
    version = api_version if isinstance(api_version, str) else ""
    exact = check.api.kind(version, kind)
    if exact is not None:
        return exact
    other = [candidate for candidate in check.api.kinds if candidate.kind == kind and candidate.on_by_default]
    if other:
        return _best(other, version)
    near = near_word(kind, (candidate.kind for candidate in check.api.kinds if candidate.api_version == version))
    return None if near is None else check.api.kind(version, near)


def _text(check: Check, name: str) -> str | None:
    value = check.root.get(name)
    if isinstance(value, str) and value:
        return value
    fault = "is missing" if value in (None, "") else f"must be text, not {describe(value)}"
    report_fault(check, KIND_MISSING, check.at + name, f"`{name}` {fault}", _fix(check.api, check.root, name))
    return None


def _fix(api: Api, root: Tree, name: str) -> str:
    kinds = [kind for kind in api.kinds if kind.kind == root.get("kind") and kind.on_by_default]
    if name == "apiVersion" and kinds:
        return f"write `apiVersion: {_best(kinds).api_version}`"
    return ""


def _report_unknown(check: Check, api_version: str, kind: str) -> None:
    """Report a kind that this release does not have: it came later, it went, or it never was."""
    api = check.api
    what = f"Kubernetes {check.release} has no {kind} in {api_version}"
    other = [candidate for candidate in api.kinds if candidate.kind == kind and candidate.on_by_default]
    fix = f"use `apiVersion: {_best(other, api_version).api_version}`" if other else ""
    mask = releases_with_kind(api_version, kind)
    gone = _GONE.get(f"{api_version} {kind}") or (_GONE.get(api_version) if other else None)
    if mask:
        report_fault(check, KIND_NOT_IN_RELEASE, check.at + "apiVersion", f"{what}: {when(mask, check.release)}", fix)
    elif gone:
        report_fault(check, KIND_NOT_IN_RELEASE, check.at + "apiVersion", f"{what}: it was removed in {gone}", fix)
    elif other:
        report_fault(check, UNKNOWN_KIND, check.at + "apiVersion", what, fix)
    else:
        near = near_word(kind, (candidate.kind for candidate in api.kinds))
        report_fault(check, UNKNOWN_KIND, check.at + "kind", what, f"did you mean `kind: {near}`?" if near else "")


def _report_off(check: Check, kind: Kind) -> None:
    other = [candidate for candidate in check.api.kinds if candidate.kind == kind.kind and candidate.on_by_default]
    report_fault(
        check,
        KIND_OFF_BY_DEFAULT,
        check.at + "apiVersion",
        f"{kind.kind} of {kind.api_version} is not served unless somebody switches it on",
        f"use `apiVersion: {_best(other, kind.api_version).api_version}`" if other else "",
    )


def _best(kinds: list[Kind], instead_of: str = "") -> Kind:
    """Return the one to use: of the same group if that has one, then the most stable, then the newest."""
    group = instead_of.rpartition("/")[0]
    return min(kinds, key=lambda kind: (kind.group != group, *_age(kind.version), kind.group != "", kind.group))


def _age(version: str) -> tuple[bool, bool, int]:
    """Return what sorts stable versions first and newer before older: `v2`, `v1`, `v1beta1`, `v1alpha1`."""
    digits = "".join(character for character in version.partition("beta")[0] if character.isdigit())
    return "alpha" in version, "beta" in version, -int(digits or 0)
