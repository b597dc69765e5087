"""What services mount: claims for named volumes, ConfigMaps for bound files, and what is for one pod alone.

https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final, NamedTuple

from kpy.importing.compose.amounts import memory
from kpy.importing.compose.fields import Fields
from kpy.importing.compose.files import config_map, read_folder, read_text_or_bytes, secret_in
from kpy.importing.compose.interpolation import UNSET
from kpy.importing.compose.names import dns_label, key_of_file
from kpy.importing.compose.project import Project

__all__ = ["Storage", "Volumes"]

Tree = dict[str, Any]
_SIZE: Final = "1Gi"
_DOCKER_SOCKET: Final = ("/var/run/docker.sock", "/run/docker.sock")
_TYPES: Final = ("volume", "bind", "tmpfs", "npipe", "cluster", "image")


class _Mounted(NamedTuple):
    """One entry of `volumes`."""

    type: str
    source: str
    target: str
    is_read_only: bool = False
    sub_path: str = ""
    size: str = ""


class Storage:
    """What services keep, and the settings that they share: the objects that come with volumes."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.objects: dict[tuple[str, str], Tree] = {}
        self._users: dict[str, list[str]] = {}

    def claim(self, volume: str, service: Fields) -> str:
        """Return the name of the claim for a named volume."""
        name = dns_label(volume)
        said = self._project.section("volumes").get(volume)
        fields = Fields(said, ("volumes", volume), self._project.notes, self._project.places)
        is_external = fields.take("external") not in (None, False)
        if own := fields.text("name"):
            name = dns_label(own)
        labels = fields.pairs("labels")
        if labels:
            fields.note("labels", "labels of volumes are for Docker")
        if is_external:
            fields.note("external", f"the claim {name!r} is not made: it is there already")
        elif ("claim", name) not in self.objects:
            text = f"compose says no size: the claim {name!r} asks for {_SIZE}"
            self._project.notes.add(f"volumes.{volume}", text, service.places.of(("volumes", volume)))
            self._add_claim(name)
        fields.rest(
            {
                "driver": "the StorageClass of a claim decides it",
                "driver_opts": "the StorageClass of a claim decides it",
            }
        )
        self._use(name, service)
        return name

    def claim_for_folder(self, path: str, service: Fields) -> str:
        """Return the name of the claim for a folder of data, which the project has not."""
        name = dns_label(f"{service.steps[-1]}-{PurePosixPath(path).name or 'data'}")
        if ("claim", name) not in self.objects:
            text = f"{path} has no files here, so that it is for data: the claim {name!r} asks for {_SIZE}"
            service.note("volumes", text)
            self._add_claim(name)
        self._use(name, service)
        return name

    def settings(self, name: str, contents: dict[str, str | bytes]) -> str:
        """Return the name of a ConfigMap with these contents; one of the same name and other contents gets a number."""
        tree = config_map(name, contents)
        number = 2
        while self.objects.get(("config", tree["metadata"]["name"]), tree) != tree:
            tree = config_map(f"{name}-{number}", contents)
            number += 1
        self.objects["config", tree["metadata"]["name"]] = tree
        found: str = tree["metadata"]["name"]
        return found

    def _add_claim(self, name: str) -> None:
        self.objects["claim", name] = {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": name},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": _SIZE}}},
        }

    def _use(self, name: str, service: Fields) -> None:
        users = self._users.setdefault(name, [])
        if service.steps[-1] not in users:
            users.append(str(service.steps[-1]))
        if len(users) == 2:
            text = f"{users[0]} and {users[1]} share the claim {name!r}: on different nodes it has to be ReadWriteMany"
            service.note("volumes", text)


