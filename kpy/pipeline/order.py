"""order: what others need comes first."""

from __future__ import annotations

from collections.abc import Iterable

from kpy.errors import UsageError
from kpy.manifest import Resource
from kpy.pipeline.draft import Draft
from kpy.tree.part import describe
from kpy.tree.shared import Known, after_of
from kpy.tree.walk import below

__all__ = ["in_order", "order"]

#: Kinds in the order in which a cluster wants them; kinds that are not here stand before the workloads.
_RANKS = (
    ("Namespace",),
    ("CustomResourceDefinition", "APIService"),
    ("PriorityClass", "RuntimeClass", "StorageClass", "VolumeAttributesClass", "IngressClass", "DeviceClass"),
    ("CSIDriver",),
    ("ResourceQuota", "LimitRange"),
    ("ServiceAccount",),
    ("Role", "ClusterRole"),
    ("RoleBinding", "ClusterRoleBinding"),
    ("NetworkPolicy",),
    ("ConfigMap", "Secret"),
    ("PersistentVolume",),
    ("PersistentVolumeClaim",),
    ("Service", "Endpoints", "EndpointSlice"),
    (),
    ("Pod", "ReplicaSet", "ReplicationController", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"),
    ("PodDisruptionBudget", "HorizontalPodAutoscaler"),
    ("Ingress",),
    ("ValidatingAdmissionPolicy", "MutatingAdmissionPolicy"),
    ("ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicyBinding"),
    ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"),
)
_RANK = {kind: rank for rank, kinds in enumerate(_RANKS) for kind in kinds}
_OTHERS = _RANKS.index(())


def order(draft: Draft) -> None:
    """Sort the resources of an app by what they need, and note what each must come after."""
    draft.resources[:] = in_order(draft.resources, draft)
    by_construct = {id(resource.construct): resource for resource in draft.resources}
    for resource in draft.resources:
        if after := _after(resource, by_construct, draft.shared):
            resource.after = tuple(each.identity for each in after)


def in_order(resources: Iterable[Resource], draft: Draft | None = None) -> list[Resource]:
    """Return resources by the rank of their kind, then references, where the draft knows them, then declaration.

    What a resource refers to in its own rank comes before it; a cycle of references is legal in Kubernetes and falls
    back to the order of declaration. An explicit `after=` holds across ranks, and a cycle of these is an error.
    """
    resources = sorted(resources, key=_rank)
    place = {id(resource): index for index, resource in enumerate(resources)}
    by_construct = {id(resource.construct): resource for resource in resources}
    known: Known = {} if draft is None else draft.shared
    explicit = {id(resource): after for resource in resources if (after := _after(resource, by_construct, known))}
    done: list[Resource] = []
    state: dict[int, int] = {}

    def visit(resource: Resource) -> None:
        """Append what must come first, then the resource; a stack of its own, so that long chains are no problem."""
        state[id(resource)] = 1
        stack = [(resource, iter(_needs(resource, by_construct, explicit, place, draft)))]
        while stack:
            current, needs = stack[-1]
            needed = next(needs, None)
            if needed is None:
                state[id(current)] = 2
                done.append(current)
                stack.pop()
            elif id(needed) not in state:
                state[id(needed)] = 1
                stack.append((needed, iter(_needs(needed, by_construct, explicit, place, draft))))
            elif state[id(needed)] == 1 and needed in explicit.get(id(current), ()):
                _refuse_cycle([step for step, _ in stack], needed, explicit)

    for resource in resources:
        if id(resource) not in state:
            visit(resource)
    return done


def _rank(resource: Resource) -> int:
    return _RANK.get(resource.kind, _OTHERS)


def _after(resource: Resource, by_construct: dict[int, Resource], known: Known) -> list[Resource]:
    said = after_of(resource.construct, known) if resource.construct is not None else ()
    if not said:
        return []
    targets = [inner for target in said for inner in (target, *below(target, made=True))]
    found = (by_construct.get(id(target)) for target in targets)
    return list({id(each): each for each in found if each is not None and each is not resource}.values())


def _needs(
    resource: Resource,
    by_construct: dict[int, Resource],
    explicit: dict[int, list[Resource]],
    place: dict[int, int],
    draft: Draft | None,
) -> list[Resource]:
    """Return what must come before a resource, in the order of declaration."""
    needs = list(explicit.get(id(resource), ()))
    if draft is not None and (references := draft.links(resource).references):
        rank = _rank(resource)
        for reference in references:
            target = by_construct.get(id(reference.target))
            if target is not None and target is not resource and _rank(target) == rank:
                needs.append(target)
    return sorted(needs, key=lambda needed: place[id(needed)]) if len(needs) > 1 else needs


def _refuse_cycle(way: list[Resource], again: Resource, explicit: dict[int, list[Resource]]) -> None:
    """Raise when every step from `again` back to itself was said by `after=`."""
    cycle = way[way.index(again) :]
    steps = zip(cycle, [*cycle[1:], again], strict=True)
    if all(target in explicit.get(id(step), ()) for step, target in steps):
        names = " after ".join(describe(step.construct) for step in [*cycle, again])
        raise UsageError.at(again.where, f"`after` goes round in a circle: {names}")
