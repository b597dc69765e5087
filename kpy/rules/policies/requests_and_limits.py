"""Requests and limits of containers."""

from __future__ import annotations

from typing import Final

from kpy.checking.object_set import Objects, SetCheck
from kpy.checking.policies import policy_on_all
from kpy.objects import Tree
from kpy.rules.references.selected_pods import pods_of

__all__: list[str] = []

_SOURCE: Final = "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/"
_GROUPS: Final = ("resources",)
_WORDS: Final = {"cpu": "CPU", "ephemeral-storage": "ephemeral storage"}


def _require(objects: Objects, check: SetCheck, side: str, resource: str) -> None:
    """Report the containers that lack an amount, where neither the pod nor a LimitRange of its namespace gives one."""
    word = f"{_WORDS.get(resource, resource)} {side.removesuffix('s')}"
    for template in pods_of(objects).templates:
        if _has(template.spec, side, resource) or _is_given(objects, template.member.namespace, side, resource):
            continue
        for field in ("initContainers", "containers"):
            for index, container in enumerate(template.spec.get(field) or ()):
                # a request that is not given is the limit
                has = _has(container, side, resource) or (side == "requests" and _has(container, "limits", resource))
                if has:
                    continue
                is_done_soon = field == "initContainers" and container.get("restartPolicy") != "Always"
                check.report(
                    template.member,
                    (template.at + "spec" + field + index + "resources" + side).key(resource),
                    f'container "{container.get("name")}" has no {word}',
                    fix=f"set `resources.{side}.{resource}`",
                    severity="note" if is_done_soon else None,
                )


def _has(owner: Tree, side: str, resource: str) -> bool:
    return ((owner.get("resources") or {}).get(side) or {}).get(resource) is not None


def _is_given(objects: Objects, namespace: str, side: str, resource: str) -> bool:
    """Return whether a LimitRange gives containers of a namespace an amount that they do not say."""
    fields = ("defaultRequest", "default", "max") if side == "requests" else ("default", "max")
    return any(
        (limit.get(field) or {}).get(resource) is not None
        for member in objects.of("", "LimitRange")
        if member.namespace == namespace
        for limit in member.spec.get("limits") or ()
        if limit.get("type") == "Container"
        for field in fields
    )


@policy_on_all("cpu-request-missing", source=_SOURCE, groups=_GROUPS)
def cpu_request_missing(objects: Objects, check: SetCheck) -> None:
    """A container has no CPU request, and no CPU limit that would take its place.

    Why: The scheduler takes it for a container that needs nothing: it is put on full nodes, and gets the least when CPU
    is short.
    """
    _require(objects, check, "requests", "cpu")


@policy_on_all("memory-request-missing", source=_SOURCE, groups=_GROUPS)
def memory_request_missing(objects: Objects, check: SetCheck) -> None:
    """A container has no memory request, and no memory limit that would take its place.

    Why: The scheduler takes it for a container that needs nothing: it is put on full nodes, and evicted first when
    memory is short.
    """
    _require(objects, check, "requests", "memory")


@policy_on_all("cpu-limit-missing", source=_SOURCE, groups=_GROUPS)
def cpu_limit_missing(objects: Objects, check: SetCheck) -> None:
    """A container has no CPU limit.

    Why: Some clusters ask for one, for a quota or for fair shares. It slows a container down even while the node is
    idle, so that many do without.
    """
    _require(objects, check, "limits", "cpu")


@policy_on_all("memory-limit-missing", source=_SOURCE, groups=_GROUPS)
def memory_limit_missing(objects: Objects, check: SetCheck) -> None:
    """A container has no memory limit.

    Why: A leak grows until the node has no memory left, and the kernel ends other programs there.
    """
    _require(objects, check, "limits", "memory")


@policy_on_all("ephemeral-storage-limit-missing", source=_SOURCE)
def ephemeral_storage_limit_missing(objects: Objects, check: SetCheck) -> None:
    """A container has no limit of ephemeral storage. The group `resources` does not ask for it, since few set one.

    Why: Its logs and files can fill the disk of the node, and then pods of others are evicted.
    """
    _require(objects, check, "limits", "ephemeral-storage")
