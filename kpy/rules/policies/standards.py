"""What the rules of the Pod Security Standards share: pods wherever they are described, and their containers.

https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Final

from kpy.checking.check import Check
from kpy.checking.policies import policy
from kpy.objects import Tree
from kpy.paths import Path

__all__ = ["containers_of", "contexts_of", "is_windows", "once", "standard", "with_user_namespace"]

PodFunction = Callable[[Tree, Path, Check], None]

_PODS: Final = ("core/v1 Pod", "core/v1 PodTemplateSpec")
_SOURCE: Final = "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
_NOTHING: Final[Tree] = {}


def standard(
    name: str, *levels: str, since: str = "1.0", linux_only: bool = False
) -> Callable[[PodFunction], PodFunction]:
    """Make the decorated function a rule of the standards; it gets the `metadata` and `spec` of a pod or a template.

    `levels` are the standards that have it, `since` the release from which on, and `linux_only` says that pods of
    Windows are free of it.
    """
    oldest = int(since.partition(".")[2])

    def decorate(function: PodFunction) -> PodFunction:
        def check_pod(pod: Tree, at: Path, check: Check) -> None:
            if check.minor >= oldest and not (linux_only and is_windows(pod)):
                function(pod, at, check)

        check_pod.__doc__, check_pod.__module__ = function.__doc__, function.__module__
        check_pod.__qualname__ = function.__qualname__
        groups = ["pod-security", *(f"pod-security-{level}" for level in levels)]
        return policy(name, on=_PODS, source=f"{_SOURCE}#{levels[0]}", groups=groups)(check_pod)

    return decorate


def once(at: Path) -> Hashable:
    """Return the topic of what both standards refuse at a place, so that it is told once."""
    return "standards", at.steps


def containers_of(pod: Tree, at: Path) -> Iterator[tuple[Tree, Path]]:
    """Yield the containers of all sorts with their places."""
    spec = pod.get("spec") or _NOTHING
    for field in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(spec.get(field) or ()):
            yield container, at + "spec" + field + index


def contexts_of(pod: Tree, at: Path) -> Iterator[tuple[Tree, Path]]:
    """Yield the security contexts with their places: the pod's own first; of an absent one nothing comes."""
    spec = pod.get("spec") or _NOTHING
    if spec.get("securityContext"):
        yield spec["securityContext"], at + "spec" + "securityContext"
    for container, place in containers_of(pod, at):
        if container.get("securityContext"):
            yield container["securityContext"], place + "securityContext"


def is_windows(pod: Tree) -> bool:
    """Return whether the pod says that it is for Windows."""
    return ((pod.get("spec") or _NOTHING).get("os") or _NOTHING).get("name") == "windows"


def with_user_namespace(pod: Tree, check: Check) -> bool:
    """Return whether the users of the pod are none of the node's, which relaxes some rules since 1.35."""
    return check.at_least("1.35") and (pod.get("spec") or _NOTHING).get("hostUsers") is False
