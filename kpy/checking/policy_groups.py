"""The groups of policies that `select` may name beside those of a topic: what is recommended, and what people know.

A group is a list of rules, so that one rule can be in several. The sections of CIS are those of the CIS Kubernetes
Benchmark, version 1.10, the group `nsa` is the Kubernetes Hardening Guide of NSA and CISA, version 1.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["GROUPS", "POLICIES_OFF", "RECOMMENDED", "groups_of"]

#: What is worth having on for anybody: true nearly always, and something to do about it.
RECOMMENDED: Final = "recommended"
#: What a summary says where no policy is selected, lest silence is taken for praise.
POLICIES_OFF: Final = f"policies are off: --select {RECOMMENDED}, or `select` in [tool.kpy], checks good practice, too"

_PRIVILEGED: Final = (
    "pod-security-app-armor pod-security-capabilities pod-security-host-namespaces pod-security-host-ports "
    "pod-security-host-process pod-security-privileged pod-security-proc-mount pod-security-seccomp-unconfined "
    "pod-security-selinux pod-security-sysctls"
)
_LEAST: Final = "pod-security-privilege-escalation pod-security-run-as-non-root pod-security-run-as-root"

#: The rules of a group.
GROUPS: Final[Mapping[str, str]] = {
    RECOMMENDED: (
        f"{_PRIVILEGED} "
        "api-version-deprecated budget-blocks-eviction certificate-approval-granted cluster-admin-bound "
        "cpu-request-missing cron-job-blocked cron-job-failures-lost escalation-granted everyone-bound "
        "everything-granted exec-granted gateway-without-tls image-tag-missing ingress-snippet ingress-without-tls "
        "job-never-deleted job-of-cron-job-deleted job-retries-many masters-bound memory-limit-missing "
        "memory-request-missing network-policy-allows-all node-proxy-granted probe-port-undeclared "
        "readiness-probe-missing replicas-beside-autoscaler rollout-stops-all runtime-socket-mounted "
        "secret-in-arguments secret-in-config-map secret-in-env secrets-readable sensitive-host-path ssh-port-declared "
        "webhook-catches-all"
    ),
    "cis-5.1": (
        "certificate-approval-granted cluster-admin-bound default-service-account escalation-granted "
        "everything-granted masters-bound node-proxy-granted pod-creation-granted secrets-readable "
        "service-account-token-mounted token-creation-granted webhook-change-granted"
    ),
    "cis-5.2": (
        "pod-security-capabilities pod-security-capabilities-restricted pod-security-host-namespaces "
        "pod-security-host-path pod-security-host-ports pod-security-host-process pod-security-privileged "
        f"{_LEAST}"
    ),
    "cis-5.3": "network-policy-allows-all network-policy-missing",
    "cis-5.4": "secret-in-arguments secret-in-config-map secret-in-env secret-read-from-env",
    "cis-5.7": (
        "namespace-default pod-security-seccomp pod-security-seccomp-unconfined pod-security-selinux "
        "root-filesystem-writable"
    ),
    "nsa": (
        f"{_PRIVILEGED} {_LEAST} "
        "cluster-admin-bound cpu-limit-missing cpu-request-missing everyone-bound everything-granted "
        "gateway-without-tls ingress-without-tls memory-limit-missing memory-request-missing "
        "network-policy-allows-all network-policy-missing pod-security-capabilities-restricted "
        "pod-security-host-path pod-security-seccomp root-filesystem-writable runtime-socket-mounted "
        "secret-in-arguments secret-in-config-map secret-in-env secrets-readable service-account-token-mounted"
    ),
}


def _by_rule() -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for group, rules in GROUPS.items():
        for rule in rules.split():
            named = groups.setdefault(rule, set())
            named.add(group)
            if group.startswith("cis-"):
                named.add("cis")
    return {rule: frozenset(named) for rule, named in groups.items()}


_BY_RULE: Final = _by_rule()


def groups_of(rule: str) -> frozenset[str]:
    """Return the groups that a rule is in by this table; `cis` is all sections of it."""
    return _BY_RULE.get(rule, frozenset())
