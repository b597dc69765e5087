"""The Pod Security Standard that pods meet, in one word instead of its fields."""

from __future__ import annotations

from typing import Any

__all__ = ["is_restricted", "without_restricted", "without_restriction"]

Tree = dict[str, Any]

_IDENTITY: Tree = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def without_restriction(container: Tree) -> Tree | None:
    """Return a container without the fields that `security="restricted"` writes; nothing where it lacks one of them."""
    context = container.get("securityContext")
    if not isinstance(context, dict) or not _says(context, _IDENTITY) or not _is_bound(container):
        return None
    return _without(container, context, _IDENTITY)


def is_restricted(spec: Tree) -> bool:
    """Return whether a pod, and each of its containers, says all that `security="restricted"` writes."""
    system = spec.get("os")
    is_windows = isinstance(system, dict) and system.get("name") == "windows"
    containers = [each for key in ("initContainers", "containers") for each in spec.get(key) or ()]
    return not is_windows and _says(spec.get("securityContext"), _IDENTITY) and all(map(_is_bound, containers))


def without_restricted(tree: Tree, way: tuple[str, ...]) -> Tree:
    """Return an object without the fields that `security="restricted"` writes; its pod stands at the end of a way."""
    if way:
        step, *rest = way
        return {**tree, step: without_restricted(tree[step], tuple(rest))}
    made = _without(tree, tree["securityContext"], _IDENTITY, is_pod=True)
    for key in ("initContainers", "containers"):
        if made.get(key):
            made[key] = [_without(each, each["securityContext"], {}) for each in made[key]]
    return made


def _says(context: object, wanted: Tree) -> bool:
    return isinstance(context, dict) and all(context.get(key) == value for key, value in wanted.items())


def _is_bound(container: object) -> bool:
    """Return whether a container says that it gets no more rights, as the standard asks."""
    match container:
        case {"securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}:
            return True
    return False


def _without(owner: Tree, context: Tree, identity: Tree, *, is_pod: bool = False) -> Tree:
    """Return a pod or container with what is left of its security context."""
    left = {key: value for key, value in context.items() if key not in identity}
    if not is_pod:
        del left["allowPrivilegeEscalation"]
        more = {key: value for key, value in left.pop("capabilities").items() if key != "drop"}
        left |= {"capabilities": more} if more else {}
    made = {key: value for key, value in owner.items() if key != "securityContext"}
    return made | {"securityContext": left} if left else made
