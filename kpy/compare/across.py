"""What changes of some objects do to others beside them: Services without pods, pods without what they need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from kpy.compare.changes import Change
from kpy.compare.judgements import Effect, Judgement, worst
from kpy.compare.needs import Need, keys_of, needs_of
from kpy.compare.replicas import autoscaled
from kpy.compare.sides import Side, selector_of
from kpy.compare.traffic import denied, limited
from kpy.compare.values import count_at, mapping_at, mappings_at, number, value_at
from kpy.objects import Key, Tree
from kpy.schema.templates import TEMPLATES
from kpy.syntax.selectors import matches

__all__ = ["judge_across"]

#: An object whose change does something to others, and what.
Found = Iterator[tuple[Key, Judgement]]

#: What selects pods, and what it means that it selects none any more.
_SELECTING: tuple[tuple[str, str, Effect, str], ...] = (
    ("", "Service", "outage", "leads to no pods any more"),
    ("policy", "PodDisruptionBudget", "update in place", "protects no pods any more"),
    ("networking.k8s.io", "NetworkPolicy", "update in place", "selects no pods any more"),
)
_NEEDED = ("ConfigMap", "Secret", "ServiceAccount", "PersistentVolumeClaim")


def judge_across(changes: Sequence[Change], before: Iterable[Tree], after: Iterable[Tree]) -> list[Change]:
    """Return changes with what they do to other objects; `before` and `after` are all objects, changed or not."""
    if all(change.effect == "no change" for change in changes):
        return list(changes)
    old, new = Side(before), Side(after)
    moved = {key for key, labels in old.pods.items() if new.pods.get(key) != labels}
    added: dict[Key, list[Judgement]] = {}
    for judge in (_judge_selectors, _judge_policies, _judge_autoscalers, _judge_needs, _judge_routes):
        for key, judgement in judge(old, new, moved):
            added.setdefault(key, []).append(judgement)
    return [_with(change, added.get(_key_of(change), ())) for change in changes]


def _with(change: Change, judgements: Sequence[Judgement]) -> Change:
    if not judgements:
        return change
    found = worst([Judgement(change.effect, change.reasons), *judgements])
    return change._replace(effect=found.effect, reasons=found.reasons)


def _key_of(change: Change) -> Key:
    return Key(change.api_version.rpartition("/")[0], change.kind, change.namespace, change.name)


def _judge_selectors(before: Side, after: Side, moved: Collection[Key]) -> Found:
    """Yield that Services, budgets and policies select no pods any more."""
    namespaces = {key.namespace for key in moved}
    for group, kind, effect, what in _SELECTING:
        for key, tree in after.of(group, kind):
            old = before.objects.get(key)
            if old is None or value_at(tree, "spec", "type") == "ExternalName":
                continue
            was, now = selector_of(kind, old), selector_of(kind, tree)
            if now is None or (was == now and key.namespace not in namespaces):
                continue
            had = list(before.selected(was, key.namespace))
            if not had or any(after.selected(now, key.namespace)):
                continue
            for cause in [key] if was != now else [each for each in had if each in moved]:
                yield cause, Judgement(effect, (f"{'it' if cause == key else key} {what}",))


def _judge_policies(before: Side, after: Side, moved: Collection[Key]) -> Found:
    """Yield that what a network policy let through is let through no more, since others let nothing through."""
    policies = list(after.of("networking.k8s.io", "NetworkPolicy"))
    namespaces = {key.namespace for key in moved}
    for key, tree in before.of("networking.k8s.io", "NetworkPolicy"):
        now = after.objects.get(key)
        if now is not None and key.namespace not in namespaces and now.get("spec") == tree.get("spec"):
            continue
        for pods in before.selected(selector_of("NetworkPolicy", tree), key.namespace):
            labels = after.pods.get(pods)
            if labels is None or (now is not None and _selects(now, labels)):
                continue
            left = [each for other, each in policies if other.namespace == key.namespace and _selects(each, labels)]
            for direction in sorted(limited(tree) - denied(tree)):
                limiting = [each for each in left if direction in limited(each)]
                if limiting and all(direction in denied(each) for each in limiting):
                    cause, whom = (pods, "it") if pods in moved and now is not None else (key, str(pods))
                    yield cause, Judgement("outage", (f"no {direction} is let through any more to or from {whom}",))


def _selects(policy: Tree, labels: Tree) -> bool:
    return matches(selector_of("NetworkPolicy", policy), labels)


def _judge_autoscalers(before: Side, after: Side, moved: Collection[Key]) -> Found:
    """Yield that an autoscaler takes pods away, or has nothing to scale."""
    most_before = autoscaled(before.objects.values())
    for key, tree in after.of("autoscaling", "HorizontalPodAutoscaler"):
        kind, name = (str(value_at(tree, "spec", "scaleTargetRef", field) or "") for field in ("kind", "name"))
        target = before.named.get((kind, key.namespace, name))
        if target is not None and target not in after.objects:
            yield target, Judgement("update in place", (f"{key} has nothing to scale any more",))
        old, most = before.objects.get(key, {}), number(value_at(tree, "spec", "maxReplicas"))
        if most is None or most == value_at(old, "spec", "maxReplicas"):
            continue
        current, up_to = _replicas(old, before.objects.get(target, {}) if target else {}), ""
        if current is None and (current := most_before.get((kind, key.namespace, name))) is not None:
            up_to = "up to "
        if current is not None and most < current:
            reason = f'{kind} "{name}" goes from {up_to}{current} to at most {most} pods'
            yield key, Judgement("scale down", (reason,))


def _replicas(autoscaler: Tree, target: Tree) -> int | None:
    """Return how many pods an autoscaler has to do with; nothing where only a server knows."""
    status = mapping_at(autoscaler, "status")
    if "desiredReplicas" in status:
        return count_at(status, "currentReplicas", default=0)
    return number(value_at(target, "spec", "replicas"))


def _judge_needs(before: Side, after: Side, moved: Collection[Key]) -> Found:
    """Yield that pods cannot start any more, as an object or a key of it goes."""
    lost: dict[Need, tuple[Key, str]] = {}
    for key, tree in (pair for kind in _NEEDED for pair in before.of("", kind)):
        need, now = Need(key.kind, key.namespace, key.name), after.objects.get(key)
        if now is None:
            lost[need] = key, "it"
        else:
            gone = sorted(keys_of(tree) - keys_of(now))
            lost |= {need._replace(key=name): (key, f"its key {name!r}") for name in gone}
    if not lost:
        return
    users: dict[Need, list[Key]] = {}
    for key, tree in (pair for kind in TEMPLATES for pair in after.of(*kind)):
        for need in needs_of(tree) & lost.keys():
            users.setdefault(need, []).append(key)
    for need, using in users.items():
        cause, what = lost[need]
        more = f" and {len(using) - 2} more" if len(using) > 2 else ""
        names = ", ".join(map(str, using[:2]))
        yield cause, Judgement("outage", (f"new pods of {names}{more} cannot start without {what}",))


def _judge_routes(before: Side, after: Side, moved: Collection[Key]) -> Found:
    """Yield that a Service goes to which an Ingress leads."""
    for key, tree in after.of("networking.k8s.io", "Ingress"):
        for name in sorted(_backends(tree)):
            service = Key("", "Service", key.namespace, name)
            if service in before.objects and service not in after.objects:
                yield service, Judgement("outage", (f"{key} leads to it",))


def _backends(ingress: Tree) -> set[str]:
    backends = [mapping_at(ingress, "spec", "defaultBackend")]
    for rule in mappings_at(ingress, "spec", "rules"):
        backends += [mapping_at(path, "backend") for path in mappings_at(rule, "http", "paths")]
    return {str(name) for backend in backends if (name := value_at(backend, "service", "name"))}
