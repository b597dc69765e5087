"""Jobs: how they find their pods, by labels that a server gives them, or by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kpy.rules.check import Check, Path
from kpy.rules.registry import rule
from kpy.rules.selection import is_sound, matches
from kpy.rules.workloads import final_name, report_mismatch, template_labels

_Value = Mapping[str, Any]

_JOB = "batch/v1 Job"
_SELECTOR = "https://kubernetes.io/docs/concepts/workloads/controllers/job/#specifying-your-own-pod-selector"
_UID_LABEL: Final = "batch.kubernetes.io/controller-uid"
_UID_LABELS: Final = (_UID_LABEL, "controller-uid")
_NAME_LABELS: Final = ("batch.kubernetes.io/job-name", "job-name")
#: Stands for the unique identifier that a server is going to give.
_UID: Final = "<uid>"


@rule("job-selector-required", on=_JOB, source=_SELECTOR)
def job_selector_required(job: _Value, at: Path, check: Check) -> None:
    """A Job with `manualSelector` needs a selector."""
    spec = job.get("spec") or {}
    if spec.get("manualSelector") and spec.get("selector") is None:
        check.report(
            at + "spec" + "selector", "`manualSelector` is set, and there is no `selector`", fix="set both or none"
        )


@rule("job-selector-by-hand", on=_JOB, source=_SELECTOR)
def job_selector_by_hand(job: _Value, at: Path, check: Check) -> None:
    """A Job selects its pods by its own unique identifier; a selector of one's own needs `manualSelector: true`."""
    spec = job.get("spec") or {}
    selector = spec.get("selector")
    if spec.get("manualSelector") or selector is None or not is_sound(selector):
        return
    if not matches(_completed(selector), _generated(job)):
        check.report(
            at + "spec" + "selector",
            "a Job selects its pods by a label that a server gives them",
            fix="remove `selector`, or set `manualSelector: true` if you must",
        )


@rule("job-selector-mismatch", on=_JOB, source=_SELECTOR)
def job_selector_mismatch(job: _Value, at: Path, check: Check) -> None:
    """The pods that a Job makes must be pods that it selects."""
    spec = job.get("spec") or {}
    selector = spec.get("selector")
    if selector is not None and not is_sound(selector):
        return
    if spec.get("manualSelector"):
        report_mismatch(selector, spec, at + "spec", check)
    elif not matches(_completed(selector or {}), {**_generated(job), **template_labels(spec)}):
        check.report(
            at + "spec" + "template" + "metadata" + "labels",
            "the pod template has labels that the Job's selector, made by a server, will not match",
            fix="leave `selector` and the labels with `controller-uid` out",
        )


@rule("job-label-reserved", on=_JOB, source=_SELECTOR)
def job_label_reserved(job: _Value, at: Path, check: Check) -> None:
    """A server labels a Job's pods with the Job's name and identifier; the template cannot say something else."""
    spec = job.get("spec") or {}
    if spec.get("manualSelector"):
        return
    labels, generated = template_labels(spec), _generated(job)
    for key in (*_UID_LABELS, *_NAME_LABELS):
        if key in labels and labels[key] != generated[key]:
            place = (at + "spec" + "template" + "metadata" + "labels").key(key)
            check.report(
                place, f"the label {key!r} is set by the server, not to {labels[key]!r}", fix="remove the label"
            )


def _generated(job: _Value) -> dict[str, str]:
    """Return the labels that a server gives the pods of a Job."""
    _, name = final_name(job)
    return dict.fromkeys(_UID_LABELS, _UID) | dict.fromkeys(_NAME_LABELS, name)


def _completed(selector: _Value) -> _Value:
    """Return a selector with what a server adds."""
    return {**selector, "matchLabels": {_UID_LABEL: _UID, **(selector.get("matchLabels") or {})}}
