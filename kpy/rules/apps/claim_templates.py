"""Claim templates of StatefulSets, and what mounts them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path

_STATEFUL: Final = "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates"


@rule(
    "claim-template-unused",
    on="apps/v1 StatefulSetSpec",
    source=_STATEFUL,
    severity="warning",
    needs="volumeClaimTemplates",
)
def claim_template_unused(spec: Tree, at: Path, check: Check) -> None:
    """A StatefulSet makes a volume for each pod that no container mounts: what is written elsewhere is lost."""
    pod = (spec.get("template") or {}).get("spec") or {}
    mounted = set(_mounted(pod))
    templates = [(template.get("metadata") or {}).get("name", "") for template in spec["volumeClaimTemplates"]]
    if mounted - {*templates, *(volume.get("name") for volume in pod.get("volumes") or ())}:
        return  # a mount of no volume is an error of its own, and may be meant for the template
    for index, name in enumerate(templates):
        if name and name not in mounted:
            check.report(
                at + "volumeClaimTemplates" + index + "metadata" + "name",
                f'no container mounts the claim template "{name}"',
                fix=f"give a container a volume mount with `name: {name}`",
            )


def _mounted(pod: Tree) -> Iterator[str]:
    for containers in ("containers", "initContainers"):
        for container in pod.get(containers) or ():
            for mounts in ("volumeMounts", "volumeDevices"):
                for mount in container.get(mounts) or ():
                    yield mount.get("name", "")
