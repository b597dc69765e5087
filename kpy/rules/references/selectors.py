"""Selectors of Services, NetworkPolicies, disruption budgets and workloads: which pods here they select."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from kpy.checking.object_set import Member, Objects, See, SetCheck, check_on_all, rule_on_all, topic_within
from kpy.checking.rule import declare
from kpy.objects import title
from kpy.paths import ROOT, Path
from kpy.rules.programs import FOREIGN_PODS
from kpy.rules.references.elsewhere import are_made_by_controllers, is_outside, reason_for_no_pods
from kpy.rules.references.selected_pods import WITH_PODS, Pods, Template, distinct, pods_of, selector_of_labels
from kpy.syntax.selectors import is_empty, is_sound

__all__: list[str] = []

_SERVICES: Final = "https://kubernetes.io/docs/concepts/services-networking/service/"
_POLICIES: Final = "https://kubernetes.io/docs/concepts/services-networking/network-policies/"
_BUDGETS: Final = "https://kubernetes.io/docs/concepts/workloads/pods/disruptions/"
_SPEC: Final = ROOT + "spec"

_SELECTS_NOTHING: Final = {
    kind: declare(
        f"{word}-selects-no-pod",
        f"A {kind} selects no pod that is here: {consequence}.\n\n"
        "It is a note where something among the documents may make such pods at run time.",
        source=source,
        family="reference",
        severity="warning",
    )
    for kind, word, consequence, source in (
        ("Service", "service", "it leads nowhere", _SERVICES),
        ("NetworkPolicy", "network-policy", "it protects nothing", _POLICIES),
        ("PodDisruptionBudget", "budget", "it protects nothing", _BUDGETS),
    )
}


@check_on_all(kinds=("Service", "NetworkPolicy", "PodDisruptionBudget"))
def follow_selectors(objects: Objects, check: SetCheck) -> None:
    """Look up what Services, policies and budgets select."""
    pods = pods_of(objects)
    for member, selector, at in _selectors(objects):
        selected = pods.perhaps_selected(selector, member.namespace)
        if not selected:
            is_elsewhere = is_outside(objects, member) or are_made_by_controllers(objects, selector, member.namespace)
            if not is_elsewhere and pods.are_clear(member.namespace):
                _report_nothing(check, member, at, reason_for_no_pods(objects, member, selector, member.namespace))
            continue
        meant = objects.given(member, at)
        if meant is not None:
            others = [template for template in selected if template.member is not meant]
            if others:
                _report_foreign(check, member, at, others)


def _selectors(objects: Objects) -> Iterator[tuple[Member, Mapping[str, Any], Path]]:
    for member in objects.of("", "Service"):
        labels = member.spec.get("selector")
        if labels and is_sound(selector_of_labels(labels)) and member.spec.get("type") != "ExternalName":
            yield member, selector_of_labels(labels), _SPEC + "selector"
    for group, kind, field in (
        ("networking.k8s.io", "NetworkPolicy", "podSelector"),
        ("policy", "PodDisruptionBudget", "selector"),
    ):
        for member in objects.of(group, kind):
            selector = member.spec.get(field)
            if selector and not is_empty(selector) and is_sound(selector):
                yield member, selector, _SPEC + field


def _report_nothing(check: SetCheck, member: Member, at: Path, reason: str) -> None:
    """Report a selector that selects nothing; where the pods may be made at run time, this is a note."""
    check.report(
        member,
        at,
        f"the selector {_words(member, at)} selects no pod that is here{f'; {reason}' if reason else ''}",
        severity="note" if reason else None,
        fix="use the labels of the pods; for pods that others make, "
        f'write `external = ["{member.kind}/{member.name}"]` under [tool.kpy]',
        rule=_SELECTS_NOTHING[member.kind],
        topic=topic_within(member, "pods"),
    )


def _words(member: Member, at: Path) -> str:
    """Return a selector as people write it: `app=web,tier in (a, b)`."""
    selector = member.spec[at.field]
    labels = selector if member.kind == "Service" else selector.get("matchLabels") or {}
    words = [f"{key}={value}" for key, value in labels.items()]
    for requirement in (selector.get("matchExpressions") or ()) if member.kind != "Service" else ():
        values = f" ({', '.join(requirement['values'])})" if requirement.get("values") else ""
        words.append(f"{requirement.get('key')} {requirement.get('operator')}{values}")
    return ",".join(words)


def _report_foreign(check: SetCheck, member: Member, at: Path, others: list[Template]) -> None:
    names = ", ".join(title(template.member.tree) for template in others[:3])
    check.report(
        member,
        at,
        f"the selector {_words(member, at)} selects the pods of {names} too",
        fix="give one of them other labels, or another selector",
        see_also=[See(title(template.member.tree), template.member) for template in others[:3]],
        rule=FOREIGN_PODS,
    )


@rule_on_all(
    "selectors-overlap",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector",
    kinds=("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"),
)
def selectors_overlap(objects: Objects, check: SetCheck) -> None:
    """The selector of a workload selects the pods of another one: each takes the other's pods for its own."""
    pods = pods_of(objects)
    for group, kinds in (
        ("apps", ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")),
        ("", ("ReplicationController",)),
    ):
        for member in objects.of(group, *kinds):
            selector = member.spec.get("selector") or {}
            plain = selector_of_labels(selector) if group == "" else selector
            if is_empty(plain):
                continue
            selected = pods.selected(plain, member.namespace)
            others = distinct(islice((template for template in selected if _is_rival(template, member)), 20))[:3]
            if others and objects.together(member, *(template.member for template in others)):
                _report_overlap(check, member, others)


def _is_rival(template: Template, member: Member) -> bool:
    """Return whether both live side by side: not two versions of one object."""
    other = template.member
    return other is not member and (other.kind, other.name, other.namespace) != (
        member.kind,
        member.name,
        member.namespace,
    )


def _report_overlap(check: SetCheck, member: Member, others: list[Template]) -> None:
    names = ", ".join(title(template.member.tree) for template in others[:3])
    check.report(
        member,
        _SPEC + "selector",
        f"the selector selects the pods of {names} as well",
        fix="give each workload a label of its own, in its selector and on its pods",
        see_also=[See(title(other.member.tree), other.member, other.at) for other in others[:3]],
        topic=("overlap", frozenset(id(each) for each in (member, *(other.member for other in others)))),
    )


@rule_on_all("budgets-overlap", source=_BUDGETS, kinds=("PodDisruptionBudget",))
def budgets_overlap(objects: Objects, check: SetCheck) -> None:
    """Two disruption budgets cover the same pods: a server refuses to evict such pods, so that nodes do not drain."""
    pods: Pods = pods_of(objects)
    first: dict[int, Member] = {}
    for member in objects.of("policy", "PodDisruptionBudget"):
        selector = member.spec.get("selector")
        for template in pods.selected(selector, member.namespace) if selector else ():
            other = first.setdefault(id(template), member)
            if other is member or (other.name, other.namespace) == (member.name, member.namespace):
                continue
            check.report(
                member,
                _SPEC + "selector",
                f"{title(template.member.tree)} has a budget already; nobody can evict pods with two",
                fix="keep one of both",
                see_also=[See(title(other.tree), other)],
            )
            break


@rule_on_all(
    "spread-misses-own-pods",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
    kinds=WITH_PODS,
)
def spread_misses_own_pods(objects: Objects, check: SetCheck) -> None:
    """A spread constraint selects pods other than those that it stands in, so that it does not spread them."""
    for template in pods_of(objects).templates:
        for index, constraint in enumerate(template.spec.get("topologySpreadConstraints") or ()):
            selector = constraint.get("labelSelector")
            if not selector or not is_sound(selector) or not template.has_clear_labels:
                continue
            if not Pods.fits(selector, template.labels):
                check.report(
                    template.member,
                    template.at + "spec" + "topologySpreadConstraints" + index + "labelSelector",
                    "the constraint does not select the pods that it stands in",
                    fix="select the labels of the pod template",
                )
