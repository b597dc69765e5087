"""Jobs, alone and in CronJobs: how many pods, how often, how long."""

from __future__ import annotations

import re

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.meta.names import final_name
from kpy.rules.meta.templates import template_spec
from kpy.syntax.formats import label_fault, subdomain_fault

_SPEC = "batch/v1 JobSpec"
_JOBS = "https://kubernetes.io/docs/concepts/workloads/controllers/job/"
_MANY = 100_000
_FEWER = 10_000
_PATH = re.compile(r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+")


@rule("job-restart-policy-required", on=_SPEC, source=_JOBS + "#pod-template")
def job_restart_policy_required(spec: Tree, at: Path, check: Check) -> None:
    """Pods of a Job have to end: their restart policy, `Always` when not set, must be `OnFailure` or `Never`."""
    policy = template_spec(spec).get("restartPolicy")
    if not policy or policy == "Always":
        state = "is 'Always'" if policy else "is not set, which means 'Always'"
        check.report(
            at + "template" + "spec" + "restartPolicy",
            f"`restartPolicy` {state}, so that the pods would never end",
            fix="use Never, or OnFailure to restart containers in place",
        )


@rule("job-restart-policy-never", on=_SPEC, source=_JOBS + "#pod-failure-policy")
def job_restart_policy_never(spec: Tree, at: Path, check: Check) -> None:
    """A Job with a pod failure policy must not restart containers in place."""
    if spec.get("podFailurePolicy") is not None and template_spec(spec).get("restartPolicy") == "OnFailure":
        check.report(
            at + "template" + "spec" + "restartPolicy",
            "with a `podFailurePolicy` the `restartPolicy` cannot be 'OnFailure'",
            fix="use Never, or remove the policy",
        )


@rule("failed-indexes-without-backoff", on=_SPEC, source=_JOBS + "#backoff-limit-per-index")
def failed_indexes_without_backoff(spec: Tree, at: Path, check: Check) -> None:
    """A limit for failed indexes needs a limit of retries for each index."""
    if spec.get("maxFailedIndexes") is not None and spec.get("backoffLimitPerIndex") is None:
        check.report(
            at + "backoffLimitPerIndex", "`maxFailedIndexes` needs `backoffLimitPerIndex`", fix="set it, such as to 1"
        )


@rule("managed-by-path", on=_SPEC, source=_JOBS + "#delegation-of-managing-a-job-object-to-external-controller")
def managed_by_path(spec: Tree, at: Path, check: Check) -> None:
    """The controller that manages a Job is named by a domain and a path: `acme.io/foo`."""
    name = spec.get("managedBy")
    if name is None or not check.at_least("1.30" if check.kind == "CronJob" else "1.32"):
        return
    domain, _, path = name.partition("/")
    fault = None if domain and path else 'must be a domain, "/" and a path'
    fault = fault or subdomain_fault(domain) or (None if _PATH.fullmatch(path) else "must have the path of a URL")
    if fault:
        check.report(at + "managedBy", f"`managedBy` is {name!r}, and {fault}", fix="use a name such as acme.io/jobs")


@rule("replacement-policy", on=_SPEC, source=_JOBS + "#pod-replacement-policy")
def replacement_policy(spec: Tree, at: Path, check: Check) -> None:
    """Pods are replaced when `Failed`, or also when `TerminatingOrFailed`, but not so under a pod failure policy."""
    policy = spec.get("podReplacementPolicy")
    if policy is None or not check.at_least("1.29"):
        return
    allowed = ("Failed",) if spec.get("podFailurePolicy") is not None else ("Failed", "TerminatingOrFailed")
    if policy not in allowed:
        check.report(
            at + "podReplacementPolicy",
            f"`podReplacementPolicy` is {policy!r}" + (" beside a `podFailurePolicy`" if len(allowed) == 1 else ""),
            fix=f"use {' or '.join(allowed)}",
        )


@rule("index-setting-without-indexes", on=_SPEC, source=_JOBS + "#completion-mode")
def index_setting_without_indexes(spec: Tree, at: Path, check: Check) -> None:
    """Limits by index and success policies need pods that have an index: `completionMode: Indexed`."""
    mode = spec.get("completionMode")
    fields = ("backoffLimitPerIndex", "maxFailedIndexes") if mode in (None, "NonIndexed") else ()
    for field in (*fields, *(() if is_indexed(spec) else ("successPolicy",))):
        if spec.get(field) is not None and check.at_least("1.31" if field == "successPolicy" else "1.29"):
            check.report(at + field, f"`{field}` needs pods with an index", fix="set `completionMode: Indexed`")


@rule("completions-required", on=_SPEC, source=_JOBS + "#completion-mode")
def completions_required(spec: Tree, at: Path, check: Check) -> None:
    """A Job with indexes must say how many there are; only a Job by itself has one when `parallelism` is unset too."""
    if is_indexed(spec) and completions(spec, check) is None:
        check.report(at + "completions", "a Job with indexes needs `completions`", fix="say how many indexes there are")


@rule("job-parallelism-too-high", on=_SPEC, source=_JOBS + "#completion-mode")
def job_parallelism_too_high(spec: Tree, at: Path, check: Check) -> None:
    """A Job with indexes runs at most 100,000 pods at once, or 10,000 when it retries more than 100,000 by index."""
    parallelism = spec.get("parallelism")
    if not is_indexed(spec) or parallelism is None:
        return
    most = _FEWER if _has_many_retried(spec, check) else _MANY
    if parallelism > most:
        check.report(at + "parallelism", f"`parallelism` is {parallelism}", fix=f"use {most} or less")


@rule("failed-indexes-too-many", on=_SPEC, source=_JOBS + "#backoff-limit-per-index")
def failed_indexes_too_many(spec: Tree, at: Path, check: Check) -> None:
    """No more indexes can fail than there are, and never more than 100,000 (10,000 of over 100,000)."""
    failed = spec.get("maxFailedIndexes")
    if not is_indexed(spec) or failed is None:
        return
    most = _FEWER if _has_many_retried(spec, check) else _MANY
    count = completions(spec, check)
    most = most if count is None else min(most, count)
    if failed > most:
        check.report(at + "maxFailedIndexes", f"`maxFailedIndexes` is {failed}", fix=f"use {most} or less")


@rule("failed-indexes-required", on=_SPEC, source=_JOBS + "#backoff-limit-per-index")
def failed_indexes_required(spec: Tree, at: Path, check: Check) -> None:
    """A Job with retries by index and over 100,000 completions must limit how many indexes may fail."""
    if is_indexed(spec) and _has_many_retried(spec, check) and spec.get("maxFailedIndexes") is None:
        check.report(
            at + "maxFailedIndexes",
            f"with {spec['completions']} completions and `backoffLimitPerIndex`, `maxFailedIndexes` is needed",
            fix=f"set it to {_FEWER} or less",
        )


@rule("job-index-hostname", on="batch/v1 Job", source=_JOBS + "#completion-mode")
def job_index_hostname(job: Tree, at: Path, check: Check) -> None:
    """Pods with an index are called `<job>-<index>`, which has to be a DNS label up to the last index."""
    spec = job.get("spec") or {}
    count = completions(spec, check) if is_indexed(spec) else None
    field, name = final_name(job)
    if name and count:
        last = f"{name}-{count - 1}"
        fault = label_fault(last)
        if fault and count > 0:
            message = f"the last pod of the Job would be called {last!r}: a name {fault}"
            check.report(at + "metadata" + field, message, field=at + "metadata" + "name")


@rule("job-too-wide", on=_SPEC, source=_JOBS + "#completion-mode", severity="warning")
def job_too_wide(spec: Tree, at: Path, check: Check) -> None:
    """With over 100,000 completions and 10,000 pods at once, a cluster may lose track of the indexes that are done."""
    if is_indexed(spec) and (completions(spec, check) or 0) > _MANY and (spec.get("parallelism") or 0) > _FEWER:
        check.report(at, "a cluster may not be able to track so many indexes", fix=f"use `parallelism` up to {_FEWER}")


def is_indexed(spec: Tree) -> bool:
    """Return whether the pods of a Job have an index."""
    return spec.get("completionMode") == "Indexed"


def completions(spec: Tree, check: Check) -> int | None:
    """Return the number of completions: a Job by itself has one when it says nothing about parallelism either."""
    count: int | None = spec.get("completions")
    if count is None and check.kind == "Job" and spec.get("parallelism") is None:
        return 1
    return count


def _has_many_retried(spec: Tree, check: Check) -> bool:
    return (completions(spec, check) or 0) > _MANY and spec.get("backoffLimitPerIndex") is not None
