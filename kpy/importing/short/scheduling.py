"""Where pods go, call by call: what they tolerate, what they are near to, apart from, and spread across."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kpy.importing.short.selectors import condition
from kpy.importing.writer import Steps, Writer, mapping_of, positional
from kpy.python_source.expressions import Bracket, Item, Node, Statement, Text, literal

__all__ = ["SCHEDULING"]

_TOPOLOGIES = {
    "kubernetes.io/hostname": "node",
    "topology.kubernetes.io/zone": "zone",
    "topology.kubernetes.io/region": "region",
}
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_EFFECTS = (None, "NoSchedule", "PreferNoSchedule", "NoExecute")
_WEIGHT = 100

Calls = list[Statement]


def _tolerations(writer: Writer, value: Any, steps: Steps) -> Calls | None:
    """Return the taints that pods tolerate; nothing where one says its operator in another way."""
    return _each(writer, value, steps, _toleration)


def _toleration(writer: Writer, said: Any, steps: Steps) -> Statement | None:
    match said:
        case {"operator": "Exists" | "Equal" as operator, **rest} if rest.keys() <= {
            *("key", "value", "effect", "tolerationSeconds"),
        }:
            key, value, seconds = rest.get("key"), rest.get("value"), rest.get("tolerationSeconds")
            if (value is None) != (operator == "Exists") or rest.get("effect") not in _EFFECTS:
                return None
            if not all(each is None or isinstance(each, str) for each in (key, value)) or (key is None and value):
                return None
            if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int)):
                return None
            items = [positional(literal(each)) for each in (key, value) if each is not None]
            given = {"effect": rest.get("effect"), "seconds": seconds}
            items += [Item(literal(each), f"{name}=") for name, each in given.items() if each is not None]
            return _call(writer, "tolerate", items, steps)
    return None


def _spread(writer: Writer, value: Any, steps: Steps) -> Calls | None:
    """Return what the pods are spread across; nothing where that is over others than themselves."""
    return _each(writer, value, steps, _constraint)


def _constraint(writer: Writer, said: Any, steps: Steps) -> Statement | None:
    match said:
        case {
            "maxSkew": int() as skew,
            "topologyKey": str() as key,
            "whenUnsatisfiable": "DoNotSchedule" | "ScheduleAnyway" as when,
            "labelSelector": dict() as chosen,
            **rest,
        } if not rest and not isinstance(skew, bool) and chosen == _own_selector(writer):
            items = [positional(_topology(key))]
            items += [Item(literal(skew), "max_skew=")] if skew != 1 else []
            items += [Item(literal(True), "required=")] if when == "DoNotSchedule" else []
            return _call(writer, "spread_across", items, steps)
    return None


def _affinity(writer: Writer, value: Any, steps: Steps) -> Calls | None:
    """Return what the pods are near to and apart from; nothing where a rule is more than a call can say."""
    if not isinstance(value, dict) or not value:
        return None
    makers = {"nodeAffinity": _to_nodes, "podAffinity": _near, "podAntiAffinity": _away}
    calls: Calls = []
    for kind, rules in value.items():
        made = makers[kind](writer, rules, (*steps, kind)) if kind in makers else None
        if not made:
            return None
        calls += made
    return calls


def _to_nodes(writer: Writer, rules: Any, steps: Steps) -> Calls | None:
    match rules:
        case {**said} if said and said.keys() <= {_REQUIRED, _PREFERRED}:
            required, preferred = said.get(_REQUIRED), said.get(_PREFERRED)
        case _:
            return None
    terms: Any = [] if required is None else None
    match required:
        case {"nodeSelectorTerms": [*found], **rest} if found and not rest:
            terms = found
    if terms is None or not isinstance(preferred, list | None):
        return None
    calls = [_on_nodes(writer, term, [], (*steps, _REQUIRED, "nodeSelectorTerms", at)) for at, term in enumerate(terms)]
    for at, wish in enumerate(preferred or ()):
        items = [Item(literal(False), "required="), *_weight(wish)]
        term = wish.get("preference") if isinstance(wish, dict) and wish.keys() == {"weight", "preference"} else None
        calls.append(_on_nodes(writer, term, items, (*steps, _PREFERRED, at)))
    found = [each for each in calls if each is not None]
    return found if len(found) == len(calls) else None


def _on_nodes(writer: Writer, term: Any, items: list[Item], steps: Steps) -> Statement | None:
    match term:
        case {"matchExpressions": [*said], **rest} if said and not rest:
            pairs: list[tuple[str, Node, Steps | None]] = []
            for each in said:
                match each:
                    case {"key": str() as key, "operator": "In", "values": [str() as value], **more} if not more:
                        made: Node | None = Text(value)
                    case _:
                        made = condition(each)
                        key = each["key"] if made is not None else ""
                if made is None or key in [name for name, _, _ in pairs]:
                    return None
                pairs.append((key, made, None))
            return _call(writer, "on_nodes", [positional(mapping_of(pairs)), *items], steps)
    return None


def _near(writer: Writer, rules: Any, steps: Steps) -> Calls | None:
    return _to_pods(writer, rules, "near", steps)


def _away(writer: Writer, rules: Any, steps: Steps) -> Calls | None:
    return _to_pods(writer, rules, "away_from", steps)


def _to_pods(writer: Writer, rules: Any, verb: str, steps: Steps) -> Calls | None:
    if not isinstance(rules, dict) or not rules or not rules.keys() <= {_REQUIRED, _PREFERRED}:
        return None
    calls: list[Statement | None] = []
    for at, term in enumerate(_list(rules.get(_REQUIRED))):
        items = [Item(literal(True), "required=")]
        calls.append(_term(writer, term, verb, items, (*steps, _REQUIRED, at)))
    for at, wish in enumerate(_list(rules.get(_PREFERRED))):
        term = wish.get("podAffinityTerm") if isinstance(wish, dict) and len(wish) == 2 and "weight" in wish else None
        calls.append(_term(writer, term, verb, _weight(wish), (*steps, _PREFERRED, at)))
    found = [each for each in calls if each is not None]
    return found if len(found) == len(calls) else None


def _term(writer: Writer, term: Any, verb: str, items: list[Item], steps: Steps) -> Statement | None:
    match term:
        case {"labelSelector": {"matchLabels": dict() as labels, **more}, "topologyKey": str() as key, **rest} if not (
            more or rest
        ):
            topology = _topology(key)
            if verb == "away_from" and {"matchLabels": labels} == _own_selector(writer):
                place = [] if topology == Text("node") else [positional(topology)]
                return _call(writer, "keep_apart", [*place, *items], steps)
            other = writer.scope.selected(writer.subject, labels) if writer.options.refers else None
            if other is None:
                return None
            usual = Text("zone" if verb == "near" else "node")
            place = [] if topology == usual else [positional(topology)]
            return _call(writer, verb, [positional(writer.refer(other)), *place, *items], steps)
    return None


def _each(
    writer: Writer, value: Any, steps: Steps, made_of: Callable[[Writer, Any, Steps], Statement | None]
) -> Calls | None:
    """Return a call for each element; nothing where one has none."""
    made = [made_of(writer, each, (*steps, at)) for at, each in enumerate(_list(value))]
    found = [each for each in made if each is not None]
    return found if found and len(found) == len(made) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [None]


def _weight(wish: Any) -> list[Item]:
    weight = wish.get("weight") if isinstance(wish, dict) else None
    return [] if weight == _WEIGHT else [Item(literal(weight), "weight=")]


def _own_selector(writer: Writer) -> Any:
    """Return how a workload finds its pods; nothing for what has no selector of its own."""
    spec = writer.subject.tree.get("spec")
    chosen = spec.get("selector") if isinstance(spec, dict) and "template" in spec else None
    return chosen if isinstance(chosen, dict) and chosen else None


def _topology(key: str) -> Node:
    return Text(_TOPOLOGIES.get(key, key))


def _call(writer: Writer, verb: str, items: list[Item], steps: Steps) -> Statement:
    head = writer.subject.variable._replace(rest=f".{verb}")
    return Statement(Bracket(head, "()", tuple(items)), steps=steps)


#: Fields of pods to what they become.
SCHEDULING: dict[str, Callable[[Writer, Any, Steps], Calls | None]] = {
    "affinity": _affinity,
    "tolerations": _tolerations,
    "topologySpreadConstraints": _spread,
}
