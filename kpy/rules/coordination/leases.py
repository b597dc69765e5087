"""Leases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.paths import Path

__all__: list[str] = []

_LEASE: Final = "coordination/v1 LeaseSpec"
_LEASES: Final = "https://kubernetes.io/docs/concepts/architecture/leases/"


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
