"""Volumes for what containers mount: one per object and pod."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kpy.api.core.v1 import Volume
from kpy.constructs.claims import ClaimTemplate
from kpy.constructs.volumes import Mount, check_mountable, volume_of
from kpy.errors import KpyError, UsageError
from kpy.manifest import Resource
from kpy.model.plain import to_plain
from kpy.pipeline.draft import Draft, Links, Mounts
from kpy.schema.templates import pod_spec
from kpy.tree.part import describe

__all__ = ["mount"]

Tree = dict[str, Any]
_LONGEST = 63


def mount(draft: Draft) -> None:
    """Add volumes and mounts for what the containers of each resource mount."""
    for resource in draft.resources:
        links = draft.links(resource)
        if links.mounts:
            spec = pod_spec(resource.tree)
            try:
                if spec is not None:
                    _mount(resource, links, spec, links.mounts)
                else:
                    _mount_in_custom(resource, links)
            except KpyError as error:
                error.locate(resource.where)
                raise


def _mount_in_custom(resource: Resource, links: Links) -> None:
    """Mount in a custom resource: its volumes stand beside its list of containers, as those of a pod do."""
    by_holder: dict[int, tuple[Tree, list[Mounts]]] = {}
    for each in links.mounts:
        holder = _holder(resource.tree, each.container)
        if holder is None:
            raise UsageError(
                f"{describe(resource.construct)} has a container that mounts, and kpy does not know where its volumes "
                "go: write `volume_mounts`, and the volumes where the kind has them"
            )
        by_holder.setdefault(id(holder), (holder, []))[1].append(each)
    for holder, mounts in by_holder.values():
        _mount(resource, links, holder, mounts)


def _holder(node: Any, container: Tree) -> Tree | None:
    """Return the mapping in which a list with this container stands."""
    if isinstance(node, dict):
        if any(isinstance(inner, list) and any(each is container for each in inner) for inner in node.values()):
            return node
        return next((found for inner in node.values() if (found := _holder(inner, container)) is not None), None)
    if isinstance(node, list):
        return next((found for inner in node if (found := _holder(inner, container)) is not None), None)
    return None


def _mount(resource: Resource, links: Links, spec: Tree, asked: Iterable[Mounts]) -> None:
    volumes = _Volumes(resource, links, spec)
    for container, key, mounts in asked:
        places: list[Tree] = container.setdefault(key, [])
        for path, said in mounts.items():
            mounted = said if isinstance(said, Mount) else Mount(said)
            name = volumes.name_of(mounted.source)
            if key == "volumeDevices":
                places.append({"name": name, "devicePath": path})
            else:
                places.append(to_plain(mounted.to_volume_mount(name, path)))


class _Volumes:
    """The volumes of one pod: those that were said, and those that follow from mounts."""

    def __init__(self, resource: Resource, links: Links, spec: Tree) -> None:
        self.resource = resource
        self.links = links
        self.spec = spec
        self.names = {volume.get("name") for volume in spec.get("volumes", ())}
        self.named: dict[int, str] = {}
        for volume in getattr(resource.construct, "volumes", None) or ():
            if isinstance(volume, Volume) and volume.name:
                self.named[id(volume)] = volume.name
        for template in getattr(resource.construct, "volume_claim_templates", None) or ():
            if isinstance(template, ClaimTemplate):
                self.named[id(template.claim)] = template.claim.name

    def name_of(self, source: Any) -> str:
        """Return the name of the volume that holds a source, adding the volume where there is none yet."""
        if isinstance(source, str):
            return source
        known = self.named.get(id(source))
        if known is None:
            known = self.named[id(source)] = self._add(source)
        return known

    def _add(self, source: Any) -> str:
        if isinstance(source, Volume):
            if not source.name:
                raise UsageError(f"{describe(self.resource.construct)} mounts a Volume without a name: give it one")
            volume, name = source, source.name
            if name in self.names:
                owner = describe(self.resource.construct)
                raise UsageError(f'{owner} mounts two volumes of the name "{name}": give one another name')
        else:
            check_mountable(source)
            name = self._free_name(source.name, getattr(source, "kind", ""))
            volume = volume_of(source, name)
            volume.__dict__["_where"] = self.resource.where
        self.names.add(name)
        self.spec.setdefault("volumes", []).append(to_plain(volume, self.links))
        return name

    def _free_name(self, name: str, kind: str) -> str:
        plain = name.replace(".", "-")
        name = plain[:_LONGEST].rstrip("-")
        if name not in self.names:
            return name
        suffix = f"-{kind.lower()}"
        return plain[: _LONGEST - len(suffix)] + suffix
