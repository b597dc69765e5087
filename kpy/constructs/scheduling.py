"""Where pods go: spread, kept apart, near or away from others, on some nodes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from kpy.api.core import v1 as core
from kpy.constructs.selectors import Condition, LabelsInput
from kpy.errors import ArgumentError
from kpy.model.declarative import Declarative
from kpy.model.lists import Several, to_list
from kpy.tree.off import Off
from kpy.tree.part import frozen

if TYPE_CHECKING:
    from kpy.model.referable import Selectable
    from kpy.model.typing import Seconds

__all__ = ["Scheduled"]

#: Short words for the topologies that every cluster has.
_TOPOLOGIES = {
    "node": "kubernetes.io/hostname",
    "hostname": "kubernetes.io/hostname",
    "zone": "topology.kubernetes.io/zone",
    "region": "topology.kubernetes.io/region",
}
#: One topology or several.
Topologies = str | Several[str]


class Scheduled(Declarative):
    """What makes pods and says where they go.

    A topology is `"node"` (or `"hostname"`), `"zone"`, `"region"`, or the key of a node label; a list of them is one
    after the other. What is not `required` is a wish.

    https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
    """

    def spread_across(self, topology: Topologies, *, max_skew: int = 1, required: bool = False) -> Self:
        """Spread the pods evenly, at most `max_skew` more in one place than in another.

        https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
        """
        constraints = [
            core.TopologySpreadConstraint(
                topology_key=key,
                max_skew=max_skew,
                when_unsatisfiable="DoNotSchedule" if required else "ScheduleAnyway",
                label_selector=self._pods(),
            )
            for key in _keys(topology)
        ]
        said = getattr(self, "topology_spread_constraints", None) or ()
        self._changing()["topology_spread_constraints"] = [*said, *constraints]
        return self

    def keep_apart(self, topology: Topologies = "node", *, required: bool = False, weight: int = 100) -> Self:
        """Keep the pods apart from each other."""
        return self.away_from(self._pods(), topology, required=required, weight=weight)

    def near(
        self, other: Selectable, topology: Topologies = "zone", *, required: bool = False, weight: int = 100
    ) -> Self:
        """Bring the pods near to those of another workload."""
        affinity = self._affinity()
        affinity.pod_affinity = affinity.pod_affinity or core.PodAffinity()
        _add_term(affinity.pod_affinity, other, topology, required, weight)
        return self

    def away_from(
        self, other: Selectable, topology: Topologies = "node", *, required: bool = False, weight: int = 100
    ) -> Self:
        """Keep the pods away from those of another workload."""
        affinity = self._affinity()
        affinity.pod_anti_affinity = affinity.pod_anti_affinity or core.PodAntiAffinity()
        _add_term(affinity.pod_anti_affinity, other, topology, required, weight)
        return self

    def on_nodes(self, labels: LabelsInput, *, required: bool = True, weight: int = 100) -> Self:
        """Put the pods on nodes with these labels: `api.on_nodes({"disk": In("ssd", "nvme")})`.

        All labels of one call must match; of several required calls, one must.
        """
        affinity = self._affinity()
        affinity.node_affinity = affinity.node_affinity or core.NodeAffinity()
        term = core.NodeSelectorTerm(match_expressions=[_requirement(key, said) for key, said in labels.items()])
        _add_nodes(affinity.node_affinity, term, required, weight)
        return self

    def tolerate(
        self,
        key: str | None = None,
        value: str | None = None,
        *,
        effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None,
        seconds: Seconds | None = None,
    ) -> Self:
        """Allow nodes with a taint: of a key and value, of a key, or any; `seconds` is how long pods may stay.

        https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
        """
        toleration = core.Toleration(
            key=key,
            operator="Exists" if value is None else "Equal",
            value=value,
            effect=effect,
            toleration_seconds=seconds,
        )
        said = getattr(self, "tolerations", None)
        self._changing()["tolerations"] = [*(() if said is None or isinstance(said, Off) else said), toleration]
        return self

    def _pods(self) -> Selectable:
        """Return the workload itself, as what selects its pods."""
        return self  # type: ignore[return-value]  # all that mix this in are selectable

    def _changing(self) -> dict[str, Any]:
        state = self.__dict__
        if state["_locked"]:
            raise frozen(self, "place its pods")
        return state

    def _affinity(self) -> core.Affinity:
        state = self._changing()
        affinity: core.Affinity | None = getattr(self, "affinity", None)
        if affinity is None:
            affinity = state["affinity"] = core.Affinity()
        return affinity


def _keys(topology: Topologies) -> list[str]:
    return [_key(each) for each in ([topology] if isinstance(topology, str) else to_list(topology, "topologies"))]


def _key(topology: str) -> str:
    if topology in _TOPOLOGIES or "/" in topology:
        return _TOPOLOGIES.get(topology, topology)
    from difflib import get_close_matches

    near = get_close_matches(topology, _TOPOLOGIES, n=1, cutoff=0.7)
    if near:
        raise ArgumentError(
            f"{topology!r} is not a topology; did you mean {near[0]!r}? "
            f"A node label of your own is named with its prefix, such as `example.com/rack`"
        )
    return topology


def _add_term(
    rules: core.PodAffinity | core.PodAntiAffinity, other: Selectable, topology: Topologies, required: bool, weight: int
) -> None:
    terms = [core.PodAffinityTerm(topology_key=key, label_selector=other) for key in _keys(topology)]
    if required:
        said = rules.required_during_scheduling_ignored_during_execution or []
        rules.required_during_scheduling_ignored_during_execution = [*said, *terms]
    else:
        wishes = rules.preferred_during_scheduling_ignored_during_execution or []
        more = [core.WeightedPodAffinityTerm(weight=weight, pod_affinity_term=term) for term in terms]
        rules.preferred_during_scheduling_ignored_during_execution = [*wishes, *more]


def _add_nodes(rules: core.NodeAffinity, term: core.NodeSelectorTerm, required: bool, weight: int) -> None:
    if required:
        said = rules.required_during_scheduling_ignored_during_execution or core.NodeSelector(node_selector_terms=[])
        said.node_selector_terms = [*(said.node_selector_terms or ()), term]
        rules.required_during_scheduling_ignored_during_execution = said
    else:
        wishes = rules.preferred_during_scheduling_ignored_during_execution or []
        wish = core.PreferredSchedulingTerm(weight=weight, preference=term)
        rules.preferred_during_scheduling_ignored_during_execution = [*wishes, wish]


def _requirement(key: str, said: object) -> core.NodeSelectorRequirement:
    match said:
        case str():
            return core.NodeSelectorRequirement(key=key, operator="In", values=[said])
        case Condition():
            return core.NodeSelectorRequirement(key=key, operator=said.operator, values=list(said.values) or None)
    raise ArgumentError(
        f"{said!r} is not a condition on the node label {key!r}: expected text, or `In(...)` and its like"
    )
