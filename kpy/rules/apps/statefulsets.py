"""StatefulSets: what they have beyond other workloads."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.formats import label_fault

_SPEC = "apps/v1 StatefulSetSpec"
_STATEFUL_SETS = "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/"


@rule(
    "history-never-pruned",
    on=_SPEC,
    source=_STATEFUL_SETS + "#revision-history",
    severity="warning",
    needs="revisionHistoryLimit",
)
def history_never_pruned(spec: Tree, at: Path, check: Check) -> None:
    """A StatefulSet with a negative history limit never deletes any of its revisions."""
    limit = spec.get("revisionHistoryLimit")
    if limit is not None and limit < 0 and check.at_least("1.33"):
        check.report(
            at + "revisionHistoryLimit", f"with a limit of {limit} all revisions are kept", fix="use 0 or more"
        )


@rule("claim-template-name", on=_SPEC, source=_STATEFUL_SETS + "#volume-claim-templates")
def claim_template_name(spec: Tree, at: Path, check: Check) -> None:
    """A claim template's name is the name of the volume that its claim becomes in each pod: a DNS label."""
    for index, template in enumerate(spec.get("volumeClaimTemplates") or ()):
        name = ((template or {}).get("metadata") or {}).get("name") or ""
        fault = label_fault(name) if name else "must not be empty"
        if fault:
            place = at + "volumeClaimTemplates" + index + "metadata" + "name"
            check.report(
                place, f"{name!r} is not a valid name of a volume: it {fault}", fix="name the claim as it is mounted"
            )
