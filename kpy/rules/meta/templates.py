"""What all owners of pods ask of their pod template."""

from __future__ import annotations

from collections.abc import Mapping

from kpy.checking.check import Check
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.selectors import matches

__all__ = ["report_mismatch", "template_labels", "template_spec"]


def template_spec(spec: Tree) -> Tree:
    """Return the spec of the pod template, empty when there is none."""
    pod_spec: Tree = (spec.get("template") or {}).get("spec") or {}
    return pod_spec


def template_labels(spec: Tree) -> Mapping[str, str]:
    """Return the labels of the pod template, empty when there are none."""
    metadata = (spec.get("template") or {}).get("metadata") or {}
    labels: Mapping[str, str] = metadata.get("labels") or {}
    return labels


def report_mismatch(selector: Tree | None, spec: Tree, at: Path, check: Check) -> None:
    """Report that the labels of the pod template are not selected, when they are not."""
    labels = template_labels(spec)
    if matches(selector, labels):
        return
    listed = ", ".join(f"{key}={value}" for key, value in sorted(labels.items()))
    check.report(
        at + "template" + "metadata" + "labels",
        f"the pod template has {'the labels ' + listed if listed else 'no labels'}, which the selector does not match",
        fix="give the template all labels that the selector asks for",
    )