class Volumes:
    """The volumes and mounts of one service."""

    def __init__(self, service: Fields, name: str, project: Project, storage: Storage) -> None:
        self._service, self._name = service, name
        self._project, self._storage = project, storage
        self.volumes: dict[str, Tree] = {}
        self.mounts: list[Tree] = []
        self.has_claim = False

    def mount(self, volume: str, source: Tree, target: str, *, is_read_only: bool = False, sub_path: str = "") -> None:
        """Add a mount, and the volume if the pod does not have it yet."""
        label = dns_label(volume)
        number = 2
        while self.volumes.get(label, source) != source:
            label = dns_label(f"{volume[:60]}-{number}")
            number += 1
        self.volumes[label] = source
        self.has_claim = self.has_claim or "persistentVolumeClaim" in source
        mount: Tree = {"name": label, "mountPath": target}
        if is_read_only:
            mount["readOnly"] = True
        if sub_path:
            mount["subPath"] = sub_path
        self.mounts = [each for each in self.mounts if each["mountPath"] != target]
        self.mounts.append(mount)

    def read(self) -> None:
        """Read all that a service mounts."""
        for entry in self._service.items("volumes"):
            mounted = self._long(entry) if isinstance(entry, Mapping) else self._short(str(entry))
            if mounted is not None:
                self._add(mounted)
        for entry in self._service.strings("tmpfs"):
            target, _, options = entry.partition(":")
            size = next((each.partition("=")[2] for each in options.split(",") if each.startswith("size=")), "")
            self._memory(target, size)
        if "shm_size" in self._service:
            self._memory("/dev/shm", self._service.text("shm_size"))

    def _long(self, entry: Mapping[str, Any]) -> _Mounted | None:
        service = self._service
        fields = Fields(entry, (*service.steps, "volumes"), service.notes, service.places)
        kind = fields.text("type") or "volume"
        if kind not in _TYPES:
            raise fields.wrong(f"{kind!r} is no type of a volume: expected {', '.join(_TYPES)}")
        volume, bind, tmpfs = fields.inner("volume"), fields.inner("bind"), fields.inner("tmpfs")
        of_image = fields.inner("image")
        bind.take("create_host_path")
        mounted = _Mounted(
            kind,
            fields.text("source"),
            fields.text("target"),
            fields.flag("read_only"),
            volume.text("subpath") or of_image.text("subpath"),
            tmpfs.text("size"),
        )
        if not mounted.target:
            raise fields.wrong("a volume needs `target`, the path in the container")
        volume.rest({"nocopy": "a claim starts empty in any case", "labels": "labels of volumes are for Docker"})
        bind.rest(
            {"propagation": "only `mountPropagation` of privileged containers has it", "selinux": "the node labels it"}
        )
        tmpfs.rest({"mode": "a volume in memory can be written by all"})
        of_image.rest({})
        fields.rest({"consistency": "it is of Docker on a Mac"})
        if kind in ("npipe", "cluster"):
            service.note("volumes", f"a volume of the type {kind} ({mounted.target}) has no counterpart")
            return None
        return mounted

    def _short(self, text: str) -> _Mounted | None:
        parts = text.split(":")
        if len(parts) == 1:
            return _Mounted("volume", "", text)
        if len(parts) > 2 and len(parts[0]) == 1 and parts[1].startswith("\\"):
            parts = [f"{parts[0]}:{parts[1]}", *parts[2:]]
        source, target, *modes = parts
        if not target.startswith("/"):
            raise self._service.wrong(f"expected a volume, such as `data:/var/lib/data`, not {text!r}", "volumes")
        is_path = source.startswith((".", "/", "~", UNSET)) or "\\" in source or "/" in source
        options = {option for mode in modes for option in mode.split(",")}
        return _Mounted("bind" if is_path else "volume", source, target, "ro" in options)

    def _add(self, mounted: _Mounted) -> None:
        if mounted.type == "tmpfs":
            self._memory(mounted.target, mounted.size)
        elif mounted.type == "image":
            volume = {"image": {"reference": mounted.source}}
            self.mount(dns_label(mounted.target), volume, mounted.target, sub_path=mounted.sub_path)
        elif mounted.type == "volume" and not mounted.source:
            self.mount(dns_label(mounted.target), {"emptyDir": {}}, mounted.target, is_read_only=mounted.is_read_only)
        elif mounted.type == "volume":
            claim = self._storage.claim(mounted.source, self._service)
            volume = {"persistentVolumeClaim": {"claimName": claim}}
            self.mount(claim, volume, mounted.target, is_read_only=mounted.is_read_only, sub_path=mounted.sub_path)
        else:
            self._bind(mounted)

    def _memory(self, target: str, size: str) -> None:
        source: Tree = {"medium": "Memory"}
        limit = memory(size) if size else None
        if limit:
            source["sizeLimit"] = limit
        self.mount(dns_label(target), {"emptyDir": source}, target)

    def _bind(self, mounted: _Mounted) -> None:
        service, source, target = self._service, mounted.source, mounted.target
        if source in _DOCKER_SOCKET or target in _DOCKER_SOCKET:
            service.note("volumes", f"there is no Docker in the cluster: {source or target} is left out")
            return
        if UNSET in source:
            service.note("volumes", f"what is mounted at {target} is in a variable that nobody has set: left out")
            return
        if source.startswith(("/", "~")) or "\\" in source:
            self._of_host(mounted)
            return
        path = self._project.path("services", str(service.steps[-1]), source)
        if path.is_file():
            self._file(mounted, path)
        elif self._is_built_in(path):
            service.note(
                "volumes", f"{source} is the code that the image is built of: left out, so that {target} is the image's"
            )
        elif not path.exists() or not any(path.iterdir()):
            claim = self._storage.claim_for_folder(source, service)
            self.mount(
                claim, {"persistentVolumeClaim": {"claimName": claim}}, target, is_read_only=mounted.is_read_only
            )
        else:
            self._folder(mounted, path)

    def _of_host(self, mounted: _Mounted) -> None:
        if mounted.source.startswith("~") or "\\" in mounted.source:
            self._service.note("volumes", f"{mounted.source} is of a person's machine: left out")
            return
        text = f"{mounted.source} is now of the node on which a pod runs"
        self._service.note("volumes", text)
        self.mount(
            f"host-{mounted.source}",
            {"hostPath": {"path": mounted.source}},
            mounted.target,
            is_read_only=mounted.is_read_only,
        )

    def _file(self, mounted: _Mounted, path: Path) -> None:
        key = key_of_file(path.name)
        content = read_text_or_bytes(path)
        if content is None:
            self._service.note("volumes", f"{mounted.source} is more than a ConfigMap holds: left out")
            return
        if secret_in(path.name, content):
            name = dns_label(f"{self._name}-{path.stem}")
            make = f"kubectl create secret generic {name} --from-file={key}={mounted.source}"
            self._service.note("volumes", f"{mounted.source} holds a secret, which stays out of the program: `{make}`")
            self.mount(name, {"secret": {"secretName": name}}, mounted.target, is_read_only=True, sub_path=key)
            return
        name = self._storage.settings(dns_label(f"{self._name}-{path.stem}"), {key: content})
        self.mount(name, {"configMap": {"name": name}}, mounted.target, is_read_only=mounted.is_read_only, sub_path=key)

    def _folder(self, mounted: _Mounted, path: Path) -> None:
        contents = read_folder(path)
        if contents is None:
            text = f"{mounted.source} is no folder of a few small files, as a ConfigMap takes it: put it into the image"
            self._service.note("volumes", f"{text}, or into a volume; {mounted.target} is left out")
            return
        if any(secret_in(key, content) for key, content in contents.items()):
            name = dns_label(f"{self._name}-{path.name}")
            make = f"kubectl create secret generic {name} --from-file={mounted.source}"
            self._service.note("volumes", f"{mounted.source} holds a secret, which stays out of the program: `{make}`")
            self.mount(name, {"secret": {"secretName": name}}, mounted.target, is_read_only=True)
            return
        name = self._storage.settings(dns_label(f"{self._name}-{path.name}"), contents)
        self.mount(name, {"configMap": {"name": name}}, mounted.target, is_read_only=mounted.is_read_only)

    def _is_built_in(self, path: Path) -> bool:
        """Return whether a folder is what the image of the service is built of, or is in it."""
        build = self._project.section("services")[str(self._service.steps[-1])].get("build")
        context = build.get("context", ".") if isinstance(build, Mapping) else build
        if not isinstance(context, str):
            return False
        root = self._project.path("services", str(self._service.steps[-1]), context).resolve()
        folder = path.resolve()
        return folder == root or root in folder.parents
