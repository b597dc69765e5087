"""The names of objects: what each kind allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kpy.checking.check import Check
from kpy.objects import Tree
from kpy.syntax.formats import (
    config_key_fault,
    label_fault,
    path_segment_fault,
    rfc1035_label_fault,
    subdomain_fault,
)

__all__ = ["final_name", "generated_name", "name_check", "prefix_fault"]

NameCheck = Callable[[str], str | None]

_RBAC: Final = "rbac.authorization.k8s.io"
#: Kinds whose names are not DNS subdomains, by group and kind. Those that have a rule of their own for it are here with
#: what is left for all: to be one segment of a URL.
_OTHER: Final[dict[tuple[str, str], NameCheck]] = {
    ("", "Event"): path_segment_fault,
    ("", "Namespace"): label_fault,
    ("", "Service"): label_fault,
    ("apps", "StatefulSet"): label_fault,
    ("coordination.k8s.io", "LeaseCandidate"): config_key_fault,
    ("policy", "PodDisruptionBudget"): path_segment_fault,
    ("certificates.k8s.io", "CertificateSigningRequest"): path_segment_fault,
    ("certificates.k8s.io", "ClusterTrustBundle"): path_segment_fault,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): path_segment_fault,
    ("apiregistration.k8s.io", "APIService"): path_segment_fault,
    ("networking.k8s.io", "IPAddress"): path_segment_fault,
    (_RBAC, "Role"): path_segment_fault,
    (_RBAC, "ClusterRole"): path_segment_fault,
    (_RBAC, "RoleBinding"): path_segment_fault,
    (_RBAC, "ClusterRoleBinding"): path_segment_fault,
}
_MOST_BEFORE_SUFFIX: Final = 58


def name_check(check: Check) -> NameCheck:
    """Return what checks the names of this kind."""
    group = check.api_version.rpartition("/")[0]
    if check.kind == "Service" and group == "" and not check.at_least("1.36"):
        return rfc1035_label_fault
    return _OTHER.get((group, check.kind), subdomain_fault)


def prefix_fault(prefix: str, fault_of: NameCheck) -> str | None:
    """Check the beginning of a name to be generated; a dash at its end is fine."""
    if len(prefix) > 1 and prefix.endswith("-") and fault_of is not path_segment_fault:
        return fault_of(prefix[:-2] + "a")
    if fault_of is path_segment_fault:
        return None if prefix in (".", "..") else path_segment_fault(prefix)
    return fault_of(prefix)


def generated_name(prefix: str) -> str:
    """Return a name such as a server makes of a prefix: cut, with five letters or digits at its end."""
    return prefix[:_MOST_BEFORE_SUFFIX] + "x" * 5


def final_name(document: Tree) -> tuple[str, str]:
    """Return the field that names an object, and the name; a server puts five characters after `generateName`."""
    metadata = document.get("metadata") or {}
    if metadata.get("name") or not metadata.get("generateName"):
        return "name", metadata.get("name") or ""
    return "generateName", generated_name(metadata["generateName"])
