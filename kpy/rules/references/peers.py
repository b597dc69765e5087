"""Whom NetworkPolicies are for, whom they let through, and by which ports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from kpy.checking.object_set import Member, Objects, See, SetCheck, rule_on_all, topic_within
from kpy.objects import title
from kpy.paths import ROOT, Path
from kpy.rules.references.elsewhere import are_made_by_controllers, is_outside, reason_for_no_pods
from kpy.rules.references.selected_pods import Pods, Selected, lacking_port, pods_of
from kpy.syntax.selectors import is_empty, is_sound

__all__: list[str] = []

_SOURCE: Final = "https://kubernetes.io/docs/concepts/services-networking/network-policies/"
_SPEC: Final = ROOT + "spec"
_NAME_OF_NAMESPACE: Final = "kubernetes.io/metadata.name"
_DIRECTIONS: Final = (("ingress", "from"), ("egress", "to"))


class _Peer(NamedTuple):
    """The pods of one namespace that a rule of a policy names."""

    selector: Mapping[str, Any]
    namespace: str
    #: The place of the selector.
    at: Path
    is_elsewhere: bool


@rule_on_all("peer-selects-no-pod", source=_SOURCE, kinds=("NetworkPolicy",))
def peer_selects_no_pod(objects: Objects, check: SetCheck) -> None:
    """A peer of a NetworkPolicy selects no pod that is here, in its namespace: nobody is let through.

    That is the namespace of the policy, or the one that a `namespaceSelector` names, when pods of it are here.
    """
    pods = pods_of(objects)
    reported: set[tuple[str, str]] = set()
    for member in _policies(objects):
        for peer in _peers(member):
            key = peer.namespace, repr(peer.selector)
            if is_empty(peer.selector) or key in reported or pods.perhaps_selected(peer.selector, peer.namespace):
                continue
            if peer.is_elsewhere and not pods.selected({}, peer.namespace):
                continue
            reported.add(key)
            if are_made_by_controllers(objects, peer.selector, peer.namespace) or not pods.are_clear(peer.namespace):
                continue
            where = f'namespace "{peer.namespace}"' if peer.is_elsewhere else "the namespace of the policy"
            reason = reason_for_no_pods(objects, member, peer.selector, peer.namespace)
            check.report(
                member,
                peer.at,
                f"the peer selects no pod that is here, in {where}{f'; {reason}' if reason else ''}",
                severity="note" if reason else None,
                fix="use the labels of the pods; for pods of other namespaces add a `namespaceSelector`",
                topic=topic_within(member, "pods"),
            )


@rule_on_all("policy-port-unknown", source=_SOURCE, kinds=("NetworkPolicy",))
def policy_port_unknown(objects: Objects, check: SetCheck) -> None:
    """A NetworkPolicy allows a port that no container has: of its own pods for ingress, of the peers for egress.

    Ports of policies are those of pods, not of the Service in front of them. A number that no container declares while
    all declare others is a warning in an app, and a note elsewhere.
    """
    pods = pods_of(objects)
    for member in _policies(objects):
        own = _own_pods(pods, member)
        for number, rule in enumerate(member.spec.get("ingress") or ()):
            if own:
                place = _SPEC + "ingress" + number + "ports"
                _check_ports(objects, check, member, rule, place, own, "that the policy is for")
        for number, rule in enumerate(member.spec.get("egress") or ()):
            peers = _all_peers(pods, member, number, rule)
            if peers:
                place = _SPEC + "egress" + number + "ports"
                _check_ports(objects, check, member, rule, place, peers, "that it allows to talk to")


def _policies(objects: Objects) -> Iterator[Member]:
    for member in objects.of("networking.k8s.io", "NetworkPolicy"):
        if not is_outside(objects, member):
            yield member


def _own_pods(pods: Pods, member: Member) -> Selected | None:
    selector = member.spec.get("podSelector")
    return pods.perhaps_selected(selector, member.namespace) if selector is not None and is_sound(selector) else None


def _all_peers(pods: Pods, member: Member, number: int, rule: Mapping[str, Any]) -> Selected | None:
    """Return the pods that a rule for egress is about; nothing where it is about more than the pods that are here."""
    given = rule.get("to") or ()
    peers = list(_peers_of(member, "egress", "to", number, rule))
    if not given or len(peers) != len(given):
        return None
    selections = [pods.perhaps_selected(peer.selector, peer.namespace) for peer in peers]
    return Selected([template for selection in selections for template in selection]) if all(selections) else None


def _check_ports(
    objects: Objects,
    check: SetCheck,
    member: Member,
    rule: Mapping[str, Any],
    at: Path,
    templates: Selected,
    whose: str,
) -> None:
    for index, policy_port in enumerate(rule.get("ports") or ()):
        port, protocol = policy_port.get("port"), policy_port.get("protocol") or "TCP"
        if not port or not member.is_clear(*(at + index).steps) or _is_open(templates, port, protocol, policy_port):
            continue
        check.report(
            member,
            at + index + "port",
            f"no container of the pods {whose} has a port {lacking_port(templates, port, protocol)}",
            fix="use a port of the containers: policies look at the pods, not at the Service in front of them",
            severity="warning" if isinstance(port, str) else objects.undeclared,
            see_also=[See(title(template.member.tree), template.member, template.at) for template in templates[:3]],
        )


def _is_open(templates: Selected, port: str | int, protocol: str, policy_port: Mapping[str, Any]) -> bool:
    end = policy_port.get("endPort")
    if not isinstance(port, int) or not end:
        return templates.may_listen(port, protocol)
    if not templates.all_say_ports or not templates.have_clear_ports(port):
        return True
    numbers = (there for there, theirs in templates.ports if theirs == protocol)
    return any(isinstance(there, int) and port <= there <= end for there in numbers)


def _peers(member: Member) -> Iterator[_Peer]:
    for direction, side in _DIRECTIONS:
        for number, rule in enumerate(member.spec.get(direction) or ()):
            yield from _peers_of(member, direction, side, number, rule)


def _peers_of(member: Member, direction: str, side: str, number: int, rule: Mapping[str, Any]) -> Iterator[_Peer]:
    """Yield the peers of which the namespace is known: that of the policy, or one that is selected by its name."""
    for index, peer in enumerate(rule.get(side) or ()):
        selector = peer.get("podSelector")
        namespaces = peer.get("namespaceSelector")
        place = _SPEC + direction + number + side + index
        if not member.is_clear(*place.steps) or not is_sound(selector or {}):
            continue
        if namespaces is None:
            if selector is not None:
                yield _Peer(selector, member.namespace, place + "podSelector", is_elsewhere=False)
        elif (name := _named(namespaces)) is not None:
            yield _Peer(selector or {}, name, place + "podSelector", is_elsewhere=name != member.namespace)


def _named(selector: Mapping[str, Any]) -> str | None:
    """Return the namespace that a selector selects by its name, if that is all it says."""
    labels = selector.get("matchLabels") or {}
    name = labels.get(_NAME_OF_NAMESPACE)
    return name if len(labels) == 1 and name and not selector.get("matchExpressions") else None
