"""API versions that are going to be removed."""

from __future__ import annotations

from typing import Final

from kpy.checking.check import Check
from kpy.checking.object_set import Objects, SetCheck
from kpy.checking.policies import policy, policy_on_all
from kpy.objects import Tree
from kpy.paths import ROOT, Path
from kpy.schema import RELEASES, Api, Kind, releases_with_kind

__all__: list[str] = []

_SOURCE: Final = "https://kubernetes.io/docs/reference/using-api/deprecation-guide/"
#: Kinds that are deprecated and still there, since when, and what to use.
_DEPRECATED: Final = {
    ("v1", "Endpoints"): ("1.33", "discovery.k8s.io/v1 EndpointSlice"),
    ("v1", "ComponentStatus"): ("1.19", "the health endpoints of the API server"),
}


@policy_on_all("api-version-deprecated", source=_SOURCE, groups=("deprecations",))
def api_version_deprecated(objects: Objects, check: SetCheck) -> None:
    """An API version is deprecated: a later release does not have it, or there is a stable one.

    What the release that is checked for does not have any more is an error without selecting: `kind-not-in-release`.

    Why: After an upgrade of the cluster to such a release, the object cannot be applied any more.
    """
    for member in objects:
        known = member.known
        if known is None:
            continue
        goes = _goes_with(known)
        better = _better(objects.api, known)
        when = f"it is removed in {goes}" if goes else ""
        since = _DEPRECATED.get((known.api_version, known.kind))
        if since is not None and objects.api.release >= since[0]:
            when, better = f"deprecated since {since[0]}", since[1]
        elif not goes and better and not _is_stable(known):
            when = "there is a stable version"
        if when:
            message = f"{known.kind} of {known.api_version} is deprecated: {when}"
            fix = f"use {better}" if since else f"use `apiVersion: {better}`" if better else ""
            check.report(member, ROOT + "apiVersion", message, fix=fix)


@policy(
    "service-account-field-deprecated",
    on="core/v1 PodSpec",
    severity="note",
    source="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/",
    groups=("deprecations",),
)
def service_account_field_deprecated(spec: Tree, at: Path, check: Check) -> None:
    """A pod names its account in `serviceAccount`, the old name of `serviceAccountName`.

    Why: The server copies one field into the other, so that both stand in the cluster: tools that look at one of them
    miss a change of the other.
    """
    if spec.get("serviceAccount") and not spec.get("serviceAccountName"):
        check.report(at + "serviceAccount", "`serviceAccount` is deprecated", fix="use `serviceAccountName`")


def _goes_with(kind: Kind) -> str:
    """Return the release that does not have the kind any more; empty when the newest has it."""
    last = releases_with_kind(kind.api_version, kind.kind).bit_length() - 1
    return RELEASES[last + 1] if last + 1 < len(RELEASES) else ""


def _is_stable(kind: Kind) -> bool:
    return "alpha" not in kind.version and "beta" not in kind.version


def _better(api: Api, kind: Kind) -> str:
    """Return the version of the group that has the kind for good, else the newest that stays longer."""
    others = [
        other
        for other in api.kinds
        if other.kind == kind.kind and other.group == kind.group and other.version != kind.version
    ]
    stable = [other for other in others if _is_stable(other) and not _goes_with(other)]
    longer = [other for other in others if not _goes_with(other) and "alpha" not in other.version]
    candidates = stable or (longer if _goes_with(kind) else [])
    return candidates[-1].api_version if candidates else ""
