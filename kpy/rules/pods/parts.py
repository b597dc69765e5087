"""The parts of a pod that rules ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpy.checking.check import Check
from kpy.objects import Tree
from kpy.paths import Path

__all__ = [
    "BLANKS",
    "CONTAINERS",
    "CONTAINER_LISTS",
    "POD_SPEC",
    "all_containers",
    "containers",
    "faulty",
    "has_host_users",
    "is_bare_pod",
    "is_sidecar",
    "metadata_of_pod",
    "path_fault",
    "quoted",
    "spec_around",
]

#: A value of a struct type, as a rule receives it.

POD_SPEC = "core/v1 PodSpec"
#: The fields with containers, in the order in which these run.
CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")
#: The types of containers; init containers and regular ones are of the same type.
CONTAINERS = ("core/v1 Container", "core/v1 EphemeralContainer")

#: What Go trims from both ends of a text.
BLANKS = " \t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def containers(spec: Tree) -> Iterator[tuple[str, int, Tree]]:
    """Iterate over the containers of all sorts, each with the field that it is in and its index there."""
    for field in CONTAINER_LISTS:
        if field in spec:
            for index, container in enumerate(spec[field]):
                yield field, index, container


def all_containers(spec: Tree, at: Path, check: Check) -> list[tuple[str, int, Tree]]:
    """Return the containers of all sorts, to be remembered by `Check.once`."""
    return list(containers(spec))


def spec_around(at: Path, check: Check) -> Tree:
    """Return the pod spec around something in a container, as far as it is sound; `at` is at the container or below."""
    path = at
    while path.parent is not path:
        path = path.parent
        if path.field in CONTAINER_LISTS and isinstance(spec := check.value(path.parent), dict):
            return spec if path.parent.field == "spec" else {}
    return {}


def is_bare_pod(check: Check) -> bool:
    """Return whether the document is a Pod itself and not a template: a server is stricter with it."""
    return check.kind == "Pod"


def metadata_of_pod(check: Check) -> Tree:
    """Return the metadata of a bare Pod as far as they are sound; nothing for a template."""
    metadata = check.root.get("metadata") if is_bare_pod(check) else None
    return metadata if isinstance(metadata, dict) else {}


def is_sidecar(container: Tree) -> bool:
    """Return whether an init container is one that goes on running beside the others."""
    return container.get("restartPolicy") == "Always"


def has_host_users(spec: Tree, check: Check) -> bool:
    """Return whether the users in the pod are those of the node, and not of a namespace of the pod's own."""
    return bool(spec.get("hostUsers", True)) or not check.at_least("1.33")


def faulty(at: Path, check: Check) -> set[int]:
    """Return the indices of the elements of the list at this path in which an error has been found."""
    if not check.diagnostics:
        return set()
    before = at.steps
    length = len(before)
    places = set()
    for path, diagnostic in zip(check.paths, check.diagnostics, strict=True):
        steps = path.steps
        if len(steps) > length and steps[:length] == before and diagnostic.severity == "error":
            places.add(int(steps[length]))
    return places


def path_fault(path: str) -> str | None:
    """Check a path that must stay below a place: relative, and without a step back."""
    if path.startswith("/"):
        return "must be a relative path"
    return 'must not have ".." in it' if ".." in path.split("/") else None


def quoted(values: Iterable[str]) -> str:
    """Return the values for a sentence: `"a", "b" or "c"`."""
    *before, last = (f'"{value}"' for value in values)
    return f"{', '.join(before)} or {last}" if before else last
