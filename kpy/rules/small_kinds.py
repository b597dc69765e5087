"""Kinds of which there is little to check: namespaces, leases, priority classes, revisions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from kpy.rules.check import Check, Path
from kpy.rules.formats import qualified_name_fault
from kpy.rules.registry import rule

__all__: list[str] = []

_NAMESPACE: Final = "core/v1 Namespace"
_LEASE: Final = "coordination/v1 LeaseSpec"
_PRIORITY: Final = "scheduling/v1 PriorityClass"
_REVISION: Final = "apps/v1 ControllerRevision"

_STANDARDS: Final = "https://kubernetes.io/docs/concepts/security/pod-security-admission/"
_FINALIZERS: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/"
_LEASES: Final = "https://kubernetes.io/docs/concepts/architecture/leases/"
_PRIORITIES: Final = "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass"
_REVISIONS: Final = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/controller-revision-v1/"

_MODES: Final = ("enforce", "audit", "warn")
_LEVELS: Final = ("privileged", "baseline", "restricted")
_VERSION: Final = re.compile(r"latest|v1\.(0|[1-9][0-9]*)", re.ASCII)
_HIGHEST: Final = 1_000_000_000
_SYSTEM: Final = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}


@rule("pod-security-level", on=_NAMESPACE, source=_STANDARDS)
def pod_security_level(namespace: Mapping[str, Any], at: Path, check: Check) -> None:
    """The labels for pod security take one of the levels `privileged`, `baseline` and `restricted`."""
    labels = namespace.get("metadata", {}).get("labels", {})
    for mode in _MODES:
        key = f"pod-security.kubernetes.io/{mode}"
        if key in labels and labels[key] not in _LEVELS:
            message = f'the label `{key}` is "{labels[key]}"; it must be one of {", ".join(_LEVELS)}'
            check.report((at + "metadata" + "labels").key(key), message)


@rule("pod-security-version", on=_NAMESPACE, source=_STANDARDS)
def pod_security_version(namespace: Mapping[str, Any], at: Path, check: Check) -> None:
    """The labels for the version of the pod security levels take `latest` or a release such as `v1.36`."""
    labels = namespace.get("metadata", {}).get("labels", {})
    for mode in _MODES:
        key = f"pod-security.kubernetes.io/{mode}-version"
        if key in labels and not _VERSION.fullmatch(labels[key]):
            message = f'the label `{key}` is "{labels[key]}"; it must be "latest" or a release such as "v1.36"'
            check.report((at + "metadata" + "labels").key(key), message)


@rule("namespace-finalizer", on=_NAMESPACE, source=_FINALIZERS)
def namespace_finalizer(namespace: Mapping[str, Any], at: Path, check: Check) -> None:
    """The finalizers of a namespace's spec have a domain, but for those of Kubernetes itself."""
    for index, name in enumerate(namespace.get("spec", {}).get("finalizers", ())):
        place = at + "spec" + "finalizers"
        fault = qualified_name_fault(name)
        if fault is None and "/" not in name and name not in ("kubernetes", "orphan", "foregroundDeletion"):
            fault = "has no domain"
        if fault:
            check.report(place + index, f'finalizer "{name}" {fault}', field=place)


@rule("lease-duration", on=_LEASE, source=_LEASES)
def lease_duration(lease: Mapping[str, Any], at: Path, check: Check) -> None:
    """A lease lasts at least one second."""
    if lease.get("leaseDurationSeconds", 1) <= 0:
        check.report(at + "leaseDurationSeconds", f"a lease cannot last {lease['leaseDurationSeconds']} seconds")


@rule("lease-transitions", on=_LEASE, source=_LEASES)
def lease_transitions(lease: Mapping[str, Any], at: Path, check: Check) -> None:
    """The number of times that a lease changed hands is not negative."""
    if lease.get("leaseTransitions", 0) < 0:
        check.report(at + "leaseTransitions", f"`leaseTransitions` is {lease['leaseTransitions']}")


@rule("priority-too-high", on=_PRIORITY, source=_PRIORITIES)
def priority_too_high(priority: Mapping[str, Any], at: Path, check: Check) -> None:
    """The priorities above one billion belong to Kubernetes itself."""
    name = priority.get("metadata", {}).get("name", "")
    value = priority.get("value", 0)
    if value > _HIGHEST and not name.startswith("system-"):
        check.report(at + "value", f"the priority {value} is above {_HIGHEST}, the highest of one's own")


@rule("priority-name-reserved", on=_PRIORITY, source=_PRIORITIES)
def priority_name_reserved(priority: Mapping[str, Any], at: Path, check: Check) -> None:
    """The names of priority classes that begin with `system-` belong to Kubernetes itself."""
    name = priority.get("metadata", {}).get("name", "")
    if not name.startswith("system-"):
        return
    if name not in _SYSTEM:
        message = f'the name "{name}" begins with "system-", which is reserved'
    elif priority.get("value", 0) != _SYSTEM[name] or priority.get("globalDefault"):
        message = f'the class "{name}" has the priority {_SYSTEM[name]} and is not the default'
    else:
        return
    check.report(at + "metadata" + "name", message)


@rule("priority-preemption-empty", on=_PRIORITY, source=_PRIORITIES)
def priority_preemption_empty(priority: Mapping[str, Any], at: Path, check: Check) -> None:
    """The preemption policy of a priority class is left out, or one of its values."""
    if priority.get("preemptionPolicy") == "":
        check.report(at + "preemptionPolicy", "`preemptionPolicy` is empty", fix="leave it out")


@rule("revision-negative", on=_REVISION, source=_REVISIONS)
def revision_negative(revision: Mapping[str, Any], at: Path, check: Check) -> None:
    """The number of a revision is not negative."""
    if revision.get("revision", 0) < 0:
        check.report(at + "revision", f"`revision` is {revision['revision']}")


@rule("revision-data", on=_REVISION, source=_REVISIONS)
def revision_data(revision: Mapping[str, Any], at: Path, check: Check) -> None:
    """A revision holds the state of a workload as a mapping."""
    if not isinstance(revision.get("data"), Mapping):
        check.report(at + "data", "a revision needs `data`, which is a mapping")
