"""Follows names in custom resources: by the table of custom kinds, and by fields `...Ref` with kind and name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kpy.checking.object_set import Member, Objects, See, SetCheck
from kpy.checking.rule import declare
from kpy.objects import title
from kpy.paths import ROOT, Path
from kpy.rules.references.absent import Wanted, report_unfound
from kpy.rules.references.annotated import is_issued
from kpy.rules.references.custom_made import made_by, places_of
from kpy.rules.references.keys import Named
from kpy.rules.references.named_objects import follow, names_within, rule_about
from kpy.rules.references.spelling import misspelled
from kpy.schema.custom.places import Meant, Place, Steps, meant, referring
from kpy.schema.references import Naming
from kpy.schema.scopes import custom_scopes, is_custom_namespaced

__all__ = ["follow_all"]

#: What can be the name of an object: no pattern, and no text that somebody fills in.
_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9.:]*[a-z0-9])?")
_GATEWAYS: Final = ("Gateway", "ListenerSet")

#: Group, kind, name and namespace; the namespace is empty for any, and for kinds without.
Target = Wanted


LISTENER_MISSING: Final = declare(
    "listener-missing",
    "A route of the Gateway API names a listener that the Gateway does not have: it is attached to nothing.",
    source="https://gateway-api.sigs.k8s.io/reference/spec/#parentreference",
    family="reference",
    severity="warning",
)


def follow_all(objects: Objects, check: SetCheck, members: Iterable[Member]) -> None:
    """Follow every name of another object in some custom resources."""
    for member in members:
        known: list[Steps] = []
        for place in places_of(objects, member):
            known.append(place.steps)
            _follow_place(objects, check, member, place)
        for said, steps in referring(member.tree, known):
            _follow_reference(objects, check, member, said, steps)


def target_of(objects: Objects, member: Member, said: Meant) -> Target:
    """Return the object that a custom resource names."""
    group = _group_of(objects, member, said) if said.group is None else said.group
    namespace = member.namespace if said.namespace is None else said.namespace
    if namespace == "*" or not _is_namespaced(objects, group, said.kind):
        namespace = ""
    return Target(group, said.kind, said.name, namespace)


def path_to(steps: Steps) -> Path:
    """Return the path to a place."""
    at = ROOT
    for step in steps:
        at = at + step if isinstance(step, int) or step.isidentifier() else at.key(step)
    return at


def _follow_place(objects: Objects, check: SetCheck, member: Member, place: Place) -> None:
    match place.row.verb:
        case "names":
            _follow_name(objects, check, member, place)
        case "holds":
            from kpy.checking.readable import readable

            held = readable(place.value, place.row.kind, objects.api)
            for named in names_within(objects, member, held, place.row.kind, path_to(place.steps)):
                if _NAME.fullmatch(named.name):
                    follow(objects, check, named)
        case "selects":
            from kpy.rules.references.monitors import check_monitor

            check_monitor(objects, check, member, place)


def _follow_name(objects: Objects, check: SetCheck, member: Member, place: Place) -> None:
    options = place.row.options
    if place.value in options.get("always", "").split(",") or not _NAME.fullmatch(place.value):
        return
    if member.kind in _GATEWAYS and is_issued(member):
        return  # a controller makes the certificates
    target, at = target_of(objects, member, meant(place)), path_to(place.steps)
    if "brought" in options and _is_brought(objects, target):
        return
    if "scales" in options:
        _follow_scaled(objects, check, member, target, at)
        return
    naming = Naming(target.kind, target.group, key_field=options.get("key", ""), can_be_optional=True)
    follow(objects, check, Named(member, place.node, at, place.key, naming, *target))
    if (section := place.node.get(options.get("section", ""))) and isinstance(section, str):
        _check_listener(objects, check, member, target, section, at.parent + options["section"])
    if options.get("port") and (target.group, target.kind) == ("", "Service"):
        from kpy.rules.references.custom_ports import check_port

        check_port(objects, check, member, place.node, options["port"], target, at)


def _is_brought(objects: Objects, target: Target) -> bool:
    """Return whether an object that is not here may well be made by hand: no other is meant, nor one elsewhere."""
    group, kind, name, _ = target
    if objects.find(*target) or (group, kind, name) in objects.by_name:
        return False
    return misspelled(name, [other for (its, of, other) in objects.by_name if (its, of) == (group, kind)]) is None


def _check_listener(objects: Objects, check: SetCheck, member: Member, gateway: Target, name: str, at: Path) -> None:
    """Report a listener that a route wants and that no candidate for its Gateway has."""
    gateways = objects.find(*gateway)
    there = [listener.get("name") for each in gateways for listener in _listeners(each)]
    if there and name not in there and (gateway.group, gateway.kind) == ("gateway.networking.k8s.io", "Gateway"):
        near = misspelled(name, [each for each in there if isinstance(each, str)])
        check.report(
            member,
            at,
            f'{gateway} has no listener "{name}"; it has {", ".join(map(str, there[:8]))}',
            fix=f'did you mean "{near}"?' if near else "use the name of a listener, or add this one to the Gateway",
            severity="warning",
            see_also=[See(title(each.tree), each) for each in gateways[:3]],
            rule=LISTENER_MISSING,
        )


def _listeners(gateway: Member) -> Iterator[Mapping[str, object]]:
    listeners = gateway.spec.get("listeners")
    for listener in listeners if isinstance(listeners, list) else ():
        if isinstance(listener, Mapping):
            yield listener


def _follow_scaled(objects: Objects, check: SetCheck, member: Member, target: Target, at: Path) -> None:
    from kpy.rules.references.scaled_workloads import TARGET_MISSING, report_shared

    report_unfound(objects, check, member, at, target, TARGET_MISSING)
    scalers: dict[Target, Member] = objects.kept.setdefault("scalers of custom kinds", _autoscalers(objects))
    other = scalers.setdefault(target, member)
    if other is not member and (other.kind, other.name) != (member.kind, member.name):
        report_shared(objects, check, member, other, str(target), at)


def _autoscalers(objects: Objects) -> dict[Target, Member]:
    """Return the autoscalers of Kubernetes by what they scale."""
    found: dict[Target, Member] = {}
    for member in objects.of("autoscaling", "HorizontalPodAutoscaler"):
        target = member.spec.get("scaleTargetRef") or {}
        group = (target.get("apiVersion") or "").rpartition("/")[0]
        wanted = Target(group, target.get("kind") or "", target.get("name") or "", member.namespace)
        found.setdefault(wanted, member)
    return found


def _follow_reference(objects: Objects, check: SetCheck, member: Member, said: Meant, steps: Steps) -> None:
    """Report a name in a field that nobody described: only where it is surely a slip, as the object may be made."""
    target, at = target_of(objects, member, said), path_to(steps)
    if objects.is_given(member, at):
        if said.namespace is not None:  # without one, nobody knows where its controller looks
            report_unfound(objects, check, member, at, target, None)
        return
    if not _NAME.fullmatch(target.name) or objects.find(*target) or made_by(objects, *target) is not None:
        return
    names = [name for group, kind, name in objects.by_name if (group, kind) == target[:2]]
    near = misspelled(target.name, names)
    if near is None or objects.is_external(target.kind, target.name, target.namespace):
        return
    if target.name in _names_elsewhere(objects, member):
        return
    check.report(
        member,
        at,
        f"{target} is not {'part of the app' if objects.setting.is_app else 'among the documents'}",
        fix=f'did you mean "{near}"?',
        severity="warning",
        rule=rule_about(target.group, target.kind),
        topic=("absent", target),
    )


def _names_elsewhere(objects: Objects, member: Member) -> frozenset[str]:
    """Return the names that other custom resources have or say: their controllers may make objects of these names."""
    from kpy.rules.references.custom_makers import texts_beside

    return texts_beside(objects, member)


def _group_of(objects: Objects, member: Member, said: Meant) -> str:
    """Return the group of a kind that is said without: its own where that has the kind, else the one that is here."""
    kinds = [group for group, kind in objects.by_kind if kind == said.kind]
    if member.group in kinds or not kinds:
        return member.group if kinds else _built_in(objects, said.kind)
    return "" if "" in kinds else kinds[0]


def _built_in(objects: Objects, kind: str) -> str:
    return next((known.group for known in objects.api.kinds if known.kind == kind), "")


def _is_namespaced(objects: Objects, group: str, kind: str) -> bool:
    if group in objects.api.groups:
        return not objects.api.is_of_cluster(group, kind)
    return is_custom_namespaced(group, kind, _scopes(objects))


def _scopes(objects: Objects) -> Mapping[tuple[str, str], bool]:
    key = "scopes of custom kinds"
    if key not in objects.kept:
        objects.kept[key] = custom_scopes(
            member.tree for member in objects.of("apiextensions.k8s.io", "CustomResourceDefinition")
        )
    scopes: Mapping[tuple[str, str], bool] = objects.kept[key]
    return scopes
