"""Pods that may talk to others by name, and may not look names up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kpy.checking.object_set import Member, Objects, See, SetCheck, rule_on_all
from kpy.objects import title
from kpy.paths import ROOT, Path
from kpy.rules.references.elsewhere import is_outside
from kpy.rules.references.selected_pods import Template, pods_of
from kpy.syntax.selectors import is_sound

__all__: list[str] = []

_SOURCE: Final = "https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies"
_DNS: Final = 53


@rule_on_all("egress-without-dns", source=_SOURCE, kinds=("NetworkPolicy",))
def egress_without_dns(objects: Objects, check: SetCheck) -> None:
    """NetworkPolicies let pods talk to other pods, but not to the cluster's DNS: no name of a Service is found.

    What is allowed by addresses alone needs no names, and neither do pods that may talk to nobody.
    """
    pods = pods_of(objects)
    alike: dict[tuple[str, str], list[Member]] = {}
    for member in objects.of("networking.k8s.io", "NetworkPolicy"):
        selector = member.spec.get("podSelector")
        if selector is None or not is_sound(selector) or not _isolates(member) or is_outside(objects, member):
            continue
        alike.setdefault((member.namespace, repr(selector)), []).append(member)
    isolating: dict[int, tuple[Template, list[_Alike]]] = {}
    for (namespace, _), policies in alike.items():
        group = _Alike(policies)
        for template in pods.perhaps_selected(policies[0].spec["podSelector"], namespace):
            isolating.setdefault(id(template), (template, []))[1].append(group)
    reported: set[tuple[int, ...]] = set()
    for template, groups in isolating.values():
        numbers = tuple(map(id, groups))
        place = next((group.place for group in groups if group.place is not None), None)
        if place is None or numbers in reported or not _needs_names(template):
            continue
        if not any(group.allows_dns for group in groups):
            reported.add(numbers)
            _report(check, template, place)


class _Alike:
    """Policies with one selector."""

    def __init__(self, policies: list[Member]) -> None:
        self.place = next(filter(None, map(_first_to_pods, policies)), None)
        self.allows_dns = any(_allows_dns(rule) for policy in policies for rule in _rules(policy))


def _report(check: SetCheck, template: Template, place: tuple[Member, Path]) -> None:
    policy, at = place
    check.report(
        policy,
        at,
        f"the pods of {title(template.member.tree)} may talk to others, and may not look up their names: "
        "no policy allows port 53",
        fix="allow egress to the DNS of the cluster, UDP and TCP 53; in an app: `allow_dns(...)`",
        see_also=[See(title(template.member.tree), template.member)],
    )


def _rules(policy: Member) -> list[Mapping[str, Any]]:
    return policy.spec.get("egress") or []


def _isolates(policy: Member) -> bool:
    """Return whether a policy is about egress; what cannot be read may allow anything."""
    if not policy.is_readable("spec", "egress") or not policy.is_readable("spec", "policyTypes"):
        return False
    types = policy.spec.get("policyTypes")
    return "Egress" in types if types else bool(_rules(policy))


def _needs_names(template: Template) -> bool:
    spec = template.spec
    return not spec.get("hostNetwork") and spec.get("dnsPolicy") not in ("None", "Default")


def _first_to_pods(policy: Member) -> tuple[Member, Path] | None:
    """Return the first place where a policy allows to talk to pods."""
    for number, rule in enumerate(_rules(policy)):
        for peer in rule.get("to") or ():
            if "podSelector" in peer or "namespaceSelector" in peer:
                return policy, ROOT + "spec" + "egress" + number
    return None


def _allows_dns(rule: Mapping[str, Any]) -> bool:
    ports = rule.get("ports")
    if ports:
        return any(_is_dns(port) for port in ports)
    peers = rule.get("to")
    return not peers or any(_may_be_dns(peer) for peer in peers)


def _is_dns(port: Mapping[str, Any]) -> bool:
    number = port.get("port")
    if number is None:
        return (port.get("protocol") or "TCP") == "UDP"
    if isinstance(number, str):
        return "dns" in number or number == str(_DNS)
    return bool(number <= _DNS <= (port.get("endPort") or number))


def _may_be_dns(peer: Mapping[str, Any]) -> bool:
    """Return whether a peer whose ports are all allowed may be the DNS: it is not of the policy's own namespace."""
    return "ipBlock" in peer or "namespaceSelector" in peer
