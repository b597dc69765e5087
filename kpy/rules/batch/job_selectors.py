"""Jobs: how they find their pods, by labels that a server gives them, or by hand."""

from __future__ import annotations

from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.meta.names import final_name
from kpy.rules.meta.templates import report_mismatch, template_labels
from kpy.syntax.formats import label_value_fault
from kpy.syntax.selectors import is_sound, matches

_JOB = "batch/v1 Job"
_SELECTOR = "https://kubernetes.io/docs/concepts/workloads/controllers/job/#specifying-your-own-pod-selector"
_UID_LABEL: Final = "controller-uid"
_NAME_LABEL: Final = "job-name"
#: What is before the labels since 1.27, which have both forms.
_DOMAIN: Final = "batch.kubernetes.io/"
#: Stands for the unique identifier that a server is going to give.
_UID: Final = "<uid>"


@rule("job-selector-required", on=_JOB, source=_SELECTOR)
def job_selector_required(job: Tree, at: Path, check: Check) -> None:
    """A Job with `manualSelector` needs a selector."""
    spec = job.get("spec") or {}
    if spec.get("manualSelector") and spec.get("selector") is None:
        check.report(
            at + "spec" + "selector", "`manualSelector` is set, and there is no `selector`", fix="set both or none"
        )


@rule("job-selector-by-hand", on=_JOB, source=_SELECTOR)
def job_selector_by_hand(job: Tree, at: Path, check: Check) -> None:
    """A Job selects its pods by its own unique identifier; a selector of one's own needs `manualSelector: true`."""
    spec = job.get("spec") or {}
    selector = spec.get("selector")
    if spec.get("manualSelector") or selector is None or not is_sound(selector):
        return
    if not matches(_completed(selector, check), _generated(job, check)):
        check.report(
            at + "spec" + "selector",
            "a Job selects its pods by a label that a server gives them",
            fix="remove `selector`, or set `manualSelector: true` if you must",
        )


@rule("job-selector-mismatch", on=_JOB, source=_SELECTOR)
def job_selector_mismatch(job: Tree, at: Path, check: Check) -> None:
    """The pods that a Job makes must be pods that it selects."""
    spec = job.get("spec") or {}
    selector = spec.get("selector")
    if selector is not None and not is_sound(selector):
        return
    if spec.get("manualSelector"):
        report_mismatch(selector, spec, at + "spec", check)
    elif not matches(_completed(selector or {}, check), {**_generated(job, check), **template_labels(spec)}):
        check.report(
            at + "spec" + "template" + "metadata" + "labels",
            "the pod template has labels that the Job's selector, made by a server, will not match",
            fix="leave `selector` and the labels with `controller-uid` out",
        )


@rule("job-label-reserved", on=_JOB, source=_SELECTOR)
def job_label_reserved(job: Tree, at: Path, check: Check) -> None:
    """A server labels a Job's pods with the Job's name and identifier; the template cannot say something else."""
    spec = job.get("spec") or {}
    if spec.get("manualSelector"):
        return
    labels = template_labels(spec)
    for key, value in _generated(job, check).items():
        if key in labels and labels[key] != value:
            place = (at + "spec" + "template" + "metadata" + "labels").key(key)
            check.report(
                place, f"the label {key!r} is set by the server, not to {labels[key]!r}", fix="remove the label"
            )


@rule("job-name-no-label", on=_JOB, source=_SELECTOR)
def job_name_no_label(job: Tree, at: Path, check: Check) -> None:
    """A Job's name becomes a label of its pods, which has at most 63 characters, unless `manualSelector` is set."""
    field, name = final_name(job)
    fault = label_value_fault(name)
    if fault and not (job.get("spec") or {}).get("manualSelector"):
        server_field = at + "spec" + "template" + "labels"
        check.report(
            at + "metadata" + field, f"{name!r} becomes a label of the Job's pods: it {fault}", field=server_field
        )


def _generated(job: Tree, check: Check) -> dict[str, str]:
    """Return the labels that a server gives the pods of a Job."""
    _, name = final_name(job)
    labels = {_UID_LABEL: _UID, _NAME_LABEL: name}
    if check.at_least("1.27"):
        labels |= {_DOMAIN + key: value for key, value in labels.items()}
    return labels


def _completed(selector: Tree, check: Check) -> Tree:
    """Return a selector with what a server adds."""
    key = _DOMAIN + _UID_LABEL if check.at_least("1.27") else _UID_LABEL
    return {**selector, "matchLabels": {key: _UID, **(selector.get("matchLabels") or {})}}
