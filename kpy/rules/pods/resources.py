"""Requests and limits of containers."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.amounts import (
    Amount,
    RawAmounts,
    container_resource_fault,
    huge_page_size,
    is_extended,
    is_huge_pages,
    is_native,
    pod_amounts,
    resource_name_fault,
    thousandths,
    units,
)
from kpy.rules.pods.parts import CONTAINER_LISTS, POD_SPEC, is_bare_pod, spec_around
from kpy.syntax.formats import label_fault

_REQUIREMENTS = "core/v1 ResourceRequirements"
_BOTH = (_REQUIREMENTS, POD_SPEC)
#: The fields of the one and the other that have amounts.
_AMOUNTS = ("limits", "requests", "resources", "overhead")
#: The resources that every container can have, in any amount.
_USUAL = frozenset(("cpu", "memory"))

_RESOURCES = "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/"
_NAMES = _RESOURCES + "#resource-types"
_EXTENDED = _RESOURCES + "#extended-resources"
_POD_LEVEL = _RESOURCES + "#pod-level-resource-specification"
_HUGE_PAGES = "https://kubernetes.io/docs/tasks/manage-hugepages/scheduling-hugepages/"
_CLAIMS = "https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/"


@rule("resource-name-invalid", on=_BOTH, source=_NAMES, needs=_AMOUNTS)
def resource_name_invalid(value: Tree, at: Path, check: Check) -> None:
    """A container's resource is cpu, memory, ephemeral-storage, huge pages of a size, or one with a domain."""
    for side, name, _ in check.once(_special, value, at):
        if fault := _name_fault(name, side, at):
            check.report(_place(at, side).key(name), f'resource "{name}" {fault}', field=_said(at, side).key(name))


def _name_fault(name: str, side: str, at: Path) -> str | None:
    if side == "overhead" or at.field == "resources":
        return container_resource_fault(name)
    fault = resource_name_fault(name)
    return fault or (None if _is_for_pods(name) else "is not for whole pods; cpu, memory and huge pages are")


@rule("resource-negative", on=_BOTH, source=_RESOURCES, needs=_AMOUNTS)
def resource_negative(value: Tree, at: Path, check: Check) -> None:
    """An amount of a resource must not be negative."""
    for side, amounts in check.once(_sides, value, at).items():
        for name, amount in amounts.items():
            if thousandths(amount) < 0:
                message = f"`{name}` is {amount}, and must not be negative"
                check.report(_place(at, side).key(name), message, field=_said(at, side).key(name))


@rule("resource-not-whole", on=_BOTH, source=_EXTENDED, needs=_AMOUNTS)
def resource_not_whole(value: Tree, at: Path, check: Check) -> None:
    """Resources with a domain, such as devices, come in whole pieces."""
    for side, name, amount in check.once(_special, value, at):
        if "/" in name and is_extended(name) and thousandths(amount) % 1000:
            message = f"`{name}` is {amount}, and must be a whole number"
            check.report(_place(at, side).key(name), message, field=_said(at, side).key(name))


