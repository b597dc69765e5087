"""What all owners of pods have in common: replicas, selectors, and what they demand of their template."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.meta.names import final_name
from kpy.rules.meta.templates import report_mismatch, template_labels, template_spec
from kpy.syntax.formats import label_fault
from kpy.syntax.selectors import is_empty, is_sound

_DEPLOYMENT = "apps/v1 DeploymentSpec"
_REPLICA_SET = "apps/v1 ReplicaSetSpec"
_STATEFUL_SET = "apps/v1 StatefulSetSpec"
_DAEMON_SET = "apps/v1 DaemonSetSpec"
_CONTROLLER = "core/v1 ReplicationControllerSpec"
_ALWAYS_RUNNING = (_DEPLOYMENT, _REPLICA_SET, _STATEFUL_SET, _DAEMON_SET, _CONTROLLER)

_WORKLOADS = "https://kubernetes.io/docs/concepts/workloads/controllers/"
_DEPLOYMENTS = _WORKLOADS + "deployment/"
_SELECTORS = "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"


@rule(
    "progress-deadline-too-short",
    on=_DEPLOYMENT,
    source=_DEPLOYMENTS + "#progress-deadline-seconds",
    needs=("progressDeadlineSeconds", "minReadySeconds"),
)
def progress_deadline_too_short(spec: Tree, at: Path, check: Check) -> None:
    """The deadline for progress (600 seconds when not set) must be longer than `minReadySeconds`."""
    deadline, ready = spec.get("progressDeadlineSeconds"), spec.get("minReadySeconds") or 0
    seconds = 600 if deadline is None else deadline
    if seconds <= ready:
        default = "" if deadline is not None else ", which is what it is when not set"
        check.report(
            at + "progressDeadlineSeconds",
            f"`progressDeadlineSeconds` is {seconds}{default}, not more than `minReadySeconds`, which is {ready}",
            fix=f"use more than {ready}, or lower `minReadySeconds`",
        )


@rule(
    "selector-empty",
    on=(_DEPLOYMENT, _REPLICA_SET, _STATEFUL_SET, _DAEMON_SET),
    source=_DEPLOYMENTS + "#selector",
    needs="selector",
)
def selector_empty(spec: Tree, at: Path, check: Check) -> None:
    """A workload must not select every pod, as an empty selector would."""
    selector = spec.get("selector")
    if selector is not None and is_empty(selector):
        check.report(
            at + "selector", "an empty `selector` would select every pod", fix="select labels of the pod template"
        )


@rule("selector-broken", on=(_DEPLOYMENT, _REPLICA_SET, _STATEFUL_SET), source=_SELECTORS, needs="selector")
def selector_broken(spec: Tree, at: Path, check: Check) -> None:
    """A selector of which any part is invalid is refused as a whole."""
    selector = spec["selector"]
    if not check.once(_is_sound, selector, at):
        check.report(at + "selector", "the selector is not valid as a whole, because a part of it is not")


@rule(
    "selector-mismatch",
    on=(_DEPLOYMENT, _REPLICA_SET, _STATEFUL_SET, _DAEMON_SET),
    source=_DEPLOYMENTS + "#selector",
)
def selector_mismatch(spec: Tree, at: Path, check: Check) -> None:
    """The pods that a workload makes must be pods that it selects."""
    selector = spec.get("selector")
    if selector is None or check.once(_is_sound, selector, at):
        report_mismatch(selector, spec, at, check)


@rule("controller-selector-required", on=_CONTROLLER, source=_WORKLOADS + "replicationcontroller/#pod-selector")
def controller_selector_required(spec: Tree, at: Path, check: Check) -> None:
    """A ReplicationController needs a selector, which is by default the labels of its template."""
    if not spec.get("selector") and not template_labels(spec):
        check.report(
            at + "selector", "there is no `selector`, and the template has no labels", fix="give the template labels"
        )


@rule(
    "controller-selector-mismatch",
    on=_CONTROLLER,
    source=_WORKLOADS + "replicationcontroller/#pod-selector",
    needs="selector",
)
def controller_selector_mismatch(spec: Tree, at: Path, check: Check) -> None:
    """The pods that a ReplicationController makes must be pods that it selects."""
    selector = spec.get("selector")
    if selector and spec.get("template") is not None:
        report_mismatch({"matchLabels": selector}, spec, at, check)


@rule("template-restart-policy", on=_ALWAYS_RUNNING, source=_DEPLOYMENTS + "#pod-template")
def template_restart_policy(spec: Tree, at: Path, check: Check) -> None:
    """Pods of a workload that keeps them running must have the restart policy `Always`."""
    policy = template_spec(spec).get("restartPolicy")
    is_unjudged = check.kind == "StatefulSet" and not check.at_least("1.34")  # no other rule looks at its pods
    if policy in ("OnFailure", "Never") or (is_unjudged and policy not in (None, "", "Always")):
        check.report(
            at + "template" + "spec" + "restartPolicy",
            f"`restartPolicy` is {policy!r}, and the pods of a {check.kind} must have 'Always'",
            fix="leave `restartPolicy` out, or use a Job for work that ends",
        )


@rule("template-active-deadline", on=_ALWAYS_RUNNING, source=_WORKLOADS + "job/#job-termination-and-cleanup")
def template_active_deadline(spec: Tree, at: Path, check: Check) -> None:
    """Pods of a workload that keeps them running must not have a deadline."""
    if template_spec(spec).get("activeDeadlineSeconds") is not None:
        check.report(
            at + "template" + "spec" + "activeDeadlineSeconds",
            f"the pods of a {check.kind} cannot have a deadline",
            fix="leave `activeDeadlineSeconds` out, or use a Job",
        )


@rule(
    "disk-not-read-only",
    on=(_DEPLOYMENT, _REPLICA_SET, _DAEMON_SET, _CONTROLLER),
    source="https://kubernetes.io/docs/concepts/storage/volumes/#gcepersistentdisk",
)
def disk_not_read_only(spec: Tree, at: Path, check: Check) -> None:
    """Before 1.29, the pods of several replicas could only share a Google disk that they do not write."""
    if check.at_least("1.29") or (check.kind != "DaemonSet" and (spec.get("replicas") or 0) <= 1):
        return
    for index, volume in enumerate(template_spec(spec).get("volumes") or ()):
        disk = volume.get("gcePersistentDisk")
        if disk is not None and not disk.get("readOnly"):
            place = at + "template" + "spec" + "volumes" + index + "gcePersistentDisk" + "readOnly"
            check.report(place, "several pods cannot write to the same disk", fix="set `readOnly: true`")


@rule(
    "workload-name-label",
    on=(
        "apps/v1 Deployment",
        "apps/v1 ReplicaSet",
        "core/v1 ReplicationController",
        "batch/v1 Job",
        "batch/v1 CronJob",
    ),
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names",
    severity="warning",
)
def workload_name_label(workload: Tree, at: Path, check: Check) -> None:
    """The name of a workload becomes part of the names and hostnames of its pods, so it should be a DNS label."""
    field, name = final_name(workload)
    fault = label_fault(name) if name and check.at_least("1.27") else None
    if fault:
        message = f"pods and their hostnames are named after {name!r}: a name {fault}"
        check.report(at + "metadata" + field, message, field=at + "metadata" + "name")


def _is_sound(selector: Tree, at: Path, check: Check) -> bool:
    return is_sound(selector)
