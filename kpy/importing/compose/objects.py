"""From compose files to objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kpy.importing.compose.comments import to_text
from kpy.importing.compose.fields import ComposeError, Fields, Note
from kpy.importing.compose.keys import TOP
from kpy.importing.compose.project import Project, read_project
from kpy.importing.compose.soundness import leave_out_refused
from kpy.importing.compose.volumes import Storage
from kpy.importing.compose.workloads import Workload

__all__ = ["Composed", "from_compose"]


class Composed(NamedTuple):
    """What compose files become."""

    #: The name of the project: that of the file, or of its folder.
    name: str
    #: The objects: what is mounted first, then each service's.
    documents: tuple[dict[str, Any], ...]
    #: What has no meaning in Kubernetes, and what somebody has to do, in the order of the file.
    notes: tuple[Note, ...]
    #: The objects as YAML, with the comments of the files above what they explain.
    text: str


def from_compose(
    files: str | Path | Sequence[str | Path], *, profiles: Sequence[str] = (), name: str | None = None
) -> Composed:
    """Return the objects of a compose file, or of several of which later ones change the earlier.

    Every key is translated or named in the notes. Services of profiles are taken where their profile is among
    `profiles`. Values of secrets are in no document: they come from Secrets that the notes say how to make.
    Raises `ComposeError` for what is no compose file, at its line.
    """
    paths = [files] if isinstance(files, str | Path) else [*files]
    project = read_project(paths, name)
    services = project.section("services")
    if not services:
        raise ComposeError.at(project.places.of(()), "the file has no services")
    top = Fields(project.tree, (), project.notes, project.places)
    for known in ("name", "services", "volumes", "configs", "secrets"):
        top.take(known)
    _networks(project, top)
    chosen = [*_chosen(project, services, profiles)]
    storage = Storage(project)
    workloads = {key: Workload(key, project, storage) for key in chosen}
    awaited = {
        name
        for workload in workloads.values()
        for name, condition in workload.dependencies.items()
        if condition == "service_completed_successfully"
    }
    made = [
        tree for key, workload in workloads.items() for tree in workload.objects(workloads, is_awaited=key in awaited)
    ]
    documents = (*storage.objects.values(), *made)
    leave_out_refused(documents, project.notes)
    _unused(project, storage)
    top.rest(TOP)
    return Composed(project.name, documents, tuple(_in_order(project)), to_text(project, documents))


def _chosen(project: Project, services: Mapping[str, Any], profiles: Sequence[str]) -> Iterator[str]:
    """Yield the services that are wanted; those of other profiles are named."""
    there: dict[str, None] = {}
    for key in services:
        service = Fields(services[key], ("services", str(key)), project.notes, project.places)
        own = service.strings("profiles")
        there.update(dict.fromkeys(own))
        if "provider" in service and "image" not in service and "build" not in service:
            service.note("provider", "left out: a plugin of compose makes it")
        elif own and not {"*", *own} & set(profiles):
            service.note("profiles", f"left out: it is of the profile {own[0]}; take it by `--profile {own[0]}`")
        else:
            yield str(key)
    for profile in profiles:
        if profile not in there and profile != "*":
            words = f"; there is: {', '.join(there)}" if there else "; no service has one"
            raise ComposeError.at(project.places.of(()), f"there is no profile {profile!r}{words}")


def _networks(project: Project, top: Fields) -> None:
    networks = top.take("networks")
    if networks:
        text = "all pods of a cluster reach each other; what a network keeps apart, a NetworkPolicy has to"
        project.notes.add("networks", text, project.places.of(("networks",)))


def _unused(project: Project, storage: Storage) -> None:
    """Name the volumes, configs and secrets that no service uses."""
    for section in ("volumes", "configs", "secrets"):
        for key in project.section(section):
            is_used = any(key in str(project.section("services")[name]) for name in project.section("services"))
            if not is_used:
                project.notes.add(f"{section}.{key}", "no service uses it", project.places.of((section, key)))


def _in_order(project: Project) -> list[Note]:
    return sorted(project.notes, key=lambda note: (note.where is None, note.where or ()))