@rule("huge-pages-divided", on=_BOTH, source=_HUGE_PAGES, needs=_AMOUNTS)
def huge_pages_divided(value: Tree, at: Path, check: Check) -> None:
    """An amount of huge pages must be a multiple of their size, and the size must be in the name."""
    for side, name, amount in check.once(_special, value, at):
        if not is_huge_pages(name):
            continue
        place, server_field = _place(at, side).key(name), _said(at, side).key(name)
        size = huge_page_size(name)
        if size is None:
            check.report(place, f'"{name}" does not say a size of pages, as in "hugepages-2Mi"', field=server_field)
        elif -(-thousandths(amount) // 1000) % units(size):
            check.report(place, f"`{name}` is {amount}, which is not a number of whole pages", field=server_field)


@rule("huge-pages-alone", on=_BOTH, source=_HUGE_PAGES, needs=_AMOUNTS)
def huge_pages_alone(value: Tree, at: Path, check: Check) -> None:
    """A container with huge pages must also have a request or limit of cpu or memory."""
    special = check.once(_special, value, at)
    with_pages = {side == "overhead" for side, name, _ in special if is_huge_pages(name)} if special else ()
    for is_overhead in sorted(with_pages):
        sides = check.once(_sides, value, at).items()
        if not any(amounts.keys() & _USUAL for side, amounts in sides if (side == "overhead") is is_overhead):
            where = at + "overhead" if is_overhead else _resources(at)
            check.report(where, "huge pages are set, but neither cpu nor memory", fix="set cpu or memory too")


@rule("request-above-limit", on=_BOTH, source=_RESOURCES, needs=_AMOUNTS)
def request_above_limit(value: Tree, at: Path, check: Check) -> None:
    """A request must not be above the limit of the same resource."""
    for name, request, limit in check.once(_pairs, value, at):
        if limit is not None and thousandths(request) > thousandths(limit) and _may_differ(name):
            message = f"the request of {request} {name} is above the limit of {limit}"
            check.report(_resources(at) + "requests", message, fix="lower the request, or raise the limit")


@rule("request-unlike-limit", on=_BOTH, source=_EXTENDED, needs=_AMOUNTS)
def request_unlike_limit(value: Tree, at: Path, check: Check) -> None:
    """Huge pages and resources with a domain are not shared: request and limit must be the same."""
    for name, request, limit in check.once(_pairs, value, at):
        if name in _USUAL or limit is None or _may_differ(name):
            continue
        if thousandths(request) != thousandths(limit):
            message = f"the request of `{name}` is {request} and its limit {limit}; they must be the same"
            check.report(_resources(at) + "requests", message, fix="set the limit only")


@rule("request-without-limit", on=_BOTH, source=_EXTENDED, needs=_AMOUNTS)
def request_without_limit(value: Tree, at: Path, check: Check) -> None:
    """Huge pages and resources with a domain must have a limit."""
    for name, _, limit in check.once(_pairs, value, at):
        if limit is None and name not in _USUAL and not _may_differ(name):
            message = f"`{name}` is requested, but has no limit"
            check.report(_resources(at) + "limits", message, fix="set the limit to what is requested")


@rule("pod-resources-on-windows", on=POD_SPEC, source=_POD_LEVEL, needs="resources")
def pod_resources_on_windows(spec: Tree, at: Path, check: Check) -> None:
    """A pod for Windows has no requests and limits as a whole."""
    if "resources" in spec and _is_windows(spec) and check.at_least("1.34"):
        message = "a pod for Windows must not have `resources` as a whole"
        check.report(at + "resources", message, fix="set `resources` of its containers")


@rule("pod-resources-claims", on=POD_SPEC, source=_POD_LEVEL, needs="resources")
def pod_resources_claims(spec: Tree, at: Path, check: Check) -> None:
    """The resources of a whole pod have no claims; those of containers have."""
    if "claims" in spec.get("resources", ()) and not _is_windows(spec) and check.at_least("1.34"):
        check.report(at + "resources" + "claims", "`resources` of a pod must not have `claims`", fix="remove `claims`")


@rule("pod-request-below-containers", on=POD_SPEC, source=_POD_LEVEL, needs="resources")
def pod_request_below_containers(spec: Tree, at: Path, check: Check) -> None:
    """The request of a whole pod must not be below what its containers request together."""
    if not _has_pod_level(spec, check):
        return
    requests = _of_pod(spec, check)["requests"]
    for name, together in pod_amounts(spec, "requests", implied=is_bare_pod(check)).items():
        if name in requests and thousandths(together) > thousandths(requests[name]):
            message = f"the pod requests {requests[name]} {name}, its containers {together} together"
            check.report((at + "resources" + "requests").key(name), message, fix=f"request {together}")


@rule("pod-huge-pages-below-containers", on=POD_SPEC, source=_POD_LEVEL, needs="resources")
def pod_huge_pages_below_containers(spec: Tree, at: Path, check: Check) -> None:
    """The limit of huge pages of a whole pod must not be below those of its containers together."""
    if not _has_pod_level(spec, check):
        return
    limits = _of_pod(spec, check)["limits"]
    for name, together in pod_amounts(spec, "limits", implied=False).items():
        if is_huge_pages(name) and name in limits and thousandths(together) > thousandths(limits[name]):
            message = f"the pod's limit of `{name}` is {limits[name]}, its containers' {together} together"
            check.report((at + "resources" + "limits").key(name), message, fix=f"set it to {together}")


@rule("container-limit-above-pod", on=POD_SPEC, source=_POD_LEVEL, needs="resources")
def container_limit_above_pod(spec: Tree, at: Path, check: Check) -> None:
    """The limit of a container must not be above that of its whole pod."""
    if not _has_pod_level(spec, check):
        return
    limits = _of_pod(spec, check)["limits"]
    for index, container in enumerate(spec.get("containers", ())):
        for name, limit in container.get("resources", {}).get("limits", {}).items():
            if name in limits and thousandths(limit) > thousandths(limits[name]):
                message = f"the limit of {limit} {name} is above the pod's, which is {limits[name]}"
                check.report((at + "containers" + index + "resources" + "limits").key(name), message)


@rule("resource-claim-reference", on=_REQUIREMENTS, source=_CLAIMS, needs="claims")
def resource_claim_reference(resources: Tree, at: Path, check: Check) -> None:
    """A container can use the claims in the pod's `resourceClaims` only, and must name them."""
    spec = spec_around(at, check) or check.value(at.parent) or {}
    claim_names = [claim.get("name") for claim in spec.get("resourceClaims", ()) if isinstance(claim, dict)]
    for index, claim in enumerate(_claims(resources, check)):
        name = claim.get("name")
        if not name:
            check.report(at + "claims" + index, "a claim has no `name`", fix="name one of `resourceClaims`")
        elif name not in claim_names:
            check.report(at + "claims" + index, f'the pod has no claim "{name}" in `resourceClaims`')


@rule("resource-claim-request-invalid", on=_REQUIREMENTS, source=_CLAIMS, needs="claims")
def resource_claim_request_invalid(resources: Tree, at: Path, check: Check) -> None:
    """A request within a claim is named by a DNS label."""
    for index, claim in enumerate(_claims(resources, check)):
        request = claim.get("request")
        if claim.get("name") and request and (fault := label_fault(request)):
            check.report(at + "claims" + index + "request", f'request "{request}" {fault}')


@rule("resource-claim-used-twice", on=_REQUIREMENTS, source=_CLAIMS, needs="claims")
def resource_claim_used_twice(resources: Tree, at: Path, check: Check) -> None:
    """A container uses a claim once: as a whole, or each of its requests."""
    seen: set[tuple[str, str]] = set()
    for index, claim in enumerate(_claims(resources, check)):
        name, request = claim.get("name", ""), claim.get("request", "")
        whole = (name, "") in seen or (not request and any(name == used for used, _ in seen))
        if name and (whole or (name, request) in seen):
            check.report(at + "claims" + index, f'claim "{name}" is used twice', fix="remove one of the two")
        elif name:
            seen.add((name, request))


def _resources(at: Path) -> Path:
    return at if at.field == "resources" else at + "resources"


def _place(at: Path, side: str) -> Path:
    """Return the place of limits, requests or overhead."""
    return at + side if side == "overhead" else _resources(at) + side


def _said(at: Path, side: str) -> Path:
    """Return what a server calls that place."""
    return at + side + "limits" if side == "overhead" else _resources(at) + side


def _sides(value: Tree, at: Path, check: Check) -> dict[str, RawAmounts]:
    """Return the amounts in the resources of a container, or those in a pod spec: overhead and resources."""
    effective = check.once(_effective, value, at)
    if at.field != "resources" and value.get("overhead"):
        return effective | {"overhead": value["overhead"]}
    return effective


def _special(value: Tree, at: Path, check: Check) -> list[tuple[str, str, Amount]]:
    """Return the amounts of what is neither cpu nor memory, each with where it is and its name."""
    return [
        (side, name, amount)
        for side, amounts in check.once(_sides, value, at).items()
        for name, amount in amounts.items()
        if name not in _USUAL
    ]


def _pairs(value: Tree, at: Path, check: Check) -> list[tuple[str, Amount, Amount | None]]:
    """Return the requests, each with its limit if there is one."""
    sides = check.once(_effective, value, at)
    limits = sides.get("limits", {})
    return [(name, request, limits.get(name)) for name, request in sides.get("requests", {}).items()]


def _effective(value: Tree, at: Path, check: Check) -> dict[str, RawAmounts]:
    """Return limits and requests as a server takes them: in a bare Pod a missing request is the limit.

    The value is the resources of a container, or a pod spec, whose own are filled in from its containers. The resources
    of a whole pod are looked at with the pod spec, and not when they come alone.
    """
    if at.field != "resources":
        return _of_pod(value, check) if _has_pod_level(value, check) else {}
    if at.parent.field not in CONTAINER_LISTS:
        return {}
    amounts = {side: value[side] for side in ("limits", "requests") if side in value}
    if "limits" in amounts and is_bare_pod(check) and at.parent.field != "ephemeralContainers":
        amounts["requests"] = {**amounts["limits"], **amounts.get("requests", {})}
    return amounts


def _of_pod(spec: Tree, check: Check) -> dict[str, RawAmounts]:
    """Return limits and requests of a whole pod; those of a bare Pod are partly filled in from its containers."""
    resources = spec["resources"]
    limits: dict[str, Amount] = dict(resources.get("limits", {}))
    requests: dict[str, Amount] = dict(resources.get("requests", {}))
    if is_bare_pod(check) and (limits or requests):
        for name, together in pod_amounts(spec, "limits", implied=False).items():
            if is_huge_pages(name) and name not in requests:
                limits.setdefault(name, together)
    if is_bare_pod(check) and limits:
        for name, together in pod_amounts(spec, "requests", implied=True).items():
            if name in ("cpu", "memory"):
                requests.setdefault(name, together)
        for name, limit in limits.items():
            if _is_for_pods(name):
                requests.setdefault(name, limit)
    return {"limits": limits, "requests": requests}


def _has_pod_level(spec: Tree, check: Check) -> bool:
    return "resources" in spec and check.at_least("1.34") and not _is_windows(spec)


def _claims(resources: Tree, check: Check) -> tuple[Tree, ...]:
    """Return the claims, which a server before 1.34 forgets."""
    return tuple(resources["claims"]) if check.at_least("1.34") else ()


def _is_windows(spec: Tree) -> bool:
    return bool(spec.get("os", {}).get("name") == "windows")


def _is_for_pods(name: str) -> bool:
    return name in ("cpu", "memory") or is_huge_pages(name)


def _may_differ(name: str) -> bool:
    """Return whether more of the resource may be promised than there is."""
    return is_native(name) and not is_huge_pages(name)
